"""The web: front door, pages, forms, errors. Knows hosts and languages, never an appeal."""
