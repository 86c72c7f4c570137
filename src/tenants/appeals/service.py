"""The verbs of an appeal's life. Each runs in the caller's transaction, takes the appeal's lock first, moves the state
(or raises ``IllegalTransition``), writes the timeline and enqueues the letters: all of it or none."""  # noqa: D209

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar.exceptions import NotFoundException
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import City, city_id_of, published_changed
from src.platform.people.audit.service import record
from src.platform.work.jobs import enqueue
from src.tenants.appeals.addressees import book
from src.tenants.appeals.audited import LINES, edited
from src.tenants.appeals.models import Appeal, AppealEvent, AppealEventWords, Photo, Submission
from src.tenants.appeals.numbers import next_number
from src.tenants.appeals.personal import shown_name
from src.tenants.appeals.places import public_place
from src.tenants.appeals.states import PUBLIC, IllegalTransition, State
from src.tenants.search import service as search

TELL = "tell_people"
"""The job that writes letters about an event; a higher slice runs it."""
AUDIT_KIND = "appeal"
"""What the audit log calls the things that this slice's lines are about."""


class Stale(Exception):  # noqa: N818
    """Somebody changed the appeal since the form was opened; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a resident asks, in their own words. Degrees are WGS 84; the point may be missing."""

    title: str
    body: str
    category_id: UUID
    district_id: UUID
    address: str
    lon: float | None
    lat: float | None
    author_name: str
    author_email: str
    publish_name: bool
    language: str
    private: bool = False
    extra: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Publication:
    """What a moderator lets the public see."""

    title: str
    body: str
    category_id: UUID
    district_id: UUID
    precision: str
    sensitive: bool
    address: str
    show_name: bool
    hidden_photos: frozenset[UUID] = frozenset()


