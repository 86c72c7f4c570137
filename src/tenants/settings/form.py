"""The forms of a city's settings: what they hold now, what was typed, what is wrong with it."""

from typing import Any

from src.platform.data.city_settings import CitySettings
from src.platform.data.tenancy import City
from src.platform.web.forms import Form, email_address
from src.platform.web.here import Here

LANGUAGES = ("uk", "en")
NAMES = ("name", "name_in", "name_of")
EXAMPLE_AT_MOST = 200
NAME_AT_MOST = 80
RULES_AT_MOST = 4000
NUMBERS_AT_MOST = 8
PHONE_CHARACTERS = frozenset("0123456789+() -\u00a0")
PHONE_LEAST, PHONE_MOST = 2, 20
BOUNDS = {"personal_days": (30, 3650), "audit_days": (30, 3650), "questions_per_day": (1, 100_000)}
FLAGS = ("office", "visits", "direct_questions", "sign_by_default", "staff_second_factor", "holidays_close")


def of_city(city: City) -> Form:
    """What the city says of itself."""
    form = Form()
    for name in (*NAMES, "example", "contact_name"):
        for language in LANGUAGES:
            form.values[f"{name}_{language}"] = [getattr(city, name).get(language, "")]
    form.values |= {"contact_phone": [city.contact_phone], "contact_email": [city.contact_email]}
    form.values["languages"] = list(city.options.languages)
    numbers = city.options.emergency_numbers
    form.values["number"] = [each.number for each in numbers]
    for language in LANGUAGES:
        form.values[f"words_{language}"] = [each.words.get(language, "") for each in numbers]
    return form


