"""Streets and houses of beats: reading «1–15 непарні, 20, 22А», and finding a street as somebody types it. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from src.tenants.cities.geography import GENERIC_WORDS, likeness
from src.tenants.cities.spelling import folded, one_apostrophe

DASHES = str.maketrans("‐‑‒–—―−", "-------")
SOFT = str.maketrans({"ґ": "г", "ё": "е", "э": "е", "ы": "и", "ъ": "", "ь": "", "’": ""})
"""Letters that people mix up or whose key they do not have; an apostrophe or a soft sign counts for nothing in a comparison."""
LAST_HOUSE = 99_999
SINGLE = re.compile(r"^(\d{1,5})\s*-?\s*([а-яґєіїa-z]?)((?:/\d{1,4}[а-яґєіїa-z]?)?)$")
RANGE = re.compile(r"^(?:від|з|from)?\s*(\d{1,5})\s*[а-яґєіїa-z]?\s*(?:-|до|to)\s*(\d{1,5})\s*[а-яґєіїa-z]?$")
FROM = re.compile(r"^(?:(?:від|з|from)\s*(\d{1,5})|(\d{1,5})\s*(?:-|\+|і далі|та далі|and on))$")
UP_TO = re.compile(r"^(?:до|to)\s*(\d{1,5})$")
PARITY = re.compile(r"\(?\b(непарні|непарн|непар|парні|парн|пар|odd|even)\b\.?\)?")
HOUSE = re.compile(
    r"^(?:буд|будинок|б|№|house|no)?\.?\s*№?\s*(\d{1,5}\s*-?\s*(?:[а-яґєіїa-z](?![а-яґєіїa-z]))?(?:\s*/\s*\d{1,4}[а-яґєіїa-z]?)?)"
)
FLAT = re.compile(r"[\s,]+(?:кв|квартира|оф|офіс|під[’]?їзд|корп|корпус|секція|flat|apt)\b.*$")
ENOUGH = 0.74
"""Likeness below which a street is another one."""
CANDIDATES = 40
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class House:
    """A house number: its digits, its letter, what stands after the stroke of a corner house (with it)."""

    number: int
    letter: str = ""
    corner: str = ""

    def __str__(self) -> str:
        """«17-А/2»."""
        return f"{self.number}{'-' if self.letter else ''}{self.letter.upper()}{self.corner}"


@dataclass(frozen=True, slots=True)
class Span:
    """Houses from a number to a number, both included; ``parity`` 0 even, 1 odd, none both. Letters go with their number."""

    first: int
    last: int
    parity: int | None = None

    def holds(self, house: House) -> bool:
        """Whether a house is among them."""
        return self.first <= house.number <= self.last and self.parity in {None, house.number % 2}


@dataclass(frozen=True, slots=True)
class Houses:
    """Which houses of a street: spans and single ones. ``unclear`` are parts that could not be read."""

    spans: tuple[Span, ...] = ()
    singles: frozenset[House] = frozenset()
    unclear: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Whether all houses are meant: nothing was said."""
        return not (self.spans or self.singles or self.unclear)

    def holds(self, house: House) -> bool:
        """Whether a house is among them, as written."""
        return self.everything or house in self.singles or any(span.holds(house) for span in self.spans)

    def nearly_holds(self, house: House) -> bool:
        """Whether the same number with another letter or corner is among them."""
        return any(one.number == house.number for one in self.singles)


def read_house(text: str) -> House | None:
    """One house number: «17», «17А», «17-а», «17/2»."""
    match = SINGLE.match(one_apostrophe(text).translate(DASHES).lower().strip().replace(" /", "/").replace("/ ", "/"))
    return House(int(match[1]), match[2], match[3]) if match else None


@lru_cache(maxsize=50_000)
def read_houses(text: str) -> Houses:
    """The houses column. Parts are parted by commas or semicolons; what cannot be read is in ``unclear``, as typed."""
    spans: list[Span] = []
    singles: list[House] = []
    unclear: list[str] = []
    for part in re.split(r"[,;\n]", text):
        typed = part.strip()
        if not typed:
            continue
        plain = one_apostrophe(typed).translate(DASHES).lower().replace("№", "").strip(" .")
        said = PARITY.search(plain)
        parity = None if said is None else int(said[1].startswith(("непар", "odd")))
        rest = PARITY.sub("", plain).strip(" .")
        span = read_span(rest, parity)
        if span is not None:
            spans.append(span)
        elif (house := read_house(rest)) is not None and parity is None:
            singles.append(house)
        else:
            unclear.append(typed)
    return Houses(tuple(spans), frozenset(singles), tuple(unclear))


def read_span(text: str, parity: int | None) -> Span | None:
    """«1-15», «від 20», «до 7», or nothing but the parity; none for anything else."""
    if not text:
        return Span(1, LAST_HOUSE, parity)
    if (found := RANGE.match(text)) and int(found[1]) <= int(found[2]):
        return Span(int(found[1]), int(found[2]), parity)
    if found := FROM.match(text):
        return Span(int(found[1] or found[2]), LAST_HOUSE, parity)
    if found := UP_TO.match(text):
        return Span(1, int(found[1]), parity)
    return None


@dataclass(frozen=True, slots=True)
class Typed:
    """An address as typed: the street's words as compared, and the house if one was given."""

    street: str
    bare: str
    house: House | None


def spelling_of(street: str) -> str:
    """A street folded for searching: what is stored in ``BeatStreet.spelling``."""
    return folded(street)


