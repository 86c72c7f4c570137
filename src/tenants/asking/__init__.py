"""Asking: one thing per page, until a link in an e-mail confirms it."""
