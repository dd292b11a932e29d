"""Every way in which connectors, their credentials, syncs and tasks change."""
