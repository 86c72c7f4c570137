"""Asking a question: one thing per page, without an account and without JavaScript."""
