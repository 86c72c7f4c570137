"""Values of cells: moments, degrees, states, the short part of an answer. Pure."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from src.tenants.moving_in.fields import folded

DOTTED = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?:,?\s+(\d{1,2})[:.](\d{2})(?:[:.]\d{2})?)?")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{1,2}:\d{2}.*)?")
NOON = time(12)
"""When something happened of which only the day is known."""
WAITING = frozenset(
    [
        "waiting", "open", "opened", "new", "pending", "in progress", "published", "registered", "чекає", "очікує",
        "очікує відповіді", "без відповіді", "відкрито", "відкрите", "відкрита", "нове", "нова", "новий", "в роботі", "у роботі",
        "на розгляді", "розглядається", "в обробці", "прийнято", "зареєстровано", "опубліковано", "не вирішено", "ні", "no",
    ]
)  # fmt: skip
ANSWERED = frozenset(
    [
        "answered", "closed", "resolved", "done", "completed", "fixed", "відповідь надано", "надано відповідь", "є відповідь",
        "відповіли", "вирішено", "виконано", "закрито", "закрите", "закрита", "розглянуто", "завершено", "опрацьовано", "так", "yes",
    ]
)  # fmt: skip


def state(text: str) -> str:
    """ "waiting" or "answered"; empty for a word that means neither by itself."""  # noqa: D210
    wanted = folded(text).rstrip(".!")
    return "waiting" if wanted in WAITING else "answered" if wanted in ANSWERED else ""


def moment(text: str, zone: ZoneInfo) -> tuple[datetime, bool] | None:
    """A moment (UTC) and whether its time was given; noon in the city when only the day was. None for what is no moment."""
    try:
        if found := DOTTED.fullmatch(text):
            day = date(int(found[3]), int(found[2]), int(found[1]))
            at = time(int(found[4]), int(found[5])) if found[4] else None
            return datetime.combine(day, at or NOON, zone).astimezone(UTC), at is not None
        if not ISO.fullmatch(text):
            return None
        if len(text) == len("2021-05-03"):
            return datetime.combine(date.fromisoformat(text), NOON, zone).astimezone(UTC), False
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC), True
    except (ValueError, OverflowError):
        return None


def degrees(text: str) -> float | None:
    """A number with a point or a comma; None for anything else."""
    try:
        value = float(text.replace(",", ".").replace("°", "").strip())
    except ValueError:
        return None
    return value if abs(value) <= 180 else None  # noqa: PLR2004  also refuses nan and inf


def shortened(text: str, limit: int) -> str:
    """The first sentence of a text, or as many of its words as ``limit`` characters hold."""
    line = " ".join(text.split())
    first = re.split(r"(?<=[.!?…])\s", line, maxsplit=1)[0]
    if len(first) <= limit:
        return first
    return line[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:–— ") + "…"
