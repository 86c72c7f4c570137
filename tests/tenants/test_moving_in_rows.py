"""Wrong files, wrong choices, wrong rows: the sentence that each must show; what was chosen is kept."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from src.tenants.moving_in import values
from src.tenants.moving_in.fields import FIELDS, guessed, letters
from tests.mailbox import Mailbox
from tests.site import Site
from tests.tenants import past
from tests.tenants.past import ANSWERED, WAITS

TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("", b"", "Виберіть файл"),
        ("old.csv", b"", "Файл порожній"),
        ("old.xls", b"a", "Таблицю приймаємо у форматі CSV або XLSX"),
        ("old.pdf", b"%PDF", "Таблицю приймаємо у форматі CSV або XLSX"),
        ("old.csv", b" " * (20 * 1024 * 1024 + 1), "Файл більший за 20\xa0МБ"),
        ("old.csv", b" " * (21 * 1024 * 1024), "Файл більший за 20\xa0МБ"),
    ],
)
async def test_wrong_files_are_told_at_the_field(site: Site, name: str, body: bytes, says: str) -> None:
    await site.sign_in("administrator")
    page = await site.post(past.IMPORT, files=[("file", name, body)] if name else [], status=422)
    assert says in page.one(".error-summary").get_text()


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("old.xlsx", b"PK\x03\x04 broken", "Файл не читається"),
        ("old.csv", b"\x98\xff\n", "Файл не читається"),
        ("old.csv", "Питання;Дата\n".encode(), "немає жодного рядка"),
        ("old.csv", b"\n\n", "немає жодного рядка"),
        ("old.csv", b"a;b\n" + b"1;2\n" * 20_001, "За раз приймаємо до 20 000"),
    ],
)
async def test_files_that_cannot_be_read_say_why(site: Site, mail: Mailbox, name: str, body: bytes, says: str) -> None:
    await site.sign_in("administrator")
    address = await past.send(site, mail, body, name=name)
    page = await site.get(address)
    assert says in page.words.replace("\xa0", " ")
    assert not page.all('form[action$="/moving"]')


NUMBER = str(list(past.HEADINGS).index("number"))
LONGITUDE = str(list(past.HEADINGS).index("lon"))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"column_title": ""}, "Виберіть стовпець для поля «Запитання одним реченням»"),
        ({"column_asked": ""}, "Виберіть стовпець для поля «Коли запитали»"),
        ({"column_category": ""}, "Виберіть стовпець для поля «Категорія»"),
        ({"column_title": "99"}, "Такого стовпця у файлі немає"),
        ({"column_title": "-1"}, "Такого стовпця у файлі немає"),
        ({"column_title": "²"}, "Такого стовпця у файлі немає"),
        ({"column_details": NUMBER}, "Стовпець «№» уже вибрано"),
        ({"column_lat": ""}, "Точка на карті — це широта й довгота разом"),
        ({"column_answered": ""}, "у якому стовпці дата відповіді"),
    ],
)
async def test_wrong_columns_are_told_and_the_rest_is_kept(site: Site, mail: Mailbox, changes: dict[str, str], says: str) -> None:
    await site.sign_in("administrator")
    address = await past.send(site, mail, past.table(WAITS))
    page = await past.say(site, mail, address, "columns", status=422, **{"column_responder": "", **changes})
    assert says in page.one(".error-summary").get_text()
    assert page.one('select[name="column-responder"] option[value=""]')
    assert not page.all('select[name="column-responder"] option[selected]') or not page.one(
        'select[name="column-responder"] option[selected]'
    ).get("value")
    if "column_lon" not in changes:
        assert page.one('select[name="column-lon"] option[selected]')["value"] == LONGITUDE


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"category_0": ""}, "Виберіть, що означає «Паркування»"),
        ({"category_0": "waiting"}, "Такого вибору вже немає"),
        ({"responder_0": ""}, "Виберіть, що означає «Патрульна поліція»"),
        ({"state_1": ""}, "Виберіть, що означає «закрито»"),
        ({"seen": "x"}, "Файл тим часом прочитали ще раз"),
    ],
)
async def test_wrong_meanings_are_told(site: Site, mail: Mailbox, changes: dict[str, str], says: str) -> None:
    await site.sign_in("administrator")
    address = await past.send(site, mail, past.table(WAITS, ANSWERED))
    await past.say(site, mail, address, "columns")
    page = await past.say(site, mail, address, "values", status=422, **changes)
    assert says in page.words


async def test_too_many_words_mean_another_column(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    rows = [WAITS | {"number": str(n), "category": f"слово {n}"} for n in range(81)]
    address = await past.send(site, mail, past.table(*rows))
    await past.say(site, mail, address, "columns")
    page = await site.get(address, follow=True)
    assert "«Категорія»: у цьому стовпці понад 80 різних значень" in page.words


async def test_what_was_chosen_is_kept_for_the_mended_file(site: Site, mail: Mailbox) -> None:
    known = await site.known()
    chosen = str(known.category_by_slug["parking"].id)
    await site.sign_in("administrator")
    odd = WAITS | {"category": "щось незрозуміле", "state": "дивний стан"}
    body = past.table(odd | {"asked": "колись"}).replace("Питання".encode(), b"Xyz")
    address = await past.send(site, mail, body)
    await past.say(site, mail, address, "columns", column_title="1")
    await past.say(site, mail, address, "values", category_0=chosen, state_0="waiting")
    assert "«колись» не дата" in (await site.get(address)).words
    again = await past.say(site, mail, address, "values")
    assert again.location == address
    mended = past.table(odd).replace("Питання".encode(), b"Xyz")
    second = await past.send(site, mail, mended)
    columns = await site.get(f"{second}/columns")
    assert columns.one('select[name="column-title"] option[selected]')["value"] == "1"
    await past.say(site, mail, second, "columns")
    page = await site.get(f"{second}/values")
    assert page.one('select[name="category-0"] option[selected]')["value"] == chosen
    assert page.one('select[name="state-0"] option[selected]')["value"] == "waiting"


WRONG: list[tuple[dict[str, str], str]] = [
    (WAITS | {"title": ""}, "«Запитання одним реченням»: заповніть"),
    (WAITS | {"title": "я" * 141}, "«Запитання одним реченням»: скоротіть до 140 знаків"),
    (WAITS | {"details": "я" * 4001}, "«Подробиці»: скоротіть до 4 000 знаків"),
    (WAITS | {"address": "я" * 201}, "«Адреса»: скоротіть до 200 знаків"),
    (WAITS | {"number": "1" * 61}, "«Номер у попередньому сервісі»: скоротіть до 60 знаків"),
    (WAITS | {"asked": ""}, "«Коли запитали»: заповніть"),
    (WAITS | {"asked": "вчора"}, "«Коли запитали»: «вчора» не дата"),
    (WAITS | {"asked": "31.02.2021"}, "«31.02.2021» не дата"),
    (WAITS | {"asked": "05/13/2021"}, "«05/13/2021» не дата"),
    (WAITS | {"asked": "2021-05-03 25:00"}, "«2021-05-03 25:00» не дата"),
    (WAITS | {"asked": TOMORROW}, f"«Коли запитали»: {TOMORROW} ще не настало"),
    (WAITS | {"asked": "01.01.1021"}, "це до 1991 року"),
    (WAITS | {"category": ""}, "«Категорія»: заповніть"),
    (WAITS | {"lat": "", "lon": "", "district": "Марсіанський"}, "Району «Марсіанський» у місті немає"),
    (WAITS | {"lat": "", "lon": "", "district": "", "address": ""}, "Не знаємо, який це район"),
    (WAITS | {"lat": ""}, "Є лише одна координата"),
    (WAITS | {"lat": "північ"}, "«Широта»: «північ» не схоже на градуси"),
    (WAITS | {"lon": "nan"}, "«Довгота»: «nan» не схоже на градуси"),
    (WAITS | {"lat": "30.5009", "lon": "50.4565"}, "Широту й довготу переставлено місцями"),
    (WAITS | {"lat": "48.0", "lon": "37.0"}, "Точка 48.0000, 37.0000 лежить поза районами міста"),
    (WAITS | {"short": "Так."}, "За станом відповіді немає, а текст відповіді є"),
    (ANSWERED | {"short": "", "answer": ""}, "За станом відповідь є, а тексту немає"),
    (ANSWERED | {"short": "я" * 301}, "«Відповідь коротко»: скоротіть до 300 знаків"),
    (ANSWERED | {"answer": "я" * 10_001}, "«Повна відповідь»: скоротіть до 10 000 знаків"),
    (ANSWERED | {"answered": ""}, "«Коли відповіли»: заповніть"),
    (ANSWERED | {"answered": "2022-01-31"}, "Відповіли раніше, ніж запитали"),
    (ANSWERED | {"answered": TOMORROW}, f"«Коли відповіли»: {TOMORROW} ще не настало"),
]


async def test_wrong_rows_are_named_with_what_is_wrong(site: Site, mail: Mailbox) -> None:
    """All in one file, as it comes: each row's card has its sentence."""
    await site.sign_in("administrator")
    rows = [row if len(row["number"]) > 60 else row | {"number": f"N{n}"} for n, (row, _) in enumerate(WRONG)]
    _, page = await past.checked(site, mail, *rows)
    cards = [" ".join(card.get_text(" ").split()).replace("\xa0", " ") for card in page.all("main li.card")]
    assert f"З помилками: {len(WRONG)}" in page.words
    assert len(cards) == len(WRONG)
    for n, (_, says) in enumerate(WRONG):
        assert cards[n].startswith(f"Рядок {n + 2} "), cards[n]
        assert says in cards[n], (n, says, cards[n])
    assert not page.all('form[action$="/moving"]')


