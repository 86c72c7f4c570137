"""A living office for a demonstration city: beats, stations, officers with their hours, some away, some beats vacant.

Everything is made up and says so (``Beat.official`` is false); the same at each seeding but for the days, which are counted
from today. Rows go in by a statement a table.
"""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import shapely
from shapely.geometry import mapping, shape
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.local_officer.demo import texts
from src.local_officer.demo.houses import street_lists
from src.local_officer.demo.people import LANGUAGES, RANKS, Person, people, phone
from src.local_officer.demo.shapes import shares, split
from src.local_officer.demo.visitors import book_visits
from src.local_officer.office_hours.models import HoursException, HoursRule
from src.local_officer.officers.lookup import Beats
from src.local_officer.officers.models import (
    Absence,
    Announcement,
    Assignment,
    Beat,
    BeatStreet,
    Officer,
    OfficerPhone,
    Station,
)
from src.platform.data.base import localized
from src.platform.data.tenancy import City, catalogue_changed
from src.platform.people.accounts.models import Account
from src.tenants.cities.catalogue import Catalogue, catalogue

HOW_MANY = {"kyiv": 420, "poltava": 40, "mykolaiv": 67, "ternopil": 32}
ROLE = "local_officer"
TABLES = (
    Account, Station, Officer, OfficerPhone, Beat, BeatStreet, Assignment, Absence, Announcement, HoursRule, HoursException,
)  # fmt: skip


def sign_in(slug: str) -> str:
    """The account that keeps one of a city's offices; «e-mail (role)», as the demonstration lists those who may sign in."""
    return f"officer@{slug}.example ({ROLE})"


async def seed_offices(session: AsyncSession, city: City, now: datetime) -> None:
    """Fill in a city's offices; its districts and places are there. Cities that the demonstration does not know get none."""
    if city.slug not in HOW_MANY:
        return
    made = Making(city, await catalogue(session), now)
    made.everything()
    for model in TABLES:
        if made.rows[model]:
            await session.execute(insert(model), made.rows[model])
    own = next(row for row in made.officers if row["account_id"] is not None)
    await book_visits(session, city, own["id"], now=now)
    await catalogue_changed(session)


