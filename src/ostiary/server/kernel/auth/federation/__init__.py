"""Workload federation: services that prove who they are with tokens of their own platform."""
