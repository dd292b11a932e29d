"""The connectors over REST."""
