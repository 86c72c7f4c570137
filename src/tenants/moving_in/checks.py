"""One row after the other: what it will be as an appeal, what is wrong with it, what a person should look at. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from uuid_utils import uuid7 as timed_uuid7
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import City
from src.tenants.answers.writing import BODY_AT_MOST as ANSWER_AT_MOST
from src.tenants.answers.writing import SHORT_AT_MOST
from src.tenants.appeals.personal import looks_personal
from src.tenants.appeals.places import public_place
from src.tenants.cities import spelling
from src.tenants.cities.catalogue import Catalogue
from src.tenants.desk.decisions import ADDRESS_AT_MOST, BODY_AT_MOST, TITLE_AT_MOST
from src.tenants.moving_in import values
from src.tenants.moving_in.fields import folded

NUMBER_AT_MOST = 60
SHOWN_AT_MOST = 120
WARNINGS_AT_MOST = 5
EARLIEST = datetime(1991, 1, 1, tzinfo=UTC)
"""Nobody asked a city through a service before."""
LIMITS = {
    "number": NUMBER_AT_MOST, "title": TITLE_AT_MOST, "details": BODY_AT_MOST, "address": ADDRESS_AT_MOST, "answer": ANSWER_AT_MOST
}  # fmt: skip
GUARDED = ("number", "title", "details", "place", "short", "answer")
"""Texts that everybody will read and nobody moderates."""

Problem = list[Any]


@dataclass(frozen=True, slots=True)
class Checked:
    """A row as it is stored. ``id`` carries the moment it was asked."""

    id: UUID
    number: int
    asked_at: datetime | None
    data: dict[str, Any]
    problems: list[Problem]
    warnings: list[list[str]]


@dataclass(slots=True)
class Known:
    """What rows are compared with: the city, what its columns and words mean, numbers that were moved before (folded)."""

    source: Catalogue
    city: City
    zone: ZoneInfo
    now: datetime
    columns: Mapping[str, int]
    values: Mapping[str, Mapping[str, str]]
    moved: frozenset[str]
    districts: dict[str, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """District names in both languages, with and without their kind."""
        for language in ("uk", "en"):
            for one in self.source.into(language).districts:
                for name in (one.slug, one.name, one.full, f"{one.name} {one.kind}", f"{one.name} р-н"):
                    self.districts.setdefault(spelling.folded(name), one.id)


class Checker:
    """Takes rows in their order; remembers what must not come twice."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.here = known.source.into("uk")
        self._numbers: dict[str, int] = {}
        self._same: dict[tuple[str, datetime, str], int] = {}

    def take(self, line: int, cells: Sequence[str]) -> Checked:
        """A line of the sheet."""
        said = {key: cells[column] if column < len(cells) else "" for key, column in self.known.columns.items()}
        problems: list[Problem] = []
        data: dict[str, Any] = {key: said.get(key, "") for key in ("number", "title", "details", "address")}
        for key, limit in LIMITS.items():
            if len(said.get(key, "")) > limit:
                problems.append(["too_long", {"field": key, "limit": limit}])
        if not data["title"]:
            problems.append(["empty", {"field": "title"}])
        data["title"] = " ".join(data["title"].split())
        asked = self.moment(said, "asked", problems)
        asked_at = asked[0] if asked else None
        data["category"] = self.mapped(said, "category", problems)
        self.place(said, data, problems)
        self.answer(said, data, asked, problems)
        self.twice(line, data, asked_at, problems)
        if problems:
            shown = {key: text[:SHOWN_AT_MOST] for key, text in said.items() if text and key != "answer"}
            return Checked(uuid7(), line, asked_at, {"said": shown}, problems, [])
        nanoseconds = int((asked_at or self.known.now).timestamp()) * 10**9
        return Checked(UUID(str(timed_uuid7(nanoseconds=nanoseconds))), line, asked_at, data, [], self.warnings(data))

    def mapped(self, said: Mapping[str, str], key: str, problems: list[Problem]) -> str:
        """What a word of the file means here; empty, with a problem, for one that nobody was asked about."""
        text = said.get(key, "")
        if not text:
            problems.append(["empty", {"field": key}])
            return ""
        found = self.known.values.get(key, {}).get(folded(text), "")
        if not found:
            problems.append(["unknown_word", {"field": key, "text": text[:SHOWN_AT_MOST]}])
        return found

    def moment(self, said: Mapping[str, str], key: str, problems: list[Problem]) -> tuple[datetime, bool] | None:
        """When something happened; a day that is today is never later than now."""
        text = said.get(key, "")
        if not text:
            problems.append(["empty", {"field": key}])
            return None
        found = values.moment(text, self.known.zone)
        if found is None:
            problems.append(["bad_day", {"field": key, "text": text[:SHOWN_AT_MOST]}])
            return None
        at, timed = found
        now, zone = self.known.now, self.known.zone
        if not timed and at > now and at.astimezone(zone).date() == now.astimezone(zone).date():
            at = now.replace(microsecond=0)
        if at > now:
            problems.append(["future", {"field": key, "text": text[:SHOWN_AT_MOST]}])
            return None
        if at < EARLIEST:
            problems.append(["too_early", {"field": key, "text": text[:SHOWN_AT_MOST]}])
            return None
        return at, timed

    def place(self, said: Mapping[str, str], data: dict[str, Any], problems: list[Problem]) -> None:
        """The district (by the point, else by its name, else by the address) and what the public may know of the place."""
        point = self.point(said, problems)
        name = said.get("district", "")
        geography = self.known.source.geography
        district: UUID | None = None
        if point is not None:
            district = geography.district_at(*point)
            if district is None:
                problems.append(["outside", {"lat": f"{point[1]:.4f}", "lon": f"{point[0]:.4f}"}])
        elif name:
            district = self.known.districts.get(spelling.folded(name))
            if district is None:
                problems.append(["unknown_district", {"text": name[:SHOWN_AT_MOST]}])
        elif not any(code in {"half_a_point", "bad_degrees", "swapped"} for code, _ in problems):
            district = self.by_address(data["address"])
            if district is None:
                problems.append(["no_place", {}])
        data["district"] = str(district) if district else ""
        category = self.here.category.get(UUID(data["category"])) if data["category"] else None
        if category is None:
            return
        lon, lat = point or (None, None)
        precision = category.precision if point or category.sensitive else "near"
        shown = public_place(precision=precision, sensitive=category.sensitive, address=data["address"], lon=lon, lat=lat)
        data |= {"place": shown.words, "precision": shown.precision, "lon": shown.lon, "lat": shown.lat}

    def point(self, said: Mapping[str, str], problems: list[Problem]) -> tuple[float, float] | None:
        """Longitude and latitude, if both are there and make sense."""
        texts = {key: said.get(key, "") for key in ("lat", "lon")}
        if not any(texts.values()):
            return None
        if not all(texts.values()):
            problems.append(["half_a_point", {}])
            return None
        found = {key: values.degrees(text) for key, text in texts.items()}
        for key, value in found.items():
            if value is None:
                problems.append(["bad_degrees", {"field": key, "text": texts[key][:SHOWN_AT_MOST]}])
        lat, lon = found["lat"], found["lon"]
        if lat is None or lon is None:
            return None
        if not self.known.city.holds(lon, lat) and self.known.city.holds(lat, lon):
            problems.append(["swapped", {}])
            return None
        return lon, lat

    def by_address(self, address: str) -> UUID | None:
        """The district of a street or landmark that the city knows; in a city of one district, that one."""
        if len(self.known.source.districts) == 1:
            return self.known.source.districts[0].id
        geography = self.known.source.geography
        found = geography.called(address, count=1) if address else []
        return geography.district_at(*found[0].middle) if found else None

    def answer(
        self, said: Mapping[str, str], data: dict[str, Any], asked: tuple[datetime, bool] | None, problems: list[Problem]
    ) -> None:
        """Whether it was answered, how, when and by whom."""
        short, body = said.get("short", ""), said.get("answer", "")
        by_itself = "answered" if short or body else "waiting"
        state = self.mapped(said, "state", problems) if said.get("state") else by_itself
        data |= {"state": state, "short": "", "answer": "", "answered": None, "responder": None}
        if state == "waiting" and (short or body):
            problems.append(["answer_while_waiting", {}])
        if state != "answered":
            return
        if not short and not body:
            problems.append(["no_answer", {}])
        if len(short) > SHORT_AT_MOST and body:
            problems.append(["too_long", {"field": "short", "limit": SHORT_AT_MOST}])
        elif len(short) > ANSWER_AT_MOST:
            problems.append(["too_long", {"field": "short", "limit": ANSWER_AT_MOST}])
        if not short or (len(short) > SHORT_AT_MOST and not body):
            body = body or short
            short = values.shortened(body, SHORT_AT_MOST)
            body = "" if short == body else body
        data |= {"short": " ".join(short.split()), "answer": body}
        answered = self.moment(said, "answered", problems)
        if answered and asked:
            at, timed = answered
            if not timed and at.astimezone(self.known.zone).date() == asked[0].astimezone(self.known.zone).date():
                at = max(at, asked[0])
            if at < asked[0]:
                problems.append(["answered_before_asked", {}])
            data["answered"] = at.isoformat()
        self.responder(said, data, problems)

    def responder(self, said: Mapping[str, str], data: dict[str, Any], problems: list[Problem]) -> None:
        """Who answered: as the file says, else as the city's rules do."""
        if said.get("responder"):
            data["responder"] = self.mapped(said, "responder", problems)
        elif data["category"] and data["district"]:
            found = self.known.source.responder_for(UUID(data["category"]), UUID(data["district"]))
            if found is None:
                problems.append(["no_responder", {}])
            data["responder"] = str(found) if found else None

    def twice(self, line: int, data: Mapping[str, Any], asked_at: datetime | None, problems: list[Problem]) -> None:
        """What is in the file twice, or in the city already."""
        number = folded(data["number"])
        if number and number in self.known.moved:
            problems.append(["moved_before", {"number": data["number"][:NUMBER_AT_MOST]}])
        if number and (first := self._numbers.setdefault(number, line)) != line:
            problems.append(["same_number", {"number": data["number"][:NUMBER_AT_MOST], "row": first}])
        elif asked_at is not None and data["title"] and not number:
            key = (folded(data["title"]), asked_at, folded(data["address"]))
            if (first := self._same.setdefault(key, line)) != line:
                problems.append(["same_row", {"row": first}])

    @staticmethod
    def warnings(data: Mapping[str, Any]) -> list[list[str]]:
        """What looks like personal data, each piece of words once: kind and words."""
        found: dict[str, str] = {}
        for key in GUARDED:
            for finding in looks_personal(str(data.get(key) or "")):
                found.setdefault(finding.words, finding.kind)
        return [[kind, words] for words, kind in list(found.items())[:WARNINGS_AT_MOST]]
