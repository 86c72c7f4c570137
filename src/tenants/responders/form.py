"""The form of a body that answers."""

import re
from typing import Any
from uuid import UUID

from src.platform.web.forms import Form, email_address
from src.platform.web.here import Here
from src.tenants.cities.models import Responder

LANGUAGES = ("uk", "en")
KINDS = ("police", "city", "lawyer", "utility", "other")
NAME_AT_MOST = 120
ABOUT_AT_MOST = 300
EMAILS_AT_MOST = 5
INITIALS_AT_MOST = 4
PHONE = re.compile(r"[0-9+() \u00a0-]{3,20}")


def of_responder(row: Responder) -> Form:
    """What the row holds."""
    form = Form()
    for name in ("name", "name_to", "about", "hours", "initials"):
        for language in LANGUAGES:
            form.values[f"{name}_{language}"] = [getattr(row, name).get(language, "")]
    form.values |= {
        "kind": [row.kind],
        "email": [row.email],
        "more_emails": [", ".join(row.more_emails)],
        "phone": [row.phone],
        "parent": [str(row.parent_id or "")],
    }
    return form


def read_responder(form: Form, at: Here, *, parents: set[UUID], taken: set[str], has_units: bool = False) -> dict[str, Any]:
    """Columns of the row; what is wrong the form says. ``taken`` are names of the others in lower case."""
    columns: dict[str, Any] = {}
    limits = {"name": NAME_AT_MOST, "name_to": NAME_AT_MOST, "about": ABOUT_AT_MOST, "hours": ABOUT_AT_MOST}
    for name, most in limits.items():
        columns[name] = {}
        for language in LANGUAGES:
            field = f"{name}_{language}"
            columns[name][language] = form.line(field)
            if len(columns[name][language]) > most:
                form.refuse(field, at._("Скоротіть до %(limit)s знаків") % {"limit": at.language.number(most)})
    if not columns["name"]["uk"]:
        form.refuse("name_uk", at._("Напишіть, як називається установа"))
    elif columns["name"]["uk"].lower() in taken:
        form.refuse("name_uk", at._("Установа з такою назвою вже є"))
    if not columns["name_to"]["uk"]:
        form.refuse("name_to_uk", at._("Напишіть, кому: «патрульній поліції Полтави»"))
    columns["initials"] = {language: initials(columns["name"][language]) for language in LANGUAGES}
    columns |= contacts(form, at)
    columns["parent_id"] = parent(form, at, parents, has_units=has_units)
    form.readable(("name_uk", "name_en", "about_uk", "about_en"), at._("Частину знаків не вдалося прочитати. Перевірте текст"))
    return columns


def contacts(form: Form, at: Here) -> dict[str, Any]:
    """What kind of a body it is, and how it is reached."""
    columns: dict[str, Any] = {"kind": form.line("kind"), "email": email_address(form.line("email")) or ""}
    if columns["kind"] not in KINDS:
        form.refuse("kind", at._("Виберіть, що це за установа"))
    if not form.line("email"):
        form.refuse("email", at._("Напишіть адресу, на яку надсилати запитання"))
    elif not columns["email"]:
        form.refuse("email", at._("Перевірте електронну адресу: вона має бути такою, як oksana@ukr.net"))
    columns["more_emails"] = more_emails(form, at, columns["email"])
    columns["phone"] = form.line("phone")
    if columns["phone"] and not PHONE.fullmatch(columns["phone"]):
        form.refuse("phone", at._("Напишіть номер цифрами, наприклад 1551 або +380 44 123 45 67"))
    return columns


def initials(name: str) -> str:
    """«Патрульна поліція Полтави» is «ПП»: capitals of the first two words."""
    words = [word for word in re.findall(r"[\w’]+", name) if len(word) > 2]  # noqa: PLR2004  no prepositions
    return "".join(word[0] for word in words[:2]).upper()[:INITIALS_AT_MOST]


def more_emails(form: Form, at: Here, first: str) -> list[str]:
    """Other addresses that get the same letters."""
    typed = [part for part in re.split(r"[,;\s]+", form.text("more_emails")) if part]
    found = [email_address(part) for part in typed]
    for part, address in zip(typed, found, strict=True):
        if address is None:
            form.refuse("more_emails", at._("Перевірте адресу «%(address)s»") % {"address": part[:80]})
    if len(typed) > EMAILS_AT_MOST:
        form.refuse("more_emails", at._("Не більше 5 додаткових адрес"))
    return sorted({address for address in found if address and address != first})


def parent(form: Form, at: Here, parents: set[UUID], *, has_units: bool) -> UUID | None:
    """Whose unit it is."""
    typed = form.line("parent")
    if not typed:
        return None
    found = next((each for each in parents if str(each) == typed), None)
    if found is None:
        form.refuse("parent", at._("Виберіть установу зі списку"))
    elif has_units:
        form.refuse("parent", at._("У цієї установи є свої підрозділи, тож вона не може бути підрозділом іншої"))
    return found
