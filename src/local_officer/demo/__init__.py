"""A living office for the four demonstration cities: generated beats, fictional officers."""
