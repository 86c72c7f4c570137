"""Accounts, sign-in, sessions, permissions."""
