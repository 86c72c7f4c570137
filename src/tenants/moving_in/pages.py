"""Past appeals move in: a file comes in, is looked at, moved in or not, taken back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.unit_of_work import Database
from src.platform.limits import rules
from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.file_forms import BODY_AT_MOST, ending_of, file_of, form_with_file, shown_name
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import Here, here
from src.platform.web.pages import page
from src.tenants.cities.catalogue import InLanguage, catalogue
from src.tenants.moving_in import pages_mapping, queries, service
from src.tenants.moving_in.fields import FIELDS
from src.tenants.moving_in.models import PastImport, PastRow
from src.tenants.moving_in.reaching import NO_STORE, ROOT, AnyRequest, import_of, onward
from src.tenants.moving_in.words import sentence, trouble, warning

NUMBER_DIGITS = 9
FIRST_GOOD = 5
FORMATS = {"csv": "csv", "txt": "csv", "tsv": "csv", "xlsx": "xlsx"}
ONLY = ("bad", "warned")


async def upload_page(request: AnyRequest, session: AsyncSession, form: Form, *, status: int = 200) -> Response[Any]:
    """The form, what a file may hold, and the latest imports."""
    return page(
        request,
        "moving_in/import.html",
        status=status,
        cache="no-store",
        nav="settings",
        errors=form.errors,
        fields=FIELDS,
        latest=await queries.latest(session),
    )


@get(ROOT, access=staff(Permission.MANAGE_CITY), include_in_schema=False)
async def show_import(request: AnyRequest, uow: Uow) -> Response[Any]:
    """Choose a file."""
    return await upload_page(request, uow, Form())


@post(
    ROOT,
    access=staff(Permission.MANAGE_CITY),
    limits=rules.IMPORTS,
    include_in_schema=False,
    status_code=303,
    request_max_body_size=BODY_AT_MOST,
)
async def take_file(request: AnyRequest, now: Now) -> Response[Any]:
    """Keep the file and have its headings read. A transaction of its own: a slow upload holds no connection."""
    at = here(request)
    form = await form_with_file(request, too_large(at))
    database: Database = request.app.state.database
    try:
        found = looked_at(at, form)
        if form.errors:
            async with database.unit(at.the_city.id) as session:
                raise Redisplay(await upload_page(request, session, form, status=422))
        upload = form.uploads["file"][0]
        import_id = service.new_id()
        await service.keep(at.the_city, import_id, upload.file)
        name = shown_name(upload)
        async with database.unit(at.the_city.id) as session:
            await service.begin(session, import_id, form=found, name=name, size=upload.size, by=at.the_person.id, now=now)
    finally:
        form.drop_uploads()
    return Redirect(at.url(f"{ROOT}/{import_id}"), status_code=303, headers=NO_STORE)


def too_large(at: Here) -> str:
    """The file is over the limit."""
    return at._("Файл більший за 20 МБ. Поділіть його")


def looked_at(at: Here, form: Form) -> str:
    """The format of what was sent; what is wrong the form says."""
    upload = file_of(at, form, too_large(at))
    found = FORMATS.get(ending_of(upload), "") if upload else ""
    if upload is not None and not found:
        form.refuse("file", at._("Таблицю приймаємо у форматі CSV або XLSX. Старий .xls збережіть як .xlsx"))
    return found


@get(ROOT + "/{import_id:uuid}", access=staff(Permission.MANAGE_CITY), include_in_schema=False)
async def show_preview(request: AnyRequest, import_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """How far it is; then every row with what is wrong with it. While something is to be said, the way there."""
    row = await import_of(uow, import_id)
    if row.state in {"columns", "values"}:
        return onward(here(request), row)
    return await preview(request, uow, row, now)


async def preview(
    request: AnyRequest,
    session: AsyncSession,
    row: PastImport,
    now: datetime,
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    """The page of an import."""
    at = here(request)
    only = request.query_params.get("only", "")
    only = only if only in ONLY else ""
    after = request.query_params.get("after", "")
    start = int(after) if after.isdecimal() and len(after) <= NUMBER_DIGITS else 0
    rows: list[PastRow] = []
    samples: list[PastRow] = []
    if row.state in {"checked", "applied"}:
        bad = True if only == "bad" or row.state == "applied" else None
        rows = await queries.rows_after(session, row.id, start, bad=bad, warned=only == "warned", count=queries.ROWS_A_PAGE + 1)
    if row.state == "checked" and not only and not start:
        samples = await queries.rows_after(session, row.id, 0, bad=False, count=FIRST_GOOD)
    more = len(rows) > queries.ROWS_A_PAGE
    rows = rows[: queries.ROWS_A_PAGE]
    known = (await catalogue(session)).into(at.lang)
    return page(
        request,
        "moving_in/preview.html",
        status=status,
        cache="no-store",
        nav="settings",
        row=row,
        errors=errors or {},
        running=row.state in service.BUSY,
        trouble=trouble(at, row.trouble),
        samples=[shown(one, known) for one in samples],
        rows=[
            {
                "number": one.number,
                "said": list(one.data.get("said", {}).values())[:5] or [one.data.get("number", ""), one.data.get("title", "")],
                "problems": [sentence(at, problem) for problem in one.problems],
                "warnings": [warning(at, found) for found in one.warnings],
            }
            for one in rows
        ],
        only=only,
        next_after=rows[-1].number if more else 0,
        back_until=row.applied_at + service.KEPT if row.applied_at and service.may_be_taken_back(row, now) else None,
    )


def shown(row: PastRow, known: InLanguage) -> dict[str, Any]:
    """A good row as it will look on the site."""
    said = row.data
    category = known.category.get(UUID(said["category"]))
    district = known.district.get(UUID(said["district"]))
    responder = known.responder.get(UUID(said["responder"])) if said["responder"] else None
    return {
        "title": said["title"],
        "details": said["details"],
        "category": category.name if category else "",
        "district": district.full if district else "",
        "place": said["place"],
        "on_map": said["lon"] is not None,
        "asked_at": row.asked_at,
        "status": said["state"],
        "short": said["short"],
        "responder": responder.name if responder else "",
        "answered_at": datetime.fromisoformat(said["answered"]) if said["answered"] else None,
        "number": said["number"],
    }


async def too_late(request: AnyRequest, session: AsyncSession, row: PastImport, now: datetime) -> Response[Any]:
    """Tell that what a button says cannot be done any more."""
    told = here(request)._("Цього вже не можна зробити: подивіться, що з файлом зараз")
    return await preview(request, session, row, now, errors={"": told}, status=422)


@post(
    ROOT + "/{import_id:uuid}/moving",
    access=staff(Permission.MANAGE_CITY),
    limits=rules.IMPORTS,
    include_in_schema=False,
    status_code=303,
)
async def move(request: AnyRequest, import_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Have all good rows written; bad ones are left out only when that is said."""
    at = here(request)
    form = await read_form(request)
    row = await import_of(uow, import_id, lock=True)
    if row.state == "checked" and row.good and row.bad and not form.flag("skip"):
        told = at._("У файлі є рядки з помилками. Виправте їх або позначте, що їх треба пропустити")
        raise Redisplay(await preview(request, uow, row, now, errors={"skip": told}, status=422))
    if not await service.accept(uow, row, skip=form.flag("skip"), by=at.the_person.id, now=now):
        raise Redisplay(await too_late(request, uow, row, now))
    return onward(at, row)