async def test_what_comes_twice_is_named(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    nameless = WAITS | {"number": ""}
    _, page = await past.checked(site, mail, WAITS, WAITS | {"number": "z-17", "title": "Інше"}, nameless, nameless)
    assert "Номер z-17 уже є в рядку 2" in page.words
    assert "Те саме запитання з тією самою датою вже є в рядку 4" in page.words


@pytest.mark.parametrize(
    ("changes", "district"),
    [
        ({"district": "Оболонський"}, "shevchenkivskyi"),
        ({"lat": "", "lon": "", "district": "шевченківський район"}, "shevchenkivskyi"),
        ({"lat": "", "lon": "", "district": "Obolonskyi"}, "obolonskyi"),
        ({"lat": "50,4565", "lon": "30,5009"}, "shevchenkivskyi"),
        ({"lat": "", "lon": "", "district": ""}, "shevchenkivskyi"),
    ],
)
async def test_the_district_is_the_points_or_the_named_one_or_the_addresss(
    site: Site, mail: Mailbox, changes: dict[str, str], district: str
) -> None:
    await site.sign_in("administrator")
    _, page = await past.checked(site, mail, WAITS | changes)
    name = (await site.known()).district_by_slug[district].full
    assert name in page.one("main").get_text()
    assert "Можна перенести: 1" in page.words


@pytest.mark.parametrize(
    ("short", "answer", "shown"),
    [
        ("", "Прибрали. Дякуємо за звернення.", "Прибрали."),
        ("Так.", "", "Так."),
        ("Слово " * 100, "", "Слово Слово…"),
    ],
)
async def test_the_short_answer_is_made_when_there_is_none(
    site: Site, mail: Mailbox, short: str, answer: str, shown: str
) -> None:
    await site.sign_in("administrator")
    _, page = await past.checked(site, mail, ANSWERED | {"short": short, "answer": answer})
    card = " ".join(page.all("main li.card")[0].get_text(" ").split())
    assert card.endswith(shown)


async def test_rows_come_page_by_page_and_the_bad_ones_apart(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    rows = [WAITS | {"number": str(n), "asked": "колись"} for n in range(120)]
    address, page = await past.checked(site, mail, WAITS, *rows)
    seen = []
    path = f"{address}?only=bad"
    while path:
        page = await site.get(path)
        seen += [card.one_text for card in map(Card, page.all("main li.card"))]
        more = [str(link["href"]) for link in page.all("a[href*='after=']")]
        path = more[0] if more else ""
    assert seen == [f"Рядок {n}" for n in range(3, 123)]


class Card:
    """A row's card."""

    def __init__(self, found: Any) -> None:
        self.one_text = found.select_one("b").get_text()


KYIV = ZoneInfo("Europe/Kyiv")


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("2021-05-03", (datetime(2021, 5, 3, 9, tzinfo=UTC), False)),
        ("03.05.2021", (datetime(2021, 5, 3, 9, tzinfo=UTC), False)),
        ("3.5.2021", (datetime(2021, 5, 3, 9, tzinfo=UTC), False)),
        ("03.05.2021 14:20", (datetime(2021, 5, 3, 11, 20, tzinfo=UTC), True)),
        ("03.05.2021, 14:20:59", (datetime(2021, 5, 3, 11, 20, tzinfo=UTC), True)),
        ("2021-12-03 14:20", (datetime(2021, 12, 3, 12, 20, tzinfo=UTC), True)),
        ("2021-05-03T14:20:00Z", (datetime(2021, 5, 3, 14, 20, tzinfo=UTC), True)),
        ("2021-05-03T14:20:00+02:00", (datetime(2021, 5, 3, 12, 20, tzinfo=UTC), True)),
        ("0001-01-01T00:00:00+14:00", None),
        ("20210503", None),
        ("03.05.21", None),
        ("", None),
    ],
)
def test_moments_as_people_write_them(typed: str, means: Any) -> None:
    assert values.moment(typed, KYIV) == means


