"""Forms of officers, stations, absences and announcements: what was typed, and what is wrong with it in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import phonenumbers

from src.local_officer.officers.models import Officer, OfficerPhone
from src.local_officer.officers.shown import phone_words
from src.local_officer.officers.words import LANGUAGES, POSTS, RANKS
from src.platform.data.base import Localized
from src.platform.web.forms import Form, email_address
from src.platform.web.here import Here

NAME_AT_MOST = 120
PLACE_AT_MOST = 200
WORDS_AT_MOST = 600
PHONES_AT_MOST = 6
CODE_AT_MOST = 20
SHORT_CODE = range(3, 6)
"""How many digits a short code has: 102, 1551, 15500."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A phone as it is stored: (kind, number)."""

    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class ContactsTyped:
    """What an officer may change themselves."""

    email: str
    phones: tuple[Numbers, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfficerTyped:
    """An officer's record as the administrator typed it."""

    code: str
    name: Localized
    rank: str
    post: str
    station_id: UUID | None
    contacts: ContactsTyped


@dataclass(frozen=True, slots=True)
class StationTyped:
    """A station as the administrator typed it."""

    name: Localized
    address: Localized
    phone: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class AbsenceTyped:
    """An absence as it was typed."""

    first_day: date | None
    last_day: date | None
    stand_in_id: UUID | None
    stand_in_receives: bool


@dataclass(frozen=True, slots=True)
class AnnouncementTyped:
    """A notice or a meeting as it was typed; moments are aware, in the city's zone."""

    kind: str
    words: str
    place: str
    starts_at: datetime | None
    ends_at: datetime | None
    shown_until: date | None


def read_phone(typed: str) -> Numbers | None:
    """A number as it is stored: a short code (102, 1551) by its digits, an ordinary one as E.164; nothing when it is neither."""
    compact = "".join(character for character in typed if character not in " -()\u00a0.")
    if compact.isdigit() and len(compact) in SHORT_CODE:
        return Numbers("short", compact)
    try:
        found = phonenumbers.parse(typed, "UA")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(found):
        return None
    return Numbers("ordinary", phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164))


def read_contacts(at: Here, form: Form) -> ContactsTyped:
    """E-mail, phones (one a line), languages."""
    typed = form.line("email")
    email = email_address(typed) if typed else ""
    if email is None:
        form.refuse("email", at._("Перевірте електронну адресу: вона має бути такою, як oksana@ukr.net"))
    phones: list[Numbers] = []
    for line in filter(None, (part.strip() for part in form.text("phones").replace(",", "\n").split("\n"))):
        found = read_phone(line)
        if found is None:
            form.refuse(
                "phones", at._("«%(number)s» не схоже на номер. Приклади: 067 123 45 67, 102, 1551") % {"number": line[:40]}
            )
        elif found not in phones:
            phones.append(found)
    if len(phones) > PHONES_AT_MOST:
        form.refuse("phones", at._("Залиште не більше %(limit)s номерів") % {"limit": PHONES_AT_MOST})
    languages = tuple(code for code in LANGUAGES if code in form.all("languages"))
    return ContactsTyped(email or "", tuple(phones), languages)


def contacts_values(officer: Officer, phones: Iterable[OfficerPhone]) -> dict[str, list[str]]:
    """The fields of contacts as they are stored; numbers as one reads them."""
    return {
        "email": [officer.email],
        "phones": ["\n".join(phone_words(phone.number).replace("\u00a0", " ") for phone in phones)],
        "languages": list(officer.languages),
    }


def record_values(officer: Officer, phones: Iterable[OfficerPhone]) -> dict[str, list[str]]:
    """The fields of a whole record as they are stored."""
    return {
        "code": [officer.code],
        "name_uk": [officer.name.get("uk", "")],
        "name_en": [officer.name.get("en", "")],
        "rank": [officer.rank],
        "post": [officer.post],
        "station": [str(officer.station_id or "")],
        **contacts_values(officer, phones),
    }


