"""A file against the districts that there are: which is which, what changes, what goes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from shapely.geometry import shape

from src.tenants.cities.models import District
from src.tenants.cities.spelling import folded
from src.tenants.districts.reading import Found, percents
from src.tenants.districts.shapes import share, stored

SAME = 0.001
"""Outlines that differ by less than this part of the district are the same, drawn anew."""


@dataclass(slots=True)
class Change:
    """What becomes of one feature: a district that there is (``row``), or a new one."""

    found: Found
    row: District | None
    renamed: bool = False
    moved: str = ""
    """How much of the outline differs, in per cent; empty when it stays."""

    @property
    def what(self) -> str:
        """new, renamed, changed or same."""
        if self.row is None:
            return "new"
        return "renamed" if self.renamed else "changed" if self.moved else "same"


@dataclass(slots=True)
class Plan:
    """What saving a file would do."""

    changes: list[Change] = field(default_factory=list)
    gone: list[District] = field(default_factory=list)

    def counts(self) -> Counter[str]:
        """How many of what."""
        return Counter([*(each.what for each in self.changes), *("gone" for _ in self.gone)])


def plan(found: Sequence[Found], rows: Sequence[District]) -> Plan:
    """Features that fit, each with its district: matched by slug, then by name; what is matched by none goes."""
    left = {row.id: row for row in rows}
    fit = [each for each in found if each.fit]
    pairs: dict[int, District] = {}
    for key in (by_slug, by_name):
        for each in fit:
            row = next((row for row in left.values() if each.number not in pairs and key(each, row)), None)
            if row is not None:
                pairs[each.number] = left.pop(row.id)
    changes = [compared(each, pairs.get(each.number)) for each in fit]
    order = {row.id: number for number, row in enumerate(rows)}
    changes.sort(key=lambda each: order[each.row.id] if each.row else len(order))
    return Plan(changes, list(left.values()))


def by_slug(each: Found, row: District) -> bool:
    """The same address."""
    return bool(each.slug) and each.slug == row.slug


def by_name(each: Found, row: District) -> bool:
    """The same name, however it is spelled."""
    return folded(each.name["uk"]) == folded(row.name["uk"])


def compared(found: Found, row: District | None) -> Change:
    """A feature beside its district."""
    if row is None or found.shape is None:
        return Change(found, row)
    before = stored(shape(row.boundary))
    part = share(before.symmetric_difference(found.shape), before)
    renamed = any(words and words != row.name.get(language, "") for language, words in found.name.items())
    return Change(found, row, renamed=renamed, moved=percents(part) if part > SAME else "")
