"""What a city is made of: categories, districts, responders, routing rules, pages."""
