"""Ukrainian first, English complete: every text of the sources is in the catalogues, whole and with its placeholders."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from src.platform.web.i18n import LOCALES, language_named, languages, split_prefix

ROOT = Path(__file__).parents[2]
PLACEHOLDER = re.compile(r"%\((\w+)\)s|\{(\w*)\}|(?<!\w)(#)(?!\w)|(</?\w+[^>]*>)")
CYRILLIC = re.compile(r"[а-яґєії]", re.IGNORECASE)
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "msgid": None}
MAY_BE_UKRAINIAN: frozenset[str] = frozenset(
    {
        "kind — вид: район, мікрорайон, громада, житловий масив, селище, село. Якщо його немає, впізнаємо з назви.",
        "Назва українською; порожня — «Дільниця № 12»",
        "Наприклад: вул. Лесі Українки, 12. Дрібні помилки не завадять.",
        "Посада, наприклад «дільничний офіцер поліції»",
        "Спеціальне звання, наприклад «капітан поліції»",
        "«Передано патрульній поліції Полтави»",
        "Кропивницького",
        "Лише для списку: кожна з нового рядка, «Так | Yes».",
        "Напишіть, де це: «у Києві», «в Одесі»",
        "Напишіть, кому: «патрульній поліції Полтави»",
        "Напишіть, чого це: «Києва», «Одеси»",
        "Наприклад: Києва, Одеси",
        "Наприклад: у Києві, в Одесі",
        "Через кому, у початковій формі: ліхтар, освітлення, темно.",
        "у Кропивницькому",
    }
)
"""English texts with Cyrillic letters on purpose: examples of what one types, which is Ukrainian."""

Key = str | tuple[str, str]


@lru_cache(maxsize=1)
def in_sources() -> frozenset[Key]:
    """Every text that the sources give to be translated, found as ``make messages`` finds it."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]  # Babel's
    found = extract_from_dir(ROOT, methods, options, KEYWORDS)
    return frozenset(text if isinstance(text, str) else (text[0], text[1]) for _, _, text, _, _ in found if text)


@lru_cache(maxsize=2)
def catalogue(code: str) -> Catalog:
    """A language's catalogue."""
    with (LOCALES / code / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return read_po(source, locale=code)


def messages(code: str) -> Iterator[Message]:
    """Its entries but for the header."""
    return (message for message in catalogue(code) if message.id)


def key_of(message: Message) -> Key:
    """What an entry is found by."""
    return message.id if isinstance(message.id, str) else (message.id[0], message.id[1])


def forms(message: Message) -> list[str]:
    """The translations of an entry."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def placeholders(text: str) -> list[str]:
    """What stands for a value, and the tags, in a fixed order."""
    return sorted(name or brace or sign or tag for name, brace, sign, tag in PLACEHOLDER.findall(text))


@pytest.mark.parametrize("code", ["uk", "en"])
def test_every_text_is_in_the_catalogue_and_nothing_else_is(code: str) -> None:
    listed = {key_of(message) for message in messages(code)}
    missing, forgotten = in_sources() - listed, listed - in_sources()
    assert not missing, f"run `make messages` and translate: {sorted(map(str, missing))}"
    assert not forgotten, f"run `make messages`: {sorted(map(str, forgotten))}"


def test_english_is_complete() -> None:
    untranslated = [message.id for message in messages("en") if not all(forms(message))]
    assert not untranslated, untranslated


def test_english_is_english() -> None:
    left = [message.id for message in messages("en") for form in forms(message) if CYRILLIC.search(form)]
    assert set(map(str, left)) <= MAY_BE_UKRAINIAN, left


def test_ukrainian_counts_in_all_its_three_forms() -> None:
    for message in messages("uk"):
        if not isinstance(message.id, str):
            assert len(forms(message)) == 3, message.id
            assert all(forms(message)), message.id
        else:
            assert forms(message)[0] in ("", message.id), f"the text itself is Ukrainian already: {message.id}"


@pytest.mark.parametrize("code", ["uk", "en"])
def test_nothing_is_left_for_later(code: str) -> None:
    assert not [message.id for message in messages(code) if message.fuzzy]


@pytest.mark.parametrize("code", ["uk", "en"])
def test_translations_keep_the_placeholders_and_tags(code: str) -> None:
    for message in messages(code):
        wanted = {tuple(placeholders(text)) for text in ([message.id] if isinstance(message.id, str) else message.id)}
        for form in filter(None, forms(message)):
            assert tuple(placeholders(form)) in wanted, f"{message.id!r}: {form!r}"


def test_plurals_are_the_ones_of_the_language() -> None:
    one, many = "стежить %(count)s людина", "стежать %(count)s людей"
    ukrainian, english = languages()["uk"], languages()["en"]
    assert [ukrainian.ngettext(one, many, count) for count in (1, 2, 5, 11, 21, 22, 112)] == [
        one, "стежать %(count)s людини", many, many, one, "стежать %(count)s людини", many,
    ]  # fmt: skip
    assert [english.ngettext(one, many, count) for count in (1, 2)] == [
        "%(count)s person follows it",
        "%(count)s people follow it",
    ]


def test_dates_and_numbers_are_written_as_the_language_writes_them() -> None:
    ukrainian, english = languages()["uk"], languages()["en"]
    now = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    assert ukrainian.date(now, "Europe/Kyiv", now=now) == "25\u00a0листопада"
    assert english.date(date(2025, 3, 1), "Europe/Kyiv", now=now) == "1\u00a0March 2025"
    assert ukrainian.date(date(2025, 3, 1), "Europe/Kyiv", now=now) == "1\u00a0березня 2025 р."
    assert ukrainian.ago(now - timedelta(days=3), "Europe/Kyiv", now=now) == "3\u00a0дні тому"
    assert ukrainian.ago(now, "Europe/Kyiv", now=now) == "щойно"
    assert ukrainian.ago(now - timedelta(seconds=59), "Europe/Kyiv", now=now) == "щойно"
    assert ukrainian.ago(now - timedelta(minutes=2), "Europe/Kyiv", now=now) == "2\u00a0хвилини тому"
    assert ukrainian.number(12345) == "12\u00a0345"


@pytest.mark.parametrize(
    ("address", "code", "rest"),
    [("/", "uk", "/"), ("/en", "en", "/"), ("/en/ask", "en", "/ask"), ("/english", "uk", "/english"), ("/en/", "en", "/")],
)
def test_english_addresses_begin_with_en(address: str, code: str, rest: str) -> None:
    language, path = split_prefix(address)
    assert (language.code, path) == (code, rest)


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    uk, en = (language_named(code).gettext for code in ("uk", "en"))
    assert uk("%(place)s, %(metres)s м") == "%(place)s, %(metres)s\u00a0м"
    assert en("%(place)s, %(metres)s м") == "%(place)s, %(metres)s\u00a0m"
    assert "12\u00a0МБ" in uk("JPEG, PNG або WebP, до 12 МБ кожне. Дані про те, де й коли знято, ми прибираємо.")
    assert uk("Коротка відповідь") == "Коротка відповідь"
