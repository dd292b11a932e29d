"""Pure rules of the directory: no clock, no I/O."""
