"""Officers, the beats they serve, stations, assignments and absences; who serves a place."""
