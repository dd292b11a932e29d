"""The directory as lists, facts and forms."""
