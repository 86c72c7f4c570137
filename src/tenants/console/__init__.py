"""The operator's console at the apex host: cities are opened, suspended, entered with a reason, and deleted."""
