"""What can be taken away besides the calendar: vCard, OpenStreetMap's syntax, linked data, the poster."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from uuid import UUID

import pytest
import vobject
from pypdf import PdfReader

from src.local_officer.feeds.card import Card, vcard
from src.local_officer.feeds.linked_data import OfficeData, linked_data
from src.local_officer.feeds.osm import opening_hours
from src.local_officer.feeds.poster import Poster, poster
from src.local_officer.office_hours.models import HoursException, HoursRule
from src.local_officer.office_hours.times import receptions
from src.local_officer.officers.models import Absence
from tests.local_officer.test_times import KYIV, ME, absence, exception, rule

TODAY = date(2026, 3, 2)
IN_MAY = date(2026, 5, 3)
LAST = date(2026, 3, 29)
CARD = Card(
    id=UUID("0195a000-0000-7000-8000-00000000000a"),
    name="Ірина Петрівна Мельник",
    title="Дільничний офіцер поліції, капітан поліції",
    organisation="Подільський відділ; Київ",
    note="Дільниця № 12,\nПоділ",
    url="https://kyiv.vz.example/office/officers/1",
    email="iryna@police.example",
    photo_url="",
    phones=("+380671234567", "102"),
    address="вул. Хорива, 20",
    point=(50.466, 30.512),
    languages=("uk", "en"),
    revised_at=datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
)


OFFICE = OfficeData(
    url="https://kyiv.vz.example/office/officers/1", name="Дільничний: Ірина Мельник", area="Дільниця № 12", city="Київ",
    officer_name="Ірина Мельник", job_title="дільничний офіцер поліції", photo_url="", phones=("+380671234567",),
    email="", address="", point=None, languages=("uk",),
)  # fmt: skip


def test_a_card_is_read_back_whole() -> None:
    data = vcard(CARD)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    found = vobject.readOne(data.decode())
    assert (found.version.value, found.fn.value) == ("4.0", CARD.name)
    assert (found.n.value.family, found.n.value.given, found.n.value.additional) == ("Мельник", "Ірина", "Петрівна")
    assert [phone.value for phone in found.contents["tel"]] == ["tel:+380671234567", "tel:102"]
    assert found.note.value == CARD.note
    assert found.title.value == CARD.title
    assert found.rev.value == "20260301T090000Z"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ірина Мельник", "Мельник;Ірина;;;"),
        ("Мельник Ірина Петрівна", "Мельник;Ірина;Петрівна;;"),
        ("Гнатюк Ілля Ілліч", "Гнатюк;Ілля;Ілліч;;"),
        ("Тарас Григорович Гнатюк", "Гнатюк;Тарас;Григорович;;"),
        ("Олена Бабич", "Бабич;Олена;;;"),
    ],
)
def test_a_name_is_taken_apart_in_either_order(name: str, parts: str) -> None:
    assert f"\r\nN:{parts}\r\n" in vcard(replace(CARD, name=name)).decode()


def test_a_card_without_a_name_is_an_office() -> None:
    text = vcard(replace(CARD, name="Капітан поліції, жетон № 0001234", is_person=False, email="", point=None)).decode()
    assert "KIND:org" in text
    assert "\nN:" not in text
    assert "EMAIL" not in text
    assert "GEO" not in text


CLOSED = [exception(date(2026, 3, 10), "closed"), exception(date(2026, 3, 12), "extra", "09:00", "10:00")]
LONG = "2026 Mar 02-2027 Jan 03 week 02-53/2 We 10:00-12:00, 2027 Jan 04+ week 01-53/2 We 10:00-12:00"
"""2026 has 53 weeks: a fortnight of its even weeks goes on in the odd ones of 2027."""


@pytest.mark.parametrize(
    ("rules", "exceptions", "absences", "expected"),
    [
        ([], [], [], ""),
        ([rule(1, "17:00", "19:00")], [], [], "Tu 17:00-19:00"),
        (
            [rule(3, "10:00", "12:00", reception="phone"), rule(1, "17:00", "19:00")],
            [],
            [],
            'Tu 17:00-19:00, Th 10:00-12:00 "by phone"',
        ),
        ([rule(0, "10:00", "12:00", pattern="first")], [], [], "Mo[1] 10:00-12:00"),
        ([rule(0, "10:00", "12:00", pattern="last")], [], [], "Mo[-1] 10:00-12:00"),
        ([rule(2, "10:00", "12:00", pattern="fortnightly")], [], [], LONG),
        (
            [rule(2, "10:00", "12:00", pattern="fortnightly", valid_to=date(2026, 3, 20))],
            [],
            [],
            "2026 Mar 02-2026 Mar 20 week 02-53/2 We 10:00-12:00",
        ),
        (
            [rule(1, "17:00", "19:00", valid_to=date(2026, 3, 31))],
            CLOSED,
            [absence(date(2026, 3, 16), date(2026, 3, 29))],
            "2026 Mar 02-2026 Mar 31 Tu 17:00-19:00; 2026 Mar 10 off; 2026 Mar 12 09:00-10:00; 2026 Mar 17-2026 Mar 24 off",
        ),
        ([rule(1, "17:00", "19:00", valid_from=date(2026, 4, 1))], [], [], "2026 Apr 01+ Tu 17:00-19:00"),
        (
            [rule(1, "17:00", "19:00")],
            [exception(date(2026, 3, 10), "replaced", "10:00", "11:00")],
            [absence(date(2026, 3, 16), date(2026, 3, 22), receives=True)],
            "Tu 17:00-19:00; 2026 Mar 10 10:00-11:00",
        ),
        (
            [rule(1, "17:00", "19:00")],
            [exception(date(2026, 3, 10), "replaced", "10:00", "11:00"), exception(date(2026, 3, 19), "extra", "10:00", "11:00")],
            [absence(date(2026, 3, 9), date(2026, 3, 22))],
            "Tu 17:00-19:00; 2026 Mar 10-2026 Mar 17 off",
        ),
        (
            [rule(1, "17:00", "19:00")],
            [exception(date(2026, 3, 10), "extra", "10:00", "11:00", reception="phone")],
            [],
            'Tu 17:00-19:00; 2026 Mar 10 17:00-19:00, 2026 Mar 10 10:00-11:00 "by phone"',
        ),
    ],
)
def test_hours_in_the_syntax_of_the_map(
    rules: list[HoursRule], exceptions: list[HoursException], absences: list[Absence], expected: str
) -> None:
    coming = receptions(rules, exceptions, absences, officer_id=ME, first_day=TODAY, last_day=IN_MAY, zone=KYIV)
    assert opening_hours(rules, coming, today=TODAY, last=IN_MAY) == expected


def test_holidays_are_told_to_the_map() -> None:
    rules, closes = [rule(1, "17:00", "19:00")], {date(2026, 3, 10)}
    coming = receptions(rules, [], [], officer_id=ME, first_day=TODAY, last_day=IN_MAY, zone=KYIV, closed_days=closes)
    assert opening_hours(rules, coming, today=TODAY, last=IN_MAY) == "Tu 17:00-19:00; 2026 Mar 10 off"


def test_linked_data_says_the_week_and_what_is_special() -> None:
    rules = [rule(1, "17:00", "19:00"), rule(0, "10:00", "12:00", pattern="first")]
    exceptions = [exception(date(2026, 3, 10), "closed")]
    coming = receptions(rules, exceptions, [], officer_id=ME, first_day=TODAY, last_day=LAST, zone=KYIV, closed_days=())
    found = linked_data(OFFICE, rules, coming, today=TODAY, last=LAST)
    (weekly,) = found["openingHoursSpecification"]
    assert (weekly["dayOfWeek"], weekly["opens"], weekly["closes"]) == ("https://schema.org/Tuesday", "17:00", "19:00")
    special = {one["validFrom"]: (one["opens"], one["closes"]) for one in found["specialOpeningHoursSpecification"]}
    assert special == {"2026-03-02": ("10:00", "12:00"), "2026-03-10": ("00:00", "00:00")}
    assert not found.keys() & {"email", "address", "geo"}


def test_linked_data_says_that_somebody_is_away_to_the_end_of_the_weeks_told() -> None:
    rules, away = [rule(1, "17:00", "19:00")], [absence(date(2026, 3, 9), date(2026, 5, 31))]
    coming = receptions(rules, [], away, officer_id=ME, first_day=TODAY, last_day=LAST, zone=KYIV)
    special = linked_data(OFFICE, rules, coming, today=TODAY, last=LAST)["specialOpeningHoursSpecification"]
    assert [(one["validFrom"], one["closes"]) for one in special] == [
        ("2026-03-10", "00:00"), ("2026-03-17", "00:00"), ("2026-03-24", "00:00"),
    ]  # fmt: skip


POSTER = Poster(
    language="uk", city="Київ", heading="Ваш дільничний офіцер поліції", beat="Дільниця № 12, Поділ",
    name="Ірина Мельник", title="капітан поліції", contacts_heading="Телефони", phones=("067 123 45 67", "102"),
    email="", hours_heading="Прийом", hours=(("щоп’ятниці, 17:00–19:00", "вул. Хорива, 20"),) * 2, no_hours="",
    url="https://kyiv.vz.example/office/officers/1", scan="Наведіть камеру", emergency="Загроза зараз? Телефонуйте 102",
    printed="Надруковано 26 листопада", demo="",
)  # fmt: skip


def test_a_poster_is_one_page_that_can_be_read_and_copied() -> None:
    found = PdfReader(BytesIO(poster(POSTER)))
    assert len(found.pages) == 1
    text = found.pages[0].extract_text()
    for words in ("Ваш дільничний офіцер поліції", "Ірина Мельник", "067 123 45 67", "щоп’ятниці, 17:00–19:00", "102"):
        assert words in text
    assert [round(float(side)) for side in found.pages[0].mediabox[2:]] == [595, 842]
    assert len(found.pages[0].images) == 1


@pytest.mark.parametrize("number", [2, 8, 40])
def test_however_many_hours_there_are_they_stay_above_the_code(number: int) -> None:
    crowded = replace(
        POSTER, beat=", ".join(f"Дільниця № {one}, Виноградар" for one in range(9)), email="iryna@police.example",
        name="Олександра-Вікторія Володимирівна Нечипоренко-Дорошенко", phones=("067 123 45 67",) * 6,
        hours=(("щоп’ятниці, 17:00–19:00", "вул. Хорива, 20"),) * number,
    )  # fmt: skip
    heights: dict[str, list[float]] = {"hours": [], "scan": []}

    def note(text: str, _cm: list[float], tm: list[float], _font: object, _size: float) -> None:
        for kind, words in (("hours", "щоп’ятниці"), ("scan", "Наведіть камеру")):
            if words in text:
                heights[kind].append(tm[5])

    PdfReader(BytesIO(poster(crowded))).pages[0].extract_text(visitor_text=note)
    assert heights["hours"], "some hours are always there"
    assert min(heights["hours"]) > max(heights["scan"])
