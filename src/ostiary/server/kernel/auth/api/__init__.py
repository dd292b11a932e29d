"""The routes of sign-in, tokens, users and roles."""
