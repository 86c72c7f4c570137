"""The city's districts in the staff area: the list with its map, one district, its removal."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.base import localized
from src.platform.limits import rules
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, TooLarge, read_form, swallow
from src.platform.web.here import Here, here
from src.tenants.cities.catalogue import catalogue
from src.tenants.cities.models import District
from src.tenants.districts import form as forms
from src.tenants.districts import pages_map, pages_upload, queries, service
from src.tenants.districts.maps import editor_map, list_map
from src.tenants.districts.reading import KINDS
from src.tenants.districts.words import counted
from src.tenants.settings.showing import MANAGE, AnyRequest, done_of, leads_to, saved_words, settings_page

HOME = "/staff/settings/districts"
FORM_AT_MOST = 2 * 1024 * 1024
"""Bytes: an outline of as many corners as are taken."""


def done_words(at: Here, request: AnyRequest) -> str:
    """What was done, after a redirect."""
    return done_of(
        request,
        {
            "saved": saved_words(at),
            "mended": at._(
                "Збережено, межу трохи виправлено: вона перетинала сама себе або заходила на сусідній район. Подивіться, чи все так."
            ),
            "removed": at._("Район прибрано."),
            "replaced": at._("Нові межі районів збережено. Мешканці вже бачать їх на карті."),
        },
    )


@get(HOME, access=MANAGE, include_in_schema=False)
async def all_districts(request: AnyRequest, uow: Uow) -> Response[Any]:
    """All districts and the map of them."""
    at = here(request)
    known = (await catalogue(uow)).into(at.lang)
    counts = await queries.counts(uow)
    return settings_page(
        request,
        "districts/all.html",
        districts=known.districts,
        pointing={item.id: counted(at, counts.get(item.id, {})) for item in known.districts},
        map_settings=list_map(at, {item.slug: at.url(f"{HOME}/{item.id}") for item in known.districts}),
        done=done_words(at, request),
    )


def district_page(request: AnyRequest, row: District | None, form: Form, *, status: int = 200, done: str = "") -> Response[Any]:
    """The form of a district with the map to draw on."""
    at = here(request)
    return settings_page(
        request,
        "districts/one.html",
        status=status,
        row=row,
        form=form,
        kinds=[(kind, kind) for kind in dict.fromkeys([*KINDS, *([row.kind["uk"]] if row and row.kind.get("uk") else [])])],
        action=at.url(f"{HOME}/{row.id}" if row else f"{HOME}/new"),
        map_settings=editor_map(at, "boundary"),
        done=done,
    )


async def read(request: AnyRequest) -> Form:
    """The form of a district; one that is too large says so."""
    try:
        return await read_form(request, bytes_at_most=FORM_AT_MOST)
    except TooLarge:
        await swallow(request)
        large = here(request)._("Межа завелика. Спростіть її: до 20 000 точок")
        return Form(errors={"boundary": large})


@get(f"{HOME}/new", access=MANAGE, include_in_schema=False)
async def new_district(request: AnyRequest) -> Response[Any]:
    """A district that is not there yet."""
    return district_page(request, None, forms.of_district(None))


@post(f"{HOME}/new", access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def add_district(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Add it."""
    at = here(request)
    form = await read(request)
    rows = await queries.districts(uow)
    name, kind, made, mended = await asyncio.to_thread(forms.read_district, form, at, rows, None)
    if form.errors or made is None:
        raise Redisplay(district_page(request, None, form, status=422))
    row = await service.make(uow, name, kind, made, by=at.the_person.id, now=now)
    return leads_to(request, f"{HOME}/{row.id}?done={'mended' if mended else 'saved'}")


async def row_of(session: AsyncSession, district_id: UUID, *, lock: bool = False) -> District:
    """A district of this city; else it is not there."""
    row = await queries.district_at(session, district_id, lock=lock)
    if row is None:
        raise NotFoundException
    return row


@get(f"{HOME}/{{district_id:uuid}}", access=MANAGE, include_in_schema=False)
async def one_district(request: AnyRequest, district_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """One district."""
    row = await row_of(uow, district_id)
    return district_page(request, row, forms.of_district(row), done=done_words(here(request), request))


@post(f"{HOME}/{{district_id:uuid}}", access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def change_district(request: AnyRequest, district_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Store another name or outline."""
    at = here(request)
    form = await read(request)
    row = await row_of(uow, district_id, lock=True)
    rows = await queries.districts(uow)
    name, kind, made, mended = await asyncio.to_thread(forms.read_district, form, at, rows, row)
    if form.errors or made is None:
        raise Redisplay(district_page(request, row, form, status=422))
    await service.change(uow, row, name, kind, made, by=at.the_person.id, now=now)
    return leads_to(request, f"{HOME}/{row.id}?done={'mended' if mended else 'saved'}")


@post(f"{HOME}/{{district_id:uuid}}/place", access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def move_district(request: AnyRequest, district_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """One place up or down in the list."""
    at = here(request)
    form = await read_form(request)
    row = await row_of(uow, district_id)
    await service.move(uow, row, up=form.raw("way") == "up", by=at.the_person.id, now=now)
    return leads_to(request, f"{HOME}#district-{row.id}")


async def removal_page(
    request: AnyRequest, session: AsyncSession, row: District, form: Form, *, status: int = 200
) -> Response[Any]:
    """What points to the district, and who may inherit it."""
    at = here(request)
    known = (await catalogue(session)).into(at.lang)
    return settings_page(
        request,
        "districts/removal.html",
        status=status,
        row=row,
        name=localized(row.name, at.lang),
        form=form,
        pointing=counted(at, (await queries.counts(session)).get(row.id, {})),
        heirs=[(str(item.id), item.full) for item in known.districts if item.id != row.id],
    )


@get(f"{HOME}/{{district_id:uuid}}/removal", access=MANAGE, include_in_schema=False)
async def ask_removal(request: AnyRequest, district_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """Whether to take it away."""
    return await removal_page(request, uow, await row_of(uow, district_id), Form())


@post(f"{HOME}/{{district_id:uuid}}/removal", access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def remove_district(request: AnyRequest, district_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Take it away; what points to it goes to another one."""
    at = here(request)
    form = await read_form(request)
    row = await row_of(uow, district_id, lock=True)
    others = {str(each.id): each for each in await queries.districts(uow) if each.id != row.id}
    into = others.get(form.raw("into"))
    if form.raw("into") and into is None:
        form.refuse("into", at._("Такого району немає. Виберіть зі списку"))
    elif not await service.remove(uow, row, into, by=at.the_person.id, now=now):
        told = counted(at, (await queries.counts(uow)).get(row.id, {}))
        form.refuse("into", at._("На цей район посилаються: %(what)s. Виберіть, якому району їх передати") % {"what": told})
    if form.errors:
        raise Redisplay(await removal_page(request, uow, row, form, status=422))
    return leads_to(request, f"{HOME}?done=removed")


handlers = [
    all_districts,
    new_district,
    add_district,
    one_district,
    change_district,
    move_district,
    ask_removal,
    remove_district,
    *pages_upload.handlers,
    *pages_map.handlers,
]
