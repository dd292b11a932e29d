"""Reading a tenant into its image, stream by stream."""
