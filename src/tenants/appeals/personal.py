"""What a moderator's eye should rest on before a text is published, and how a name is shown."""

import re
from dataclasses import dataclass

GAP = r"[\s.–-]?"  # between the digits of a number, as people group them
PLATE = "АВСЕНІКМОРТХABCEHIKMOPTX"

PATTERNS = {
    "phone": re.compile(
        rf"(?<![\w№-])(?:\+?38{GAP}\(?0{GAP}\(?\d{{2}}|8?{GAP}\(?0\d{{2}}){GAP}\)?{GAP}\d(?:{GAP}\d){{6}}(?!\w)"
        r"|(?<![\w-])\d{3}-\d{2}-\d{2}(?![\w-])"
    ),
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]*\w"),
    "plate": re.compile(
        # In small letters only as one word: «на 2026 не» is no plate.
        rf"(?<!\w)(?:[{PLATE}]{{2}}[\s-]?\d{{4}}[\s-]?[{PLATE}]{{2}}|[{PLATE}{PLATE.lower()}]{{2}}\d{{4}}[{PLATE}{PLATE.lower()}]{{2}})(?!\w)"
    ),
    "flat": re.compile(r"\b(?:кв(?:\.|арт\.|артир[аиіуою]+)?|помешкан\w+|ap(?:t\.?|artment)|flat)\s*№?\s*\d+", re.IGNORECASE),
    "name": re.compile(r"\b[А-ЯҐЄІЇ][а-яґєії’ʼ']+\s+[А-ЯҐЄІЇ][а-яґєії’ʼ']+(?:ович|івна|ївна|йович|вич)\b"),
    "card": re.compile(r"(?<!\d)(?:\d[ -]?){15}\d(?!\d)"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A piece of a text that looks like personal data: its kind, its words, where it begins and ends."""

    kind: str
    words: str
    start: int
    end: int


def looks_personal(text: str) -> list[Finding]:
    """Phones, e-mails, car plates, flats, cards and names with patronymics, in the order of the text."""
    found = [Finding(kind, m.group().strip(), *m.span()) for kind, pattern in PATTERNS.items() for m in pattern.finditer(text)]
    found.sort(key=lambda item: (item.start, -item.end))
    kept: list[Finding] = []
    for item in found:
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept


def shown_name(name: str) -> str:
    """A name as the public sees it when its owner agreed: «Олена К.». An address or a number typed as a name shows
    nothing."""  # noqa: D209
    words = [word for word in name.split() if any(letter.isalpha() for letter in word)]
    if not words or any(sign.isdigit() or sign == "@" for sign in words[0]):
        return ""
    first = words[0][:40]
    if len(words) == 1:
        return first
    return f"{first} {next(letter for letter in words[-1] if letter.isalpha()).upper()}."
