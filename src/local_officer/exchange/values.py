"""Values of cells: from what people type to what is stored, and to what an export writes. Pure."""

import re
from collections.abc import Mapping
from datetime import date, time

import phonenumbers

from src.local_officer.officers.words import LANGUAGES, POSTS, RANKS

WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "нд")
OTHER_WEEKDAYS = {
    "понеділок": 0, "вівторок": 1, "середа": 2, "четвер": 3, "пʼятниця": 4, "п’ятниця": 4, "п'ятниця": 4, "субота": 5, "неділя": 6,
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6, "monday": 0, "tuesday": 1, "wednesday": 2,
    "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
}  # fmt: skip
PATTERNS = {
    "weekly": "щотижня", "fortnightly": "що два тижні", "first": "перший", "second": "другий", "third": "третій",
    "fourth": "четвертий", "last": "останній",
}  # fmt: skip
RECEPTIONS = {"in_person": "особисто", "phone": "телефоном", "mobile": "мобільно"}
WORDS: dict[str, Mapping[str, str]] = {
    "rank": RANKS,
    "post": POSTS,
    "pattern": PATTERNS,
    "reception": RECEPTIONS,
    "weekday": {str(day): name for day, name in enumerate(WEEKDAYS)},
}
"""What stands in a file for a code, by column: in Ukrainian, whatever the language of whoever exports."""
SHORT = re.compile(r"[0-9]{3,5}")
DAY_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
MOMENT = re.compile(r"(\d{1,2})[:.](\d{2})(?::00)?")


def coded(column: str, text: str) -> str | None:
    """The code for a word or a code; none for a word that means nothing here."""
    wanted = " ".join(text.lower().split())
    if column == "weekday" and wanted in OTHER_WEEKDAYS:
        return str(OTHER_WEEKDAYS[wanted])
    for code, words in WORDS[column].items():
        if wanted in {code, code.replace("_", " "), words, words.removesuffix(" поліції")}:
            return code
    return None


def listed(text: str) -> list[str]:
    """Parts of a list with commas or semicolons, each once."""
    parts = (part.strip() for part in text.replace(";", ",").split(","))
    return list(dict.fromkeys(part for part in parts if part))


def phone(text: str) -> str | None:
    """E.164, or the digits of a short code; none for what is no number."""
    if SHORT.fullmatch(text):
        return text
    try:
        found = phonenumbers.parse(text, "UA")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(found) or found.extension:
        return None
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def language(text: str) -> str | None:
    """The code of a language, by its code or Ukrainian name."""
    wanted = text.lower()
    return next((code for code, words in LANGUAGES.items() if wanted in {code, words}), None)


def day(text: str) -> date | None:
    """A day as 2027-01-15 or 15.01.2027."""
    dotted = DAY_DOTTED.fullmatch(text)
    try:
        if dotted:
            return date(int(dotted[3]), int(dotted[2]), int(dotted[1]))
        return date.fromisoformat(text)
    except ValueError:
        return None


def moment(text: str) -> time | None:
    """A time as 17:00 or 17.00."""
    found = MOMENT.fullmatch(text)
    try:
        return time(int(found[1]), int(found[2])) if found else None
    except ValueError:
        return None
