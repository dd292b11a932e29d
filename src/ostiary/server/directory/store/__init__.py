"""All SQL about people, directories and owners of accounts."""
