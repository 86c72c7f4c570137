"""To whom in person a question may be addressed. This slice knows nobody who is: the composition root hands a book in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.web.here import Here


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who can be asked, as the public may see them."""

    id: UUID
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Addressed:
    """To whom a question is addressed; ``due_on`` is the last day (in the city) for the answer, once they have it,
    and ``due_words`` the same in the reader's language.
    """

    to: Addressee
    due_on: date | None
    due_words: str = ""


class Book(Protocol):
    """Who can be asked in a city and what is addressed to them."""

    async def find(self, session: AsyncSession, at: Here, addressee_id: UUID, *, now: datetime) -> Addressee | None:
        """Somebody who takes questions today; none for all others."""
        ...

    async def addressed(self, session: AsyncSession, appeal_id: UUID, addressee_id: UUID) -> None:
        """A question to them was sent; nobody has read it yet."""
        ...

    async def accepted(self, session: AsyncSession, appeal_id: UUID, *, now: datetime) -> None:
        """A moderator let it through: it is theirs to answer from now on. Does nothing for a question to nobody in person."""
        ...

    async def of(self, session: AsyncSession, at: Here, appeal_ids: Collection[UUID]) -> Mapping[UUID, Addressed]:
        """To whom each of these is addressed; questions to nobody in person are left out."""
        ...


class Nobody:
    """A book with nobody in it."""

    async def find(self, session: AsyncSession, at: Here, addressee_id: UUID, *, now: datetime) -> Addressee | None:  # noqa: ARG002
        """Nobody."""
        return None

    async def addressed(self, session: AsyncSession, appeal_id: UUID, addressee_id: UUID) -> None:  # noqa: ARG002
        """Not possible. Raises ``LookupError``."""
        raise LookupError

    async def accepted(self, session: AsyncSession, appeal_id: UUID, *, now: datetime) -> None:
        """Nothing to do."""

    async def of(self, session: AsyncSession, at: Here, appeal_ids: Collection[UUID]) -> Mapping[UUID, Addressed]:  # noqa: ARG002
        """None of them."""
        return {}


_books: list[Book] = [Nobody()]


def use(given: Book) -> None:
    """Take this book from now on."""
    _books[:] = [given]


def book() -> Book:
    """The book in use."""
    return _books[0]
