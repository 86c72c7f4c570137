"""Past appeals of a service that ran elsewhere move in: a table is read, understood, checked and written, all of it or none."""
