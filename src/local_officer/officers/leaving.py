"""An office that somebody keeps is unfinished work when they leave: it goes back to the city, whose administrator keeps it until
another officer does."""  # noqa: D209

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.officers import invitations, records
from src.platform.data.base import localized
from src.platform.web.here import Here


class KeptOffice:
    """The office of a local officer (an ``OpenWork`` of the staff)."""

    async def of(self, session: AsyncSession, at: Here, account_id: UUID) -> list[str]:
        """Whose office they keep."""
        officer = await records.officer_of_account(session, account_id)
        if officer is None:
            return []
        return [
            at._("кабінет дільничного: %(name)s (далі його вестиме адміністратор)") % {"name": localized(officer.name, at.lang)}
        ]

    async def hand_over(self, session: AsyncSession, account_id: UUID, to: UUID, *, by: UUID, now: datetime) -> None:  # noqa: ARG002
        """The office has no keeper of its own any more; hours, visits and questions stay."""
        officer = await records.officer_of_account(session, account_id)
        if officer is not None:
            await invitations.revoke(session, officer, by=by, now=now)
