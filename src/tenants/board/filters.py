"""Filters of the list and the map: they live in the address, and every page of them can be shared."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from src.tenants.board.snapshot import STATES, Mask, Rows, Snapshot, midnight
from src.tenants.cities.catalogue import InLanguage

PERIODS = ("7", "30", "100", "365")
WORDS_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for. Unknown values of an address are dropped: an old link still shows something."""

    path: str = "/"
    state: str = ""
    category: str = ""
    district: str = ""
    period: str = ""
    q: str = ""

    @classmethod
    def of(cls, query: Mapping[str, Any], known: InLanguage, *, path: str) -> "Filters":
        """The filters of an address."""
        state, period = query.get("state", ""), query.get("period", "")
        category, district = query.get("category", ""), query.get("district", "")
        return cls(
            path=path,
            state=state if state in {"waiting", "answered"} else "",
            category=category if category in known.category_by_slug else "",
            district=district if district in known.district_by_slug else "",
            period=period if period in PERIODS else "",
            q=" ".join(str(query.get("q", "")).replace("\x00", "").split())[:WORDS_AT_MOST],
        )

    @property
    def active(self) -> bool:
        """Whether anything but the state's tab narrows the list."""
        return bool(self.state or self.category or self.district or self.period or self.q)

    def url(self, **changes: str) -> str:
        """The address with some filters changed."""
        other = replace(self, **changes)
        query = urlencode({key: value for key, value in other.values().items() if value})
        return f"{self.path}?{query}" if query else self.path

    def values(self) -> dict[str, str]:
        """The filters by name."""
        return {
            "state": self.state,
            "category": self.category,
            "district": self.district,
            "period": self.period,
            "q": self.q,
        }

    def categories(self, known: InLanguage) -> tuple[UUID, ...]:
        """The category that is asked for and those below it; none asked for: none."""
        return known.family(known.category_by_slug[self.category]) if self.category else ()

    def since(self, now: datetime) -> datetime | None:
        """The beginning of the period."""
        return midnight(now) - timedelta(days=int(self.period)) if self.period else None

    def mask(self, found: Snapshot, known: InLanguage, now: datetime, among: Rows | None, *, state: bool = True) -> Mask:
        """Rows of the snapshot that pass; without the state for the counts on the tabs."""
        return found.mask(
            state=STATES.get(self.state) if state else None,
            category=self.categories(known),
            district=known.district_by_slug[self.district].id if self.district else None,
            since=self.since(now),
            among=among,
        )
