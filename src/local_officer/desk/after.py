"""What follows from a change of hours or of absences: visits are put in order. In one place, so that no page forgets it."""

from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.desk.whose import Desk
from src.local_officer.visits.service import reconcile


async def hours_changed(session: AsyncSession, desk: Desk) -> str:
    """Put the office's visits in order; what to say about them: nothing, ``moved`` or ``called_off``."""
    moved, gone = await reconcile(session, desk.city, desk.officer.id, by=desk.by, now=desk.now)
    return "called_off" if gone else "moved" if moved else ""
