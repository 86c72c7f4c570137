"""Visits booked inside reception hours."""
