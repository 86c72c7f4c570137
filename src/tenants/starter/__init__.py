"""What a new city begins with: categories with guidance, pages, and how its name is declined."""
