"""Which kinds of connectors there are, and what each says of itself."""
