"""What a resident has answered so far: the content of a draft."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

TITLE_AT_LEAST = 10
TITLE_AT_MOST = 120
DETAILS_AT_MOST = 4000
ADDRESS_AT_MOST = 200
NAME_AT_LEAST = 2
NAME_AT_MOST = 100
KEPT_AT_MOST = 20_000
"""Characters of one answer that a draft keeps, even when they are too many to be sent."""


class Step(StrEnum):
    """The pages of the ask flow in their order; the value is the last part of the address."""

    QUESTION = "question"
    CATEGORY = "category"
    PLACE = "place"
    PHOTOS = "photos"
    YOU = "you"
    CHECK = "check"

    @property
    def number(self) -> int:
        """The two of «Крок 2 з 6»."""
        return list(Step).index(self) + 1


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers as typed. ``category`` and ``district`` are slugs; the point is in degrees (WGS 84) or missing.

    ``overruled`` is a district that was chosen by hand and that the point contradicts: the point won, and pages say so.
    ``extra`` are answers to extra questions of categories by their keys, also of categories that were chosen before: whoever comes
    back to one finds them. ``addressee`` is the id of whom the question is addressed to in person; only such a question may be ``private``.
    """

    title: str = ""
    body: str = ""
    category: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    district: str = ""
    overruled: str = ""
    name: str = ""
    email: str = ""
    publish_name: bool = False
    addressee: str = ""
    private: bool = False
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def point(self) -> tuple[float, float] | None:
        """Longitude and latitude, if a place was marked."""
        return (self.lon, self.lat) if self.lon is not None and self.lat is not None else None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Answers":
        """From a draft's row."""
        return cls(**{item.name: data[item.name] for item in fields(cls) if item.name in data})

    def data(self) -> dict[str, Any]:
        """For a draft's row."""
        return {key: value[:KEPT_AT_MOST] if isinstance(value, str) else value for key, value in asdict(self).items()}
