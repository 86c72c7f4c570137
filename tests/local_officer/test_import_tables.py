"""Officers, streets and hours from tables: how files are written, what is wrong with a row, what is replaced."""

import tracemalloc
import zipfile
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from src.local_officer.exchange.tables import rows
from src.local_officer.office_hours.models import HoursRule
from src.local_officer.officers.models import Assignment, BeatStreet, Officer, OfficerPhone
from src.platform.files.tables import Unreadable
from tests.local_officer import office
from tests.local_officer.test_import_pages import accept, ready, send, table
from tests.mailbox import Mailbox
from tests.site import Site

OFFICER = {"code": "0007", "name_uk": "Олег Дуб", "phones": "044 555 12 34, 102", "email": "dub@police.example", "beats": "1"}
HOURS = {"officer": "0001234", "weekday": "вт", "starts": "17:00", "ends": "19:00", "place": "вул. Хорива, 20"}
STREET = {"beat": "1", "street": "вулиця Хорива", "houses": "1–15"}


def read(body: bytes, kind: str = "streets", form: str = "csv") -> list[tuple[int, dict[str, str]]]:
    """All rows."""
    return list(rows(BytesIO(body), kind, form))


def workbook(*lines: list[Any]) -> bytes:
    """An XLSX."""
    book = Workbook()
    for line in lines:
        book.active.append(line)  # type: ignore[union-attr]
    out = BytesIO()
    book.save(out)
    return out.getvalue()


