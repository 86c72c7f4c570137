"""My data: a copy of everything, or the end of it."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect, Stream

from src.platform.data.unit_of_work import Database
from src.platform.people.audit.service import record
from src.platform.people.personal_data import subject
from src.platform.web.access import PUBLIC, SIGNED_IN, SIGNED_IN_RECENTLY
from src.platform.web.app import Now, Uow
from src.platform.web.cookies import SESSION, drop_cookie
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import here
from src.platform.web.pages import page
from src.tenants.my_office import queries
from src.tenants.my_office.export import EXPORTED, archive, pieces
from src.tenants.my_office.service import leave

AnyRequest = Request[Any, Any, Any]
NO_STORE = {"Cache-Control": "no-store"}


@get("/me/data", access=SIGNED_IN, include_in_schema=False)
async def my_data(request: AnyRequest, uow: Uow) -> Response[Any]:
    """What can be done with my data."""
    at = here(request)
    counted = await queries.figures(uow, at.the_person.email)
    return page(request, "my_office/data.html", cache="no-store", nav="me", tab="data", counted=counted)


@get("/me/data/export", access=SIGNED_IN, include_in_schema=False)
async def before_export(request: AnyRequest) -> Response[Any]:
    """Where somebody comes out who had to sign in again for their copy."""
    return Redirect(here(request).url("/me/data"), status_code=303, headers=NO_STORE)


@post("/me/data/export", access=SIGNED_IN_RECENTLY, include_in_schema=False, status_code=200)
async def export(request: AnyRequest, now: Now) -> Stream:
    """Everything about me. The archive is made in transactions of its own, so none waits while it is sent."""
    at = here(request)
    database: Database = request.app.state.database
    person = at.the_person
    async with database.unit(at.the_city.id) as session:
        about = await subject(session, email=person.email, account_id=person.id)
        await record(
            session, EXPORTED, now=now, by=person.id, actor="staff" if person.roles else "person", subject=("account", person.id)
        )
    async with database.unit(at.the_city.id) as session:
        whole = await archive(session, at, about, now)
    name = f"vzaiemodiia-{at.the_city.slug}-{now:%Y-%m-%d}.zip"
    return Stream(
        pieces(whole),
        media_type="application/zip",
        headers={**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'},
    )


async def deletion_page(request: AnyRequest, uow: Uow, form: Form, *, status: int = 200) -> Response[Any]:
    """What goes, what stays and why; the form, or whom to ask for those who work here."""
    at = here(request)
    person = at.the_person
    return page(
        request,
        "my_office/deletion.html",
        status=status,
        cache="no-store",
        nav="me",
        tab="data",
        form=form,
        errors=form.errors,
        counted=await queries.figures(uow, person.email),
        take_down=at.the_city.options.after_deletion == "remove",
        works_here=bool(person.roles) or await queries.has_worked(uow, person.id),
    )


@get("/me/data/deletion", access=SIGNED_IN_RECENTLY, include_in_schema=False)
async def before_deletion(request: AnyRequest, uow: Uow) -> Response[Any]:
    """Say plainly what will be."""
    return await deletion_page(request, uow, Form())


@post("/me/data/deletion", access=SIGNED_IN_RECENTLY, include_in_schema=False, status_code=303)
async def delete_me(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Erase everything, if they have said that they mean it."""
    at = here(request)
    form = await read_form(request)
    person = at.the_person
    if person.roles or await queries.has_worked(uow, person.id):
        raise Redisplay(await deletion_page(request, uow, form, status=403))
    if form.raw("sure") != "yes":
        form.refuse("sure", at._("Поставте позначку, якщо справді хочете все видалити. Поки що нічого не видалено"))
        raise Redisplay(await deletion_page(request, uow, form, status=422))
    await leave(uow, at.the_city, email=person.email, account_id=person.id, language=at.lang, now=now)
    answer = Redirect(at.url("/me/data/deleted"), status_code=303, headers=NO_STORE)
    drop_cookie(answer, SESSION)
    return answer


@get("/me/data/deleted", access=PUBLIC, include_in_schema=False)
async def deleted(request: AnyRequest) -> Response[Any]:
    """It is done."""
    return page(request, "my_office/deleted.html", cache="no-store")


handlers = [my_data, before_export, export, before_deletion, delete_me, deleted]
