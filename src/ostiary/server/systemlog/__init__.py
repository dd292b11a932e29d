"""The system log as pages, and the proof that nobody has changed it."""