WANTED = [(2, {"beat": "12", "street": "вулиця Хорива", "houses": "1, 2"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("heading", ["дільниця вулиця будинки", "Beat STREET houses"])
def test_any_usual_csv_is_read(encoding: str, separator: str, heading: str) -> None:
    text = separator.join(heading.split()) + "\r\n" + separator.join(["12", "вулиця Хорива", '"1, 2"']) + "\r\n\r\n"
    assert read(text.encode(encoding)) == WANTED


def test_xlsx_is_read_with_numbers_days_and_times_as_people_mean_them() -> None:
    body = workbook(
        ["жетон", "день", "початок", "кінець", "діє від", "зайве"],
        [7, "вт", time(17), time(19, 30), datetime(2027, 1, 15), "x"],  # noqa: DTZ001  as a spreadsheet has it
        [None, None],
        [7.0, "ср", "17:00", "19:00", date(2027, 1, 15)],
    )
    found = read(body, "hours", "xlsx")
    assert [number for number, _ in found] == [2, 4]
    said = {"officer": "7", "weekday": "вт", "starts": "17:00", "ends": "19:30", "valid_from": "2027-01-15"}
    assert found[0][1] == said
    assert found[1][1] == said | {"weekday": "ср", "ends": "19:00"}


def bomb() -> bytes:
    """A small XLSX that unpacks to much."""
    out = BytesIO(workbook(["beat", "street"], ["1", "x"]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/zeroes.bin", b"\0" * (61 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "form", "code"),
    [
        (b"", "csv", "no_rows"),
        (b"\x98\xff\n", "csv", "broken"),
        (b"beat\n1\n", "csv", "missing_column"),
        (b'beat,street\n1,"' + b"x" * 200_000, "csv", "broken"),
        (b"PK\x03\x04 broken", "xlsx", "broken"),
        (bomb(), "xlsx", "too_large_unpacked"),
        (workbook(["beat", "street"]), "xlsx", "no_rows"),
    ],
)
def test_files_that_cannot_be_read_say_why(body: bytes, form: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(body, form=form)
    assert refused.value.code == code


@pytest.mark.slow
def test_fifty_thousand_rows_are_read_within_bounded_memory() -> None:
    body = ("beat;street;houses\n" + "".join(f"{n};вулиця {n};1–15\n" for n in range(50_000))).encode()
    file = BytesIO(body)
    tracemalloc.start()
    try:
        assert sum(1 for _ in rows(file, "streets", "csv")) == 50_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.slow
async def test_fifty_thousand_rows_go_in(site: Site, mail: Mailbox) -> None:
    await ready(site)
    async with site.unit() as session:
        await office.beat(session, number="1")
    body = ("beat;street\n" + "".join(f"1;вулиця {n}\n" for n in range(50_000))).encode()
    address, page = await send(site, mail, "streets", "s.csv", body)
    assert page.words.count("Рядок ") == 50
    await accept(site, mail, address)
    async with site.unit() as session:
        assert len(list(await session.scalars(select(BeatStreet.id)))) == 50_000


WRONG: list[tuple[str, dict[str, str], str]] = [
    ("officers", OFFICER | {"code": ""}, "«жетон»: заповніть"),
    ("officers", OFFICER | {"name_uk": ""}, "«ім’я»: заповніть"),
    ("officers", OFFICER | {"name_uk": "а" * 201}, "«ім’я»: скоротіть до 200 знаків"),
    ("officers", OFFICER | {"phones": "12"}, "«12» не схоже на номер телефону"),
    ("officers", OFFICER | {"phones": "102, +380 44"}, "«+380 44» не схоже на номер телефону"),
    ("officers", OFFICER | {"email": "dub@"}, "«dub@» не схоже на електронну адресу"),
    ("officers", OFFICER | {"beats": "1, 99"}, "Дільниці № 99 на сайті немає"),
    ("officers", OFFICER | {"rank": "генералісимус"}, "не знаємо слова «генералісимус»"),
    ("officers", OFFICER | {"station": "nowhere"}, "Підрозділу «nowhere» на сайті немає"),
    ("officers", OFFICER | {"languages": "uk, клінгонська"}, "Не знаємо мови «клінгонська»"),
    ("streets", STREET | {"beat": "99"}, "Дільниці № 99 на сайті немає"),
    ("streets", STREET | {"street": ""}, "«вулиця»: заповніть"),
    ("hours", HOURS | {"officer": "404"}, "Офіцера з жетоном 404 на сайті немає"),
    ("hours", HOURS | {"weekday": "завтра"}, "не знаємо слова «завтра»"),
    ("hours", HOURS | {"starts": "25:00"}, "«25:00» не час"),
    ("hours", HOURS | {"ends": "17:00"}, "Кінець має бути пізніше за початок"),
    ("hours", HOURS | {"valid_from": "31.02.2027"}, "«31.02.2027» не дата"),
    ("hours", HOURS | {"valid_to": "2020-01-01"}, "Ці години закінчилися 2020-01-01"),
    ("hours", HOURS | {"place": ""}, "Напишіть, де приймає"),
    ("hours", HOURS | {"pattern": "інколи"}, "не знаємо слова «інколи»"),
]


@pytest.mark.parametrize(("kind", "row", "says"), WRONG)
async def test_wrong_rows_are_told_in_words(site: Site, mail: Mailbox, kind: str, row: dict[str, str], says: str) -> None:
    await ready(site)
    async with site.unit() as session:
        await office.officer(session)
        await office.beat(session, number="1")
    _, page = await send(site, mail, kind, "table.csv", table(row))
    assert says in page.words
    assert "З помилками: 1" in page.words


async def test_officers_come_with_phones_and_beats_and_what_they_leave_stays_in_history(site: Site, mail: Mailbox) -> None:
    await ready(site)
    async with site.unit() as session:
        there = await office.officer(session, code="0007", languages=["uk", "pl"])
        one = await office.beat(session, number="1")
        two = await office.beat(session, number="2", boundary=office.square(30.6, 50.4))
        await office.assign(session, two.id, there.id)
    address, _ = await send(site, mail, "officers", "o.csv", table(OFFICER, OFFICER | {"code": "8", "beats": ""}))
    await accept(site, mail, address)
    async with site.unit() as session:
        row = await session.get_one(Officer, (there.city_id, there.id))
        assert (row.name["uk"], row.languages, row.rank) == ("Олег Дуб", ["uk", "pl"], "captain")
        phones = list(await session.scalars(select(OfficerPhone.number).where(OfficerPhone.officer_id == there.id)))
        assert sorted(phones) == ["+380445551234", "102"]
        served = {a.beat_id: a.last_day for a in await session.scalars(select(Assignment))}
    assert served[one.id] is None
    assert served[two.id] is not None


async def test_streets_of_a_beat_are_replaced_as_a_whole_and_wait_for_the_bad_row(site: Site, mail: Mailbox) -> None:
    await ready(site)
    async with site.unit() as session:
        await office.beat(session, number="1")
        await office.beat(session, number="2", boundary=office.square(30.6, 50.4))
    address, _ = await send(site, mail, "streets", "s.csv", table(STREET, STREET | {"street": "вулиця Спаська"}))
    await accept(site, mail, address)
    body = table(STREET | {"houses": ""}, STREET | {"beat": "2"}, STREET | {"beat": "2", "street": ""})
    address, page = await send(site, mail, "streets", "s.csv", body)
    assert "Зачекає, доки виправите рядок 4" in page.words
    await accept(site, mail, address)
    async with site.unit() as session:
        found = list(await session.execute(select(BeatStreet.street, BeatStreet.houses)))
    assert [tuple(row) for row in found] == [("вулиця Хорива", "")]


async def test_hours_overlap_only_where_days_meet(site: Site, mail: Mailbox) -> None:
    await ready(site)
    async with site.unit() as session:
        who = await office.officer(session)
    crossing = HOURS | {"starts": "18:00", "ends": "20:00"}
    address, page = await send(site, mail, "hours", "h.csv", table(HOURS, crossing))
    assert "Накладається на інші години цього офіцера: 17:00–19:00" in page.words
    assert "З помилками: 2" in page.words
    address, _ = await send(site, mail, "hours", "h.csv", table(HOURS, crossing | {"weekday": "Friday"}))
    await accept(site, mail, address)
    async with site.unit() as session:
        found = list(await session.scalars(select(HoursRule).where(HoursRule.officer_id == who.id)))
    assert sorted(rule.weekday for rule in found) == [1, 4]
