"""Connectors as programs on this machine: found, started within bounds, listened to."""
