"""The log for those who may read it: a city's on the city's host, the platform's own on its."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.response import Redirect, Stream
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.people.accounts.service import actor_of_roles
from src.platform.people.audit import queries
from src.platform.people.audit.asked import NAMES, Asked, kinds_here, read
from src.platform.people.audit.export import FORMATS, portions
from src.platform.people.audit.queries import Place
from src.platform.people.audit.service import ACTIONS, action, record
from src.platform.people.audit.telling import tell
from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Redisplay, read_form
from src.platform.web.here import Here, here
from src.platform.web.i18n import msgid
from src.platform.web.pages import page

AnyRequest = Request[Any, Any, Any]
EXPORTED = action("audit.exported", msgid("Завантажено журнал дій"))
ADDRESS = "/staff/audit"


@get(ADDRESS, access=staff(Permission.SEE_AUDIT), include_in_schema=False)
async def log(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Who did what, newest first; the filters are in the address."""
    asked = await read(here(request), uow, request.query_params, now)
    return await show(request, uow, asked, Place.read(request.query_params.get("after", "")))


async def show(request: AnyRequest, session: AsyncSession, asked: Asked, after: Place | None = None) -> Response[Any]:
    """The page; with a fault in a filter it says so and shows no line."""
    at = here(request)
    found, more = ([], False) if asked.errors else await queries.lines(session, asked.filters, after)
    people = [(str(row.id), row.name) for row in await queries.staff_accounts(session)]
    if asked.filters.account_id is not None and asked.typed["who"] not in dict(people):
        people.append((asked.typed["who"], at._("той самий обліковий запис")))
    return page(
        request,
        "people/audit.html",
        status=422 if asked.errors else 200,
        cache="no-store",
        nav="audit",
        asked=asked,
        errors=asked.errors,
        lines=await tell(at, session, found),
        people=people,
        actions=words_of_actions(at),
        kinds=[(key, at._(kind.words)) for key, kind in kinds_here(at).items()],
        address=ADDRESS,
        next_url=at.url(ADDRESS + asked.query(after=str(found[-1].place))) if more else None,
        first_url=at.url(ADDRESS + asked.query()) if after else None,
    )


def words_of_actions(at: Here) -> list[tuple[str, str]]:
    """All actions in the order of their words."""
    return sorted(((key, at._(words)) for key, words in ACTIONS.items()), key=lambda pair: pair[1].casefold())


@post(f"{ADDRESS}/export", access=staff(Permission.SEE_AUDIT), include_in_schema=False, status_code=200)
async def export(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """The filtered log as a file. That it was taken is a line itself, and stands before the file's first one."""
    at = here(request)
    form = await read_form(request)
    asked = await read(at, uow, {name: form.line(name) for name in NAMES}, now)
    if asked.errors:
        raise Redisplay(await show(request, uow, asked))
    chosen = FORMATS.get(form.raw("format"))
    if chosen is None:
        raise NotFoundException
    line = await record(uow, EXPORTED, now=now, by=at.the_person.id, actor=actor_of_roles(at.the_person.roles))
    name = f"{at.the_tenant.slug}-audit-{now:%Y-%m-%d}.{chosen.ending}"
    return Stream(
        portions(at, request.app.state.database, asked.filters, Place(line.at, line.id), chosen),
        media_type=chosen.media_type,
        headers={"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'},
    )


@get(f"{ADDRESS}/export", access=staff(Permission.SEE_AUDIT), include_in_schema=False)
async def back_to_log(request: AnyRequest) -> Response[Any]:
    """Where the form was sent to and somebody had to sign in first: back to the page that has it."""
    return Redirect(here(request).url(ADDRESS), status_code=303, headers={"Cache-Control": "no-store"})


handlers = [log, export, back_to_log]
