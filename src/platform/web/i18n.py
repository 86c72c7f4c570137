"""Languages: catalogues, dates, numbers. Ukrainian is the language of the source texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, format_timedelta, get_day_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations

Moment = datetime
"""The type, under a name that the methods below leave free."""
LOCALES = Path(__file__).parent / "locale"
NUMBER_WITH_UNIT = re.compile(r"(?<=[0-9]) (?=(?:м|КБ|МБ|m|KB|MB)\b)|(?<=\)s) (?=(?:м|КБ|МБ|m|KB|MB)\b)")
DAYS_TOLD_AS_AGO = 7
DAY = 24 * 3600
JUST_NOW = 60
"""Seconds to either side of this moment that are «just now»."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the site: its catalogue, its address prefix, its way to write dates and numbers."""

    code: str
    prefix: str
    name: str
    translations: Translations

    def gettext(self, message: str) -> str:
        """The text in this language."""
        return self.translations.ugettext(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The text for a count; Ukrainian has three forms, which its catalogue holds."""
        return self.translations.ungettext(one, many, count)

    def date(self, moment: datetime | date, zone: str, *, now: datetime | None = None) -> str:
        """«12 листопада», with the year when it is not this one."""
        day = moment.astimezone(ZoneInfo(zone)).date() if isinstance(moment, datetime) else moment
        this_year = (now or datetime.now(UTC)).astimezone(ZoneInfo(zone)).year
        return written_day(self.code, day, with_year=day.year != this_year)

    def datetime(self, moment: Moment, zone: str) -> str:
        """«12 листопада, 14:10» in the given zone."""
        local = moment.astimezone(ZoneInfo(zone))
        return f"{self.date(moment, zone)}, {format_time(local, 'HH:mm', locale=self.code)}"

    def full(self, moment: Moment, zone: str) -> str:
        """Date, time and zone, for records."""
        return format_datetime(moment.astimezone(ZoneInfo(zone)), "d MMMM y, HH:mm (z)", locale=self.code)

    def ago(self, moment: Moment, zone: str, *, now: Moment | None = None) -> str:
        """«щойно» within a minute, «3 дні тому» within a week, the date after that."""
        now = now or Moment.now(UTC)
        delta = moment - now
        if -delta.days > DAYS_TOLD_AS_AGO:
            return self.date(moment, zone, now=now)
        if abs(delta.total_seconds()) < JUST_NOW:
            return self.gettext(msgid("щойно"))
        return written_distance(self.code, rounded(delta.total_seconds()))

    def weekday(self, day: int) -> str:
        """A day of the week by its number, 0 is Monday: «понеділок»."""
        return str(get_day_names("wide", "stand-alone", locale=self.code)[day])

    def number(self, value: float) -> str:
        """Digits grouped as the language groups them."""
        return written_number(self.code, value)


@lru_cache(maxsize=4096)
def written_day(code: str, day: date, *, with_year: bool) -> str:
    """A day in words; kept, because Babel takes longer to write one than the database to find a row."""
    pattern = ("d MMMM y" + (" 'р'." if code == "uk" else "")) if with_year else "d MMMM"
    return format_date(day, pattern, locale=code).replace(" ", "\u00a0", 1)


@lru_cache(maxsize=4096)
def written_distance(code: str, seconds: float) -> str:
    """A distance in time in words, from now."""
    return format_timedelta(timedelta(seconds=seconds), add_direction=True, threshold=1, locale=code).replace(" ", "\u00a0", 1)


@lru_cache(maxsize=4096)
def written_number(code: str, value: float) -> str:
    """A number in digits."""
    return format_decimal(value, locale=code)


def rounded(seconds: float) -> float:
    """The distance in whole units of the largest that fits, which is all that its words tell."""
    unit = next((unit for unit in (DAY, 3600, 60) if abs(seconds) >= unit), 1)
    return round(seconds / unit) * unit


def unbroken(text: str) -> str:
    """A text in which no line breaks between a number and its unit: «12 МБ», «100 м», "102 m"."""
    return NUMBER_WITH_UNIT.sub("\u00a0", text)


def load(code: str) -> Translations:
    """The catalogue of a language, read from its ``.po`` file, so that nothing has to be compiled beforehand."""
    path = LOCALES / code / "LC_MESSAGES" / "messages.po"
    compiled = BytesIO()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=code)
    for message in catalogue:
        if isinstance(message.id, str) and message.id:
            text = unbroken(str(message.string or message.id))
            message.string = text if message.string or text != message.id else ""
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


@lru_cache(maxsize=1)
def languages() -> dict[str, Language]:
    """The languages of the site, the first one being the one without a prefix."""
    return {
        "uk": Language("uk", "", "Українська", load("uk")),
        "en": Language("en", "/en", "English", load("en")),
    }


def language_named(code: str) -> Language:
    """A language by its code; Ukrainian for one that we do not speak."""
    return languages().get(code) or languages()["uk"]


def split_prefix(path: str) -> tuple[Language, str]:
    """The language an address is in, and the address without its prefix."""
    if path == "/en" or path.startswith("/en/"):
        return languages()["en"], path[3:] or "/"
    return languages()["uk"], path


def msgid(message: str) -> str:
    """Mark a text for the catalogues where there is no reader yet; whoever shows it translates it."""
    return message


Translate = Callable[[str], str]
