"""A city's make-up in memory: exact, because it is used only at the revision the transaction read."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.base import localized
from src.platform.data.tenancy import city_id_of
from src.tenants.cities.extra import ExtraQuestion
from src.tenants.cities.geography import Geography, KnownPlace
from src.tenants.cities.models import Category, CityPage, District, Place, Responder, RoutingRule, Water


@dataclass(frozen=True, slots=True)
class CategoryHere:
    """A category in the reader's language."""

    id: UUID
    slug: str
    name: str
    hint: str
    emergency: bool
    sensitive: bool
    precision: str
    whose: str
    now: tuple[str, ...]
    call_102_when: str
    icon: str = ""
    colour: str = ""
    parent_id: UUID | None = None
    retired: bool = False
    heading: bool = False
    """Others stand below it: it takes no questions itself."""
    questions: tuple[ExtraQuestion, ...] = ()

    @property
    def open(self) -> bool:
        """Whether a new question may be put here."""
        return not self.retired and not self.heading


@dataclass(frozen=True, slots=True)
class DistrictHere:
    """A district in the reader's language."""

    id: UUID
    slug: str
    name: str
    kind: str
    label: tuple[float, float]

    @property
    def full(self) -> str:
        """«Деснянський район», «мікрорайон Дружба»."""
        if not self.kind:
            return self.name
        return (
            f"{self.name} {self.kind}"
            if self.kind in {"район", "district", "громада", "community"}
            else f"{self.kind} {self.name}"
        )


@dataclass(frozen=True, slots=True)
class ResponderHere:
    """A responder in the reader's language."""

    id: UUID
    slug: str
    kind: str
    name: str
    name_to: str
    initials: str
    about: str
    email: str
    phone: str
    more_emails: tuple[str, ...] = ()
    hours: str = ""
    parent_id: UUID | None = None
    retired: bool = False


class InLanguage:
    """The catalogue's lists in one language, in the city's order, and by id and slug.

    ``categories`` and ``responders`` are what is in use now, a heading before those below it; ``category_list`` and
    ``responder_list`` hold what was retired too. By id and slug everything is found, so that the past stays readable; the slug
    of a category that was merged finds what it was merged into.
    """

    def __init__(self, source: "Catalogue", language: str) -> None:
        phone = {"contact_phone": source.contact_phone or "102"}
        below = {row.parent_id for row in source.categories if row.parent_id is not None and row.retired_at is None}
        self.category_list = [
            CategoryHere(
                row.id, row.slug, localized(row.name, language), localized(row.hint, language), row.emergency,
                row.sensitive, row.precision, filled(localized(row.whose, language), phone),
                tuple(
                    filled(step, phone)
                    for step in (row.now.get(language) or row.now.get("uk") or [])
                    if source.contact_phone or "{contact_phone}" not in step  # no number, no step that names it
                ),
                filled(localized(row.call_102_when, language), phone), row.icon, row.colour, row.parent_id,
                row.retired_at is not None, row.id in below, tuple(ExtraQuestion.of(each) for each in row.questions),
            )
            for row in source.categories
        ]  # fmt: skip
        self.categories = in_tree([item for item in self.category_list if not item.retired])
        self.districts = [
            DistrictHere(
                row.id, row.slug, localized(row.name, language), localized(row.kind, language),
                (row.label_lon, row.label_lat),
            )
            for row in source.districts
        ]  # fmt: skip
        self.responder_list = [
            ResponderHere(
                row.id, row.slug, row.kind, localized(row.name, language), localized(row.name_to, language),
                localized(row.initials, language), localized(row.about, language), row.email, row.phone,
                tuple(row.more_emails), localized(row.hours, language), row.parent_id, row.retired_at is not None,
            )
            for row in source.responders
        ]  # fmt: skip
        self.responders = [item for item in self.responder_list if not item.retired]
        self.category = {item.id: item for item in self.category_list}
        merged = {row.id: row.merged_into_id for row in source.categories if row.merged_into_id is not None}
        self.category_by_slug = {item.slug: self.category[merged.get(item.id, item.id)] for item in self.category_list}
        self.district = {item.id: item for item in self.districts}
        self.district_by_slug = {item.slug: item for item in self.districts}
        self.responder = {item.id: item for item in self.responder_list}

    def open_categories(self) -> list[CategoryHere]:
        """Where a new question may be put, in order: neither headings nor what was retired."""
        return [item for item in self.categories if item.open]

    def full_name(self, category: CategoryHere) -> str:
        """«Дороги: ями», or the name alone."""
        parent = self.category.get(category.parent_id) if category.parent_id else None
        return f"{parent.name}: {category.name}" if parent else category.name

    def family(self, category: CategoryHere) -> tuple[UUID, ...]:
        """The category and, for a heading, those below it: what a filter by it finds."""
        return (category.id, *(item.id for item in self.below(category)))

    def below(self, category: CategoryHere) -> list[CategoryHere]:
        """The categories below a heading, retired ones too."""
        return [item for item in self.category_list if item.parent_id == category.id]


