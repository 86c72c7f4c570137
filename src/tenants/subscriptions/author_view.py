"""What the author's own page shows: their words, what happened, what happens next and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.web.here import Here
from src.tenants.appeals.addressees import Addressed, book
from src.tenants.appeals.models import Appeal, Submission
from src.tenants.appeals.service import submission_of
from src.tenants.appeals.states import PUBLIC, WAITING, State
from src.tenants.cities.catalogue import InLanguage, catalogue
from src.tenants.subscriptions.queries import PublishedAnswer, published_answer

ANSWER_WITHIN = timedelta(days=30)
"""The Law on Citizens' Appeals, article 20: 15 days when nothing has to be studied, else a month."""

EVENTS = text(
    "SELECT e.kind, e.at, e.data || coalesce(w.words, '{}') AS data FROM appeal_event e "
    "LEFT JOIN appeal_event_words w ON w.city_id = e.city_id AND w.id = e.id WHERE e.city_id = :city AND e.appeal_id = :appeal "
    "AND (e.public OR e.actor = 'author' OR e.kind IN ('rejected', 'merged', 'entrusted', 'settled')) ORDER BY e.at, e.id"
)


@dataclass(frozen=True, slots=True)
class AuthorView:
    """The page's contents in the reader's language."""

    appeal: Appeal
    submission: Submission
    category: str
    responder_to: str
    target: Appeal | None
    answer: PublishedAnswer | None
    answered_by: str
    events: list[dict[str, Any]]
    due: datetime | None
    overdue: bool
    addressed: Addressed | None = None
    answer_by: str = ""
    own_answer: str = ""
    may_ask_again: bool = False

    @property
    def is_public(self) -> bool:
        """Whether there is a public page to link to."""
        return self.appeal.state in PUBLIC

    @property
    def may_withdraw(self) -> bool:
        """Before publication it is still the author's alone."""
        return self.appeal.state in {State.UNCONFIRMED, State.SUBMITTED, State.REJECTED}

    @property
    def edited(self) -> bool:
        """Whether the public reads other words than the author wrote."""
        own = (self.submission.title, self.submission.body)
        return self.is_public and (self.appeal.title, self.appeal.body) != own


async def author_view(session: AsyncSession, at: Here, appeal: Appeal, now: datetime) -> AuthorView:
    """Read everything the page shows; the number of queries does not depend on how much happened."""
    known = (await catalogue(session)).into(at.lang)
    target = None
    if appeal.merged_into_id is not None:
        target = (
            await session.execute(select(Appeal).where(Appeal.city_id == appeal.city_id, Appeal.id == appeal.merged_into_id))
        ).scalar_one()
    submission = await submission_of(session, appeal)
    answered = appeal.state in {State.ANSWERED, State.REOPENED}
    answer = await published_answer(session, appeal.id) if answered else None
    rows = (await session.execute(EVENTS, {"city": appeal.city_id, "appeal": appeal.id})).all()
    since = max((row.at for row in rows if row.kind in {"confirmed", "reopened"}), default=None)
    waiting = appeal.state in {State.SUBMITTED, State.PUBLISHED, State.ROUTED, State.REOPENED}
    due = since + ANSWER_WITHIN if since and waiting else None
    addressed = (await book().of(session, at, [appeal.id])).get(appeal.id)
    told = [str(row.data.get("answer", "")) for row in rows if row.kind == "settled"]
    again = any(row.kind == "asked_again" for row in rows)
    waiting_for_them = appeal.state in WAITING | {State.ENTRUSTED}
    events = [line for row in rows if (line := line_of(at, known, row.kind, row.at, row.data)) is not None]
    if events and submission.rejected_because == events[-1]["note"]:
        events[-1]["note"] = ""  # the reason stands above the form already
    return AuthorView(
        appeal=appeal,
        submission=submission,
        category=known.category[appeal.category_id].name,
        responder_to=known.responder[appeal.responder_id].name_to if appeal.responder_id else "",
        target=target,
        answer=answer,
        answered_by=known.responder[answer.responder_id].name if answer else "",
        events=events,
        due=due,
        overdue=due is not None and due < now,
        addressed=addressed,
        answer_by=addressed.due_words if addressed and waiting_for_them else "",
        own_answer=told[-1] if told else "",
        may_ask_again=appeal.state == State.SETTLED and not again,
    )


def line_of(at: Here, known: InLanguage, kind: str, moment: datetime, data: dict[str, Any]) -> dict[str, Any] | None:
    """A line of the timeline in plain words; kinds that are not the author's business have none."""
    label = labels(at).get(kind)
    if label is None:
        return None
    responder = known.responder.get(UUID(data["responder"])) if kind == "routed" else None
    words = label.format(number=data.get("number", ""), whom=responder.name_to if responder else "")
    note = str(data.get({"rejected": "reason", "reopened": "why", "asked_again": "why"}.get(kind, ""), ""))
    return {"kind": kind, "label": words, "at": moment, "note": note}


def labels(at: Here) -> dict[str, str]:
    """What happened, told to whoever asked."""
    return {
        "asked": at._("Ви поставили запитання"),
        "confirmed": at._("Ви підтвердили запитання"),
        "rejected": at._("Модератор повернув запитання"),
        "corrected": at._("Ви виправили текст і надіслали його ще раз"),
        "merged": at._("Модератор приєднав запитання до {number}"),
        "withdrawn": at._("Ви забрали запитання"),
        "published": at._("Запитання опубліковано"),
        "routed": at._("Запитання передано {whom}"),
        "entrusted": at._("Запитання передано без публікації"),
        "settled": at._("Ви отримали відповідь"),
        "asked_again": at._("Ви написали, що питання лишилося"),
        "answered": at._("З’явилася відповідь"),
        "reopened": at._("Ви повідомили, що питання не вирішено"),
    }
