"""What the questions find, as lists."""
