"""Connectors that the server runs itself, in processes and over sockets."""
