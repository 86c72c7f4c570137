"""The city's settings in the staff area: the list of them, what the city says of itself, its rules. Each shows beforehand what
residents will see."""  # noqa: D209

from typing import Any

from litestar import Response, get, post

from src.platform.data.base import localized
from src.platform.limits import rules
from src.platform.people.audit.service import action
from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import Here, here
from src.platform.web.i18n import msgid
from src.tenants.cities.service import choose, describe
from src.tenants.settings import form as forms
from src.tenants.settings.form import LANGUAGES
from src.tenants.settings.showing import MANAGE, AnyRequest, leads_to, saved_words, settings_page

DESCRIBED = action("city.described", msgid("Змінено назви й контакти міста"))
CHOSEN = action("city.settings", msgid("Змінено налаштування міста"))


@get("/staff/settings", access=staff(Permission.MANAGE_CITY, Permission.MANAGE_STAFF), include_in_schema=False)
async def all_settings(request: AnyRequest) -> Response[Any]:
    """What can be set, a line each."""
    return settings_page(request, "settings/all.html")


def done_words(at: Here, request: AnyRequest) -> str:
    """What was done, after a redirect."""
    return saved_words(at) if request.query_params.get("done") == "saved" else ""


def city_page(request: AnyRequest, form: Form, *, status: int = 200, done: str = "") -> Response[Any]:
    """Names and contacts, and sentences in which the names stand."""
    at = here(request)
    rows = list(zip(form.all("number"), form.all("words_uk"), form.all("words_en"), strict=False))
    return settings_page(
        request,
        "settings/city.html",
        status=status,
        form=form,
        done=done,
        rows=[*rows, *[("", "", "")] * min(2, forms.NUMBERS_AT_MOST - len(rows))],
        shown=[seen(at, form, language) for language in LANGUAGES if language == "uk" or language in form.all("languages")],
    )


def seen(at: Here, form: Form, language: str) -> dict[str, Any]:
    """The city's words where residents meet them, in one of its languages."""
    name, where, whose = (form.line(f"{key}_{language}") or "…" for key in forms.NAMES)
    numbers = zip(form.all("number"), form.all(f"words_{language}"), strict=False)
    sentences = {
        "uk": [f"Взаємодія, {name}", f"Запитання й відповіді {where}", f"Звернення мешканців {whose}"],
        "en": [f"Vzaiemodiia, {name}", f"Questions and answers {where}", f"Appeals {whose}"],
    }
    return {
        "language": language,
        "sentences": sentences[language],
        "example": form.line(f"example_{language}"),
        "phones": [(number, words) for number, words in numbers if number],
        "contact": (form.line("contact_phone"), form.line(f"contact_name_{language}")),
        "title": at._("Українською") if language == "uk" else at._("Англійською"),
    }


@get("/staff/settings/city", access=MANAGE, include_in_schema=False)
async def city_settings(request: AnyRequest) -> Response[Any]:
    """What the city says of itself."""
    at = here(request)
    return city_page(request, forms.of_city(at.the_city), done=done_words(at, request))


@post("/staff/settings/city", access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def change_city(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Say it otherwise; «Показати» shows it and stores nothing."""
    at = here(request)
    form = await read_form(request)
    columns, chosen = forms.read_city(form, at)
    if form.errors or form.flag("preview"):
        raise Redisplay(city_page(request, form, status=422 if form.errors else 200))
    await describe(uow, DESCRIBED, columns, by=at.the_person.id, now=now)
    await choose(uow, CHOSEN, chosen, by=at.the_person.id, now=now)
    return leads_to(request, "/staff/settings/city?done=saved")


def rules_page(request: AnyRequest, form: Form, *, status: int = 200, done: str = "") -> Response[Any]:
    """The city's rules, and what they mean to a resident."""
    at = here(request)
    days = [at.language.weekday(day) for day in range(7)]
    return settings_page(
        request,
        "settings/rules.html",
        status=status,
        form=form,
        done=done,
        day_options=[(str(number), name) for number, name in enumerate(days)],
        working=[name for number, name in enumerate(days) if str(number) in form.all("working_days")],
        rules_shown=localized({key: form.text(f"moderation_rules_{key}") for key in LANGUAGES}, at.lang),
        rules_at_most=forms.RULES_AT_MOST,
    )


@get("/staff/settings/rules", access=MANAGE, include_in_schema=False)
async def city_rules(request: AnyRequest) -> Response[Any]:
    """What the city chose."""
    at = here(request)
    return rules_page(request, forms.of_rules(at.the_city.options), done=done_words(at, request))


@post("/staff/settings/rules", access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def change_rules(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Choose otherwise."""
    at = here(request)
    form = await read_form(request)
    chosen = forms.read_rules(form, at)
    if form.errors or form.flag("preview"):
        raise Redisplay(rules_page(request, form, status=422 if form.errors else 200))
    await choose(uow, CHOSEN, chosen, by=at.the_person.id, now=now)
    return leads_to(request, "/staff/settings/rules?done=saved")


handlers = [all_settings, city_settings, change_city, city_rules, change_rules]
