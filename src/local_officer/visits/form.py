"""The form of a visit: what was typed, and what is wrong with it in words."""

from datetime import MAXYEAR, MINYEAR, datetime

import phonenumbers

from src.local_officer.visits.service import Visitor
from src.platform.web.forms import Form, email_address
from src.platform.web.here import Here

NAME_AT_MOST = 100
ABOUT_AT_MOST = 300


def phone_number(typed: str) -> str | None:
    """A number as E.164 (a Ukrainian one may come without the country's code), or nothing when it can be none."""
    try:
        found = phonenumbers.parse(typed, "UA")
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_valid_number(found) else None


def moment_of(typed: str) -> datetime | None:
    """A slot's moment as the form carries it (ISO 8601 with an offset), or nothing."""
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return found if found.tzinfo is not None and MINYEAR < found.year < MAXYEAR else None


def read_visitor(at: Here, form: Form, *, by_phone: bool) -> Visitor:
    """Who wants to come; what is wrong the form says. Who is received by phone has to leave a number."""
    name, about = form.line("name"), form.line("about")
    if not name:
        form.refuse("name", at._("Напишіть, як до вас звертатися"))
    elif len(name) > NAME_AT_MOST:
        form.refuse("name", at._("Скоротіть ім’я до %(limit)s знаків") % {"limit": NAME_AT_MOST})
    email = email_address(form.line("email"))
    if email is None:
        form.refuse("email", at._("Напишіть свою електронну адресу, наприклад oksana@ukr.net"))
    typed = form.line("phone")
    phone = phone_number(typed) if typed else ""
    if phone is None:
        form.refuse("phone", at._("Перевірте номер: він має бути таким, як 067 123 45 67"))
    elif by_phone and not phone:
        form.refuse("phone", at._("Напишіть номер, на який офіцерові зателефонувати"))
    if not about:
        form.refuse("about", at._("Напишіть одним рядком, про що хочете поговорити"))
    elif len(about) > ABOUT_AT_MOST:
        form.refuse("about", at._("Скоротіть до %(limit)s знаків") % {"limit": ABOUT_AT_MOST})
    form.readable(("name", "about"), at._("Частину знаків не вдалося прочитати. Перевірте текст"))
    return Visitor(name, email or "", phone or "", about, at.lang)
