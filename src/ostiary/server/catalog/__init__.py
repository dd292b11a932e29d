"""Apps, resource types, resources and entitlements, as they are and as they were."""
