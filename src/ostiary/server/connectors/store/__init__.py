"""All SQL of the connectors."""
