"""The officers of a city as people to whom a question can be addressed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.asking_officer import service
from src.local_officer.asking_officer.models import DirectQuestion
from src.local_officer.office_hours.words import day_words
from src.local_officer.officers.office import OfficerHere
from src.local_officer.officers.queries import office
from src.local_officer.officers.shown import officer_name, officer_title
from src.platform.data.tenancy import city_id_of
from src.platform.web.here import Here
from src.tenants.appeals.addressees import Addressed, Addressee


def shown(row: OfficerHere, at: Here) -> Addressee:
    """An officer as the public may see them."""
    return Addressee(row.id, officer_name(row, at.the_city.options, at.lang), officer_title(row, at.lang))


class Officers:
    """The book of addressees that the composition root hands to whoever takes questions."""

    async def find(self, session: AsyncSession, at: Here, addressee_id: UUID, *, now: datetime) -> Addressee | None:
        """An officer who serves today, where the city lets residents ask officers."""
        options = at.the_city.options
        if not (options.office and options.direct_questions):
            return None
        row = (await office(session)).officer.get(addressee_id)
        today = now.astimezone(ZoneInfo(at.the_city.timezone)).date()
        return shown(row, at) if row is not None and row.serves(today) else None

    async def addressed(self, session: AsyncSession, appeal_id: UUID, addressee_id: UUID) -> None:
        """Note to whom a question is addressed; its clock stands still until a moderator lets it through."""
        session.add(DirectQuestion(city_id=city_id_of(session), id=appeal_id, officer_id=addressee_id))
        await session.flush()

    async def accepted(self, session: AsyncSession, appeal_id: UUID, *, now: datetime) -> None:
        """Start the clock, and tell the officer."""
        await service.accept(session, appeal_id, now=now)

    async def of(self, session: AsyncSession, at: Here, appeal_ids: Collection[UUID]) -> Mapping[UUID, Addressed]:
        """To whom these are addressed, one query; where the module is off, to nobody that a page would name."""
        if not at.the_city.options.office or not appeal_ids:
            return {}
        query = select(DirectQuestion).where(DirectQuestion.city_id == city_id_of(session), DirectQuestion.id.in_(appeal_ids))
        found = (await session.scalars(query)).all()
        if not found:  # most questions: nobody's officers are read for them
            return {}
        officers = (await office(session)).officer
        return {
            row.id: Addressed(
                shown(officers[row.officer_id], at), row.due_on, day_words(at.lang, row.due_on) if row.due_on else ""
            )
            for row in found
            if row.officer_id in officers
        }
