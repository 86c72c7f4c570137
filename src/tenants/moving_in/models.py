"""Tables of past appeals on their way in: the file with what its columns and words mean, and each row with what is wrong."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from src.platform.data.base import CityOwned, Instant, within_city

STATES = (
    "state IN ('waiting', 'columns', 'gathering', 'values', 'checking', 'checked', 'applying', 'applied', 'taking_back', "
    "'taken_back', 'unreadable', 'discarded')"
)


class PastImport(CityOwned):
    """A file of appeals from another service. The file itself is in the city's store until it is moved in or discarded.

    ``headings`` are those of the file, ``samples`` the first values of each column. ``columns`` maps our fields to columns (from
    0), ``found`` holds the distinct words of a field with their counts, ``values`` what each of them (folded) means: the id of a
    category or responder, or a state. ``done`` of ``total`` rows are checked or written; ``good``, ``bad`` and ``warned`` count
    what was found. ``revision`` is the catalogue's with which the rows were compared. ``trouble`` is a code.
    """

    __tablename__ = "past_import"
    __table_args__ = (
        within_city("made_by", "account"),
        CheckConstraint("format IN ('csv', 'xlsx')", name="format"),
        CheckConstraint(STATES, name="state"),
        Index("ix_past_import_newest", "city_id", "created_at"),
    )

    format: Mapped[str]
    name: Mapped[str]
    bytes: Mapped[int]
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    trouble: Mapped[str] = mapped_column(default="", server_default="")
    headings: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    samples: Mapped[list[list[str]]] = mapped_column(JSONB, default=list, server_default="[]")
    columns: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict, server_default="{}")
    found: Mapped[dict[str, list[list[Any]]]] = mapped_column(JSONB, default=dict, server_default="{}")
    values: Mapped[dict[str, dict[str, str]]] = mapped_column(JSONB, default=dict, server_default="{}")
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    good: Mapped[int] = mapped_column(default=0, server_default="0")
    bad: Mapped[int] = mapped_column(default=0, server_default="0")
    warned: Mapped[int] = mapped_column(default=0, server_default="0")
    revision: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    made_by: Mapped[UUID | None]
    created_at: Mapped[Instant]
    changed_at: Mapped[Instant]
    applied_at: Mapped[Instant | None]


class PastRow(CityOwned):
    """A row of the file: its line ``number`` in the sheet, what it will be, what is wrong with it (``["empty", {"field":
    "title"}]``) and what a person should look at. ``id`` is that of the appeal it becomes; its time is when it was asked, for
    appeals are listed by it."""  # noqa: D209

    __tablename__ = "past_import_row"
    __table_args__ = (
        within_city("import_id", "past_import", ondelete="CASCADE"),
        Index("ix_past_import_row_order", "city_id", "import_id", "number", unique=True),
        Index("ix_past_import_row_asked", "city_id", "import_id", "bad", "asked_at", "number"),
    )

    import_id: Mapped[UUID]
    number: Mapped[int]
    asked_at: Mapped[Instant | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    problems: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default="[]")
    warnings: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default="[]")
    bad: Mapped[bool] = mapped_column(default=False, server_default="false")
