"""Tables of reception hours. Times are of the city's zone (``time`` without one), days calendar days there."""

from datetime import date, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from src.platform.data.base import CityOwned, Instant, within_city

PATTERNS = ("weekly", "fortnightly", "first", "second", "third", "fourth", "last")
"""Every week; every second week counted from the one of ``valid_from``; the first, second … last such weekday of a month."""
RECEPTIONS = ("in_person", "phone", "mobile")
"""In person at a place; by phone; a mobile reception point (a car or a tent, which stands at a place)."""
KINDS = ("closed", "replaced", "stand_in", "extra")


class HoursRule(CityOwned):
    """Hours that come again: a weekday (0 Monday … 6 Sunday) from ``starts`` to ``ends``, by a pattern.

    ``valid_from``/``valid_to`` are the first and last day it holds for (no last day: until changed). The place is the
    ``station_id``'s, or ``place`` in words; ``lon``/``lat`` (degrees) only for the latter.
    """

    __tablename__ = "hours_rule"
    __table_args__ = (
        within_city("officer_id", "officer", ondelete="CASCADE"),
        within_city("station_id", "station"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("pattern IN ('weekly', 'fortnightly', 'first', 'second', 'third', 'fourth', 'last')", name="pattern"),
        CheckConstraint("reception IN ('in_person', 'phone', 'mobile')", name="reception"),
        CheckConstraint("ends > starts", name="interval"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
        Index("ix_hours_rule_officer", "city_id", "officer_id"),
        Index("ix_hours_rule_station", "city_id", "station_id"),
    )

    officer_id: Mapped[UUID]
    weekday: Mapped[int]
    starts: Mapped[time]
    ends: Mapped[time]
    pattern: Mapped[str] = mapped_column(default="weekly", server_default="weekly")
    reception: Mapped[str] = mapped_column(default="in_person", server_default="in_person")
    station_id: Mapped[UUID | None]
    place: Mapped[str] = mapped_column(default="", server_default="")
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    changed_at: Mapped[Instant]


class HoursException(CityOwned):
    """What is different on one day. ``closed``: no reception; ``replaced``: these hours instead of the rules' (several rows
    of a day make several intervals); ``extra``: these besides; ``stand_in``: the rules' hours, but ``stand_in_id`` receives."""  # noqa: D209

    __tablename__ = "hours_exception"
    __table_args__ = (
        within_city("officer_id", "officer", ondelete="CASCADE"),
        within_city("station_id", "station"),
        within_city("stand_in_id", "officer", name="fk_hours_exception_city_id_stand_in"),
        CheckConstraint("kind IN ('closed', 'replaced', 'stand_in', 'extra')", name="kind"),
        CheckConstraint("reception IN ('in_person', 'phone', 'mobile')", name="reception"),
        CheckConstraint("(kind IN ('replaced', 'extra')) = (starts IS NOT NULL)", name="hours"),
        CheckConstraint("(starts IS NULL) = (ends IS NULL) AND ends > starts", name="interval"),
        CheckConstraint("(kind = 'stand_in') = (stand_in_id IS NOT NULL) AND stand_in_id <> officer_id", name="stand_in"),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
        Index("ix_hours_exception_officer", "city_id", "officer_id", "day"),
        Index("ix_hours_exception_station", "city_id", "station_id"),
        Index("ix_hours_exception_stand_in", "city_id", "stand_in_id"),
    )

    officer_id: Mapped[UUID]
    day: Mapped[date]
    kind: Mapped[str]
    starts: Mapped[time | None]
    ends: Mapped[time | None]
    reception: Mapped[str] = mapped_column(default="in_person", server_default="in_person")
    station_id: Mapped[UUID | None]
    place: Mapped[str] = mapped_column(default="", server_default="")
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    stand_in_id: Mapped[UUID | None]
    changed_at: Mapped[Instant]
