"""What every slice stands on: one database, one clock, one way to write."""
