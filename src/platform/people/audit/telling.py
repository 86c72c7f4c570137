"""Lines of the log in the reader's words, for the page and for the export."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.people.audit.asked import kinds_here
from src.platform.people.audit.naming import FIELDS, KINDS, Named
from src.platform.people.audit.queries import Line
from src.platform.people.audit.service import ACTIONS
from src.platform.web.here import Here

NOBODY = Named("")


@dataclass(frozen=True, slots=True)
class Change:
    """A field that was changed or seen; what it held where that is still known (``erased``: it was, and is no more)."""

    field: str
    words: str
    before: str = ""
    after: str = ""
    valued: bool = False
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A line in words."""

    line: Line
    who: str
    what: str
    kind: str
    subject: Named
    changes: list[Change]


async def tell(at: Here, session: AsyncSession, lines: list[Line]) -> list[Told]:
    """Lines in words. One statement for each kind of things that the host has, when a line is about one."""
    names: dict[str, Mapping[UUID, Named]] = {}
    for key, kind in kinds_here(at).items():
        ids = {line.subject_id for line in lines if line.kind == key and line.subject_id}
        if kind.names is not None and ids:
            names[key] = await kind.names(session, ids)
    return [told(at, line, names.get(line.kind, {})) for line in lines]


def told(at: Here, line: Line, names: Mapping[UUID, Named]) -> Told:
    """One line in words."""
    subject = names.get(line.subject_id, NOBODY) if line.subject_id else NOBODY
    if line.kind == "account" and line.subject_id != line.account_id:
        subject = Named(line.about or at._("обліковий запис мешканця"))
    kind = KINDS.get(line.kind)
    return Told(
        line=line,
        who=who(at, line),
        what=at._(ACTIONS[line.action]) if line.action in ACTIONS else line.action,
        kind=at._(kind.words) if kind and subject.name and line.kind != "account" else "",
        subject=subject,
        changes=[change(at, line, name) for name in line.fields],
    )


def who(at: Here, line: Line) -> str:
    """Who did it: staff by name, residents without."""
    if line.who:
        return line.who
    if line.account_id is not None and not line.known:
        return at._("обліковий запис стерто")
    return {
        "person": at._("мешканець"),
        "staff": at._("колишній працівник"),
        "operator": at._("колишній оператор"),
    }.get(line.actor, at._("система"))


def change(at: Here, line: Line, name: str) -> Change:
    """One field in words."""
    words = at._(FIELDS[name]) if name in FIELDS else name
    if name not in line.values:
        return Change(name, words)
    held = line.values[name]
    if held is None:
        return Change(name, words, valued=True, erased=True)
    return Change(name, words, held[0], held[1], valued=True)
