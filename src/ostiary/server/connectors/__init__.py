"""Connectors: who they are, how they prove it, what they are told to do and how they fare."""
