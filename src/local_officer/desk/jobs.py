"""Jobs of the slice."""
