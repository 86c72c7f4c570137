"""An officer as a vCard 4 (RFC 6350): given only what the public may see."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

LINE_AT_MOST = 75
"""Octets of a line before it is folded."""
PATRONYMIC = ("ович", "йович", "івна", "ївна", "ілліч", "Ілліч", "Лукич", "Кузьмич", "Хомич", "Фомич")
"""How the word at the end tells that a name is in the order of documents."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says; empty parts are left out. ``phones`` are E.164 or short codes; ``point`` is (latitude, longitude)."""

    id: UUID
    name: str
    title: str
    organisation: str
    note: str
    url: str
    email: str
    photo_url: str
    phones: tuple[str, ...]
    address: str
    point: tuple[float, float] | None
    languages: tuple[str, ...]
    revised_at: datetime
    is_person: bool = True


def vcard(card: Card) -> bytes:
    """The card, UTF-8, lines ended by CRLF."""
    lines = ["BEGIN:VCARD", "VERSION:4.0", "PRODID:-//Vzaiemodiia//EN", f"UID:urn:uuid:{card.id}"]
    lines += [f"KIND:{'individual' if card.is_person else 'org'}", f"FN:{escaped(card.name)}"]
    if card.is_person:
        lines.append(f"N:{structured(card.name)}")
    lines += [f"{name}:{escaped(value)}" for name, value in (("TITLE", card.title), ("ORG", card.organisation)) if value]
    lines += [f"TEL;VALUE=uri;TYPE=work,voice:tel:{phone}" for phone in card.phones]
    if card.email:
        lines.append(f"EMAIL;TYPE=work:{escaped(card.email)}")
    if card.address:
        lines.append(f"ADR;TYPE=work:;;{escaped(card.address)};;;;")
    if card.point:
        lines.append(f"GEO:geo:{card.point[0]:.6f},{card.point[1]:.6f}")
    lines += [f"LANG;PREF={place}:{tag}" for place, tag in enumerate(card.languages, start=1)]
    lines += [f"{name}:{value}" for name, value in (("URL", card.url), ("PHOTO", card.photo_url)) if value]
    if card.note:
        lines.append(f"NOTE:{escaped(card.note)}")
    lines += [f"REV:{card.revised_at.astimezone(UTC):%Y%m%dT%H%M%SZ}", "END:VCARD"]
    return "".join(folded(line) for line in lines).encode()


def structured(name: str) -> str:
    """Family;given;additional, from «given family», «given patronymic family» or, as in documents, «family given patronymic»."""
    parts = [escaped(part) for part in name.split()]
    if len(parts) < 2:  # noqa: PLR2004  one word is a family name
        return f"{parts[0] if parts else ''};;;;"
    if len(parts) == 3 and parts[2].endswith(PATRONYMIC):  # noqa: PLR2004
        return f"{parts[0]};{parts[1]};{parts[2]};;"
    return f"{parts[-1]};{parts[0]};{' '.join(parts[1:-1])};;"


def escaped(text: str) -> str:
    """A value with what RFC 6350, 3.4 wants escaped."""
    cleaned = text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return cleaned.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def folded(line: str) -> str:
    """A line folded at 75 octets, never within a letter (RFC 6350, 3.2)."""
    found, size = [""], 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > LINE_AT_MOST:
            found.append(" ")
            size = 1
        found[-1] += letter
        size += octets
    return "\r\n".join(found) + "\r\n"
