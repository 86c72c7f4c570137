"""Who did what in a city. The log holds ids and names of fields and only grows; values lie beside it and can be erased."""