@post(
    ROOT + "/{import_id:uuid}/discarding",
    access=staff(Permission.MANAGE_CITY),
    limits=rules.IMPORTS,
    include_in_schema=False,
    status_code=303,
)
async def discard(request: AnyRequest, import_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Take nothing."""
    at = here(request)
    row = await import_of(uow, import_id, lock=True)
    if not await service.discard(uow, row, by=at.the_person.id, now=now):
        raise Redisplay(await too_late(request, uow, row, now))
    return Redirect(at.url(ROOT), status_code=303, headers=NO_STORE)


@post(
    ROOT + "/{import_id:uuid}/taking-back",
    access=staff(Permission.MANAGE_CITY),
    limits=rules.IMPORTS,
    include_in_schema=False,
    status_code=303,
)
async def take_back(request: AnyRequest, import_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Take down all that was moved in."""
    at = here(request)
    form = await read_form(request)
    row = await import_of(uow, import_id, lock=True)
    if service.may_be_taken_back(row, now) and not form.flag("sure"):
        told = at._("Позначте, що справді хочете зняти всі ці звернення із сайту")
        raise Redisplay(await preview(request, uow, row, now, errors={"sure": told}, status=422))
    if not await service.ask_back(uow, row, by=at.the_person.id, now=now):
        raise Redisplay(await too_late(request, uow, row, now))
    return onward(at, row)


handlers = [show_import, take_file, show_preview, move, discard, take_back, *pages_mapping.handlers]
