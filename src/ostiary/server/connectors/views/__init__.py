"""Connectors as lists, facts and words."""
