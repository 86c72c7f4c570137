"""The electronic office of the local officer: a module that a city switches on or off."""
