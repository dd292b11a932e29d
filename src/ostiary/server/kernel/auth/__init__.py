"""Who is calling: people, their sessions and API keys, service principals, tokens."""
