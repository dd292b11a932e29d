"""Accounts, grants, paths and differences as models of what pages are made of."""
