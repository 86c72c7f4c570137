"""Accounts of a city, or of the platform, and the sessions in which they are signed in."""