def read_officer(at: Here, form: Form) -> OfficerTyped:
    """An officer's whole record; what is wrong the form says."""
    code = form.line("code")
    if not code:
        form.refuse("code", at._("Напишіть номер жетона"))
    elif len(code) > CODE_AT_MOST:
        form.refuse("code", at._("Скоротіть до %(limit)s знаків") % {"limit": CODE_AT_MOST})
    name = {"uk": form.line("name_uk"), "en": form.line("name_en")}
    if not name["uk"]:
        form.refuse("name_uk", at._("Напишіть ім’я і прізвище"))
    for language, field in (("uk", "name_uk"), ("en", "name_en")):
        if len(name[language]) > NAME_AT_MOST:
            form.refuse(field, at._("Скоротіть до %(limit)s знаків") % {"limit": NAME_AT_MOST})
    form.readable(("code", "name_uk", "name_en"), at._("Частину знаків не вдалося прочитати. Перевірте текст"))
    return OfficerTyped(
        code=code,
        name={key: value for key, value in name.items() if value},
        rank=form.raw("rank") if form.raw("rank") in RANKS else "",
        post=form.raw("post") if form.raw("post") in POSTS else "officer",
        station_id=id_of(form, "station"),
        contacts=read_contacts(at, form),
    )


def read_station(at: Here, form: Form) -> StationTyped:
    """A station; the point is both coordinates or none."""
    name = {"uk": form.line("name_uk"), "en": form.line("name_en")}
    address = {"uk": form.line("address_uk"), "en": form.line("address_en")}
    if not name["uk"]:
        form.refuse("name_uk", at._("Напишіть назву відділу"))
    for field, value in (("name_uk", name["uk"]), ("name_en", name["en"])):
        if len(value) > NAME_AT_MOST:
            form.refuse(field, at._("Скоротіть до %(limit)s знаків") % {"limit": NAME_AT_MOST})
    for field, value in (("address_uk", address["uk"]), ("address_en", address["en"])):
        if len(value) > PLACE_AT_MOST:
            form.refuse(field, at._("Скоротіть до %(limit)s знаків") % {"limit": PLACE_AT_MOST})
    typed = form.line("phone")
    phone = read_phone(typed) if typed else None
    if typed and phone is None:
        form.refuse("phone", at._("«%(number)s» не схоже на номер. Приклади: 067 123 45 67, 102, 1551") % {"number": typed[:40]})
    lon, lat = form.number("lon"), form.number("lat")
    if form.line("lon") or form.line("lat"):
        if lon is None or lat is None:
            form.refuse("lat", at._("Напишіть обидві координати числами, наприклад 50.466 і 30.512"))
        elif not at.the_city.holds(lon, lat):
            form.refuse("lat", at._("Ця точка поза містом. Перевірте, чи не переставлено широту й довготу"))
    form.readable(
        ("name_uk", "name_en", "address_uk", "address_en"), at._("Частину знаків не вдалося прочитати. Перевірте текст")
    )
    return StationTyped(
        {key: value for key, value in name.items() if value},
        {key: value for key, value in address.items() if value},
        phone.number if phone else "",
        lon,
        lat,
    )


def read_absence(at: Here, form: Form, *, today: date) -> AbsenceTyped:
    """An absence: its days, who stands in, and whether they receive too."""
    first, last = day_of(form, "first_day", at), day_of(form, "last_day", at)
    if first is None:
        form.refuse("first_day", at._("Напишіть перший день відсутності"))
    if last is None:
        form.refuse("last_day", at._("Напишіть останній день відсутності"))
    elif first is not None and last < first:
        form.refuse("last_day", at._("Останній день має бути не раніше першого"))
    elif last < today:
        form.refuse("last_day", at._("Цей день уже минув. Виберіть сьогоднішній або пізніший"))
    elif first is not None and (last - first).days > 400:  # noqa: PLR2004  more than a year: a slip of the year
        form.refuse("last_day", at._("Це задалеко. Перевірте рік"))
    stand_in = id_of(form, "stand_in")
    receives = form.flag("receives")
    if receives and stand_in is None:
        form.refuse("stand_in", at._("Виберіть, хто приймає замість вас"))
    return AbsenceTyped(first, last, stand_in, receives)


