"""What is wrong with rows: each on its own, with the others of its file, and with what is stored. Pure."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from src.local_officer.exchange import values
from src.local_officer.exchange.beats import OUTSIDE_FROM, Problem, Shapes, problem, shape_of
from src.local_officer.office_hours import checks as hours_checks
from src.local_officer.office_hours.models import HoursRule
from src.local_officer.officers.streets import spelling_of
from src.platform.data.city_settings import CitySettings
from src.platform.files.tables import CELL_AT_MOST
from src.platform.web.forms import email_address
from src.tenants.cities.outlines import geojson_of, square_metres

NUMBER_AT_MOST = 40
NAME_AT_MOST = 200
RULES_AT_MOST = 60
"""Of one officer."""

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored, as rows are compared with it. ``present`` are the rows of an export of the same kind, by their key."""

    kind: str
    options: CitySettings
    today: date
    box: tuple[float, float, float, float]
    officers: dict[str, UUID] = field(default_factory=dict)
    beats: dict[str, UUID] = field(default_factory=dict)
    stations: dict[str, tuple[UUID, str]] = field(default_factory=dict)
    """By slug and by name, in lower case; a name of several leads nowhere."""
    present: dict[Any, Data] = field(default_factory=dict)
    outline: BaseGeometry | None = None
    """The city's districts together, with some slack; none where it has none, then its box is all that is known."""


def station_key(text: str) -> str:
    """A station's slug or name for comparing."""
    return " ".join(text.lower().replace("'", "’").split())


