"""Signing in to a tenant with the operator's own multi-tenant application."""
