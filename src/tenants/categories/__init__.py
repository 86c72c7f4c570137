"""A city's own categories: two levels, guidance, extra questions; retired and merged without losing the past."""