class Checker:
    """Takes the rows of one file in their order; :meth:`finish` says what only all of them together show."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.shapes = Shapes()
        self._seen: dict[Any, int] = {}
        self._groups: dict[str, list[int]] = {}
        self._bad: dict[str, int] = {}
        self._rules: dict[str, list[HoursRule]] = {}

    def take(
        self, number: int, said: Data, drawn: BaseGeometry | None = None, found: list[Problem] | None = None
    ) -> tuple[Data, list[Problem]]:
        """A row as it would be stored, with ``what`` it is (new, changed, same), and its problems."""
        problems = list(found or [])
        data: Data = {}
        problems += [
            problem("too_long", column=key, limit=CELL_AT_MOST)
            for key, text in said.items()
            if isinstance(text, str) and len(text) > CELL_AT_MOST
        ]
        said = {key: text[:CELL_AT_MOST] if isinstance(text, str) else text for key, text in said.items()}
        key = {"beats": self._beat, "officers": self._officer, "streets": self._street, "hours": self._hours}[self.known.kind](
            said, data, problems
        )
        if key and all(key):
            first = self._seen.setdefault(key, number)
            if first != number:
                problems.append(problem("duplicate", row=first))
        if self.known.kind == "beats":
            self._draw(number, said, drawn, data, problems)
        group = data.get("beat") if self.known.kind == "streets" else data.get("officer") if self.known.kind == "hours" else None
        if group:
            self._groups.setdefault(group, []).append(number)
            if problems:
                self._bad.setdefault(group, number)
        there = self.known.present.get(key)
        data["what"] = (
            "new" if there is None else "same" if all(there.get(name) == value for name, value in data.items()) else "changed"
        )
        return data, problems

    def finish(self) -> dict[int, list[Problem]]:
        """Problems that rows have with each other, by row: overlaps; and of a beat's streets or an officer's hours, which go
        in as a whole, the good ones wait for the bad one."""  # noqa: D209
        if self.known.kind == "beats":
            there = {number: shape(row["boundary"]) for number, row in ((key[0], row) for key, row in self.known.present.items())}
            return self.shapes.overlaps(there) if self.shapes.shapes else {}
        return {row: [problem("companion", row=bad)] for group, bad in self._bad.items() for row in self._groups[group]}

    # --- each kind: fills ``data`` and ``problems``, returns the row's key -----------------------

    def _beat(self, said: Data, data: Data, problems: list[Problem]) -> tuple[str, ...]:
        number = self._text(said, data, problems, "number", limit=NUMBER_AT_MOST, needed=True)
        self._text(said, data, problems, "name_uk", limit=NAME_AT_MOST)
        self._text(said, data, problems, "name_en", limit=NAME_AT_MOST)
        if "/" in number:
            problems.append(problem("slash"))
        if not data.get("name_uk", "-"):
            data["name_uk"] = f"Дільниця № {number}"
        self._station(said, data, problems)
        return (number,)

    def _draw(self, number: int, said: Data, drawn: BaseGeometry | None, data: Data, problems: list[Problem]) -> None:
        if "boundary" in said:  # a row that was read before
            drawn, more = shape_of(said["boundary"], self.known.box)
            problems += more
        if drawn is None:
            return
        data["boundary"] = geojson_of(drawn)
        if not problems and self.known.outline is not None:
            left = drawn.difference(self.known.outline)
            if square_metres(left) > OUTSIDE_FROM:
                point = left.representative_point()
                problems.append(problem("outside", lon=f"{point.x:.5f}", lat=f"{point.y:.5f}"))
        if not problems:
            self.shapes.add(number, data["number"], drawn)

    def _officer(self, said: Data, data: Data, problems: list[Problem]) -> tuple[str, ...]:
        code = self._text(said, data, problems, "code", limit=NUMBER_AT_MOST, needed=True)
        self._text(said, data, problems, "name_uk", limit=NAME_AT_MOST, needed=True)
        self._text(said, data, problems, "name_en", limit=NAME_AT_MOST)
        self._code(said, data, problems, "rank", "")
        self._code(said, data, problems, "post", "officer")
        self._station(said, data, problems)
        self._many(said, data, problems, "phones", values.phone, "bad_phone")
        self._many(said, data, problems, "languages", values.language, "unknown_language")
        if "beats" in said:
            numbers = values.listed(said["beats"])
            problems += [problem("unknown_beat", beat=each[:NUMBER_AT_MOST]) for each in numbers if each not in self.known.beats]
            data["beats"] = ", ".join(sorted(numbers))
        if "email" in said:
            address = email_address(said["email"]) if said["email"] else ""
            if address is None:
                problems.append(problem("bad_email", email=said["email"][:100]))
            data["email"] = address if address is not None else said["email"]
        return (code,)

    def _street(self, said: Data, data: Data, problems: list[Problem]) -> tuple[str, ...]:
        beat = self._text(said, data, problems, "beat", limit=NUMBER_AT_MOST, needed=True)
        if beat and beat not in self.known.beats:
            problems.append(problem("unknown_beat", beat=beat))
        street = self._text(said, data, problems, "street", limit=NAME_AT_MOST, needed=True)
        data.setdefault("houses", "")
        houses = self._text(said, data, problems, "houses", limit=500)
        return (beat, spelling_of(street), f"={houses}")

    def _hours(self, said: Data, data: Data, problems: list[Problem]) -> tuple[str, ...]:
        code = self._text(said, data, problems, "officer", limit=NUMBER_AT_MOST, needed=True)
        if code and code not in self.known.officers:
            problems.append(problem("unknown_officer", code=code))
        for column in ("station", "place", "valid_to"):
            data[column] = ""
        data |= {"pattern": "weekly", "reception": "in_person", "valid_from": self.known.today.isoformat()}
        self._code(said, data, problems, "weekday", None)
        self._code(said, data, problems, "pattern", "weekly")
        self._code(said, data, problems, "reception", "in_person")
        self._station(said, data, problems)
        self._text(said, data, problems, "place", limit=hours_checks.PLACE_AT_MOST)
        for column in ("starts", "ends"):
            at = values.moment(said.get(column, ""))
            if at is None:
                problems.append(problem("bad_time", column=column, text=said.get(column, "")[:40]))
            data[column] = f"{at:%H:%M}" if at else said.get(column, "")
        for column in ("valid_from", "valid_to"):
            if said.get(column):
                on = values.day(said[column])
                if on is None:
                    problems.append(problem("bad_day", column=column, text=said[column][:40]))
                data[column] = on.isoformat() if on else said[column]
        if not problems:
            self._fits(code, data, problems)
        return tuple(f"={data.get(column, '')}" for column in HOURS_KEY)

    def _fits(self, code: str, data: Data, problems: list[Problem]) -> None:
        """The rules of the office hours themselves, against the officer's rows before this one."""
        rules = self._rules.setdefault(code, [])
        if len(rules) >= RULES_AT_MOST:
            problems.append(problem("too_many_hours", limit=RULES_AT_MOST))
            return
        typed = typed_of(data, self.known)
        if typed.valid_to is not None and typed.valid_to < self.known.today:
            problems.append(problem("over", text=data["valid_to"]))
            return
        faults = hours_checks.check_rule(typed, rules, self.known.options, today=self.known.today, began=typed.valid_from)
        problems += [["hours_" + one.code, one.values] for one in faults.values()]
        rules.append(
            HoursRule(
                weekday=typed.weekday,
                starts=typed.starts,
                ends=typed.ends,
                pattern=typed.pattern,
                valid_from=typed.valid_from,
                valid_to=typed.valid_to,
            )
        )

    # --- columns ------------------------------------------------------------------------------

    def _text(self, said: Data, data: Data, problems: list[Problem], column: str, *, limit: int, needed: bool = False) -> str:
        if column not in said and not needed:
            return ""
        text = " ".join(str(said.get(column, "")).split())
        if needed and not text:
            problems.append(problem("empty", column=column))
        if len(text) > limit:
            problems.append(problem("too_long", column=column, limit=limit))
        data[column] = text[:limit]
        return text[:limit]

    def _code(self, said: Data, data: Data, problems: list[Problem], column: str, default: str | None) -> None:
        if column not in said:
            return
        text = said[column]
        found = values.coded(column, text) if text else default
        if found is None:
            problems.append(problem("unknown_word", column=column, text=text[:60]) if text else problem("empty", column=column))
        data[column] = found if found is not None else text

    def _station(self, said: Data, data: Data, problems: list[Problem]) -> None:
        if "station" not in said:
            return
        text = said["station"]
        found = self.known.stations.get(station_key(text))
        if text and found is None:
            problems.append(problem("unknown_station", station=text[:100]))
        data["station"] = found[1] if found else text

    def _many(self, said: Data, data: Data, problems: list[Problem], column: str, read: Any, code: str) -> None:  # noqa: ANN401
        if column not in said:
            return
        found = [(each, read(each)) for each in values.listed(said[column])]
        problems += [problem(code, text=each[:60]) for each, value in found if value is None]
        data[column] = ", ".join(dict.fromkeys(value or each for each, value in found))


HOURS_KEY = ("officer", "weekday", "starts", "ends", "pattern", "reception", "station", "place", "valid_from", "valid_to")
"""Hours are the same when all of this is."""


def key_of(kind: str, row: Data) -> tuple[str, ...]:
    """The key of a row that is stored, as :meth:`Checker.take` makes it for one of a file."""
    if kind == "beats":
        return (row["number"],)
    if kind == "officers":
        return (row["code"],)
    if kind == "streets":
        return (row["beat"], spelling_of(row["street"]), f"={row['houses']}")
    return tuple(f"={row[column]}" for column in HOURS_KEY)


def typed_of(data: Data, known: Known) -> hours_checks.RuleTyped:
    """Hours of a row without problems, as the slice of hours takes them."""
    station = known.stations.get(station_key(data["station"])) if data["station"] else None
    return hours_checks.RuleTyped(
        weekday=int(data["weekday"]),
        starts=values.moment(data["starts"]),
        ends=values.moment(data["ends"]),
        pattern=data["pattern"],
        reception=data["reception"],
        station_id=station[0] if station else None,
        place=data["place"],
        valid_from=values.day(data["valid_from"]),
        valid_to=values.day(data["valid_to"]) if data["valid_to"] else None,
    )
