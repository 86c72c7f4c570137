"""Взаємодія: residents ask, the city answers, everybody reads."""
