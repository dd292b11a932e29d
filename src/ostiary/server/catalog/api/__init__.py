"""REST about what there is to have."""
