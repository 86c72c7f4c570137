"""What letters about an appeal draw on, and the addresses they lead to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import City, city_id_of
from src.platform.web import tokens
from src.platform.web.here import Here
from src.platform.work.mail import letterhead
from src.tenants.appeals.models import Appeal, AppealEvent, AppealEventWords, Submission
from src.tenants.appeals.states import PUBLIC
from src.tenants.cities.catalogue import Catalogue, InLanguage, catalogue


@dataclass(frozen=True, slots=True)
class Story:
    """One line of an appeal's timeline with everything around it. ``submission`` is private: only the author's
    letters may use it. ``words`` are what was written with the line; nothing once they were erased.
    """

    city: City
    known: Catalogue
    event: AppealEvent
    appeal: Appeal
    submission: Submission
    words: Mapping[str, Any]

    def author_at(self) -> Here:
        """Where the author's letters are written."""
        return letterhead(self.city, self.submission.language)

    def known_to_author(self) -> InLanguage:
        """Categories, districts and responders in the author's language."""
        return self.known.into(self.author_at().lang)


async def story_of(session: AsyncSession, event_id: UUID) -> Story | None:
    """The event's story, or nothing when the appeal was deleted in the meantime."""
    city_id = city_id_of(session)
    found = (
        await session.execute(
            select(AppealEvent, Appeal, Submission, AppealEventWords.words)
            .join(Appeal, (Appeal.city_id == AppealEvent.city_id) & (Appeal.id == AppealEvent.appeal_id))
            .join(Submission, (Submission.city_id == Appeal.city_id) & (Submission.id == Appeal.id))
            .outerjoin(
                AppealEventWords, (AppealEventWords.city_id == AppealEvent.city_id) & (AppealEventWords.id == AppealEvent.id)
            )
            .where(AppealEvent.city_id == city_id, AppealEvent.id == event_id)
        )
    ).one_or_none()
    if found is None:
        return None
    city = (await session.execute(select(City).where(City.id == city_id))).scalar_one()
    event, appeal, submission, words = found
    return Story(city, await catalogue(session), event, appeal, submission, words or {})


async def public_appeal(session: AsyncSession, appeal_id: UUID) -> Appeal | None:
    """A question that everybody may read."""
    return (
        await session.execute(
            select(Appeal).where(Appeal.city_id == city_id_of(session), Appeal.id == appeal_id, Appeal.state.in_(PUBLIC))
        )
    ).scalar_one_or_none()


async def public_appeal_numbered(session: AsyncSession, number: str) -> Appeal | None:
    """The same by its number."""
    return (
        await session.execute(
            select(Appeal).where(Appeal.city_id == city_id_of(session), Appeal.number == number, Appeal.state.in_(PUBLIC))
        )
    ).scalar_one_or_none()


def confirm_link(at: Here, appeal_id: UUID) -> str:
    """Where a guest confirms the question."""
    return at.absolute("/confirm/" + tokens.sign("confirm", at.the_city.id, appeal_id))


def author_path(at: Here, appeal_id: UUID) -> str:
    """The author's own page, as a path without language."""
    return "/my/" + tokens.sign("author", at.the_city.id, appeal_id)


def author_link(at: Here, appeal_id: UUID) -> str:
    """The author's own page."""
    return at.absolute(author_path(at, appeal_id))


def public_link(at: Here, appeal: Appeal) -> str:
    """The page that everybody sees."""
    return at.absolute(f"/appeals/{appeal.number}")


def follow_link(at: Here, follower_id: UUID) -> str:
    """Where somebody confirms that they want letters."""
    return at.absolute("/follow/" + tokens.sign("follow", at.the_city.id, follower_id))


def stop_link(at: Here, follower_id: UUID) -> str:
    """Where somebody stops the letters, with one click."""
    return at.absolute("/stop/" + tokens.sign("stop", at.the_city.id, follower_id))
