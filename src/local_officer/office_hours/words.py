"""Reception hours in words. Days and weeks have grammar, so each language has a table of its own."""

from datetime import date, datetime, time
from functools import lru_cache

from babel.dates import format_date

from src.local_officer.office_hours.models import HoursRule
from src.local_officer.office_hours.times import Reception
from src.platform.web.i18n import Language, msgid

EVERY = {
    "uk": ("щопонеділка", "щовівторка", "щосереди", "щочетверга", "щоп’ятниці", "щосуботи", "щонеділі"),
    "en": tuple(f"every {day}" for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")),
}
GENITIVE = ("понеділка", "вівторка", "середи", "четверга", "п’ятниці", "суботи", "неділі")
MASCULINE = frozenset({0, 1, 3})
ORDINAL = {
    "fortnightly": ("щодругого", "щодругої"),
    "first": ("першого", "першої"),
    "second": ("другого", "другої"),
    "third": ("третього", "третьої"),
    "fourth": ("четвертого", "четвертої"),
    "last": ("останнього", "останньої"),
}
RECEPTION_WORDS = {
    "in_person": msgid("особистий прийом"),
    "phone": msgid("прийом телефоном"),
    "mobile": msgid("мобільний пункт прийому"),
}
PATTERN_WORDS = {
    "weekly": msgid("щотижня"),
    "fortnightly": msgid("раз на два тижні"),
    "first": msgid("у перший такий день місяця"),
    "second": msgid("у другий такий день місяця"),
    "third": msgid("у третій такий день місяця"),
    "fourth": msgid("у четвертий такий день місяця"),
    "last": msgid("в останній такий день місяця"),
}
KIND_WORDS = {
    "closed": msgid("прийому немає"),
    "replaced": msgid("інший час"),
    "stand_in": msgid("приймає інший офіцер"),
    "extra": msgid("додатковий прийом"),
}


def weekly(code: str, pattern: str, weekday: int) -> str:
    """«щовівторка», «щодругої середи», «першого понеділка місяця»; "every Tuesday", "first Monday of the month"."""
    if pattern == "weekly":
        return EVERY["uk" if code == "uk" else "en"][weekday]
    if code == "uk":
        words = f"{ORDINAL[pattern][0 if weekday in MASCULINE else 1]} {GENITIVE[weekday]}"
        return words if pattern == "fortnightly" else f"{words} місяця"
    day = EVERY["en"][weekday].removeprefix("every ")
    return f"every other {day}" if pattern == "fortnightly" else f"{pattern} {day} of the month"


def rule_words(language: Language, rule: HoursRule) -> str:
    """«щовівторка, 17:00–19:00»."""
    return f"{weekly(language.code, rule.pattern, rule.weekday)}, {interval(rule.starts, rule.ends)}"


def interval(starts: time | datetime, ends: time | datetime) -> str:
    """«17:00–19:00»."""
    return f"{starts:%H:%M}–{ends:%H:%M}"


@lru_cache(maxsize=4096)
def day_words(code: str, day: date) -> str:
    """«четвер, 26 листопада»; "Thursday, 26 November"."""
    return format_date(day, "EEEE, d\u00a0MMMM", locale=code)


def when(language: Language, reception: Reception) -> str:
    """«четвер, 26 листопада, 17:00–19:00»."""
    return f"{day_words(language.code, reception.day)}, {interval(reception.starts_at, reception.ends_at)}"


def kind_words(language: Language, reception: str) -> str:
    """How one is received: in person, by phone, at a mobile point."""
    return language.gettext(RECEPTION_WORDS[reception])
