"""The table of booked visits."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from src.platform.data.base import CityOwned, Instant, within_city


class Visit(CityOwned):
    """A visit that somebody booked with an officer. ``seat`` (1 … the city's capacity) is its place in the slot: the unique
    index over visits that stand is what makes it impossible for two to get the last one.

    ``held`` until its letter's link is pressed or ``held_until`` passes, then ``booked``; ``cancelled`` by the visitor,
    ``called_off`` by the officer or an absence, ``lapsed`` when nobody confirmed. ``receiver_id`` is who receives: the officer, or
    their stand-in. After the visit ``name``, ``email``, ``phone`` and ``about`` are forgotten (``erased_at``).
    """

    __tablename__ = "visit"
    __table_args__ = (
        within_city("officer_id", "officer", ondelete="CASCADE"),
        within_city("receiver_id", "officer", name="fk_visit_city_id_receiver"),
        CheckConstraint("state IN ('held', 'booked', 'cancelled', 'called_off', 'lapsed')", name="state"),
        CheckConstraint("ends_at > starts_at", name="interval"),
        CheckConstraint("seat >= 1", name="seat"),
        CheckConstraint("reception IN ('in_person', 'phone', 'mobile')", name="reception"),
        Index(
            "uq_visit_seat",
            "city_id",
            "officer_id",
            "starts_at",
            "seat",
            unique=True,
            postgresql_where=text("state IN ('held', 'booked')"),
        ),
        Index("ix_visit_day", "city_id", "officer_id", "starts_at"),
        Index("ix_visit_receiver", "city_id", "receiver_id", "starts_at"),
        Index("ix_visit_email", "city_id", "email"),
        Index("ix_visit_held", "city_id", "state", "held_until"),
    )

    officer_id: Mapped[UUID]
    receiver_id: Mapped[UUID]
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    seat: Mapped[int]
    reception: Mapped[str] = mapped_column(default="in_person", server_default="in_person")
    place: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default="held", server_default="held")
    name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str] = mapped_column(default="", server_default="")
    about: Mapped[str] = mapped_column(default="", server_default="")
    language: Mapped[str] = mapped_column(default="uk", server_default="uk")
    created_at: Mapped[Instant]
    held_until: Mapped[Instant]
    changed_at: Mapped[Instant]
    erased_at: Mapped[Instant | None]
