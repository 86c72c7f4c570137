"""Shared counts."""

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from src.platform.data.base import CityOwned, Instant


class RateCount(CityOwned):
    """How often something was done since ``since``; ``key`` is a digest, so that no address or e-mail is stored."""

    __tablename__ = "rate_count"
    __table_args__ = (UniqueConstraint("city_id", "key"), Index("ix_rate_count_age", "city_id", "until"))

    key: Mapped[str]
    used: Mapped[int]
    since: Mapped[Instant]
    until: Mapped[Instant]


class Usage(CityOwned):
    """How much of a room a city has filled (``storage``, in bytes), or when its next place in a line is (``jobs``,
    ``letters``: microseconds since 1970, UTC)."""  # noqa: D209

    __tablename__ = "usage"
    __table_args__ = (UniqueConstraint("city_id", "kind"),)

    kind: Mapped[str]
    used: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
