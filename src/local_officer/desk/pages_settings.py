"""The module's settings, for the administrator: on or off, curfew, holidays, visits, what is hidden."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from src.local_officer.desk.pages_admin import ADMIN
from src.local_officer.desk.whose import NO_STORE, AnyRequest
from src.local_officer.desk.words import done_words
from src.local_officer.officers.form import time_of
from src.platform.limits import rules
from src.platform.people.audit.service import action
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import here
from src.platform.web.i18n import msgid
from src.platform.web.pages import page
from src.tenants.cities.service import choose

CHANGED = action("office.settings", msgid("Змінено налаштування кабінетів дільничних"))
FLAGS = ("office", "holidays_close", "direct_questions", "visits", "hide_places", "hide_photos", "hide_names")
NUMBERS = ("office_confirm_days", "visit_minutes", "visit_capacity", "visit_days_ahead")
TIMES = ("curfew_from", "curfew_to")
BOUNDS = {"office_confirm_days": (1, 365), "visit_minutes": (5, 120), "visit_capacity": (1, 20), "visit_days_ahead": (1, 60)}


def settings_page(request: AnyRequest, form: Form, *, status: int = 200) -> Response[Any]:
    """The form."""
    at = here(request)
    return page(
        request,
        "officer_desk/settings.html",
        status=status,
        cache="no-store",
        nav="offices",
        form=form,
        errors=form.errors,
        done=done_words(at, request.query_params.get("done", "")),
    )


@get("/staff/offices/settings", access=ADMIN, include_in_schema=False)
async def settings(request: AnyRequest) -> Response[Any]:
    """What the city chose. Here also where the module is off: this page switches it on."""
    options = here(request).the_city.options
    form = Form({name: ["1" if getattr(options, name) else ""] for name in FLAGS})
    form.values |= {name: [str(getattr(options, name))] for name in NUMBERS}
    form.values |= {name: [f"{getattr(options, name):%H:%M}" if getattr(options, name) else ""] for name in TIMES}
    return settings_page(request, form)


@post("/staff/offices/settings", access=ADMIN, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def change(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Other choices from now on."""
    at = here(request)
    form = await read_form(request)
    chosen: dict[str, Any] = {name: form.flag(name) for name in FLAGS}
    for name in NUMBERS:
        number, (least, most) = form.line(name), BOUNDS[name]
        if not number.isdecimal() or not least <= int(number[:6]) <= most:
            form.refuse(name, at._("Напишіть число від %(least)s до %(most)s") % {"least": least, "most": most})
        else:
            chosen[name] = int(number)
    begin, end = time_of(form, "curfew_from", at), time_of(form, "curfew_to", at)
    if (begin is None) != (end is None):
        form.refuse("curfew_to" if end is None else "curfew_from", at._("Напишіть обидва часи або не пишіть жодного"))
    elif begin is not None and begin == end:
        form.refuse("curfew_to", at._("Початок і кінець збігаються. Перевірте час"))
    chosen |= {"curfew_from": f"{begin:%H:%M}" if begin else None, "curfew_to": f"{end:%H:%M}" if end else None}
    if form.errors:
        raise Redisplay(settings_page(request, form, status=422))
    await choose(uow, CHANGED, chosen, by=at.the_person.id, now=now)
    return Redirect(at.url("/staff/offices/settings?done=saved"), status_code=303, headers=NO_STORE)


handlers = [settings, change]
