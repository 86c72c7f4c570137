"""Questions that are addressed to an officer, published or private, and their clock."""
