"""Showing what looks personal in a text, and taking it out."""

from dataclasses import dataclass

from src.platform.web.here import Here
from src.tenants.appeals.personal import Finding, looks_personal

TAKEN_OUT = "[вилучено]"
"""What stands in a published text where something was. In the language of the questions, whatever the reader's."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; ``kind`` is empty where there is nothing personal."""

    words: str
    kind: str = ""


def pieces(text: str) -> list[Piece]:
    """The text cut at its findings, for highlighting."""
    cut: list[Piece] = []
    end = 0
    for finding in looks_personal(text):
        if finding.start > end:
            cut.append(Piece(text[end : finding.start]))
        cut.append(Piece(text[finding.start : finding.end], finding.kind))
        end = finding.end
    if end < len(text):
        cut.append(Piece(text[end:]))
    return cut


def findings(*texts: str) -> list[Finding]:
    """What looks personal in several texts, each piece of words once."""
    seen: dict[str, Finding] = {}
    for text in texts:
        for finding in looks_personal(text):
            seen.setdefault(finding.words, finding)
    return list(seen.values())


def take_out(text: str, words: str) -> str:
    """The text without these words, wherever they stand."""
    return text.replace(words, TAKEN_OUT) if words else text


def take_all_out(text: str) -> str:
    """The text without anything that looks personal."""
    for finding in reversed(looks_personal(text)):
        at = text.index(finding.words, finding.start)
        text = text[:at] + TAKEN_OUT + text[at + len(finding.words) :]
    return text


def kind_name(at: Here, kind: str) -> str:
    """What sort of personal data it looks like."""
    return {
        "phone": at._("телефон"),
        "email": at._("електронна адреса"),
        "plate": at._("номер авто"),
        "flat": at._("квартира"),
        "name": at._("ім’я по батькові"),
        "card": at._("номер картки"),
    }[kind]
