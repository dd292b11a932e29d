"""A finished sync of a connector becomes the catalogue, the accounts and the grants."""
