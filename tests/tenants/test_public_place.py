"""What of a place, a name and a text the public may see."""

import random
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text

from src.tenants.appeals import service as appeals
from src.tenants.appeals.personal import looks_personal, shown_name
from src.tenants.appeals.places import public_place
from src.tenants.cities.geography import GRID_LAT, GRID_LON, metres, snapped
from tests.site import Site
from tests.tenants.test_appeals import publication


def test_about_100_metres_is_the_same_point_for_the_whole_cell() -> None:
    dice = random.Random(7)
    for _ in range(300):
        lon, lat = dice.uniform(30.2, 30.8), dice.uniform(50.2, 50.6)
        middle = snapped(lon, lat)
        assert snapped(*middle) == middle
        assert metres((lon, lat), middle) < 80
        for _ in range(4):
            other = (middle[0] + dice.uniform(-0.49, 0.49) * GRID_LON, middle[1] + dice.uniform(-0.49, 0.49) * GRID_LAT)
            assert snapped(*other) == middle


@pytest.mark.parametrize(
    ("precision", "sensitive", "words", "point"),
    [
        ("exact", False, "вул. Глибочицька, 17", (30.50091, 50.45652)),
        ("near", False, "вул. Глибочицька", snapped(30.50091, 50.45652)),
        ("district", False, "", (None, None)),
        ("exact", True, "", (None, None)),
        ("near", True, "", (None, None)),
    ],
)
def test_a_place_is_as_exact_as_the_moderator_says(
    precision: str, sensitive: bool, words: str, point: tuple[float | None, float | None]
) -> None:
    place = public_place(
        precision=precision, sensitive=sensitive, address="вул. Глибочицька, 17, кв. 4", lon=30.50091, lat=50.45652
    )
    assert (place.words, place.lon, place.lat) == (words, *point)
    assert place.precision == ("district" if sensitive else precision)


def test_a_precision_that_we_do_not_know_is_an_error() -> None:
    with pytest.raises(ValueError, match="precision"):
        public_place(precision="", sensitive=False, address="", lon=None, lat=None)


@pytest.mark.parametrize(
    ("typed", "exact", "near"),
    [
        ("вул. Глибочицька, 17, кв. 4", "вул. Глибочицька, 17", "вул. Глибочицька"),
        ("вул. Глибочицька 17", "вул. Глибочицька 17", "вул. Глибочицька"),
        ("школа № 15", "школа № 15", "школа № 15"),
        ("зупинка автобуса 24", "зупинка автобуса 24", "зупинка автобуса 24"),
        ("вул. Глибочицька 17 кв 4", "вул. Глибочицька 17", "вул. Глибочицька"),
        ("вул. Глибочицька, буд. № 17-Б (квартира 4)", "вул. Глибочицька, буд. № 17-Б", "вул. Глибочицька"),
        ("вул. Глибочицька, д. 17; кв.4", "вул. Глибочицька, д. 17", "вул. Глибочицька"),
        ("вул. Сагайдачного 17/4 Б", "вул. Сагайдачного 17/4 Б", "вул. Сагайдачного"),
        ("17, вул. Глибочицька", "17, вул. Глибочицька", "вул. Глибочицька"),
        ("17 Hlybochytska St, apt 4", "17 Hlybochytska St", "Hlybochytska St"),
        ("вул. 8 Березня, 5", "вул. 8 Березня, 5", "вул. 8 Березня"),
        ("вул. 8 Березня 5", "вул. 8 Березня 5", "вул. 8 Березня"),
        ("просп. 50-річчя Перемоги", "просп. 50-річчя Перемоги", "просп. 50-річчя Перемоги"),
        ("м. Київ, вул. Зоологічна, 10", "м. Київ, вул. Зоологічна, 10", "м. Київ, вул. Зоологічна"),
        ("біля метро «Лісова»", "біля метро «Лісова»", "біля метро «Лісова»"),
        ("сквер 5 хвилин від метро", "сквер 5 хвилин від метро", "сквер 5 хвилин від метро"),
        ("", "", ""),
    ],
)
def test_flats_are_never_shown_and_houses_only_where_the_place_is_exact(typed: str, exact: str, near: str) -> None:
    assert public_place(precision="exact", sensitive=False, address=typed, lon=None, lat=None).words == exact
    assert public_place(precision="near", sensitive=False, address=typed, lon=None, lat=None).words == near


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Олена Коваль", "Олена К."),
        ("  олена   іванівна коваль ", "олена К."),
        ("Олена (мама)", "Олена М."),
        ("Олена", "Олена"),
        ("Олена -", "Олена"),
        ("olena@ukr.example", ""),
        ("067 123 45 67", ""),
        ("Олена 0671234567", "Олена"),
        ("", ""),
    ],
)
def test_a_name_is_shown_by_its_first_word_and_a_letter(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@pytest.mark.parametrize(
    "phone",
    [
        "067 123 45 67", "067-123-45-67", "(067) 123-45-67", "0671234567", "067.123.45.67", "067 12 34 567", "067-1234-567",
        "+380671234567", "+380 67 123 45 67", "+38 (067) 123 45 67", "+38(067)1234567", "+380(67)123-45-67", "380671234567",
        "8 067 123 45 67", "067\u00a0123\u00a045\u00a067", "278-12-34",
    ],
)  # fmt: skip
def test_phones_are_found_in_whatever_way_they_are_typed(phone: str) -> None:
    (found,) = looks_personal(f"Телефонуйте, {phone}, Оксана.")
    assert (found.kind, found.words) == ("phone", phone)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("plate", "АА 1234 ВХ"),  # Cyrillic
        ("plate", "AA1234BX"),  # Latin
        ("plate", "КA-1234-KА"),  # both
        ("plate", "аа1234вх"),
        ("email", "olena.koval+1@ukr.example"),
        ("flat", "кв. 12"),
        ("flat", "кв12"),
        ("flat", "квартирі № 7"),
        ("flat", "flat 5"),
        ("card", "4149 4393 1234 5678"),
        ("name", "Іван Петрович"),
    ],
)
def test_other_personal_things_are_found_where_they_stand(kind: str, words: str) -> None:
    told = f"Ось: {words}. І все."
    (found,) = looks_personal(told)
    assert (found.kind, found.words) == (kind, words)
    assert told[found.start : found.end].strip() == words


