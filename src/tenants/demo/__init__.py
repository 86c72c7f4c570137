"""The demonstration: four cities with their questions and answers."""
