"""The cities, and which host belongs to which."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from src.platform.data.base import Base, Instant, Localized, localized
from src.platform.data.city_settings import CitySettings

APEX = "apex"
"""The slug of the platform's own row, at the base domain itself."""


class City(Base):
    """A tenant: what every page of a city needs to know of it.

    ``catalogue_revision`` grows with every change of the city's settings, categories, districts
    or responders; ``published_revision`` with every change of what the public can see or count.
    Both are read by the statement that begins each transaction, which is what lets processes
    keep copies that are exact: a copy is used only when its revision is the current one.

    A suspended city shows one page that says so; one with ``delete_after`` is deleted for good by the first daily job after
    that moment. ``domain`` is its own host besides ``<slug>.<base domain>``, served once it was verified. ``figures`` are counts without
    personal data, written by the city's own job for the operator and the apex page. ``boundary`` is GeoJSON; without one the districts
    are the city.

    One row, of ``kind`` "platform", is no city but the platform itself: the operator's accounts belong to it, kept
    apart from every city's by the same means that keep cities apart.
    """

    __tablename__ = "city"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z][a-z0-9-]{1,40}$'", name="slug"),
        CheckConstraint("kind IN ('city', 'platform')", name="kind"),
        CheckConstraint("(kind = 'platform') = (slug = 'apex')", name="one_platform"),
        CheckConstraint("domain = lower(domain)", name="domain_lower"),
        CheckConstraint("delete_after IS NULL OR suspended_at IS NOT NULL", name="deleted_is_suspended"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    slug: Mapped[str] = mapped_column(unique=True)
    number_prefix: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Localized] = mapped_column(JSONB)
    name_in: Mapped[Localized] = mapped_column(JSONB)
    name_of: Mapped[Localized] = mapped_column(JSONB)
    example: Mapped[Localized] = mapped_column(JSONB)
    centre_lon: Mapped[float]
    centre_lat: Mapped[float]
    zoom: Mapped[float]
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    accent: Mapped[str]
    accent_dark: Mapped[str]
    contact_phone: Mapped[str] = mapped_column(default="", server_default="")
    contact_name: Mapped[Localized] = mapped_column(JSONB, default=dict, server_default="{}")
    contact_email: Mapped[str] = mapped_column(default="", server_default="")
    timezone: Mapped[str] = mapped_column(default="Europe/Kyiv", server_default="Europe/Kyiv")
    demo: Mapped[bool] = mapped_column(default=False, server_default="false")
    kind: Mapped[str] = mapped_column(default="city", server_default="city")
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    boundary: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    front_text: Mapped[Localized] = mapped_column(JSONB, default=dict, server_default="{}")
    crest: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[Instant | None]
    suspended_at: Mapped[Instant | None]
    suspended_because: Mapped[str] = mapped_column(default="", server_default="")
    delete_after: Mapped[Instant | None]
    domain: Mapped[str | None] = mapped_column(unique=True)
    domain_token: Mapped[str] = mapped_column(default="", server_default="")
    domain_verified_at: Mapped[Instant | None]
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    figures_at: Mapped[Instant | None]
    catalogue_revision: Mapped[int] = mapped_column(BigInteger, default=1, server_default="1")
    published_revision: Mapped[int] = mapped_column(BigInteger, default=1, server_default="1")

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees (WGS 84)."""
        return (self.west, self.south, self.east, self.north)

    @cached_property
    def options(self) -> CitySettings:
        """What the city chose for itself; read once per revision of the row."""
        return CitySettings.model_validate(self.settings)

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a point lies in the city's box."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


@dataclass(frozen=True, slots=True)
class CityInLanguage:
    """A city as templates see it: texts already in the reader's language."""

    slug: str
    name: str
    name_in: str
    name_of: str
    example: str
    contact_phone: str
    contact_name: str
    contact_email: str
    accent: str
    accent_dark: str
    centre: tuple[float, float]
    zoom: float
    box: tuple[float, float, float, float]
    timezone: str
    demo: bool
    crest: str = ""
    front_text: str = ""
    tagline: str = ""

    @classmethod
    def of(cls, city: City, language: str) -> "CityInLanguage":
        """The city's row in one language."""
        return cls(
            slug=city.slug,
            name=localized(city.name, language),
            name_in=localized(city.name_in, language),
            name_of=localized(city.name_of, language),
            example=localized(city.example, language),
            contact_phone=city.contact_phone,
            contact_name=localized(city.contact_name, language),
            contact_email=city.contact_email,
            accent=city.accent,
            accent_dark=city.accent_dark,
            centre=(city.centre_lon, city.centre_lat),
            zoom=city.zoom,
            box=city.box,
            timezone=city.timezone,
            demo=city.demo,
            crest=city.crest,
            front_text=localized(city.front_text, language),
        )


async def published_changed(session: AsyncSession) -> int:
    """Say that what the public sees or counts of this city changed; returns the new revision.

    Takes the lock of the city's row until the transaction ends, so revisions follow the order of commits.
    """
    revision = await session.scalar(
        text("UPDATE city SET published_revision = published_revision + 1 WHERE id = :id RETURNING published_revision"),
        {"id": city_id_of(session)},
    )
    return int(revision or 0)


async def catalogue_changed(session: AsyncSession) -> None:
    """Say that the city's settings, categories, districts, responders or rules changed."""
    await session.execute(
        text("UPDATE city SET catalogue_revision = catalogue_revision + 1 WHERE id = :id"), {"id": city_id_of(session)}
    )


def city_id_of(session: AsyncSession) -> UUID:
    """The city of this unit of work; a programming error when there is none."""
    city_id = session.info.get("city_id")
    if not isinstance(city_id, UUID):
        msg = "this unit of work has no city"
        raise LookupError(msg)  # noqa: TRY004  there is none; its type is how that shows
    return city_id
