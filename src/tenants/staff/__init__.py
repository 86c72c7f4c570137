"""Who works for a city: invitations, roles, who answers for which body, leaving."""