def in_tree(found: list[CategoryHere]) -> list[CategoryHere]:
    """A heading, then those below it; whoever's heading is gone stands alone."""
    ids = {item.id for item in found}
    ordered: list[CategoryHere] = []
    for item in found:
        if item.parent_id is None or item.parent_id not in ids:
            ordered += [item, *(each for each in found if each.parent_id == item.id)]
    return ordered


def filled(text: str, values: Mapping[str, str]) -> str:
    """Guidance with the city's own numbers in the place of ``{contact_phone}``."""
    for key, value in values.items():
        text = text.replace("{" + key + "}", value)
    return text


class Catalogue:
    """Everything of a city that changes rarely. Rows are detached: read them, never change them."""

    def __init__(
        self, revision: int, contact_phone: str, rows: dict[type, list[Any]], boundary: dict[str, Any] | None = None
    ) -> None:
        self.revision = revision
        self.contact_phone = contact_phone
        self.categories: list[Category] = rows[Category]
        self.districts: list[District] = rows[District]
        self.responders: list[Responder] = rows[Responder]
        self.rules: list[RoutingRule] = rows[RoutingRule]
        self.pages: dict[str, CityPage] = {row.slug: row for row in rows[CityPage]}
        self.geography = Geography(
            [(row.id, row.boundary) for row in self.districts],
            [
                KnownPlace(row.name, row.kind, tuple((p[0], p[1]) for p in row.points), tuple(row.spellings))
                for row in rows[Place]
            ],
            boundary,
        )
        gone = {row.id for row in self.responders if row.retired_at is not None}
        self.headings = {row.id: row.parent_id for row in self.categories if row.parent_id is not None}
        self.cases = {
            (rule.category_id, rule.district_id): rule.responder_id for rule in self.rules if rule.responder_id not in gone
        }
        self.keywords: dict[str, list[UUID]] = {}
        headings = {row.parent_id for row in self.categories if row.retired_at is None}
        for category in self.categories:
            if category.retired_at is not None or category.id in headings:
                continue
            for word in category.keywords:
                self.keywords.setdefault(word, []).append(category.id)
        self._water: list[Water] = rows[Water]
        self._languages: dict[str, InLanguage] = {}
        self._outlines: dict[str, bytes] = {}

    def into(self, language: str) -> InLanguage:
        """The lists in a language; made once."""
        if language not in self._languages:
            self._languages[language] = InLanguage(self, language)
        return self._languages[language]

    def outlines(self, language: str) -> bytes:
        """GeoJSON of districts and water for the city's own map; made once a language."""
        if language not in self._outlines:
            districts = [
                {
                    "type": "Feature",
                    "properties": {
                        "kind": "district",
                        "slug": row.slug,
                        "name": localized(row.name, language),
                        "label": [row.label_lon, row.label_lat],
                    },
                    "geometry": row.boundary,
                }
                for row in self.districts
            ]
            water = [
                {
                    "type": "Feature",
                    "properties": {"kind": "water", "name": localized(row.name, language)},
                    "geometry": row.shape,
                }
                for row in self._water
            ]
            whole = {"type": "FeatureCollection", "features": [*districts, *water]}
            self._outlines[language] = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
        return self._outlines[language]

    def responder_for(self, category_id: UUID, district_id: UUID) -> UUID | None:
        """By rule: category and district, then category alone (its own rules, then its heading's), then district alone, then
        the city's fallback."""  # noqa: D209
        heading = self.headings.get(category_id)
        mine: list[tuple[UUID | None, UUID | None]] = [(category_id, district_id), (category_id, None)]
        theirs: list[tuple[UUID | None, UUID | None]] = [(heading, district_id), (heading, None)] if heading else []
        for case in (*mine, *theirs, (None, district_id), (None, None)):
            if case in self.cases:
                return self.cases[case]
        return None


_copies: dict[UUID, Catalogue] = {}
_locks: dict[UUID, asyncio.Lock] = {}


async def catalogue(session: AsyncSession) -> Catalogue:
    """The catalogue of the transaction's city, at the revision that the transaction read."""
    city_id = city_id_of(session)
    await session.connection()
    revision: int = session.info["catalogue_revision"]
    held = _copies.get(city_id)
    if held is not None and held.revision == revision:
        return held
    async with _locks.setdefault(city_id, asyncio.Lock()):
        held = _copies.get(city_id)
        if held is None or held.revision != revision:
            held = await read(session, revision)
            _copies[city_id] = held
    return held


async def read(session: AsyncSession, revision: int) -> Catalogue:
    """Read the catalogue's rows."""
    from src.platform.data.tenancy import City  # noqa: PLC0415

    rows: dict[type, list[Any]] = {}
    for model in (Category, District, Responder, CityPage):
        rows[model] = list((await session.execute(select(model).order_by(model.position, model.slug))).scalars())
    for table in (RoutingRule, Water, Place):
        rows[table] = list((await session.execute(select(table).order_by(table.id))).scalars())
    about = select(City.contact_phone, City.boundary).where(City.id == city_id_of(session))
    phone, boundary = (await session.execute(about)).one()
    for found in rows.values():
        for row in found:
            session.expunge(row)
    return Catalogue(revision, phone or "", rows, boundary)
