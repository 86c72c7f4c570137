"""The public board of a city: map, list, the appeal page."""
