"""The gateway: what connectors dial into. TLS, tokens, BatonService and uploads."""
