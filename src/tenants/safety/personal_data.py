"""What reports and bans keep about people."""

from collections.abc import AsyncIterator

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.personal_data import Erasure, Holder, Record, Subject
from src.platform.web.i18n import msgid
from src.tenants.safety.bans import without_address
from src.tenants.safety.models import Ban, Report


async def reports(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """What they reported."""
    query = select(Report).where(Report.city_id == city_id_of(session), Report.email == about.email).order_by(Report.id)
    for one in await session.scalars(query):
        yield {
            "question": one.appeal_id,
            "part": one.part,
            "reason": one.reason,
            "words": one.words,
            "state": one.state,
            "decision": one.note,
            "created_at": one.created_at,
            "settled_at": one.settled_at,
        }


async def erase_reports(session: AsyncSession, about: Subject, _: Erasure) -> None:
    """The report stays, nobody's and without words."""
    mine = (Report.city_id == city_id_of(session), Report.email == about.email)
    await session.execute(update(Report).where(*mine).values(email="", words="", note=""))


async def bans(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """Whether the city takes no questions from them, why and until when."""
    for one in await session.scalars(select(Ban).where(*theirs(session, about))):
        yield {"reason": one.reason, "until": one.until, "created_at": one.created_at}


async def erase_bans(session: AsyncSession, about: Subject, _: Erasure) -> None:
    """The ban stays in force without an address to read."""
    erased = without_address(about.email)
    readable = (Ban.city_id == city_id_of(session), Ban.kind == "email", Ban.value == about.email)
    if await session.scalar(select(Ban.id).where(*readable)) is None:
        return
    # One of their earlier time here may lie beside it; the new one counts.
    await session.execute(delete(Ban).where(Ban.city_id == city_id_of(session), Ban.kind == "email", Ban.value == erased))
    await session.execute(update(Ban).where(*readable).values(value=erased, reason=""))


def theirs(session: AsyncSession, about: Subject) -> tuple[ColumnElement[bool], ...]:
    """Bans of an address, readable or erased before."""
    values = (about.email, without_address(about.email))
    return (Ban.city_id == city_id_of(session), Ban.kind == "email", Ban.value.in_(values))


holders = [
    Holder(
        "reports",
        msgid("Ваші скарги на опубліковане, якщо ви вказали в них свою адресу."),
        frozenset({"report"}),
        reports,
        erase_reports,
    ),
    Holder(
        "bans",
        msgid("Чи закрило вам місто можливість запитувати: чому й до якого часу."),
        frozenset({"ban"}),
        bans,
        erase_bans,
    ),
]
