"""The table of questions that are addressed to an officer."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from src.platform.data.base import CityOwned, Instant, within_city


class DirectQuestion(CityOwned):
    """That an appeal is addressed to an officer. ``id`` is the appeal's.

    The clock starts when the question is sent on to the officer (``since``); ``due_on`` is the last day of the two working days
    (of the city's zone and holidays); ``reminded_at`` is when the officer was told that it passed.
    """

    __tablename__ = "direct_question"
    __table_args__ = (
        within_city("id", "appeal", ondelete="CASCADE"),
        within_city("officer_id", "officer"),
        Index("ix_direct_question_officer", "city_id", "officer_id"),
        Index("ix_direct_question_due", "city_id", "due_on"),
    )

    officer_id: Mapped[UUID]
    since: Mapped[Instant | None]
    due_on: Mapped[date | None]
    reminded_at: Mapped[Instant | None]
