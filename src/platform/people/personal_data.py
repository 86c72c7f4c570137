"""Who keeps what about people. Every slice that keeps personal data is a holder: it exports its part and erases it.

A test walks the columns of all tables and fails for one that may hold personal data and belongs to no holder.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom it is about. ``owned`` are ids of what is theirs (questions), found before anything is erased."""

    email: str
    account_id: UUID
    owned: frozenset[UUID] = frozenset()

    @property
    def ids(self) -> list[UUID]:
        """Everything that values beside the audit log may be about."""
        return [self.account_id, *self.owned]


@dataclass(frozen=True, slots=True)
class Erasure:
    """How the city wants it: what becomes of public questions (``CitySettings.after_deletion``)."""

    now: datetime
    public_questions: Literal["anonymous", "remove"]


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of an export: its name in the archive and its key in the city's store."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class Holder:
    """A part of what is kept. ``name`` is its key in an export, ``says`` the sentence (a text to translate) that explains
    it there, ``tables`` those whose personal columns it answers for."""  # noqa: D209

    name: str
    says: str
    tables: frozenset[str]
    export: Callable[[AsyncSession, Subject], AsyncIterator[Record]]
    erase: Callable[[AsyncSession, Subject, Erasure], Awaitable[None]]
    owned: Callable[[AsyncSession, Subject], Awaitable[set[UUID]]] | None = None
    files: Callable[[AsyncSession, Subject], AsyncIterator[ExportedFile]] | None = None


HOLDERS: dict[str, Holder] = {}


def hold(new: Holder) -> Holder:
    """Make a holder known; two of one name, or for one table, are a programming error."""
    taken = {table for holder in HOLDERS.values() for table in holder.tables}
    if new.name in HOLDERS or taken & new.tables:
        raise ValueError(f"{new.name} or its tables {sorted(taken & new.tables)} have a holder already")
    HOLDERS[new.name] = new
    return new


async def subject(session: AsyncSession, *, email: str, account_id: UUID) -> Subject:
    """Somebody with what is theirs."""
    found = Subject(email, account_id)
    owned: set[UUID] = set()
    for holder in HOLDERS.values():
        if holder.owned is not None:
            owned |= await holder.owned(session, found)
    return replace(found, owned=frozenset(owned))


async def erase_everywhere(session: AsyncSession, about: Subject, how: Erasure) -> None:
    """Erase or make nameless whatever is kept about somebody, in the caller's transaction; their account last."""
    for holder in reversed(HOLDERS.values()):
        await holder.erase(session, about, how)
