"""All SQL of the ingest. Everything here runs inside one transaction of the caller."""
