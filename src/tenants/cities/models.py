"""Tables of a city's own make-up."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from src.platform.data.base import CityOwned, Instant, Localized, within_city

PRECISIONS = ("exact", "near", "district")
"""How exact a public place is: the point itself, a point snapped to about 100 m, or only the district."""


class District(CityOwned):
    """A part of the city; ``boundary`` is a GeoJSON Polygon or MultiPolygon, the label a point inside it."""

    __tablename__ = "district"
    __table_args__ = (UniqueConstraint("city_id", "slug"),)

    slug: Mapped[str]
    name: Mapped[Localized] = mapped_column(JSONB)
    kind: Mapped[Localized] = mapped_column(JSONB)
    boundary: Mapped[dict[str, Any]] = mapped_column(JSONB)
    label_lon: Mapped[float]
    label_lat: Mapped[float]
    position: Mapped[int] = mapped_column(default=0, server_default="0")


class Category(CityOwned):
    """What a question is about, with the guidance that says whose competence it is and what to do now.

    A category with others below it (``parent_id``; two levels) is a heading and takes no questions itself. ``questions``
    are the extra ones of the ask flow (see ``src.tenants.cities.extra``). A retired one takes none any more and keeps its
    past; one that was merged says into which (``merged_into_id``), so that its old addresses lead there.
    """

    __tablename__ = "category"
    __table_args__ = (
        UniqueConstraint("city_id", "slug"),
        within_city("parent_id", "category", name="fk_category_parent"),
        within_city("merged_into_id", "category", name="fk_category_merged_into"),
        CheckConstraint("precision IN ('exact', 'near', 'district')", name="precision"),
        CheckConstraint("NOT sensitive OR precision = 'district'", name="sensitive_has_no_point"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_below_itself"),
        CheckConstraint("merged_into_id IS NULL OR (retired_at IS NOT NULL AND merged_into_id <> id)", name="merged_is_retired"),
    )

    slug: Mapped[str]
    name: Mapped[Localized] = mapped_column(JSONB)
    hint: Mapped[Localized] = mapped_column(JSONB)
    emergency: Mapped[bool] = mapped_column(default=False, server_default="false")
    sensitive: Mapped[bool] = mapped_column(default=False, server_default="false")
    precision: Mapped[str] = mapped_column(default="near", server_default="near")
    whose: Mapped[Localized] = mapped_column(JSONB)
    now: Mapped[dict[str, list[str]]] = mapped_column(JSONB)
    call_102_when: Mapped[Localized] = mapped_column(JSONB)
    keywords: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    parent_id: Mapped[UUID | None]
    icon: Mapped[str] = mapped_column(default="", server_default="")
    colour: Mapped[str] = mapped_column(default="", server_default="")
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    retired_at: Mapped[Instant | None]
    merged_into_id: Mapped[UUID | None]


class Responder(CityOwned):
    """A body that answers, or a unit of one (``parent_id``): police, a city service, lawyers, a utility.

    ``name_to`` is the dative, for «Передано …». Letters go to ``email`` and to ``more_emails``. ``hours`` are words. A retired
    one gets nothing new and stays named where it answered.
    """

    __tablename__ = "responder"
    __table_args__ = (
        UniqueConstraint("city_id", "slug"),
        within_city("parent_id", "responder", name="fk_responder_parent"),
        CheckConstraint("kind IN ('police', 'city', 'lawyer', 'utility', 'other')", name="kind"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_below_itself"),
    )

    slug: Mapped[str]
    kind: Mapped[str]
    name: Mapped[Localized] = mapped_column(JSONB)
    name_to: Mapped[Localized] = mapped_column(JSONB)
    initials: Mapped[Localized] = mapped_column(JSONB)
    about: Mapped[Localized] = mapped_column(JSONB)
    email: Mapped[str]
    phone: Mapped[str] = mapped_column(default="", server_default="")
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    parent_id: Mapped[UUID | None]
    more_emails: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    hours: Mapped[Localized] = mapped_column(JSONB, default=dict, server_default="{}")
    retired_at: Mapped[Instant | None]


class RoutingRule(CityOwned):
    """Who gets a question. No category and no district makes the city's fallback."""

    __tablename__ = "routing_rule"
    __table_args__ = (
        within_city("category_id", "category", ondelete="CASCADE"),
        within_city("district_id", "district", ondelete="CASCADE"),
        within_city("responder_id", "responder", ondelete="CASCADE"),
        Index(
            "uq_routing_rule_case",
            "city_id",
            "category_id",
            "district_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    category_id: Mapped[UUID | None]
    district_id: Mapped[UUID | None]
    responder_id: Mapped[UUID]


class Water(CityOwned):
    """Rivers and lakes drawn on the city's own map, for when no basemap can be reached."""

    __tablename__ = "water"
    __table_args__ = (Index("ix_water_city", "city_id"),)

    name: Mapped[Localized] = mapped_column(JSONB)
    shape: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Place(CityOwned):
    """A street, a station, a landmark: how a place is found by typing, and how a point is put into words.

    ``points`` are [longitude, latitude] pairs; a street has several along it.
    ``spellings`` are its names in all languages, folded for searching (see ``src.tenants.cities.spelling``).
    """

    __tablename__ = "place"
    __table_args__ = (Index("ix_place_city", "city_id"),)

    name: Mapped[Localized] = mapped_column(JSONB)
    kind: Mapped[str]
    points: Mapped[list[list[float]]] = mapped_column(JSONB)
    spellings: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")


class CityPage(CityOwned):
    """A page of plain text (about, privacy, accessibility): paragraphs, ``## `` headings, ``- `` lists."""

    __tablename__ = "city_page"
    __table_args__ = (UniqueConstraint("city_id", "slug"),)

    slug: Mapped[str]
    title: Mapped[Localized] = mapped_column(JSONB)
    body: Mapped[Localized] = mapped_column(JSONB)
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"))
