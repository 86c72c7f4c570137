"""Districts by a file: taken in and looked at, shown on the map with what is wrong, then saved as a whole."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from shapely.geometry import shape
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.base import localized
from src.platform.data.unit_of_work import Database
from src.platform.limits import rules
from src.platform.web.app import Now
from src.platform.web.file_forms import BODY_AT_MOST, ending_of, file_of, form_with_file, shown_name
from src.platform.web.forms import Form, Redisplay, Upload, read_form
from src.platform.web.here import Here, here
from src.tenants.cities.models import District
from src.tenants.districts import queries, service, uploads
from src.tenants.districts.form import in_words, shapes_json
from src.tenants.districts.maps import preview_map
from src.tenants.districts.matching import Change, Plan, plan
from src.tenants.districts.reading import Found, Unreadable, read
from src.tenants.districts.uploads import Checked
from src.tenants.districts.words import STATES, counted, sentence
from src.tenants.settings.showing import MANAGE, NO_STORE, AnyRequest, leads_to, settings_page

UPLOAD = "/staff/settings/districts/upload"


def upload_page(request: AnyRequest, form: Form, *, status: int = 200) -> Response[Any]:
    """Choose a file, and what it should hold."""
    return settings_page(request, "districts/upload.html", status=status, form=form)


@get(UPLOAD, access=MANAGE, include_in_schema=False)
async def show_upload(request: AnyRequest) -> Response[Any]:
    """Choose a file."""
    return upload_page(request, Form())


def too_large(at: Here) -> str:
    """The file is over the limit."""
    return at._("Файл більший за 20 МБ. Поділіть його або спростіть контури")


def geojson_file(at: Here, form: Form) -> Upload | None:
    """The file that came along; what is wrong with it the form says."""
    upload = file_of(at, form, too_large(at))
    if upload is not None and ending_of(upload) not in ("geojson", "json"):
        form.refuse("file", at._("Райони приймаємо у форматі GeoJSON: файл .geojson або .json"))
    return upload


@post(
    UPLOAD,
    access=MANAGE,
    limits=rules.IMPORTS,
    include_in_schema=False,
    status_code=303,
    request_max_body_size=BODY_AT_MOST,
)
async def take_file(request: AnyRequest) -> Response[Any]:
    """Look at the file and keep what was seen; nothing of it is a district yet. No transaction is open meanwhile."""
    at = here(request)
    form = await form_with_file(request, too_large(at))
    city = at.the_city
    try:
        upload = geojson_file(at, form)
        found: list[Found] = []
        if upload is not None and not form.errors:
            boundary = shape(city.boundary) if city.boundary else None
            try:
                found = await asyncio.to_thread(read, upload.file, city.box, boundary)
            except Unreadable as fault:
                form.refuse("file", in_words(at, fault))
        if form.errors or upload is None:
            raise Redisplay(upload_page(request, form, status=422))
        upload_id = await uploads.keep(city, shown_name(upload), found)
    finally:
        form.drop_uploads()
    return leads_to(request, f"{UPLOAD}/{upload_id}")


async def checked_of(request: AnyRequest, upload_id: UUID) -> Checked:
    """The file of an address; one that was saved or is too old is not there."""
    found = await uploads.kept(here(request).the_city, upload_id)
    if found is None:
        raise NotFoundException
    return found


async def preview_page(
    request: AnyRequest,
    session: AsyncSession,
    upload_id: UUID,
    checked: Checked,
    planned: Plan,
    form: Form,
    *,
    status: int = 200,
) -> Response[Any]:
    """The map with every feature, what is said of each, what becomes of the districts, and «Зберегти»."""
    at = here(request)
    counts = await queries.counts(session)
    by_number = {each.found.number: each for each in planned.changes}
    tally = planned.counts()
    return settings_page(
        request,
        "districts/preview.html",
        status=status,
        form=form,
        file=checked.name,
        action=at.url(f"{UPLOAD}/{upload_id}"),
        map_settings=preview_map(at, at.url(f"{UPLOAD}/{upload_id}/shapes")),
        features=[
            {
                "number": each.number,
                "name": localized(each.name, at.lang) or at._("без назви"),
                "state": each.state,
                "state_words": at._(STATES[each.state]),
                "problems": [sentence(at, one) for one in each.problems],
                "change": change_words(at, by_number.get(each.number)),
            }
            for each in checked.found
        ],
        states={state: sum(each.state == state for each in checked.found) for state in STATES},
        tally=tally,
        gone=[
            {"id": str(row.id), "name": localized(row.name, at.lang), "pointing": counted(at, counts.get(row.id, {}))}
            for row in planned.gone
        ],
        heirs=[(str(each.found.number), localized(each.found.name, at.lang)) for each in planned.changes],
        can_save=bool(planned.changes),
    )


def change_words(at: Here, each: Change | None) -> str:
    """What becomes of a district."""
    if each is None:
        return ""
    if each.row is None:
        return at._("Новий район")
    moved = at._("Межу змінено на %(share)s\u00a0%%") % {"share": each.moved} if each.moved else ""
    if each.renamed:
        said = at._("Перейменовано з «%(name)s»") % {"name": localized(each.row.name, at.lang)}
        return f"{said}. {moved}" if moved else said
    return moved or at._("Без змін")


@get(f"{UPLOAD}/{{upload_id:uuid}}", access=MANAGE, include_in_schema=False)
async def show_preview(request: AnyRequest, upload_id: FromPath[UUID]) -> Response[Any]:
    """What the file holds and what saving it would do."""
    checked = await checked_of(request, upload_id)
    database: Database = request.app.state.database
    async with database.unit(here(request).the_city.id) as session:
        planned = await asyncio.to_thread(plan, checked.found, await queries.districts(session))
        return await preview_page(request, session, upload_id, checked, planned, Form())


@get(f"{UPLOAD}/{{upload_id:uuid}}/shapes", access=MANAGE, include_in_schema=False)
async def shapes(request: AnyRequest, upload_id: FromPath[UUID]) -> Response[Any]:
    """The areas of the file as GeoJSON, for the map."""
    at = here(request)
    checked = await checked_of(request, upload_id)
    items = [
        (each.shape, {"number": each.number, "name": localized(each.name, at.lang), "state": each.state})
        for each in checked.found
        if each.shape is not None
    ]
    body = await asyncio.to_thread(shapes_json, items)
    return Response(body, media_type="application/geo+json", headers=NO_STORE)


@post(f"{UPLOAD}/{{upload_id:uuid}}", access=MANAGE, limits=rules.IMPORTS, include_in_schema=False, status_code=303)
async def save(request: AnyRequest, upload_id: FromPath[UUID], now: Now) -> Response[Any]:
    """The file's districts are the city's from now on, all together."""
    at = here(request)
    form = await read_form(request)
    checked = await checked_of(request, upload_id)
    database: Database = request.app.state.database
    async with database.unit(at.the_city.id) as session:
        rows = await queries.districts(session, lock=True)
        planned = await asyncio.to_thread(plan, checked.found, rows)
        moves = await heirs_of(session, at, form, planned, rows)
        if not planned.changes:
            form.refuse("without", at._("Зберігати нічого: жоден контур не придатний"))
        elif any(each.state == "refused" for each in checked.found) and not form.flag("without"):
            form.refuse("without", at._("У файлі є відхилене. Виправте файл або позначте, що зберігаєте без цього"))
        if form.errors:
            raise Redisplay(await preview_page(request, session, upload_id, checked, planned, form, status=422))
        if not await service.replace_all(session, planned, moves, by=at.the_person.id, now=now):
            raise ValueError("the form let through a district without an heir")
    await uploads.forget(at.the_city.id, upload_id)
    return leads_to(request, "/staff/settings/districts?done=replaced")


async def heirs_of(
    session: AsyncSession, at: Here, form: Form, planned: Plan, rows: Sequence[District]
) -> dict[UUID, UUID | int | None]:
    """For each district that goes: the number of the feature that inherits what points to it; what is missing the form says."""
    counts = await queries.counts(session)
    numbers = {str(each.found.number): each.found.number for each in planned.changes}
    found: dict[UUID, UUID | int | None] = {}
    names = {row.id: localized(row.name, at.lang) for row in rows}
    for row in planned.gone:
        field = f"into-{row.id}"
        found[row.id] = numbers.get(form.raw(field)) if counts.get(row.id) else None
        if counts.get(row.id) and found[row.id] is None:
            told = counted(at, counts[row.id])
            form.refuse(
                field,
                at._("Виберіть, якому району передати те, що має «%(name)s»: %(what)s") % {"name": names[row.id], "what": told},
            )
    return found


handlers = [show_upload, take_file, show_preview, shapes, save]
