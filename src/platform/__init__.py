"""What every city needs and no city owns. Never names a capability of a city."""
