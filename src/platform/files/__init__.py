"""Uploads: what was sent is looked at, re-encoded, and kept below its city's own prefix."""