class Making:
    """The rows of one city as they are made up."""

    def __init__(self, city: City, known: Catalogue, now: datetime) -> None:
        self.city, self.known, self.now = city, known, now
        self.zone = ZoneInfo(city.timezone)
        self.today = now.astimezone(self.zone).date()
        self.chance = random.Random(f"offices of {city.slug}")  # noqa: S311  the same at each seeding, no secret
        self.rows: dict[type, list[dict[str, Any]]] = defaultdict(list)
        self.people = iter(people(HOW_MANY[city.slug] + 20, self.chance))
        self.officers: list[dict[str, Any]] = []
        self.station_of: dict[UUID, UUID] = {}

    def put(self, model: type, **values: Any) -> dict[str, Any]:  # noqa: ANN401  a row's values
        """One more row."""
        row = {"city_id": self.city.id, "id": uuid7(), **values}
        self.rows[model].append(row)
        return row

    def luck(self, share: float) -> bool:
        """True in this share of cases."""
        return self.chance.random() < share

    def everything(self) -> None:
        """All of it, one after the other."""
        beats = self.beats()
        self.streets(beats)
        self.assignments(beats)
        own = self.own_office(beats)
        for number, officer in enumerate(self.officers):
            self.hours(officer)
            self.announcements(officer, always=officer is own, number=number)
        self.absences(but=own)

    # --- places ------------------------------------------------------------------------------

    def beats(self) -> list[dict[str, Any]]:
        """Stations and beats of every district."""
        shapes = [shape(row.boundary) for row in self.known.districts]
        found: list[dict[str, Any]] = []
        for district, outline, count in zip(
            self.known.districts, shapes, shares([item.area for item in shapes], HOW_MANY[self.city.slug]), strict=True
        ):
            self.station(district.id, district.slug, (district.label_lon, district.label_lat))
            for cell in split(outline, count, f"{self.city.slug} {district.slug}"):
                number = str(len(found) + 1)
                label = cell.representative_point()
                found.append(
                    self.put(
                        Beat,
                        number=number,
                        name={"uk": f"Дільниця № {number}", "en": f"Beat No. {number}"},
                        boundary=mapping(cell),
                        label_lon=round(label.x, 6),
                        label_lat=round(label.y, 6),
                        district_id=district.id,
                        station_id=self.station_of[district.id],
                        official=False,
                        retired_on=None,
                    )
                )
        return found

    def station(self, district_id: UUID, slug: str, label: tuple[float, float]) -> None:
        """The station of a district, at some street near its middle."""
        names = {language: self.known.into(language).district[district_id].full for language in ("uk", "en")}
        near = [place for place, _ in self.known.geography.near(*label, count=8) if place.kind == "street"]
        house = self.chance.randrange(2, 60)
        address = near[0].name if near else names
        row = self.put(
            Station,
            slug=slug,
            name={"uk": f"Поліцейська станція, {names['uk']}", "en": f"Police station, {names['en']}"},
            address={"uk": f"{localized(address, 'uk')}, {house}", "en": f"{house} {localized(address, 'en')}"},
            phone=phone(self.city.slug, 9000 + len(self.station_of)),
            lon=label[0],
            lat=label[1],
            district_id=district_id,
        )
        self.station_of[district_id] = row["id"]

    def streets(self, beats: list[dict[str, Any]]) -> None:
        """The streets that the city knows, parted among the beats that they go through."""
        index = Beats([(row["id"], shape(row["boundary"])) for row in beats])
        for line in street_lists(index, self.known.geography.places):
            self.put(BeatStreet, **line)

    # --- people ------------------------------------------------------------------------------

    def officer(self, station_id: UUID, *, post: str = "officer", left_on: date | None = None) -> dict[str, Any]:
        """One more officer, with phones."""
        person: Person = next(self.people)
        number = len(self.rows[Officer])
        chance = self.chance
        days = chance.randrange(35, 130) if self.luck(0.16) else chance.choice([0, 1, 2, 3, 5, 8, 12, 20, 27])
        row = self.put(
            Officer,
            code=f"{1_400_000 + 37 * number:07d}",
            account_id=None,
            station_id=station_id,
            name={"uk": person.uk, "en": person.en},
            rank=chance.choice(RANKS),
            post=post if post != "officer" else chance.choice(["officer", "officer", "officer", "senior_officer"]),
            email=person.address(self.city.slug),
            languages=chance.choice(LANGUAGES),
            photo_at=None,
            confirmed_at=None if self.luck(0.04) else self.now - timedelta(days=days, hours=chance.randrange(24)),
            reminded_at=None,
            left_on=left_on,
            created_at=self.now - timedelta(days=200),
        )
        self.put(OfficerPhone, officer_id=row["id"], kind="ordinary", number=phone(self.city.slug, number + 100), position=0)
        if self.luck(0.5):
            self.put(OfficerPhone, officer_id=row["id"], kind="short", number="102", position=1)
        if left_on is None:
            self.officers.append(row)
        return row

    def assign(self, beat: dict[str, Any], officer: dict[str, Any], *, last_day: date | None = None) -> None:
        """Somebody serves a beat, since some time ago."""
        first_day = self.today - timedelta(days=self.chance.randrange(100, 900))
        ends = {"last_day": last_day, "stand_in": False}
        self.put(Assignment, beat_id=beat["id"], officer_id=officer["id"], first_day=first_day, **ends)

    def assignments(self, beats: list[dict[str, Any]]) -> None:
        """Mostly one officer a beat; some hold two, some beats have two, some nobody, some were handed over lately."""
        spare: dict[str, Any] | None = None
        for beat in beats:
            station_id = beat["station_id"]
            if self.luck(0.06):
                continue
            if spare is not None and spare["station_id"] == station_id and self.luck(0.17):
                self.assign(beat, spare)
                spare = None
                continue
            officer = spare = self.officer(station_id)
            self.assign(beat, officer)
            if self.luck(0.06):
                self.assign(beat, self.officer(station_id, post="community_officer"))
            elif self.luck(0.04):
                left = self.today - timedelta(days=self.chance.randrange(3, 30))
                self.assign(beat, self.officer(station_id, left_on=left), last_day=left - timedelta(days=1))

    def own_office(self, beats: list[dict[str, Any]]) -> dict[str, Any]:
        """The office that the demonstration's own account keeps: of somebody who serves a beat near the city's middle."""
        middle = shapely.Point(self.city.centre_lon, self.city.centre_lat)
        served = {row["beat_id"]: row["officer_id"] for row in self.rows[Assignment] if row["last_day"] is None}
        near = min(
            (row for row in beats if row["id"] in served),
            key=lambda row: middle.distance(shapely.Point(row["label_lon"], row["label_lat"])),
        )
        officer = next(row for row in self.officers if row["id"] == served[near["id"]])
        account = self.put(
            Account,
            email=f"officer@{self.city.slug}.example",
            name=officer["name"]["uk"],
            roles=[ROLE],
            created_at=self.now,
        )
        officer["account_id"] = account["id"]
        officer["confirmed_at"] = self.now - timedelta(days=2)
        return officer

    def absences(self, *, but: dict[str, Any]) -> None:
        """Some are away now, some will be; mostly with a neighbour as stand-in, who may also receive."""
        for officer, neighbour in zip(self.officers, self.officers[1:] + self.officers[:1], strict=True):
            if officer is but or not self.luck(0.08):
                continue
            first_day = self.today + timedelta(days=self.chance.randrange(-10, 8))
            stand_in = neighbour["id"] if self.luck(0.8) else None
            self.put(
                Absence,
                officer_id=officer["id"],
                first_day=first_day,
                last_day=first_day + timedelta(days=self.chance.randrange(4, 24)),
                stand_in_id=stand_in,
                stand_in_receives=stand_in is not None and self.luck(0.5),
                created_at=self.now - timedelta(days=1),
            )

    # --- hours and notices -------------------------------------------------------------------

    def hours(self, officer: dict[str, Any]) -> None:
        """Two evenings or mornings a week at the station, often a Saturday elsewhere, sometimes by phone."""
        chance = self.chance
        for weekday in sorted(chance.sample(range(5), 2)):
            starts, ends = chance.choice([("17:00", "19:00"), ("17:00", "20:00"), ("09:00", "11:00"), ("16:30", "18:30")])
            self.rule(officer, weekday, starts, ends, station_id=officer["station_id"])
        if self.luck(0.3):
            self.rule(officer, 5, "10:00", "13:00", place=chance.choice(texts.PLACES))
        elif self.luck(0.3):
            self.rule(officer, 5, "10:00", "12:00", pattern="fortnightly", reception="mobile", place=chance.choice(texts.MOBILE))
        elif self.luck(0.3):
            self.rule(officer, 5, "11:00", "13:00", pattern="first", place=chance.choice(texts.PLACES))
        if self.luck(0.25):
            self.rule(officer, chance.randrange(5), "12:00", "13:00", reception="phone")
        if self.luck(0.08):
            self.exception(officer, self.today + timedelta(days=chance.randrange(1, 15)), "closed")
        if self.luck(0.08):
            day = self.today + timedelta(days=chance.randrange(1, 15))
            self.exception(officer, day, "extra", starts=time(14), ends=time(15, 30), place=chance.choice(texts.PLACES))

    def rule(self, officer: dict[str, Any], weekday: int, starts: str, ends: str, **given: Any) -> None:  # noqa: ANN401
        """Hours that come again."""
        usual = {"pattern": "weekly", "reception": "in_person", "station_id": None, "place": "", "lon": None, "lat": None}
        self.put(
            HoursRule,
            officer_id=officer["id"],
            weekday=weekday,
            starts=time.fromisoformat(starts),
            ends=time.fromisoformat(ends),
            valid_from=self.today - timedelta(days=120 + self.today.weekday()),
            valid_to=None,
            changed_at=self.now - timedelta(days=20),
            **usual | given,
        )

    def exception(self, officer: dict[str, Any], day: date, kind: str, **given: Any) -> None:  # noqa: ANN401
        """What is different on a day."""
        usual = {
            "starts": None, "ends": None, "reception": "in_person", "station_id": None, "place": "", "lon": None, "lat": None,
            "stand_in_id": None,
        }  # fmt: skip
        self.put(HoursException, officer_id=officer["id"], day=day, kind=kind, changed_at=self.now, **usual | given)

    def announcements(self, officer: dict[str, Any], *, always: bool, number: int) -> None:
        """A notice here, a meeting there; the demonstration's own officer has both."""
        chance = self.chance
        if always or self.luck(0.2):
            words = texts.NOTICES[number % len(texts.NOTICES)]
            until = self.today + timedelta(days=chance.randrange(5, 30))
            self.announce(officer, "notice", words, until)
        if always or self.luck(0.1):
            words, place = texts.MEETINGS[number % len(texts.MEETINGS)]
            day = self.today + timedelta(days=chance.randrange(2, 20))
            starts = datetime.combine(day, time(chance.choice([17, 18])), self.zone)
            self.announce(officer, "meeting", words, day, place, starts.astimezone(UTC))

    def announce(
        self, officer: dict[str, Any], kind: str, words: str, until: date, place: str = "", starts_at: datetime | None = None
    ) -> None:
        """One of them; meetings take an hour and a half."""
        self.put(
            Announcement,
            officer_id=officer["id"],
            kind=kind,
            words=words,
            place=place,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=90) if starts_at else None,
            shown_until=until,
            created_at=self.now - timedelta(days=2),
            changed_at=self.now - timedelta(days=2),
            cancelled_at=None,
        )
