"""Which houses of a street: «1–15 непарні, 20, 22А» read, and a house looked up in it."""

import re
from dataclasses import dataclass
from typing import Literal

Side = Literal["all", "odd", "even"]
SIDES: dict[str, Side] = {"непарні": "odd", "непарний": "odd", "непарна": "odd", "odd": "odd", "парні": "even", "even": "even"}
PART = re.compile(
    r"^(?:(?P<first>\d{1,4})\s*[-–—]\s*(?P<last>\d{1,4}|кінець|end|)|(?P<one>\d{1,4}\s*[а-яґєіїa-z]?(?:/\d{1,4}[а-яa-z]?)?))?"
    r"\s*(?P<side>непарні|парні|odd|even)?$",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(\d{1,4})\s*-?\s*([а-яґєіїa-z]?)(/\d{1,4})?", re.IGNORECASE)
HOUSE_AT_END = re.compile(
    r"[\s,]+(?:буд(?:инок)?\.?\s*)?№?\s*(\d{1,4}(?:\s?-?[а-яґєії](?![а-яґєії’]))?(?:/\d{1,4})?)\s*(?:,?\s*кв\.?\s*\d+)?\s*$",
    re.IGNORECASE,
)
LATIN = str.maketrans("abcehikmoptxy", "авсенікмортху")
LAST = 9999


class BadHouses(ValueError):  # noqa: N818
    """A list of houses that cannot be read; the message is the part that could not."""


@dataclass(frozen=True, slots=True)
class Range:
    """Houses from one number to another, both included, on one side or both."""

    first: int
    last: int
    side: Side

    def holds(self, number: int) -> bool:
        """Whether a house number is among them."""
        return self.first <= number <= self.last and (self.side == "all" or (number % 2 == 1) == (self.side == "odd"))


@dataclass(frozen=True, slots=True)
class Houses:
    """Houses of a street: ranges, and single ones as «22а» or «5/7». Nothing in either: all of them."""

    ranges: tuple[Range, ...] = ()
    single: frozenset[str] = frozenset()

    @property
    def all(self) -> bool:
        """Whether the whole street is meant."""
        return not self.ranges and not self.single

    def hold(self, house: str) -> bool:
        """Whether a house is among them; a house with a letter counts to its number's range."""
        wanted = house_key(house)
        if self.all or wanted in self.single:
            return True
        found = NUMBER.match(wanted)
        return bool(found) and any(part.holds(int(found[1])) for part in self.ranges)


def house_key(house: str) -> str:
    """A house for comparing: lower case, Cyrillic letters, no blanks or hyphens."""
    return re.sub(r"[\s-]", "", house.lower()).translate(LATIN)


def read_houses(text: str) -> Houses:
    """Read «1–15 непарні, 20, 22А», «парні», «2–кінець»; empty means all. Raises :class:`BadHouses`."""
    ranges: list[Range] = []
    single: set[str] = set()
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;]", text))):
        found = PART.match(part)
        if not found or not part:
            raise BadHouses(part)
        side = SIDES.get((found["side"] or "").lower(), "all")
        if found["one"]:
            if found["side"]:
                raise BadHouses(part)
            single.add(house_key(found["one"]))
        elif found["first"]:
            last = int(found["last"]) if (found["last"] or "").isdigit() else LAST
            if last < int(found["first"]):
                raise BadHouses(part)
            ranges.append(Range(int(found["first"]), last, side))
        else:
            ranges.append(Range(1, LAST, side))
    return Houses(tuple(ranges), frozenset(single))


def split_address(typed: str) -> tuple[str, str]:
    """The street and the house of an address as somebody types it; no house: an empty one."""
    found = HOUSE_AT_END.search(f" {typed}")
    if not found:
        return typed.strip(" ,"), ""
    return f" {typed}"[: found.start()].strip(" ,"), found[1]
