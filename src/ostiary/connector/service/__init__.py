"""Service mode: a connector that polls a server for tasks (protocol reference 3)."""
