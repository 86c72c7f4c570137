"""Bodies that answer, their units and people; rules of routing; what the rules leave out."""
