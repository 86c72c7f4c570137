"""Forms of rules and exceptions: what was typed, and each fault in words next to its field."""

from datetime import date

from babel.dates import format_date

from src.local_officer.office_hours.checks import ExceptionTyped, Fault, Faults, RuleTyped
from src.local_officer.office_hours.models import KINDS, PATTERNS, RECEPTIONS
from src.local_officer.office_hours.words import KIND_WORDS, PATTERN_WORDS, RECEPTION_WORDS
from src.local_officer.officers.form import day_of, id_of, time_of
from src.platform.web.forms import Form
from src.platform.web.here import Here

Options = list[tuple[str, str]]


def one_of(form: Form, name: str, known: tuple[str, ...]) -> str:
    """One of the choices; the first when something else came."""
    return form.raw(name) if form.raw(name) in known else known[0]


def read_rule(at: Here, form: Form) -> RuleTyped:
    """A weekly rule as typed; what cannot be read is refused in the form."""
    form.readable(("place",), at._("Частину знаків не вдалося прочитати. Перевірте текст"))
    weekday = form.raw("weekday")
    return RuleTyped(
        weekday=int(weekday) if weekday in set("0123456") else None,
        starts=time_of(form, "starts", at),
        ends=time_of(form, "ends", at),
        pattern=one_of(form, "pattern", PATTERNS),
        reception=one_of(form, "reception", RECEPTIONS),
        station_id=id_of(form, "station"),
        place=form.line("place"),
        valid_from=day_of(form, "valid_from", at),
        valid_to=day_of(form, "valid_to", at),
    )


def read_exception(at: Here, form: Form) -> ExceptionTyped:
    """One day's exception as typed; what cannot be read is refused in the form."""
    form.readable(("place",), at._("Частину знаків не вдалося прочитати. Перевірте текст"))
    kind = one_of(form, "kind", KINDS)
    hours = kind in {"replaced", "extra"}
    return ExceptionTyped(
        day=day_of(form, "day", at),
        kind=kind,
        starts=time_of(form, "starts", at) if hours else None,
        ends=time_of(form, "ends", at) if hours else None,
        reception=one_of(form, "reception", RECEPTIONS),
        station_id=id_of(form, "station") if hours else None,
        place=form.line("place") if hours else "",
        stand_in_id=id_of(form, "stand_in") if kind == "stand_in" else None,
    )


def say(at: Here, form: Form, faults: Faults) -> None:
    """Put each fault next to its field, in words."""
    for field, what in faults.items():
        form.refuse(field, sentence(at, what))


def sentence(at: Here, what: Fault) -> str:
    """What is wrong, and what to do."""
    words = {
        "no_start": at._("Напишіть, о котрій починається прийом"),
        "no_end": at._("Напишіть, о котрій закінчується прийом"),
        "end_before_start": at._("Кінець має бути пізніше за початок (%(starts)s). Прийом не може тривати за північ"),
        "curfew": at._("У цей час діє комендантська година (%(begin)s–%(end)s): люди не зможуть прийти. Виберіть інший час"),
        "place_too_long": at._("Скоротіть місце до %(limit)s знаків"),
        "no_place": at._("Виберіть відділ або напишіть адресу, куди прийти"),
        "two_places": at._(
            "Залиште щось одне: відділ або інше місце. Якщо приймаєте деінде, у полі «Відділ» виберіть «інше місце»"
        ),
        "no_weekday": at._("Виберіть день тижня"),
        "no_first_day": at._("Напишіть, з якого дня діє"),
        "no_day": at._("Напишіть день"),
        "past": at._("Цей день уже минув. Виберіть сьогоднішній або пізніший"),
        "too_far": at._("Це задалеко. Перевірте рік"),
        "last_before_first": at._("Останній день має бути не раніше першого"),
        "overlap": at._("У цей час уже є прийом: %(day)s, %(starts)s–%(ends)s. Змініть час або спершу приберіть той"),
        "closed_already": at._("Цього дня прийом уже скасовано"),
        "closed_that_day": at._("Цього дня прийом скасовано. Спершу приберіть скасування"),
        "other_that_day": at._("На цей день уже є інші зміни. Спершу приберіть їх"),
        "nothing_that_day": at._("Цього дня прийому й так немає. Перевірте дату"),
        "stand_in_already": at._("На цей день уже призначено, хто приймає"),
        "no_stand_in": at._("Виберіть, хто приймає замість вас"),
    }[what.code]
    values = dict(what.values)
    if "day" in values:
        values["day"] = format_date(date.fromisoformat(values["day"]), "EEEE, d MMMM", locale=at.lang)
    return words % values


def weekdays(at: Here) -> Options:
    """Days of the week to choose from."""
    return [(str(number), at.language.weekday(number)) for number in range(7)]


def patterns(at: Here) -> Options:
    """How often."""
    return [(key, at._(PATTERN_WORDS[key])) for key in PATTERNS]


def receptions(at: Here) -> Options:
    """How one is received."""
    return [(key, at._(RECEPTION_WORDS[key])) for key in RECEPTIONS]


def kinds(at: Here) -> Options:
    """What is different on a day."""
    return [(key, at._(KIND_WORDS[key])) for key in KINDS]
