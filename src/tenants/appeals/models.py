"""Tables of an appeal. What the public may see (``Appeal``) and what it may not (``Submission``) never share a row."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from src.platform.data.base import CityOwned, Instant, within_city
from src.tenants.appeals.states import NEXT, IllegalTransition, State

PUBLIC_STATE = "CASE WHEN state IN ('published', 'routed', 'reopened') THEN 'waiting' WHEN state = 'answered' THEN 'answered' END"


class Appeal(CityOwned):
    """The public side of a question: only what a moderator let through.

    ``title``, ``body``, ``place``, ``lon``/``lat`` (degrees, already snapped) and ``author`` are empty until
    publication. ``number`` is given when the question is confirmed. ``version`` counts changes, so that a form
    filled in against an older version can be refused.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        UniqueConstraint("city_id", "number"),
        within_city("category_id", "category"),
        within_city("district_id", "district"),
        within_city("responder_id", "responder"),
        within_city("merged_into_id", "appeal"),
        CheckConstraint(
            "state IN ('unconfirmed', 'submitted', 'rejected', 'merged', 'withdrawn', "
            "'published', 'routed', 'answered', 'reopened', 'entrusted', 'settled', 'removed')",
            name="state",
        ),
        CheckConstraint(
            "state IN ('unconfirmed', 'withdrawn') OR (number IS NOT NULL AND confirmed_at IS NOT NULL)",
            name="confirmed_has_number",
        ),
        CheckConstraint(
            "state NOT IN ('published', 'routed', 'answered', 'reopened') OR (title <> '' AND published_at IS NOT NULL)",
            name="public_has_text",
        ),
        CheckConstraint(
            "state IN ('published', 'routed', 'answered', 'reopened') OR (title = '' AND body = '' AND lon IS NULL "
            "AND author = '' AND place = '')",
            name="private_shows_nothing",
        ),
        CheckConstraint("precision <> 'district' OR lon IS NULL", name="district_only_has_no_point"),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_into"),
        CheckConstraint("state <> 'answered' OR answered_at IS NOT NULL", name="answered_at"),
        Index("ix_appeal_newest", "city_id", text("published_at DESC"), text("id DESC")),
        Index("ix_appeal_by_state", "city_id", "public_state", text("published_at DESC"), text("id DESC")),
        Index("ix_appeal_by_category", "city_id", "category_id", text("published_at DESC"), text("id DESC")),
        Index("ix_appeal_by_district", "city_id", "district_id", text("published_at DESC"), text("id DESC")),
        Index("ix_appeal_place", "city_id", "lon", "lat"),
        Index("ix_appeal_changed", "city_id", "changed_revision"),
        Index("ix_appeal_queue", "city_id", "state", "confirmed_at"),
    )

    number: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=State.UNCONFIRMED)
    public_state: Mapped[str | None] = mapped_column(Computed(PUBLIC_STATE, persisted=True))
    category_id: Mapped[UUID]
    district_id: Mapped[UUID]
    created_at: Mapped[Instant]
    confirmed_at: Mapped[Instant | None]
    published_at: Mapped[Instant | None]
    answered_at: Mapped[Instant | None]
    title: Mapped[str] = mapped_column(default="", server_default="")
    body: Mapped[str] = mapped_column(default="", server_default="")
    place: Mapped[str] = mapped_column(default="", server_default="")
    precision: Mapped[str] = mapped_column(default="district", server_default="district")
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    author: Mapped[str] = mapped_column(default="", server_default="")
    responder_id: Mapped[UUID | None]
    merged_into_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    changed_revision: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")

    def move(self, to: State) -> None:
        """Take the next step of the appeal's life; raises :class:`IllegalTransition` when there is none such."""
        if to not in NEXT[State(self.state)]:
            raise IllegalTransition(State(self.state), to)
        self.state = to
        self.version += 1


class Submission(CityOwned):
    """The private side: who asked, in which words, where exactly. ``id`` is the appeal's. Staff only.
    ``erased_at`` is set when who asked was forgotten: by their wish, or because its time had come.

    The words here are never changed by a moderator; a correction by the author after a rejection replaces them,
    and the timeline keeps what they replaced.
    """

    __tablename__ = "submission"
    __table_args__ = (
        within_city("id", "appeal", ondelete="CASCADE"),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
        Index("ix_submission_author", "city_id", "author_email"),
    )

    title: Mapped[str]
    body: Mapped[str]
    address: Mapped[str] = mapped_column(default="", server_default="")
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    author_name: Mapped[str]
    author_email: Mapped[str]
    publish_name: Mapped[bool] = mapped_column(default=False, server_default="false")
    private: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Its author wants it answered and not published; only what is addressed to somebody can be."""
    language: Mapped[str] = mapped_column(default="uk", server_default="uk")
    extra: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    """Answers to the category's extra questions, with the questions as they were then."""
    rejected_because: Mapped[str] = mapped_column(default="", server_default="")
    erased_at: Mapped[Instant | None]


class AppealEvent(CityOwned):
    """One line of the timeline; append-only (the application's role may neither change nor delete it)."""

    __tablename__ = "appeal_event"
    __table_args__ = (
        within_city("appeal_id", "appeal", ondelete="CASCADE"),
        within_city("account_id", "account"),
        CheckConstraint("actor IN ('author', 'staff', 'system')", name="actor"),
        CheckConstraint("(actor = 'staff') = (account_id IS NOT NULL)", name="staff_is_named"),
        Index("ix_appeal_event_timeline", "city_id", "appeal_id", "at"),
    )

    appeal_id: Mapped[UUID]
    at: Mapped[Instant]
    kind: Mapped[str]
    actor: Mapped[str]
    account_id: Mapped[UUID | None]
    public: Mapped[bool] = mapped_column(default=False, server_default="false")
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")


class AppealEventWords(CityOwned):
    """What somebody wrote with a step (why it is not solved, what it said before): beside the timeline, for it can only grow
    and words must be erasable. ``id`` is the event's."""  # noqa: D209

    __tablename__ = "appeal_event_words"
    __table_args__ = (within_city("id", "appeal_event", ondelete="CASCADE"),)

    words: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")


class Photo(CityOwned):
    """A picture of an appeal, re-encoded and without metadata. Until submission it hangs on the draft."""

    __tablename__ = "photo"
    __table_args__ = (
        within_city("appeal_id", "appeal", ondelete="CASCADE"),
        within_city("draft_id", "draft", ondelete="CASCADE"),
        Index("ix_photo_appeal", "city_id", "appeal_id", "position"),
        Index("ix_photo_draft", "city_id", "draft_id", "position"),
    )

    appeal_id: Mapped[UUID | None]
    draft_id: Mapped[UUID | None]
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    digest: Mapped[str]
    hidden: Mapped[bool] = mapped_column(default=False, server_default="false")


class Draft(CityOwned):
    """A question that is being written; reached by a key in its address. Deleted after seven days.

    ``appeal_id`` is set when it was sent: sending it again leads to the same appeal.
    """

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("city_id", "key_digest"),
        within_city("appeal_id", "appeal", ondelete="CASCADE"),
        Index("ix_draft_age", "city_id", "updated_at"),
    )

    key_digest: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    appeal_id: Mapped[UUID | None]
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]


class NumberCounter(CityOwned):
    """The last number given in a year; its row lock is what makes numbers without gaps or doubles."""

    __tablename__ = "number_counter"
    __table_args__ = (UniqueConstraint("city_id", "year"),)

    year: Mapped[int]
    last: Mapped[int]
