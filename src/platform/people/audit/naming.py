"""What lines of the log are about, in words. Slices add the kinds of things that they write lines about, and their fields."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import City
from src.platform.web.i18n import msgid


@dataclass(frozen=True, slots=True)
class Named:
    """A thing by its name, with the address of its page where it has one."""

    name: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of things: its words, how to name many of them at once, how to find one by what somebody types."""

    words: str
    names: Callable[[AsyncSession, Collection[UUID]], Awaitable[Mapping[UUID, Named]]] | None = None
    find: Callable[[AsyncSession, City, str, datetime], Awaitable[UUID | None]] | None = None


APPEAL = "appeal"
KINDS: dict[str, Kind] = {"account": Kind(msgid("обліковий запис"))}
"""By the key that lines have in ``subject_kind``. A kind that is not here is not named: the action says what it was."""

FIELDS: dict[str, str] = {
    "active": msgid("чи діє обліковий запис"),
    "roles": msgid("ролі"),
}
"""Words for names of fields; one that has none is shown as it is stored."""


def kind(key: str, found: Kind) -> None:
    """Say how things of a kind are named; twice is a programming error."""
    if key in KINDS:
        raise ValueError(f"two kinds of things in the log are called {key}")
    KINDS[key] = found


def fields(words: Mapping[str, str]) -> None:
    """Add words for names of fields."""
    FIELDS.update(words)
