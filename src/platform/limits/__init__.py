"""How much is too much: counts that all processes share, and rooms that a city may fill."""