async def for_change(session: AsyncSession, appeal_id: UUID, *, version: int | None = None) -> Appeal:
    """The appeal, locked. Raises the 404 of a missing thing, or :class:`Stale` when ``version`` is not the current one."""
    found = (
        await session.execute(
            select(Appeal)
            .where(Appeal.city_id == city_id_of(session), Appeal.id == appeal_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundException
    if version is not None and version != found.version:
        raise Stale
    return found


async def submission_of(session: AsyncSession, appeal: Appeal) -> Submission:
    """The private side of an appeal."""
    return (
        await session.execute(select(Submission).where(Submission.city_id == appeal.city_id, Submission.id == appeal.id))
    ).scalar_one()


async def note(  # noqa: PLR0913  a line of the timeline has that many parts
    session: AsyncSession,
    appeal: Appeal,
    kind: str,
    *,
    now: datetime,
    by: UUID | str,
    public: bool = False,
    data: dict[str, Any] | None = None,
    words: dict[str, Any] | None = None,
    tell: bool = True,
    fields: Iterable[str] = (),
) -> AppealEvent:
    """Add a line to the timeline and, with it, the job that tells whom it concerns; to the audit log, what belongs there.

    ``by`` is the account of a member of staff, or ``"author"`` or ``"system"``. ``data`` is of ids and marks; whatever
    somebody wrote goes into ``words``, which lie beside the timeline and can be erased. A quiet session (the
    demonstration's past) tells nobody. ``fields`` are names of what was changed, for the audit log.
    """
    staff = isinstance(by, UUID)
    event = AppealEvent(
        city_id=appeal.city_id,
        id=uuid7(),
        appeal_id=appeal.id,
        at=now,
        kind=kind,
        actor="staff" if staff else str(by),
        account_id=by if staff else None,
        public=public,
        data=data or {},
    )
    session.add(event)
    await session.flush()
    if words:
        session.add(AppealEventWords(city_id=event.city_id, id=event.id, words=words))
        await session.flush()
    if kind in LINES:
        actor = "staff" if staff else "person" if by == "author" else "system"
        about = (AUDIT_KIND, appeal.id)
        await record(session, LINES[kind], now=now, by=event.account_id, actor=actor, subject=about, fields=fields)
    if tell and not session.info.get("quiet"):
        await enqueue(session, TELL, event.id)
    return event


async def changed(session: AsyncSession, appeal: Appeal) -> None:
    """Mark the appeal as changed for the board's copies and for the public's counts."""
    appeal.changed_revision = await published_changed(session)
    await session.flush()


async def ask(session: AsyncSession, question: Question, *, now: datetime, appeal_id: UUID | None = None) -> Appeal:
    """Store a guest's question; it counts for nothing until the link in the letter is followed."""
    appeal = Appeal(
        city_id=city_id_of(session),
        id=appeal_id or uuid7(),
        state=State.UNCONFIRMED,
        category_id=question.category_id,
        district_id=question.district_id,
        created_at=now,
    )
    session.add(appeal)
    await session.flush()
    session.add(
        Submission(
            city_id=appeal.city_id,
            id=appeal.id,
            title=question.title,
            body=question.body,
            address=question.address,
            lon=question.lon,
            lat=question.lat,
            author_name=question.author_name,
            author_email=question.author_email,
            publish_name=question.publish_name,
            language=question.language,
            private=question.private,
            extra=question.extra,
        )
    )
    await session.flush()
    await note(session, appeal, "asked", now=now, by="author")
    return appeal


async def confirm(session: AsyncSession, city: City, appeal_id: UUID, *, now: datetime) -> Appeal:
    """The author followed the link: the question gets its number and goes to the moderator. A second time does nothing."""
    appeal = await for_change(session, appeal_id)
    if appeal.state != State.UNCONFIRMED:
        return appeal
    appeal.number = await next_number(session, city, now)
    appeal.confirmed_at = now
    appeal.move(State.SUBMITTED)
    await note(session, appeal, "confirmed", now=now, by="author")
    await changed(session, appeal)
    return appeal


async def correct(session: AsyncSession, appeal_id: UUID, *, title: str, body: str, now: datetime) -> Appeal:
    """The author of a rejected question mends its words and sends it again; what it said before stays on the timeline."""
    appeal = await for_change(session, appeal_id)
    if appeal.state != State.REJECTED:
        raise IllegalTransition(State(appeal.state), State.SUBMITTED)
    submission = await submission_of(session, appeal)
    before = {"title": submission.title, "body": submission.body}
    appeal.move(State.SUBMITTED)
    submission.title, submission.body, submission.rejected_because = title, body, ""
    await note(session, appeal, "corrected", now=now, by="author", words={"before": before}, fields=before)
    await changed(session, appeal)
    return appeal


async def withdraw(session: AsyncSession, appeal_id: UUID, *, now: datetime) -> Appeal:
    """The author takes a question back, while it is not yet published."""
    appeal = await for_change(session, appeal_id)
    appeal.move(State.WITHDRAWN)
    await note(session, appeal, "withdrawn", now=now, by="author")
    await changed(session, appeal)
    return appeal


async def publish(
    session: AsyncSession, appeal_id: UUID, what: Publication, *, by: UUID, now: datetime, version: int | None = None
) -> Appeal:
    """Let the public see the question: it turns red on the map. The author's own words stay for staff."""
    appeal = await for_change(session, appeal_id, version=version)
    submission = await submission_of(session, appeal)
    if submission.private:  # against its author's wish nobody can
        raise IllegalTransition(State(appeal.state), State.PUBLISHED)
    fields = edited(appeal, submission, what)
    place = public_place(
        precision=what.precision,
        sensitive=what.sensitive,
        address=what.address,
        lon=submission.lon,
        lat=submission.lat,
    )
    appeal.move(State.PUBLISHED)
    appeal.category_id, appeal.district_id = what.category_id, what.district_id
    appeal.title, appeal.body = what.title, what.body
    appeal.precision, appeal.place, appeal.lon, appeal.lat = place.precision, place.words, place.lon, place.lat
    appeal.author = shown_name(submission.author_name) if what.show_name and submission.publish_name else ""
    appeal.published_at = now
    if await hide_photos(session, appeal, set(what.hidden_photos), sensitive=what.sensitive):
        fields.append("photos")
    if place.precision != "exact":
        fields.append("precision")
    if appeal.author:
        fields.append("author")
    await search.index(session, appeal.id, what.title, what.body, place.words)
    redacted = (what.title, what.body) != (submission.title, submission.body)
    await note(session, appeal, "published", now=now, by=by, public=True, data={"edited": redacted}, fields=fields)
    await book().accepted(session, appeal.id, now=now)
    await changed(session, appeal)
    return appeal


async def hide_photos(session: AsyncSession, appeal: Appeal, hidden: Iterable[UUID], *, sensitive: bool) -> bool:
    """Choose which photos the public sees; of a sensitive category none. Returns whether any is hidden."""
    ids = set(hidden)
    photos = (await session.execute(select(Photo).where(Photo.city_id == appeal.city_id, Photo.appeal_id == appeal.id))).scalars()
    found = list(photos)
    for photo in found:
        photo.hidden = sensitive or photo.id in ids
    return any(photo.hidden for photo in found)


async def reject(
    session: AsyncSession, appeal_id: UUID, reason: str, *, by: UUID, now: datetime, version: int | None = None
) -> Appeal:
    """Send the question back to its author with a reason; they may correct it and send it again."""
    if not reason.strip():
        msg = "a rejection carries a reason"
        raise ValueError(msg)
    appeal = await for_change(session, appeal_id, version=version)
    appeal.move(State.REJECTED)
    submission = await submission_of(session, appeal)
    submission.rejected_because = reason
    await note(session, appeal, "rejected", now=now, by=by, words={"reason": reason}, fields=["reason"])
    await changed(session, appeal)
    return appeal


async def merge(
    session: AsyncSession, appeal_id: UUID, into_number: str, *, by: UUID, now: datetime, version: int | None = None
) -> Appeal:
    """Join a question to a public one about the same; its author then follows that one.

    Raises ``LookupError`` when no public question has that number.
    """
    appeal = await for_change(session, appeal_id, version=version)
    target = (
        await session.execute(
            select(Appeal).where(
                Appeal.city_id == appeal.city_id, Appeal.number == into_number, Appeal.state.in_(PUBLIC), Appeal.id != appeal_id
            )
        )
    ).scalar_one_or_none()
    if target is None:
        raise LookupError(into_number)
    appeal.move(State.MERGED)
    appeal.merged_into_id = target.id
    await note(session, appeal, "merged", now=now, by=by, data={"into": str(target.id), "number": into_number})
    await changed(session, appeal)
    return appeal


async def route(
    session: AsyncSession, appeal_id: UUID, responder_id: UUID, *, by: UUID, now: datetime, version: int | None = None
) -> Appeal:
    """Give the question to a responder, who gets it by e-mail. Giving it to the one who has it already does nothing."""
    appeal = await for_change(session, appeal_id, version=version)
    if appeal.state == State.ROUTED and appeal.responder_id == responder_id:
        return appeal
    appeal.move(State.ROUTED)
    appeal.responder_id = responder_id
    await note(
        session, appeal, "routed", now=now, by=by, public=True, data={"responder": str(responder_id)}, fields=["responder"]
    )
    await changed(session, appeal)
    return appeal


async def mark_answered(session: AsyncSession, appeal: Appeal, *, answer_id: UUID, by: UUID, now: datetime) -> None:
    """The answer is public: the question turns green. Called by the answer that is being published, in its transaction."""
    appeal.move(State.ANSWERED)
    appeal.answered_at = now
    await note(session, appeal, "answered", now=now, by=by, public=True, data={"answer": str(answer_id)})
    await changed(session, appeal)


async def reopen(session: AsyncSession, appeal_id: UUID, why: str, *, now: datetime) -> Appeal:
    """The author says that it is not solved: red again. What they wrote is for staff; that it happened is public."""
    appeal = await for_change(session, appeal_id)
    if not why.strip():
        msg = "reopening carries a reason"
        raise ValueError(msg)
    appeal.move(State.REOPENED)
    await note(session, appeal, "reopened", now=now, by="author", public=True, words={"why": why})
    await book().accepted(session, appeal.id, now=now)
    await changed(session, appeal)
    return appeal


async def delete_unconfirmed(session: AsyncSession, *, before: datetime) -> int:
    """Delete questions that nobody confirmed, with their drafts; returns how many. Nobody was told of them.

    One statement, so that a question whose author confirms it at this very moment stays, with its number.
    """
    gone = await session.execute(
        delete(Appeal).where(
            Appeal.city_id == city_id_of(session), Appeal.state == State.UNCONFIRMED, Appeal.created_at < before
        ),
        execution_options={"synchronize_session": False},
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
