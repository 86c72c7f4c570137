"""A file comes in, is looked at, accepted or not."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.exchange import queries, service
from src.local_officer.exchange.columns import COLUMNS, KINDS
from src.local_officer.exchange.models import OfficeImport
from src.local_officer.exchange.words import KIND_WORDS, WHAT_WORDS, sentence, trouble
from src.local_officer.officers.switch import require_office
from src.platform.data.unit_of_work import Database
from src.platform.limits import rules
from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.file_forms import BODY_AT_MOST, ending_of, file_of, form_with_file, shown_name
from src.platform.web.forms import Form, Redisplay
from src.platform.web.here import Here
from src.platform.web.pages import page

AnyRequest = Request[Any, Any, Any]
NO_STORE = {"Cache-Control": "no-store"}
NUMBER_DIGITS = 9
FORMATS = {"geojson": "geojson", "json": "geojson", "csv": "csv", "txt": "csv", "xlsx": "xlsx"}
RUNNING = ("waiting", "checking", "applying")


async def upload_page(request: AnyRequest, session: AsyncSession, form: Form, *, status: int = 200) -> Response[Any]:
    """The form, what each column means, and the latest imports."""
    at = require_office(request)
    return page(
        request,
        "exchange/import.html",
        status=status,
        cache="no-store",
        nav="offices",
        form=form,
        errors=form.errors,
        kinds=[(kind, at._(KIND_WORDS[kind])) for kind in KINDS],
        kind_words={kind: at._(words) for kind, words in KIND_WORDS.items()},
        columns=COLUMNS,
        english=at.language.code != "uk",
        latest=await queries.latest(session),
    )


@get("/staff/offices/import", access=staff(Permission.MANAGE_OFFICES), include_in_schema=False)
async def show_import(request: AnyRequest, uow: Uow) -> Response[Any]:
    """Choose a file."""
    return await upload_page(request, uow, Form({"kind": ["beats"]}))


@post(
    "/staff/offices/import",
    access=staff(Permission.MANAGE_OFFICES),
    limits=rules.IMPORTS,
    include_in_schema=False,
    status_code=303,
    request_max_body_size=BODY_AT_MOST,
)
async def take_file(request: AnyRequest, now: Now) -> Response[Any]:
    """Keep the file and have it checked. A transaction of its own: a slow upload holds no connection."""
    at = require_office(request)
    form = await form_with_file(request, too_large(at))
    database: Database = request.app.state.database
    try:
        kind, form_of_it = looked_at(at, form)
        if form.errors:
            async with database.unit(at.the_city.id) as session:
                raise Redisplay(await upload_page(request, session, form, status=422))
        upload = form.uploads["file"][0]
        import_id = service.new_id()
        await service.keep(at.the_city, import_id, upload.file)
        name = shown_name(upload)
        async with database.unit(at.the_city.id) as session:
            await service.begin(
                session, import_id, kind=kind, form=form_of_it, name=name, size=upload.size, by=at.the_person.id, now=now
            )
    finally:
        form.drop_uploads()
    return Redirect(at.url(f"/staff/offices/import/{import_id}"), status_code=303, headers=NO_STORE)


def too_large(at: Here) -> str:
    """The file is over the limit."""
    return at._("Файл більший за 20 МБ. Поділіть його або спростіть контури")


def looked_at(at: Here, form: Form) -> tuple[str, str]:
    """What was sent: its kind and format; what is wrong the form says."""
    kind = form.raw("kind")
    if kind not in KINDS:
        form.refuse("kind", at._("Виберіть, що у файлі"))
    upload = file_of(at, form, too_large(at))
    if upload is None:
        return kind, ""
    found = FORMATS.get(ending_of(upload), "")
    if kind == "beats" and found != "geojson":
        form.refuse("file", at._("Дільниці приймаємо у форматі GeoJSON: файл .geojson або .json"))
    elif kind != "beats" and found not in {"csv", "xlsx"}:
        form.refuse("file", at._("Таблицю приймаємо у форматі CSV або XLSX. Старий .xls збережіть як .xlsx"))
    return kind, found


async def import_of(session: AsyncSession, import_id: UUID) -> OfficeImport:
    """An import of this city; else it is not there."""
    row = await queries.import_at(session, import_id)
    if row is None:
        raise NotFoundException
    return row


@get("/staff/offices/import/{import_id:uuid}", access=staff(Permission.MANAGE_OFFICES), include_in_schema=False)
async def show_preview(request: AnyRequest, import_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """How far it is; then every row with what is wrong with it."""
    at = require_office(request)
    return await preview(request, at, uow, await import_of(uow, import_id))


async def preview(
    request: AnyRequest, at: Here, session: AsyncSession, row: OfficeImport, *, told: str = "", status: int = 200
) -> Response[Any]:
    """The page of an import; ``told`` is why something was not done."""
    only_bad = request.query_params.get("only") == "bad"
    after = request.query_params.get("after", "")
    start = int(after) if after.isdecimal() and len(after) <= NUMBER_DIGITS else 0
    rows = []
    if row.state in {"checked", "applied"}:
        rows = await queries.rows_after(session, row.id, start, bad=True if only_bad else None, count=queries.ROWS_A_PAGE + 1)
    more = len(rows) > queries.ROWS_A_PAGE
    rows = rows[: queries.ROWS_A_PAGE]
    return page(
        request,
        "exchange/preview.html",
        status=status,
        cache="no-store",
        nav="offices",
        row=row,
        kind=at._(KIND_WORDS[row.kind]),
        running=row.state in RUNNING,
        trouble=trouble(at, row.trouble),
        told=told,
        whats=await queries.whats(session, row.id) if row.state in {"checked", "applied"} else {},
        what_words={what: at._(words) for what, words in WHAT_WORDS.items()},
        rows=[
            {
                "number": each.number,
                "data": each.data,
                "cells": cells(each.data, row.kind),
                "problems": [sentence(at, row.kind, one) for one in each.problems],
            }
            for each in rows
        ],
        only_bad=only_bad,
        next_after=rows[-1].number if more else 0,
    )


def cells(data: dict[str, Any], kind: str) -> list[str]:
    """What a row says, in short."""
    return [text for column in COLUMNS[kind] if (text := str(data.get(column.key, "")))][:5]


async def settled(request: AnyRequest, session: AsyncSession, import_id: UUID, now: datetime, *, accepted: bool) -> Response[Any]:
    """Do what a button says, or tell that it is too late for it."""
    at = require_office(request)
    do = service.accept if accepted else service.discard
    row = await import_of(session, import_id)
    if not await do(session, import_id, by=at.the_person.id, now=now):
        await session.refresh(row)
        told = at._("Цього вже не можна зробити: подивіться, що з файлом зараз")
        raise Redisplay(await preview(request, at, session, row, told=told, status=422))
    where = f"/staff/offices/import/{import_id}" if accepted else "/staff/offices/import"
    return Redirect(at.url(where), status_code=303, headers=NO_STORE)


@post(
    "/staff/offices/import/{import_id:uuid}/acceptance",
    access=staff(Permission.MANAGE_OFFICES),
    limits=rules.IMPORTS,
    include_in_schema=False,
    status_code=303,
)
async def accept(request: AnyRequest, import_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Have the good rows written."""
    return await settled(request, uow, import_id, now, accepted=True)


@post(
    "/staff/offices/import/{import_id:uuid}/discarding",
    access=staff(Permission.MANAGE_OFFICES),
    limits=rules.IMPORTS,
    include_in_schema=False,
    status_code=303,
)
async def discard(request: AnyRequest, import_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Take nothing."""
    return await settled(request, uow, import_id, now, accepted=False)


handlers = [show_import, take_file, show_preview, accept, discard]
