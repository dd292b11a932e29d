"""Connectors that run as children of a worker."""
