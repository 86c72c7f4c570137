"""The city's districts, its boundary, what its map shows."""