@pytest.mark.parametrize(
    ("text", "says"), [("В РОБОТІ", "waiting"), ("Закрито.", "answered"), ("Closed", "answered"), ("дивно", "")]
)
def test_usual_words_of_states(text: str, says: str) -> None:
    assert values.state(text) == says


def test_columns_are_guessed_by_usual_headings() -> None:
    assert guessed(list(past.HEADINGS.values()), {}) == {key: n for n, key in enumerate(past.HEADINGS)}
    english = ["ID", "Subject", "Description", "Created at", "Topic", "District", "Address", "Latitude", "Longitude", "Status"]
    assert set(guessed(english, {})) == {
        "number",
        "title",
        "details",
        "asked",
        "category",
        "district",
        "address",
        "lat",
        "lon",
        "state",
    }
    assert guessed(["щось", "Xyz"], {"title": "xyz"}) == {"title": 1}
    assert {field.key for field in FIELDS} == set(past.HEADINGS)


def test_columns_without_headings_have_letters() -> None:
    assert [letters(n) for n in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]


async def test_a_workbook_moves_in_with_its_days_and_numbers(site: Site, mail: Mailbox) -> None:
    book = Workbook()
    book.active.append(["№", "Питання", "Дата", "Категорія", "Район"])
    book.active.append([17, WAITS["title"], datetime(2021, 5, 3, 14, 20), "Паркування", "Шевченківський"])  # noqa: DTZ001  as a sheet has it
    out = BytesIO()
    book.save(out)
    await site.sign_in("administrator")
    address = await past.send(site, mail, out.getvalue(), name="old.xlsx")
    await past.say(site, mail, address, "columns")
    await past.say(site, mail, address, "values")
    page = await site.get(address)
    assert "Можна перенести: 1" in page.words
    assert "№ 17" in page.words
    assert "14:20" in page.words