@pytest.mark.parametrize(
    "harmless",
    [
        "вул. Глибочицька, 17-Б, під’їзд 2, поверх 9",
        "Штраф 340–1700 грн, ремонт на 10 000 000 грн",
        "01.02.2026 о 10:30, з 08.00 до 22.00",
        "2026-11-24 10:30:00",
        "Контактний центр 1551, правнича допомога 0 800 213 103, 102",
        "Звернення KYIV-2026-000403 від 12 листопада",
        "Ремонт перенесли на 2026 не порадившись, не 1500 та не 2000 на рік",
        "Площа 45 кв. м, 12 кв.метрів",
        "Маршрут 063, зупинка 12, тролейбус 41",
        "стаття 122 КУпАП, частина 3",
        "Парк Тараса Шевченка, метро Лук’янівська",
        "",
    ],
)
def test_houses_prices_and_dates_are_no_false_alarm(harmless: str) -> None:
    assert looks_personal(harmless) == []


def test_findings_do_not_overlap_and_follow_the_text() -> None:
    found = looks_personal("кв. 12, 067 123 45 67, a@b.ua, АА 1234 ВХ, Олег Іванович")
    assert [item.kind for item in found] == ["flat", "phone", "email", "plate", "name"]
    assert all(a.end <= b.start for a, b in pairwise(found))


async def test_words_that_the_moderator_took_out_are_nowhere_the_public_reads(site: Site) -> None:
    said: dict[str, Any] = {"title": "Гнатюк паркується на газоні", "body": "Його авто АА 1234 ВХ, дружина працює в аптеці."}
    appeal_id = await site.ask(**said, address="вул. Глибочицька, 17, кв. 4")
    async with site.unit() as session:
        what = await publication(site, address="вул. Глибочицька, 17, кв. 4")
        await appeals.publish(session, appeal_id, what, by=await site.moderator(), now=site.clock.now)
    async with site.unit() as session:
        public = ""
        for table in ("appeal", "appeal_word", "appeal_event", "answer", "city"):
            public += str(await session.scalar(text(f"SELECT string_agg(row_to_json(t)::text, ' ') FROM {table} t"))).lower()
        kept = await appeals.submission_of(session, await appeals.for_change(session, appeal_id))
    for word in ("гнатюк", "1234 вх", "дружина", "аптек", "глибочицька, 17", "кв. 4", "коваль", "ukr.example", "30.5009"):
        assert word not in public, word
    assert '"place":"вул. глибочицька"' in public
    assert kept.title == "Гнатюк паркується на газоні"
