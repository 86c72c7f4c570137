"""Tables of officers and beats. Days are calendar days of the city's zone; both ends of a period belong to it."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from src.platform.data.base import CityOwned, Instant, Localized, within_city


class Station(CityOwned):
    """A police station (відділ, відділення, поліцейська станція). Where nobody serves a beat, its people answer.

    ``lon``/``lat`` in degrees (WGS 84). What of this the public sees, the city decides (``CitySettings.hide_places``).
    """

    __tablename__ = "station"
    __table_args__ = (
        UniqueConstraint("city_id", "slug"),
        within_city("district_id", "district"),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
        Index("ix_station_district", "city_id", "district_id"),
    )

    slug: Mapped[str]
    name: Mapped[Localized] = mapped_column(JSONB)
    address: Mapped[Localized] = mapped_column(JSONB)
    phone: Mapped[str] = mapped_column(default="", server_default="")
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    district_id: Mapped[UUID | None]


class Officer(CityOwned):
    """A local officer. ``rank`` and ``post`` are codes of :mod:`src.local_officer.officers.words`.

    ``account_id`` is who keeps this office, once the invitation was accepted. ``confirmed_at`` is when everything shown was
    last said to be true. ``left_on`` is the first day on which they no longer serve: history stays. ``photo_at`` is when the
    photo was put in; its file is at ``officers/<id>-<photo_at>.webp`` (see ``photos``).
    """

    __tablename__ = "officer"
    __table_args__ = (
        within_city("account_id", "account"),
        within_city("station_id", "station"),
        UniqueConstraint("city_id", "code"),
        Index("uq_officer_account", "city_id", "account_id", unique=True),
        Index("ix_officer_station", "city_id", "station_id"),
        CheckConstraint("languages <@ ARRAY['uk', 'en', 'crh', 'pl', 'ro', 'hu', 'bg', 'de', 'fr', 'usl']", name="languages"),
    )

    code: Mapped[str]
    """The service number (жетон) by which files and people name an officer; shown where names are hidden."""
    account_id: Mapped[UUID | None]
    station_id: Mapped[UUID | None]
    name: Mapped[Localized] = mapped_column(JSONB)
    rank: Mapped[str] = mapped_column(default="", server_default="")
    post: Mapped[str] = mapped_column(default="officer", server_default="officer")
    email: Mapped[str] = mapped_column(default="", server_default="")
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    photo_at: Mapped[Instant | None]
    confirmed_at: Mapped[Instant | None]
    reminded_at: Mapped[Instant | None]
    left_on: Mapped[date | None]
    created_at: Mapped[Instant]


class OfficerPhone(CityOwned):
    """A duty phone. ``number`` is E.164 (``+380445551234``) for an ordinary one, digits for a short code (``102``, ``1551``)."""

    __tablename__ = "officer_phone"
    __table_args__ = (
        within_city("officer_id", "officer", ondelete="CASCADE"),
        CheckConstraint("kind IN ('ordinary', 'short')", name="kind"),
        CheckConstraint(
            "(kind = 'short' AND number ~ '^[0-9]{3,5}$') OR (kind = 'ordinary' AND number ~ '^[+][0-9]{8,15}$')", name="number"
        ),
        UniqueConstraint("city_id", "officer_id", "number"),
    )

    officer_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(default="ordinary", server_default="ordinary")
    number: Mapped[str]
    position: Mapped[int] = mapped_column(default=0, server_default="0")


class Invitation(CityOwned):
    """An officer asked to keep their own office. The link of the letter is signed over ``id``; using it empties ``email``."""

    __tablename__ = "officer_invitation"
    __table_args__ = (
        within_city("officer_id", "officer", ondelete="CASCADE"),
        within_city("invited_by", "account"),
        UniqueConstraint("city_id", "officer_id"),
    )

    officer_id: Mapped[UUID]
    email: Mapped[str]
    invited_by: Mapped[UUID | None]
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]


class Beat(CityOwned):
    """A beat (дільниця). ``boundary`` is a GeoJSON Polygon or MultiPolygon (WGS 84), ``label_*`` a point inside it.

    ``official`` is false for what was made up for a demonstration; pages and files say so. ``retired_on`` is the first day on
    which the beat is no more.
    """

    __tablename__ = "beat"
    __table_args__ = (
        UniqueConstraint("city_id", "number"),
        within_city("district_id", "district"),
        within_city("station_id", "station"),
        Index("ix_beat_district", "city_id", "district_id"),
        Index("ix_beat_station", "city_id", "station_id"),
    )

    number: Mapped[str]
    name: Mapped[Localized] = mapped_column(JSONB)
    boundary: Mapped[dict[str, Any]] = mapped_column(JSONB)
    label_lon: Mapped[float]
    label_lat: Mapped[float]
    district_id: Mapped[UUID | None]
    station_id: Mapped[UUID | None]
    official: Mapped[bool] = mapped_column(default=True, server_default="true")
    retired_on: Mapped[date | None]


class BeatStreet(CityOwned):
    """A street of a beat, and which of its houses: ``houses`` is empty for all of them, else «1–15 непарні, 20, 22А».

    ``spelling`` is the street folded for searching (``src.tenants.cities.spelling``).
    """

    __tablename__ = "beat_street"
    __table_args__ = (
        within_city("beat_id", "beat", ondelete="CASCADE"),
        Index("ix_beat_street_beat", "city_id", "beat_id"),
        Index("ix_beat_street_spelling", "city_id", "spelling"),
    )

    beat_id: Mapped[UUID]
    street: Mapped[str]
    spelling: Mapped[str]
    houses: Mapped[str] = mapped_column(default="", server_default="")


class Assignment(CityOwned):
    """Who serves a beat, from when, until when (none: still). Several serve one beat, one serves several; nothing is
    deleted when a beat is handed over. ``stand_in`` marks one who serves it for somebody else for a while."""  # noqa: D209

    __tablename__ = "assignment"
    __table_args__ = (
        within_city("beat_id", "beat", ondelete="CASCADE"),
        within_city("officer_id", "officer", ondelete="CASCADE"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("NOT stand_in OR last_day IS NOT NULL", name="stand_in_ends"),
        Index("ix_assignment_beat", "city_id", "beat_id"),
        Index("ix_assignment_officer", "city_id", "officer_id"),
    )

    beat_id: Mapped[UUID]
    officer_id: Mapped[UUID]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    stand_in: Mapped[bool] = mapped_column(default=False, server_default="false")


class Absence(CityOwned):
    """An officer is away, first and last day included. Why is nobody's business and not kept. ``stand_in_id`` serves their
    beats meanwhile; whether the stand-in also receives at the officer's hours is ``stand_in_receives``."""  # noqa: D209

    __tablename__ = "absence"
    __table_args__ = (
        within_city("officer_id", "officer", ondelete="CASCADE"),
        within_city("stand_in_id", "officer", name="fk_absence_city_id_stand_in"),
        CheckConstraint("last_day >= first_day", name="period"),
        CheckConstraint("stand_in_id <> officer_id", name="somebody_else"),
        CheckConstraint("NOT stand_in_receives OR stand_in_id IS NOT NULL", name="who_receives"),
        Index("ix_absence_officer", "city_id", "officer_id", "last_day"),
        Index("ix_absence_stand_in", "city_id", "stand_in_id"),
    )

    officer_id: Mapped[UUID]
    first_day: Mapped[date]
    last_day: Mapped[date]
    stand_in_id: Mapped[UUID | None]
    stand_in_receives: Mapped[bool] = mapped_column(default=False, server_default="false")
    created_at: Mapped[Instant]


class Announcement(CityOwned):
    """A notice, or a meeting with the community (then with ``starts_at``, ``ends_at`` and a place).

    Shown until ``shown_until`` (a meeting until it is over); ``cancelled_at`` strikes a meeting out but keeps it in feeds.
    """

    __tablename__ = "announcement"
    __table_args__ = (
        within_city("officer_id", "officer", ondelete="CASCADE"),
        CheckConstraint("kind IN ('notice', 'meeting')", name="kind"),
        CheckConstraint("(kind = 'meeting') = (starts_at IS NOT NULL)", name="meeting_starts"),
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL) AND ends_at > starts_at", name="meeting_ends"),
        Index("ix_announcement_officer", "city_id", "officer_id", "shown_until"),
    )

    officer_id: Mapped[UUID]
    kind: Mapped[str]
    words: Mapped[str]
    place: Mapped[str] = mapped_column(default="", server_default="")
    starts_at: Mapped[Instant | None]
    ends_at: Mapped[Instant | None]
    shown_until: Mapped[date]
    created_at: Mapped[Instant]
    changed_at: Mapped[Instant]
    cancelled_at: Mapped[Instant | None]
