"""The city's map in the staff area: its boundary, what is seen at first, what lies under the pins."""

import asyncio
from typing import Any

from litestar import Response, get, post
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.people.audit.service import action
from src.platform.web.app import Now, Uow
from src.platform.web.file_forms import BODY_AT_MOST, form_with_file
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import Here, here
from src.platform.web.i18n import msgid
from src.tenants.cities.service import choose
from src.tenants.districts import form as forms
from src.tenants.districts import queries, service
from src.tenants.districts.maps import editor_map
from src.tenants.districts.pages_upload import geojson_file, too_large
from src.tenants.districts.reading import percents
from src.tenants.districts.shapes import UKRAINE, united
from src.tenants.settings.showing import MANAGE, AnyRequest, done_of, leads_to, settings_page

HOME = "/staff/settings/map"
BASEMAP = action("city.basemap", msgid("Змінено карту-підкладку"))


def done_words(at: Here, request: AnyRequest) -> str:
    """What was done, after a redirect."""
    return done_of(
        request,
        {
            "boundary": at._("Межу міста збережено. Місця поза нею мешканці більше не позначать."),
            "mended": at._("Межу міста збережено й трохи виправлено: вона перетинала сама себе. Подивіться, чи все так."),
            "view": at._("Збережено. Так карта відкриватиметься мешканцям."),
            "basemap": at._("Збережено. Якщо карта під позначками не з’явилася, перевірте адресу."),
        },
    )


async def map_page(request: AnyRequest, session: AsyncSession, form: Form, *, status: int = 200) -> Response[Any]:
    """The three forms; what one of them brought is kept, the others show what is stored."""
    at = here(request)
    city = at.the_city
    stored = forms.of_map(city)
    shown = Form(stored.values | form.values, {}, form.errors)
    rows = await queries.districts(session)
    outside = await asyncio.to_thread(forms.left_outside, shape(city.boundary), rows) if city.boundary else []
    return settings_page(
        request,
        "districts/map.html",
        status=status,
        form=shown,
        has_boundary=city.boundary is not None,
        has_districts=bool(rows),
        outside=[(name, percents(part)) for name, part in outside],
        deployment=at.settings.basemap_attribution or at.settings.basemap_kind,
        box=[f"{edge:.4f}" for edge in city.box],
        map_settings=editor_map(at, "boundary"),
        done=done_words(at, request) if not form.errors else "",
    )


@get(HOME, access=MANAGE, include_in_schema=False)
async def city_map(request: AnyRequest, uow: Uow) -> Response[Any]:
    """How the city's map is set."""
    return await map_page(request, uow, Form())


@post(
    f"{HOME}/boundary",
    access=MANAGE,
    limits=rules.IMPORTS,
    include_in_schema=False,
    status_code=303,
    request_max_body_size=BODY_AT_MOST,
)
async def change_boundary(request: AnyRequest, now: Now) -> Response[Any]:
    """Another boundary: of a file, drawn, of all districts together, or none. The file is read before the transaction begins."""
    at = here(request)
    form = await form_with_file(request, too_large(at))
    source, made, mended = form.raw("source"), None, False
    try:
        if source == "file":
            upload = geojson_file(at, form)
            if upload is not None and not form.errors:
                made, mended = await asyncio.to_thread(forms.joined, upload.file, at, form, "file")
        elif source == "drawn":
            made, mended = await asyncio.to_thread(forms.drawn, form, at, "boundary", UKRAINE)
        elif source not in ("districts", "none") and not form.errors:
            form.refuse("source", at._("Виберіть, звідки взяти межу"))
    finally:
        form.drop_uploads()
    async with request.app.state.database.unit(at.the_city.id) as session:
        made = await with_districts(session, at, form, source, made)
        if form.errors:
            raise Redisplay(await map_page(request, session, form, status=422))
        await service.bound(session, made, by=at.the_person.id, now=now)
    return leads_to(request, f"{HOME}?done={'mended' if mended else 'boundary'}")


async def with_districts(
    session: AsyncSession, at: Here, form: Form, source: str, made: BaseGeometry | None
) -> BaseGeometry | None:
    """The boundary as it is to be stored, looked at beside the districts."""
    rows = await queries.districts(session)
    if source == "districts":
        if rows:
            return await asyncio.to_thread(united, [shape(row.boundary) for row in rows])
        form.refuse("source", at._("Районів ще немає. Додайте їх або завантажте межу міста"))
    elif made is not None and not form.errors:
        await asyncio.to_thread(forms.keeps_districts, form, at, "file" if source == "file" else "boundary", made, rows)
    return made


@post(f"{HOME}/view", access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def change_view(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """What is seen when the map opens."""
    at = here(request)
    form = await read_form(request)
    view = forms.read_view(form, at)
    if form.errors:
        raise Redisplay(await map_page(request, uow, form, status=422))
    await service.look_at(uow, view, by=at.the_person.id, now=now)
    return leads_to(request, f"{HOME}?done=view")


@post(f"{HOME}/basemap", access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def change_basemap(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """What lies under the pins."""
    at = here(request)
    form = await read_form(request)
    chosen = forms.read_basemap(form, at)
    if form.errors:
        raise Redisplay(await map_page(request, uow, form, status=422))
    await choose(uow, BASEMAP, chosen, by=at.the_person.id, now=now)
    return leads_to(request, f"{HOME}?done=basemap")


handlers = [city_map, change_boundary, change_view, change_basemap]
