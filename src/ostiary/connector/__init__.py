"""A runtime for Baton connectors written in Python."""
