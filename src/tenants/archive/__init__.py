"""A whole city in one file: out of a deployment, into another one; and the end of a city. The format: docs/archive.md."""
