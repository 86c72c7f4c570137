"""«Поскаржитися»: somebody says that something published should not be; staff settle it. Verbs in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import City, city_id_of
from src.platform.people.audit.service import action, record
from src.platform.web.i18n import msgid
from src.platform.work.mail import Letter, letterhead, post
from src.tenants.appeals import redaction
from src.tenants.appeals.models import Appeal
from src.tenants.appeals.service import for_change
from src.tenants.safety.models import Report

SETTLED = action("report.settled", msgid("Розглянуто скаргу"))
FORGOTTEN_AFTER = timedelta(days=90)
SAME_WITHIN = timedelta(days=1)
SHOWN = 100

REPORTABLE = text(
    "SELECT a.id, a.number, a.title, "
    "EXISTS (SELECT 1 FROM answer n WHERE n.city_id = a.city_id AND n.appeal_id = a.id AND n.published_at IS NOT NULL) "
    "AS answered, "
    "ARRAY(SELECT p.id FROM photo p WHERE p.city_id = a.city_id AND p.appeal_id = a.id AND NOT p.hidden ORDER BY p.position) "
    "AS photos FROM appeal a WHERE a.city_id = :city AND a.number = :number AND a.public_state IS NOT NULL"
)
LISTED = (
    "SELECT r.id, r.part, r.reason, r.words, r.state, r.created_at, r.settled_at, r.note, r.photo_id, r.email <> '' AS wants_letter, "
    "a.id AS appeal_id, a.number, a.title, a.body, a.public_state, p.hidden, p.width, p.height, n.short, c.name AS settled_by, "
    "(SELECT count(*) FROM report o WHERE o.city_id = r.city_id AND o.appeal_id = r.appeal_id AND o.state = 'open') AS open_here "
    "FROM report r JOIN appeal a ON a.city_id = r.city_id AND a.id = r.appeal_id "
    "LEFT JOIN photo p ON p.city_id = r.city_id AND p.id = r.photo_id "
    "LEFT JOIN account c ON c.city_id = r.city_id AND c.id = r.settled_by "
    "LEFT JOIN LATERAL (SELECT short FROM answer WHERE city_id = a.city_id AND appeal_id = a.id AND published_at IS NOT NULL "
    "ORDER BY published_at DESC LIMIT 1) AS n ON true WHERE r.city_id = :city "
)
OPEN = text(LISTED + "AND r.state = 'open' ORDER BY r.created_at, r.id LIMIT :most")
CLOSED = text(LISTED + "AND r.state <> 'open' ORDER BY r.settled_at DESC, r.id LIMIT :most")
ONE = text(LISTED + "AND r.id = :id")


class Settled(Exception):  # noqa: N818
    """Somebody has settled the report already; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody reports. ``photo_id`` goes with the part ``photo`` only."""

    part: str
    photo_id: UUID | None
    reason: str
    words: str
    email: str
    language: str


async def reportable(session: AsyncSession, number: str) -> Row[Any] | None:
    """A public appeal and what of it can be reported."""
    return (await session.execute(REPORTABLE, {"city": city_id_of(session), "number": number})).one_or_none()


async def report(session: AsyncSession, appeal_id: UUID, what: Complaint, *, now: datetime) -> None:
    """Put a report into the queue. The same once more within a day adds nothing."""
    same = (
        select(func.count())
        .select_from(Report)
        .where(
            Report.city_id == city_id_of(session),
            Report.appeal_id == appeal_id,
            Report.state == "open",
            Report.part == what.part,
            Report.photo_id == what.photo_id if what.photo_id else Report.photo_id.is_(None),
            Report.reason == what.reason,
            Report.words == what.words,
            Report.email == what.email,
            Report.created_at > now - SAME_WITHIN,
        )
    )
    if await session.scalar(same):
        return
    session.add(
        Report(
            city_id=city_id_of(session),
            appeal_id=appeal_id,
            photo_id=what.photo_id,
            part=what.part,
            reason=what.reason,
            words=what.words,
            email=what.email,
            language=what.language,
            created_at=now,
        )
    )
    await session.flush()


async def waiting(session: AsyncSession) -> int:
    """How many wait for somebody to look."""
    query = select(func.count()).select_from(Report).where(Report.city_id == city_id_of(session), Report.state == "open")
    return int(await session.scalar(query) or 0)


async def listed(session: AsyncSession, *, settled: bool) -> Sequence[Row[Any]]:
    """Reports with what they are about: what waits, the oldest first, or what was settled, the newest first."""
    return (await session.execute(CLOSED if settled else OPEN, {"city": city_id_of(session), "most": SHOWN})).all()


async def one(session: AsyncSession, report_id: UUID) -> Row[Any] | None:
    """A report with what it is about."""
    return (await session.execute(ONE, {"city": city_id_of(session), "id": report_id})).one_or_none()


async def settle(
    session: AsyncSession, city: City, report_id: UUID, *, uphold: bool, note: str, by: UUID, now: datetime
) -> Report:
    """Decide a report: upheld, which hides a photo at once, or dismissed. Whoever left an e-mail hears of it.

    Raises :class:`Settled` when somebody was faster.
    """
    query = select(Report).where(Report.city_id == city_id_of(session), Report.id == report_id).with_for_update()
    found = (await session.execute(query)).scalar_one()
    if found.state != "open":
        raise Settled
    appeal = await for_change(session, found.appeal_id)
    if uphold and found.photo_id is not None:
        await redaction.set_hidden(session, appeal, found.photo_id, hidden=True, by=by, now=now)
    found.state = "upheld" if uphold else "dismissed"
    found.note, found.settled_at, found.settled_by = note, now, by
    await session.flush()
    values = {"state": ("open", found.state)}
    await record(session, SETTLED, now=now, by=by, subject=("report", found.id), values=values, about=appeal.id)
    if found.email:
        letter = outcome(city, found, appeal)
        await post(session, city, to=found.email, language=found.language, letter=letter, key=f"report {found.id}")
    return found


def outcome(city: City, settled: Report, appeal: Appeal) -> Letter:
    """What whoever reported reads."""
    at = letterhead(city, settled.language)
    if settled.state == "upheld":
        photo = at._("Ви мали рацію: ми прибрали фото, на яке ви поскаржилися.")
        decided = photo if settled.part == "photo" else at._("Ви мали рацію: модератор прибирає зайве.")
    else:
        decided = at._("Ми розглянули вашу скаргу й залишили все, як є: правил сайту це не порушує.")
    after = [at._("Дякуємо, що допомагаєте тримати сайт у порядку.")]
    if city.contact_email:
        after.append(at._("Якщо не згодні, напишіть: %(email)s.") % {"email": city.contact_email})
    return Letter(
        subject=at._("Вашу скаргу розглянуто: %(number)s") % {"number": appeal.number},
        paragraphs=[at._("Ви поскаржилися на опубліковане в %(number)s.") % {"number": appeal.number}, decided],
        action=(at._("Відкрити звернення"), at.absolute(f"/appeals/{appeal.number}")) if appeal.title else None,
        after=after,
        why=at._("Ви отримали цей лист, бо залишили адресу в скарзі. Інших листів про неї не буде."),
    )


async def forget_settled(session: AsyncSession, *, now: datetime) -> None:
    """Forget who reported, and in which words, three months after it was settled; that there was a report stays."""
    await session.execute(
        update(Report)
        .where(Report.city_id == city_id_of(session), Report.settled_at < now - FORGOTTEN_AFTER)
        .where((Report.words != "") | (Report.email != ""))
        .values(words="", email="")
        .execution_options(synchronize_session=False)
    )
