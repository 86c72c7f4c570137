"""All routes of the slice."""

from src.tenants.staff import pages_body, pages_invitation, pages_people

handlers = [*pages_people.handlers, *pages_invitation.handlers, *pages_body.handlers]
