"""Keeping a city's conversation decent: reports of what is published, and bans."""
