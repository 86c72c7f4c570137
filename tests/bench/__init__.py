"""The benchmark: `make bench`. No test; nothing here runs in `make test`."""