def read_city(form: Form, at: Here) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns of the row and choices of the settings, as they would be stored; what is wrong the form says."""
    english = "en" in form.all("languages")
    columns: dict[str, Any] = {name: names(form, at, name, english=english) for name in NAMES}
    columns["example"] = pair(form, at, "example", EXAMPLE_AT_MOST)
    columns["contact_name"] = pair(form, at, "contact_name", NAME_AT_MOST)
    columns["contact_phone"] = phone(form, at, "contact_phone", form.line("contact_phone"))
    columns["contact_email"] = form.line("contact_email")
    if columns["contact_email"] and email_address(columns["contact_email"]) is None:
        form.refuse("contact_email", at._("Перевірте електронну адресу: вона має бути такою, як oksana@ukr.net"))
    chosen = {"languages": ["uk", "en"] if english else ["uk"], "emergency_numbers": emergency_numbers(form, at)}
    return columns, chosen


def names(form: Form, at: Here, name: str, *, english: bool) -> dict[str, str]:
    """A name of the city in its languages: Ukrainian always, English when the site speaks it."""
    found = pair(form, at, name, NAME_AT_MOST)
    wanted = {
        "name": at._("Напишіть назву міста"),
        "name_in": at._("Напишіть, де це: «у Києві», «в Одесі»"),
        "name_of": at._("Напишіть, чого це: «Києва», «Одеси»"),
    }
    if not found["uk"]:
        form.refuse(f"{name}_uk", wanted[name])
    if english and not found["en"]:
        form.refuse(f"{name}_en", at._("Сайт має англійську версію, тож напишіть і англійською"))
    if found["uk"] and not any("а" <= letter <= "ї" or letter == "ґ" for letter in found["uk"].lower()):
        form.refuse(f"{name}_uk", at._("Напишіть українською"))
    return found


def pair(form: Form, at: Here, name: str, most: int) -> dict[str, str]:
    """A line in both languages."""
    found = {language: form.line(f"{name}_{language}") for language in LANGUAGES}
    for language, words in found.items():
        if len(words) > most:
            form.refuse(f"{name}_{language}", at._("Скоротіть до %(limit)s знаків") % {"limit": at.language.number(most)})
    return found


def phone(form: Form, at: Here, field: str, typed: str) -> str:
    """A number as it is dialled or written; nothing is fine."""
    digits = sum(sign.isdecimal() for sign in typed)
    if typed and (not set(typed) <= PHONE_CHARACTERS or not digits >= PHONE_LEAST or len(typed) > PHONE_MOST):
        form.refuse(field, at._("Напишіть номер цифрами, наприклад 1551 або +380 44 123 45 67"))
    return typed.replace("\u00a0", " ")


def emergency_numbers(form: Form, at: Here) -> list[dict[str, Any]]:
    """The rows that have a number; a row of words alone is refused, and so is no 102."""
    found = []
    rows = zip(form.all("number"), form.all("words_uk"), form.all("words_en"), strict=False)
    for number, uk, en in list(rows)[:NUMBERS_AT_MOST]:
        if not number and not uk and not en:
            continue
        if not number:
            form.refuse("number", at._("Біля «%(words)s» немає номера") % {"words": uk or en})
        elif not uk:
            form.refuse("number", at._("Напишіть, чий це номер: %(number)s") % {"number": number})
        phone(form, at, "number", number)
        if len(uk) > NAME_AT_MOST or len(en) > NAME_AT_MOST:
            form.refuse("number", at._("Скоротіть до %(limit)s знаків") % {"limit": at.language.number(NAME_AT_MOST)})
        found.append({"number": number, "words": {"uk": uk, "en": en}})
    if all(each["number"] != "102" for each in found):
        form.refuse("number", at._("Номер 102 має залишитися: на кожній сторінці ми кажемо, куди телефонувати негайно"))
    return found


def of_rules(options: CitySettings) -> Form:
    """What the city chose."""
    form = Form({name: ["1" if getattr(options, name) else ""] for name in FLAGS})
    form.values |= {name: [str(getattr(options, name))] for name in BOUNDS}
    form.values["working_days"] = [str(day) for day in options.working_days]
    form.values["after_deletion"] = [options.after_deletion]
    for name in ("curfew_from", "curfew_to"):
        value = getattr(options, name)
        form.values[name] = [f"{value:%H:%M}" if value else ""]
    for language in LANGUAGES:
        form.values[f"moderation_rules_{language}"] = [options.moderation_rules.get(language, "")]
    return form


def read_rules(form: Form, at: Here) -> dict[str, Any]:
    """Choices of the settings, as they would be stored; what is wrong the form says."""
    chosen: dict[str, Any] = {name: form.flag(name) for name in FLAGS}
    for name, (least, most) in BOUNDS.items():
        typed = form.line(name)
        if not typed.isdecimal() or not least <= int(typed[:7]) <= most:
            form.refuse(name, at._("Напишіть число від %(least)s до %(most)s") % {"least": least, "most": most})
        else:
            chosen[name] = int(typed)
    days = sorted({int(day) for day in form.all("working_days") if day in set("0123456")})
    if not days:
        form.refuse("working_days", at._("Виберіть хоча б один робочий день"))
    if form.line("after_deletion") not in {"anonymous", "remove"}:
        form.refuse("after_deletion", at._("Виберіть, що буде із запитаннями"))
    begin, end = clock(form, at, "curfew_from"), clock(form, at, "curfew_to")
    if (begin is None) != (end is None):
        form.refuse("curfew_to" if end is None else "curfew_from", at._("Напишіть обидва часи або не пишіть жодного"))
    elif begin is not None and begin == end:
        form.refuse("curfew_to", at._("Початок і кінець збігаються. Перевірте час"))
    rules = {language: form.text(f"moderation_rules_{language}") for language in LANGUAGES}
    for language, words in rules.items():
        if len(words) > RULES_AT_MOST:
            limit = at.language.number(RULES_AT_MOST)
            form.refuse(f"moderation_rules_{language}", at._("Скоротіть до %(limit)s знаків") % {"limit": limit})
    chosen |= {"working_days": days, "after_deletion": form.line("after_deletion"), "curfew_from": begin, "curfew_to": end}
    return chosen | {"moderation_rules": {key: words for key, words in rules.items() if words}}


def clock(form: Form, at: Here, name: str) -> str | None:
    """A time as 23:00; nothing typed is none."""
    typed = form.line(name).replace(".", ":")
    hours, _, minutes = typed.partition(":")
    if not typed:
        return None
    if not (hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2 and int(hours[:3]) < 24 and int(minutes) < 60):  # noqa: PLR2004
        form.refuse(name, at._("Напишіть час так: 23:00"))
        return None
    return f"{int(hours):02}:{minutes}"
