"""Providers of identities on loopback: a real one, and one that lies."""
