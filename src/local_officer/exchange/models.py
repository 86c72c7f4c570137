"""Tables of imports: what was uploaded, how far it is, and each row with what is wrong with it."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from src.platform.data.base import CityOwned, Instant, within_city


class OfficeImport(CityOwned):
    """An uploaded file on its way in. The file itself is in the city's store until the import is over.

    ``done`` of ``total`` rows are read (or, while ``applying``, written); ``good`` and ``bad`` count what was found. ``trouble``
    is a code for a file that cannot be read at all.
    """

    __tablename__ = "office_import"
    __table_args__ = (
        within_city("made_by", "account"),
        CheckConstraint("kind IN ('beats', 'officers', 'streets', 'hours')", name="kind"),
        CheckConstraint("format IN ('geojson', 'csv', 'xlsx')", name="format"),
        CheckConstraint(
            "state IN ('waiting', 'checking', 'checked', 'applying', 'applied', 'unreadable', 'discarded')", name="state"
        ),
        Index("ix_office_import_newest", "city_id", "created_at"),
    )

    kind: Mapped[str]
    format: Mapped[str]
    name: Mapped[str]
    bytes: Mapped[int]
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    trouble: Mapped[str] = mapped_column(default="", server_default="")
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    good: Mapped[int] = mapped_column(default=0, server_default="0")
    bad: Mapped[int] = mapped_column(default=0, server_default="0")
    made_by: Mapped[UUID | None]
    created_at: Mapped[Instant]
    changed_at: Mapped[Instant]


class ImportRow(CityOwned):
    """A row of the file: its line or feature ``number`` (from 1), what it says, and the codes of what is wrong with it, each
    with its values: ``["unknown_beat", {"beat": "12"}]``. No problems: it can go in."""  # noqa: D209

    __tablename__ = "office_import_row"
    __table_args__ = (
        within_city("import_id", "office_import", ondelete="CASCADE"),
        Index("ix_office_import_row_order", "city_id", "import_id", "number", unique=True),
        Index("ix_office_import_row_bad", "city_id", "import_id", "bad", "number"),
    )

    import_id: Mapped[UUID]
    number: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    problems: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default="[]")
    warnings: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    bad: Mapped[bool] = mapped_column(default=False, server_default="false")
