"""The server: what connectors report, kept over time, and what people decide about it."""