@lru_cache(maxsize=50_000)
def bare_of(spelling: str) -> str:
    """A folded street without «вулиця» and the like, letters that are mixed up made one."""
    words = [word for word in spelling.split() if word not in GENERIC_WORDS]
    return " ".join(word.removesuffix("я") if word.endswith("ая") else word for word in words or spelling.split()).translate(SOFT)


def read_address(text: str) -> Typed:
    """An address in parts: «вул. Глибочицька, 17-А, кв. 4». A number is a house only after the street's name."""
    plain = FLAT.sub("", one_apostrophe(text).translate(DASHES).lower().strip(" ,.;"))
    for start in (match.start() for match in re.finditer(r"(?<=[\s,])(?=[№\dбh])", plain)):
        before, after = plain[:start].strip(" ,"), plain[start:].strip(" ,.")
        found = HOUSE.match(after)
        if before and found and found.end() == len(after) and not before.replace(" ", "").isdigit():
            house = read_house(found[1].replace(" ", ""))
            return Typed(folded(before), bare_of(folded(before)), house)
    street = folded(plain)
    return Typed(street, bare_of(street), None)


@dataclass(frozen=True, slots=True)
class StreetRow:
    """A street of a beat as read from the table."""

    beat_id: UUID
    street: str
    spelling: str
    houses: str


@dataclass(frozen=True, slots=True)
class Match:
    """A street that was found: its name as a city writes it, how well it fits (0 to 1), and its beats for the house typed.

    ``sure`` is whether the list says so of this very house; without a house, or when no beat's list has it, all beats that
    the street goes through are given.
    """

    street: str
    score: float
    beats: tuple[UUID, ...]
    sure: bool


def trigrams(text: str) -> set[str]:
    """Three letters each of every word, its beginning marked; whatever order the words stand in."""
    return {f"  {word} "[i : i + 3] for word in text.split() for i in range(len(word) + 1)}


class Spellings:
    """Things found by a spelling, errors of typing forgiven: the likeliest few by trigrams, then compared in earnest."""

    def __init__(self, spellings: Iterable[str]) -> None:
        self.known = sorted(set(spellings))
        self._by: dict[str, list[int]] = defaultdict(list)
        for index, spelling in enumerate(self.known):
            for gram in trigrams(spelling):
                self._by[gram].append(index)

    def like(self, wanted: str, *, enough: float = ENOUGH) -> list[tuple[str, float]]:
        """Spellings that are like a typed one, with their likeness from 0 to 1, the best first."""
        if len(wanted) < SHORTEST:
            return []
        shared = Counter(index for gram in trigrams(wanted) for index in self._by.get(gram, ()))
        ranked = sorted(shared.items(), key=lambda item: (-item[1] / (len(self.known[item[0]]) + len(wanted)), item[0]))
        found = [(self.known[index], self._likeness(wanted, self.known[index])) for index, _ in ranked[:CANDIDATES]]
        return sorted((item for item in found if item[1] >= enough), key=lambda item: (-item[1], len(item[0]), item[0]))

    @staticmethod
    def _likeness(wanted: str, spelling: str) -> float:
        turned = likeness(" ".join(sorted(wanted.split())), " ".join(sorted(spelling.split())))
        return max(likeness(wanted, spelling), 0.97 * turned)


class Streets:
    """The street lists of a city's beats."""

    def __init__(self, rows: Sequence[StreetRow]) -> None:
        self._rows: dict[str, list[StreetRow]] = defaultdict(list)
        for row in rows:
            self._rows[bare_of(row.spelling)].append(row)
        self._spellings = Spellings(self._rows)

    def find(self, typed: str, *, most: int = 6) -> list[Match]:
        """Streets that somebody may mean, the best first. «вулиця» or «бульвар», when typed, decides between namesakes."""
        address = read_address(typed)
        found = []
        for bare, score in self._spellings.like(address.bare):
            by_name: dict[str, list[StreetRow]] = defaultdict(list)
            for row in self._rows[bare]:
                by_name[row.spelling].append(row)
            found += [self._match(rows, score * fit(address, name), address.house) for name, rows in by_name.items()]
        found.sort(key=lambda item: (-item.score, item.street))
        if found and found[0].score > 0.999:  # noqa: PLR2004  the very street: what is only like it was not meant
            found = [item for item in found if item.score > 0.989]  # noqa: PLR2004
        return found[:most]

    @staticmethod
    def _match(rows: list[StreetRow], score: float, house: House | None) -> Match:
        everywhere = tuple(dict.fromkeys(row.beat_id for row in rows))
        if house is None:
            return Match(rows[0].street, score, everywhere, sure=len(everywhere) == 1 and read_houses(rows[0].houses).everything)
        lists = [(row, read_houses(row.houses)) for row in rows]
        exact = [row for row, houses in lists if not houses.everything and houses.holds(house)]
        exact = exact or [row for row, houses in lists if houses.everything]
        nearly = exact or [row for row, houses in lists if houses.nearly_holds(house)]
        beats = tuple(dict.fromkeys(row.beat_id for row in nearly)) or everywhere
        return Match(rows[0].street, score, beats, sure=bool(exact) and len(beats) == 1)


def fit(address: Typed, spelling: str) -> float:
    """1 when the kind of street that was typed is this one's or none was typed, a little less when it is another one's."""
    said = set(address.street.split()) & GENERIC_WORDS
    return 1.0 if not said or said & set(spelling.split()) or not GENERIC_WORDS & set(spelling.split()) else 0.98
