"""Engine and unit of work, tenancy, column types, keys. The only folder that knows how rows are kept apart."""
