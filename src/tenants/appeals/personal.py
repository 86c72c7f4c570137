"""What a moderator's eye should rest on before a text is published, and how a name is shown."""

import re
from dataclasses import dataclass

PATTERNS = {
    "phone": re.compile(r"(?<![\w№-])(?:\+?38)?[\s(-]*0\d{2}[\s)-]*\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\w)"),
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
    "plate": re.compile(r"(?<!\w)[АВСЕНІКМОРТХABCEHIKMOPTX]{2}\s?\d{4}\s?[АВСЕНІКМОРТХABCEHIKMOPTX]{2}(?!\w)", re.IGNORECASE),
    "flat": re.compile(r"\bкв(?:\.|артир[аиіу])\s*№?\s*\d+", re.IGNORECASE),
    "name": re.compile(r"\b[А-ЯҐЄІЇ][а-яґєії’]+\s+[А-ЯҐЄІЇ][а-яґєії’]+(?:ович|івна|ївна|йович|вич)\b"),
    "card": re.compile(r"(?<!\d)(?:\d[ -]?){16}(?!\d)"),
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
    """A name as the public sees it when its owner agreed: «Олена К.»."""
    words = name.split()
    if not words:
        return ""
    first = words[0][:40]
    return f"{first} {words[-1][0].upper()}." if len(words) > 1 else first