def read_announcement(  # noqa: C901, PLR0912  one rule after the other
    at: Here, form: Form, *, now: datetime
) -> AnnouncementTyped:
    """A notice with its last day, or a meeting with its hours and place."""
    zone = ZoneInfo(at.the_city.timezone)
    today = now.astimezone(zone).date()
    kind = "meeting" if form.raw("kind") == "meeting" else "notice"
    words, place = form.text("words"), form.line("place")
    if not words:
        form.refuse("words", at._("Напишіть, що люди мають знати"))
    elif len(words) > WORDS_AT_MOST:
        form.refuse("words", at._("Скоротіть до %(limit)s знаків") % {"limit": WORDS_AT_MOST})
    if len(place) > PLACE_AT_MOST:
        form.refuse("place", at._("Скоротіть до %(limit)s знаків") % {"limit": PLACE_AT_MOST})
    form.readable(("words", "place"), at._("Частину знаків не вдалося прочитати. Перевірте текст"))
    if kind == "notice":
        until = day_of(form, "shown_until", at)
        if until is None:
            form.refuse("shown_until", at._("Напишіть, до якого дня показувати"))
        elif until < today:
            form.refuse("shown_until", at._("Цей день уже минув. Виберіть сьогоднішній або пізніший"))
        return AnnouncementTyped(kind, words, "", None, None, until)
    day, starts, ends = day_of(form, "day", at), time_of(form, "starts", at), time_of(form, "ends", at)
    if day is None:
        form.refuse("day", at._("Напишіть день"))
    if starts is None:
        form.refuse("starts", at._("Напишіть, о котрій починається зустріч"))
    if ends is None:
        form.refuse("ends", at._("Напишіть, о котрій закінчується зустріч"))
    if not place:
        form.refuse("place", at._("Напишіть, де зустріч"))
    if day is None or starts is None or ends is None:
        return AnnouncementTyped(kind, words, place, None, None, day)
    if ends <= starts:
        form.refuse("ends", at._("Кінець має бути пізніше за початок"))
    starts_at, ends_at = datetime.combine(day, starts, zone), datetime.combine(day, ends, zone)
    if starts_at <= now:
        form.refuse("day", at._("Цей час уже минув. Виберіть пізніший"))
    return AnnouncementTyped(kind, words, place, starts_at, ends_at, day)


def day_of(form: Form, name: str, at: Here) -> date | None:
    """A day as the browser's field sends it, or as a person types it (26.11.2026); refused when it is neither."""
    typed = form.line(name)
    if not typed:
        return None
    parts = typed.split(".")
    try:
        if len(parts) == 3:  # noqa: PLR2004  day, month, year
            return date(int(parts[2]), int(parts[1]), int(parts[0]))
        return date.fromisoformat(typed)
    except ValueError:
        form.refuse(name, at._("Напишіть день так: 26.11.2026"))
        return None


def time_of(form: Form, name: str, at: Here) -> time | None:
    """A time of day; «17», «17.30» and «17:30» are all understood, anything else refused."""
    typed = form.line(name).replace(".", ":")
    if not typed:
        return None
    try:
        hour, _, minute = typed.partition(":")
        return time(int(hour), int(minute or 0))
    except ValueError:
        form.refuse(name, at._("Напишіть час так: 17:00"))
        return None


def id_of(form: Form, name: str) -> UUID | None:
    """An id chosen from a list, or none."""
    try:
        return UUID(form.line(name))
    except ValueError:
        return None
