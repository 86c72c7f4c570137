"""What a city owns: one folder a capability. See DECISIONS.md for who may import whom."""
