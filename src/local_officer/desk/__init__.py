"""The officer's own desk, and the administrator's pages of the module."""
