"""REST about who has what."""
