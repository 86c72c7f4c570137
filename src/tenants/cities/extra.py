"""Extra questions of a category: what the ask flow asks besides, and how an answer to one is read. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from src.platform.data.base import localized

Kind = Literal["text", "choice", "number", "date"]
KINDS: tuple[Kind, ...] = ("text", "choice", "number", "date")
TEXT_AT_MOST = 500
NUMBER_AT_MOST = 1_000_000_000
YEAR_LEAST, YEAR_MOST = 1900, 2100
FIELD = "extra-"
"""The name of a question's field in a form is this and its key."""


@dataclass(frozen=True, slots=True)
class ExtraQuestion:
    """One question. ``choices`` maps the key of each choice to its words by language; only a question of choice has some."""

    key: str
    kind: Kind
    label: Mapping[str, str]
    required: bool = False
    choices: Mapping[str, Mapping[str, str]] | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "ExtraQuestion":
        """From a category's row."""
        return cls(stored["key"], stored["kind"], stored["label"], stored.get("required", False), stored.get("choices") or None)

    def data(self) -> dict[str, Any]:
        """For a category's row."""
        found: dict[str, Any] = {"key": self.key, "kind": self.kind, "label": dict(self.label), "required": self.required}
        return found | ({"choices": {key: dict(words) for key, words in self.choices.items()}} if self.choices else {})

    def in_language(self, language: str) -> str:
        """The question's words."""
        return localized(dict(self.label), language)

    def options(self, language: str) -> list[tuple[str, str]]:
        """The choices, key and words."""
        return [(key, localized(dict(words), language)) for key, words in (self.choices or {}).items()]

    def shown(self, answer: str, language: str) -> str:
        """An answer as a reader sees it."""
        return dict(self.options(language)).get(answer, answer)

    def wrong(self, answer: str) -> str:
        """What is wrong with an answer as typed, as a code; nothing when it is fine."""
        if not answer:
            return "missing" if self.required else ""
        if self.kind == "choice":
            return "" if answer in (self.choices or {}) else "choice"
        if self.kind == "number":
            return "" if number_in(answer) is not None else "number"
        if self.kind == "date":
            return "" if day_in(answer) is not None else "date"
        return "long" if len(answer) > TEXT_AT_MOST else ""


def number_in(typed: str) -> float | None:
    """A number as somebody types it, with a point or a comma; none when it is none."""
    try:
        value = float(typed.replace(",", ".").replace(" ", "").replace("\u00a0", ""))
    except ValueError:
        return None
    return value if abs(value) <= NUMBER_AT_MOST else None


def day_in(typed: str) -> date | None:
    """A day as 2026-11-27, as browsers send it, or 27.11.2026."""
    parts = typed.split(".")
    iso = "-".join(reversed(parts)) if len(parts) == 3 else typed  # noqa: PLR2004  day, month, year
    try:
        year, month, day = (int(part) for part in iso.split("-"))
        found = date(year, month, day)
    except ValueError:
        return None
    return found if YEAR_LEAST <= found.year <= YEAR_MOST else None


def kept(questions: Iterable[ExtraQuestion], answers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Answers as they are kept with an appeal: with the words of the questions and choices as they are now."""
    return [
        {
            "key": each.key,
            "kind": each.kind,
            "label": dict(each.label),
            "value": answers[each.key],
            "words": dict((each.choices or {}).get(answers[each.key], {})),
        }
        for each in questions
        if answers.get(each.key)
    ]


def rows(stored: Sequence[Mapping[str, Any]], language: str) -> list[tuple[str, str]]:
    """Kept answers for reading: question, answer."""
    return [(localized(each["label"], language), localized(each.get("words"), language) or str(each["value"])) for each in stored]
