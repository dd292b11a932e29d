"""Showing the image as Baton resources, entitlements and grants; one file per resource type."""
