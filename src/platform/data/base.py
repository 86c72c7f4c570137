"""Base classes of every table."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from advanced_alchemy.base import CommonTableAttributes, create_registry
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import ForeignKey, ForeignKeyConstraint, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from uuid_utils.compat import uuid7

type_registry = create_registry()
type_registry.update_type_annotation_map({str: Text(), dict[str, Any]: JSONB(), UUID: Uuid()})

Localized = dict[str, str]
"""A text in every language of the city: ``{"uk": "…", "en": "…"}``."""

Instant = Annotated[datetime, mapped_column(DateTimeUTC(timezone=True))]
"""A moment, ``timestamptz``; always aware. Shown in the city's zone, never stored in it."""


def localized(text: Localized | None, language: str) -> str:
    """The text in ``language``; Ukrainian where that language has none."""
    if not text:
        return ""
    return text.get(language) or text.get("uk") or ""


class Base(CommonTableAttributes, DeclarativeBase):
    """What all tables share."""

    __abstract__ = True
    registry = type_registry


class CityOwned(Base):
    """A table whose rows belong to one city.

    The key starts with the city, so that nothing can point into another city and so that
    the tables can be spread by ``city_id``. The migration puts row-level security on it;
    a test walks the catalogue and fails for one that was forgotten.
    """

    __abstract__ = True

    @declared_attr
    def city_id(self) -> Mapped[UUID]:
        """The owner; the database compares it with the city of the transaction."""
        return mapped_column(Uuid(), ForeignKey("city.id", ondelete="CASCADE"), primary_key=True, sort_order=-3)

    @declared_attr
    def id(self) -> Mapped[UUID]:
        """UUIDv7, made here and not in the database, so that a row's parts can be built before it is stored."""
        return mapped_column(Uuid(), primary_key=True, default=uuid7, sort_order=-1)


def within_city(column: str, table: str, *, ondelete: str | None = None, name: str | None = None) -> ForeignKeyConstraint:
    """A foreign key that carries the city: ``column`` points at ``table`` of the same city.

    ``name`` is needed where a second column points at the same table: by convention both would be called alike.
    """
    return ForeignKeyConstraint(["city_id", column], [f"{table}.city_id", f"{table}.id"], ondelete=ondelete, name=name)
