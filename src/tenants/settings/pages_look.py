"""The city's look in the staff area: colours, front page text, crest; and the crest itself, for everybody."""

from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from src.platform.data.tenancy import City
from src.platform.files import store
from src.platform.limits import rules
from src.platform.people.audit.service import action
from src.platform.web.access import PUBLIC
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import here
from src.platform.web.i18n import msgid
from src.tenants.cities.crest import Crest, CrestRefused, prepared
from src.tenants.cities.look_words import failures_words, like_a_mark_words, refusal_words, taken_out_heading, taken_out_words
from src.tenants.cities.markdown import page_html
from src.tenants.cities.service import describe
from src.tenants.settings import look
from src.tenants.settings.look import ACCENTS, FRONT_AT_MOST, LANGUAGES
from src.tenants.settings.showing import MANAGE, AnyRequest, done_of, leads_to, saved_words, settings_page

CREST_BYTES = 5 * 1024 * 1024
SHORT = 32
CHANGED = action("city.look", msgid("Змінено вигляд сайту"))
CREST = action("city.crest", msgid("Змінено герб"))


def of_city(city: City) -> Form:
    """What the row holds."""
    form = Form({name: [getattr(city, name)] for name in ACCENTS})
    for language in LANGUAGES:
        form.values[f"front_text_{language}"] = [city.front_text.get(language, "")]
    return form


def look_page(
    request: AnyRequest, form: Form, *, status: int = 200, done: str = "", taken_out: list[str] | None = None
) -> Response[Any]:
    """The form, and beside it how links and buttons look in light and dark."""
    at = here(request)
    probe = Form(dict(form.values))
    columns, found = look.read_look(probe, at)
    city = at.the_city
    return settings_page(
        request,
        "settings/look.html",
        status=status,
        form=form,
        done=done,
        found={
            name: {
                "failures": failures_words(at, checked),
                "nearest": "" if checked.passes else checked.nearest,
                "warning": like_a_mark_words(at, checked.like_a_mark),
            }
            for name, checked in found.items()
        },
        shown={name: columns.get(name) or getattr(city, name) for name in ACCENTS},
        front=page_html(columns["front_text"].get(at.lang) or columns["front_text"].get("uk", ""), city.contact_phone, at.host),
        front_at_most=FRONT_AT_MOST,
        crest=city.crest,
        taken_out=taken_out or [],
        taken_out_heading=taken_out_heading(at),
    )


@get("/staff/settings/look", access=MANAGE, include_in_schema=False)
async def city_look(request: AnyRequest, uow: Uow) -> Response[Any]:  # noqa: ARG001  brings the city's row up to date
    """The look as it is."""
    at = here(request)
    words = {"saved": saved_words(at), "crest": at._("Герб збережено.")}
    return look_page(request, of_city(at.the_city), done=done_of(request, words))


@post("/staff/settings/look", access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def change_look(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Another look; a colour that cannot be told apart is refused, and the nearest one that can be is offered."""
    at = here(request)
    form = await read_form(request)
    for name in ACCENTS:  # the offered colour was taken
        if form.line(f"use_{name}"):
            form.values[name] = [form.line(f"use_{name}")]
    if form.flag("derive"):
        look.derive_dark(form)
    columns, _ = look.read_look(form, at)
    taken = form.flag("derive") or any(form.line(f"use_{name}") for name in ACCENTS)
    if form.errors or taken or form.flag("preview"):
        raise Redisplay(look_page(request, form, status=422 if form.errors else 200))
    await describe(uow, CHANGED, columns, by=at.the_person.id, now=now)
    return leads_to(request, "/staff/settings/look?done=saved")


@post("/staff/settings/look/crest", access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def change_crest(request: AnyRequest, now: Now) -> Response[Any]:
    """Another crest, or none. It is made anew before any transaction begins; what was taken out of an SVG is told."""
    at = here(request)
    database, city_id = request.app.state.database, at.the_city.id
    form = await read_form(request, bytes_at_most=CREST_BYTES)
    try:
        made = None if form.flag("remove") else await taken_in(request, form)
    finally:
        form.drop_uploads()
    name = await look.keep_crest(city_id, made) if made else ""
    async with database.unit(city_id) as session:
        at.city = at.tenant = await request.app.state.cities.current(session, at.the_city)
        before = at.the_city.crest
        await describe(session, CREST, {"crest": name}, by=at.the_person.id, now=now)
    if before and before != name:
        await store.delete(city_id, look.crest_key(before))
    if made is not None and made.taken_out:
        async with database.unit(city_id) as session:
            at.city = at.tenant = await request.app.state.cities.current(session, at.the_city)
        told = taken_out_words(at, made.taken_out)
        return look_page(request, of_city(at.the_city), done=at._("Герб збережено."), taken_out=told)
    return leads_to(request, "/staff/settings/look?done=crest")


async def taken_in(request: AnyRequest, form: Form) -> Crest:
    """The file that came, made anew. Raises the form with the reason when there is none or it is refused."""
    at = here(request)
    uploads = form.uploads.get("crest", [])
    shown = of_city(at.the_city)
    if not uploads:
        shown.refuse("crest", at._("Виберіть файл SVG або PNG"))
    else:
        try:
            return await prepared(uploads[-1].file.read())
        except CrestRefused as refusal:
            shown.refuse("crest", refusal_words(at, refusal.code))
    raise Redisplay(look_page(request, shown, status=422))


@get("/crest/{name:str}", access=PUBLIC, include_in_schema=False)
async def crest(request: AnyRequest, name: FromPath[str]) -> Response[Any]:
    """The city's crest; its name changes with its bytes, so it may be kept for ever."""
    city = here(request).the_city
    digest, _, kind = name.partition(".")
    if kind not in look.TYPES or len(digest) != SHORT or not digest.isalnum():
        raise NotFoundException
    try:
        data = await store.get(city.id, look.crest_key(name))
    except FileNotFoundError:
        raise NotFoundException from None
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(data, media_type=look.TYPES[kind], headers=headers)


handlers = [city_look, change_look, change_crest, crest]
