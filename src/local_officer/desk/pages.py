"""Routes of the slice."""

from src.local_officer.desk import (
    pages_admin,
    pages_beats,
    pages_hours,
    pages_invitation,
    pages_own,
    pages_settings,
)

handlers = [
    *pages_own.handlers,
    *pages_hours.handlers,
    *pages_admin.handlers,
    *pages_beats.handlers,
    *pages_settings.handlers,
    *pages_invitation.handlers,
]
