"""What follows from a change of hours or of absences: visits are put in order. In one place, so that no page forgets it."""

from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.desk.whose import Desk
from src.local_officer.office_hours.queries import standing_in_for
from src.local_officer.office_hours.service import touch
from src.local_officer.visits.service import reconcile


async def hours_changed(session: AsyncSession, desk: Desk) -> str:
    """Put the office's visits in order; what to say about them: nothing, ``moved`` or ``called_off``."""
    # Whoever stands in for others and is away now leaves their visitors, too.
    concerned = [desk.officer.id, *await standing_in_for(session, desk.officer.id, desk.today)]
    await touch(session, concerned, today=desk.today, now=desk.now)
    moved = gone = 0
    for officer_id in concerned:
        outcome = await reconcile(session, desk.city, officer_id, by=desk.by, now=desk.now)
        moved, gone = moved + outcome[0], gone + outcome[1]
    return "called_off" if gone else "moved" if moved else ""
