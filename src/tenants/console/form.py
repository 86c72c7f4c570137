"""The form of a new city."""

import re

from src.platform.web.forms import Form, email_address
from src.platform.web.here import Here
from src.tenants.cities.spelling import slug_of
from src.tenants.starter import naming
from src.tenants.starter.opening import RESERVED, Plan

SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")
NAME_AT_MOST = 80
UKRAINE = (22.0, 44.0, 40.5, 52.5)
"""West, south, east, north in degrees: where a city of this platform can lie."""
NUMBER = r"(-?\d{1,3}(?:[.,]\d+)?)"
CENTRE = re.compile(rf"\s*{NUMBER}\s*[,;\s]\s*{NUMBER}\s*")


def centre_of(typed: str) -> tuple[float, float] | None:
    """Longitude and latitude of «48.5079, 32.2623», as maps show it (latitude first); none when it is none."""
    match = CENTRE.fullmatch(typed.replace("°", ""))
    if match is None:
        return None
    lat, lon = (float(part.replace(",", ".")) for part in match.groups())
    return lon, lat


def in_ukraine(lon: float, lat: float) -> bool:
    """Whether a point lies in the box of Ukraine."""
    west, south, east, north = UKRAINE
    return west <= lon <= east and south <= lat <= north


def read_plan(form: Form, at: Here) -> Plan | None:
    """The new city; none when something is wrong, which the form says. What was left empty is filled in, for the form to show."""
    uk, en = form.line("name_uk"), form.line("name_en")
    if not uk:
        form.refuse("name_uk", at._("Напишіть назву міста"))
    elif not any("а" <= letter <= "ї" or letter == "ґ" for letter in uk.lower()):
        form.refuse("name_uk", at._("Напишіть українською"))
    if max(len(uk), len(en)) > NAME_AT_MOST:
        form.refuse("name_uk", at._("Скоротіть до %(limit)s знаків") % {"limit": at.language.number(NAME_AT_MOST)})
    suggested = naming.names(uk, en) if uk and not form.errors else {}
    named = {
        name: {language: form.line(f"{name}_{language}") or words[language] for language in ("uk", "en")}
        for name, words in suggested.items()
    }
    slug = form.line("slug").lower() or slug_of(en or uk)
    if not SLUG.fullmatch(slug):
        form.refuse("slug", at._("Адреса — це 2–40 малих латинських літер, цифр і дефісів, спершу літера: kropyvnytskyi"))
    elif slug in RESERVED:
        form.refuse("slug", at._("Ця адреса потрібна самій платформі. Виберіть іншу"))
    found = read_centre(form, at)
    contact = form.line("contact_email")
    if contact and email_address(contact) is None:
        form.refuse("contact_email", at._("Перевірте електронну адресу: вона має бути такою, як oksana@ukr.net"))
    read_administrator(form, at)
    if form.errors or found is None:
        return None
    return Plan(slug, named["name"], named["name_in"], named["name_of"], *found, contact_email=contact)


def read_centre(form: Form, at: Here) -> tuple[float, float] | None:
    """Longitude and latitude of the city's centre; what is wrong the form says."""
    found = centre_of(form.line("centre"))
    if not form.line("centre"):
        form.refuse("centre", at._("Напишіть, де центр міста: широта й довгота з будь-якої карти"))
    elif found is None:
        form.refuse("centre", at._("Напишіть два числа через кому: 48.5079, 32.2623"))
    elif not in_ukraine(*found):
        swapped = in_ukraine(found[1], found[0])
        form.refuse(
            "centre",
            at._("Схоже, числа переставлено: спершу широта, потім довгота")
            if swapped
            else at._("Ця точка не в Україні. Перевірте числа"),
        )
    return found


def read_administrator(form: Form, at: Here) -> None:
    """Who will set the city up."""
    if not form.line("admin_email"):
        form.refuse("admin_email", at._("Напишіть адресу першого адміністратора: йому надійде запрошення"))
    elif email_address(form.line("admin_email")) is None:
        form.refuse("admin_email", at._("Перевірте електронну адресу: вона має бути такою, як oksana@ukr.net"))
    if not form.line("admin_name") or len(form.line("admin_name")) > NAME_AT_MOST:
        form.refuse("admin_name", at._("Напишіть ім’я та прізвище адміністратора"))
