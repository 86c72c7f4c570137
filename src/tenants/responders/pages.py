"""Bodies that answer, in the staff area: the list, one body, rules of routing, gaps."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import Here, here
from src.tenants.cities.catalogue import Catalogue, ResponderHere, catalogue
from src.tenants.cities.models import Responder
from src.tenants.responders import form as forms
from src.tenants.responders import queries, service
from src.tenants.settings.showing import MANAGE, AnyRequest, done_of, leads_to, settings_page

NEW = "/staff/settings/responders/new"
ANY = "any"
"""A rule for every category, or every district."""


def done_words(at: Here, request: AnyRequest) -> str:
    """What was done, after a redirect."""
    return done_of(
        request,
        {
            "saved": at._("Збережено."),
            "retired": at._("Нових запитань ця установа не отримуватиме."),
            "revived": at._("Установа знову отримуватиме запитання."),
            "ruled": at._("Правило збережено. Воно діє для запитань, які передають відтепер."),
        },
    )


def kind_words(at: Here) -> list[tuple[str, str]]:
    """Kinds of bodies."""
    return [
        ("police", at._("поліція")),
        ("city", at._("міська влада чи служба")),
        ("lawyer", at._("юристи")),
        ("utility", at._("комунальна служба")),
        ("other", at._("інша установа")),
    ]


def ordered(found: list[ResponderHere]) -> list[ResponderHere]:
    """A body, then its units."""
    ids = {item.id for item in found}
    heads = [item for item in found if item.parent_id not in ids]
    return [each for head in heads for each in (head, *(item for item in found if item.parent_id == head.id))]


@get("/staff/settings/responders", access=MANAGE, include_in_schema=False)
async def bodies(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """All bodies with how they answer, and the rules."""
    return await bodies_page(request, uow, now, Form())


async def bodies_page(request: AnyRequest, session: AsyncSession, now: Any, form: Form, *, status: int = 200) -> Response[Any]:  # noqa: ANN401
    """The list and the form of a rule."""
    at = here(request)
    source = await catalogue(session)
    known = source.into(at.lang)
    return settings_page(
        request,
        "responders/all.html",
        status=status,
        form=form,
        bodies=ordered(known.responders),
        retired=[item for item in known.responder_list if item.retired],
        kinds=dict(kind_words(at)),
        diligence=await queries.diligence(session, now=now),
        rules=rule_rows(at, source),
        category_options=[
            (ANY, at._("будь-яка тема")),
            *((str(c.id), known.full_name(c)) for c in known.categories if not c.emergency),
        ],
        district_options=[(ANY, at._("будь-який район")), *((str(item.id), item.full) for item in known.districts)],
        responder_options=[(str(item.id), item.name) for item in known.responders],
        done=done_words(at, request),
    )


def rule_rows(at: Here, source: Catalogue) -> list[dict[str, Any]]:
    """Rules in words, in the city's order; the city's fallback last."""
    known = source.into(at.lang)
    order = {item.id: number for number, item in enumerate(known.category_list)}
    streets = {item.id: number for number, item in enumerate(known.districts)}
    last = len(order) + len(streets)
    rows = sorted(source.rules, key=lambda rule: (order.get(rule.category_id, last), streets.get(rule.district_id, last)))  # type: ignore[arg-type]
    return [
        {
            "category": known.full_name(known.category[rule.category_id]) if rule.category_id else "",
            "district": known.district[rule.district_id].full if rule.district_id else "",
            "responder": known.responder[rule.responder_id],
            "category_id": str(rule.category_id or ANY),
            "district_id": str(rule.district_id or ANY),
        }
        for rule in rows
    ]


@post("/staff/settings/routing", access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def set_rule(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Say who gets questions of a case, or take a rule away."""
    at = here(request)
    form = await read_form(request)
    source = await catalogue(uow)
    known = source.into(at.lang)
    category = case(form, "category", {str(item.id): item.id for item in known.category_list}, at._("Виберіть тему зі списку"))
    district = case(form, "district", {str(item.id): item.id for item in known.districts}, at._("Виберіть район зі списку"))
    responder = next((item.id for item in known.responders if str(item.id) == form.line("responder")), None)
    if responder is None and not form.flag("remove"):
        form.refuse("responder", at._("Виберіть, хто відповідатиме"))
    if form.errors:
        raise Redisplay(await bodies_page(request, uow, now, form, status=422))
    wanted = None if form.flag("remove") else responder
    await service.set_rule(uow, category, district, wanted, by=at.the_person.id, now=now)
    return leads_to(request, "/staff/settings/responders?done=ruled#rules")


def case(form: Form, name: str, among: dict[str, UUID], sentence: str) -> UUID | None:
    """One half of a rule's case; none is any."""
    typed = form.line(name)
    if typed != ANY and typed not in among:
        form.refuse(name, sentence)
    return among.get(typed)


async def responder_page(
    request: AnyRequest, session: AsyncSession, row: Responder | None, form: Form, *, status: int = 200
) -> Response[Any]:
    """The form of a body."""
    at = here(request)
    known = (await catalogue(session)).into(at.lang)
    return settings_page(
        request,
        "responders/one.html",
        status=status,
        row=row,
        form=form,
        action=at.url(f"/staff/settings/responders/{row.id}" if row else NEW),
        kinds=kind_words(at),
        parents=[
            (str(item.id), item.name)
            for item in known.responders
            if item.parent_id is None and (row is None or item.id != row.id)
        ],
        done=done_words(at, request),
    )


def read(form: Form, at: Here, source: Catalogue, row: Responder | None) -> dict[str, Any]:
    """What was typed, checked against the city's other bodies."""
    others = [item for item in source.responders if row is None or item.id != row.id]
    return forms.read_responder(
        form,
        at,
        parents={item.id for item in others if item.parent_id is None and item.retired_at is None},
        taken={item.name.get("uk", "").lower() for item in others if item.retired_at is None},
        has_units=row is not None and any(item.parent_id == row.id for item in others),
    )


@get(NEW, access=MANAGE, include_in_schema=False)
async def new(request: AnyRequest, uow: Uow) -> Response[Any]:
    """An empty form."""
    return await responder_page(request, uow, None, Form())


@post(NEW, access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def make(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Add a body."""
    at = here(request)
    form = await read_form(request)
    columns = read(form, at, await catalogue(uow), None)
    if form.errors:
        raise Redisplay(await responder_page(request, uow, None, form, status=422))
    await service.make(uow, columns, by=at.the_person.id, now=now)
    return leads_to(request, "/staff/settings/responders?done=saved")


async def found(session: AsyncSession, responder_id: UUID) -> Responder:
    """The body, locked, or the 404 of a missing thing."""
    row = await service.responder_at(session, responder_id, lock=True)
    if row is None:
        raise NotFoundException
    return row


@get("/staff/settings/responders/{responder_id:uuid}", access=MANAGE, include_in_schema=False)
async def one(request: AnyRequest, responder_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """A body as it is."""
    row = await service.responder_at(uow, responder_id)
    if row is None:
        raise NotFoundException
    return await responder_page(request, uow, row, forms.of_responder(row))


@post(
    "/staff/settings/responders/{responder_id:uuid}",
    access=MANAGE,
    limits=rules.ANSWERS,
    include_in_schema=False,
    status_code=303,
)
async def change(request: AnyRequest, responder_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Change a body."""
    at = here(request)
    form = await read_form(request)
    row = await found(uow, responder_id)
    columns = read(form, at, await catalogue(uow), row)
    if form.errors:
        raise Redisplay(await responder_page(request, uow, row, form, status=422))
    await service.change(uow, row, columns, by=at.the_person.id, now=now)
    return leads_to(request, "/staff/settings/responders?done=saved")


@post(
    "/staff/settings/responders/{responder_id:uuid}/retirement",
    access=MANAGE,
    limits=rules.ANSWERS,
    include_in_schema=False,
    status_code=303,
)
async def retire(request: AnyRequest, responder_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Send a body nothing new, or again."""
    at = here(request)
    back = (await read_form(request)).line("way") == "back"
    await service.retire(uow, await found(uow, responder_id), back=back, by=at.the_person.id, now=now)
    done = "revived" if back else "retired"
    return leads_to(request, f"/staff/settings/responders?done={done}")


@get("/staff/gaps", access=staff(Permission.SEE_FIGURES), include_in_schema=False)
async def gaps(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """What the rules leave to nobody or to the fallback, and who does not answer."""
    at = here(request)
    source = await catalogue(uow)
    known = source.into(at.lang)
    found_cells = queries.table(source, known.categories, known.districts)
    everybody = await queries.diligence(uow, now=now)
    return settings_page(
        request,
        "responders/gaps.html",
        nav="gaps",
        known=known,
        table=found_cells,
        holes=sum(cell.responder_id is None for _, cells in found_cells for cell in cells),
        silent=sorted(
            ((known.responder[key], found) for key, found in everybody.items() if found.silent),
            key=lambda pair: -pair[1].oldest_days,
        ),
        others=[(known.responder[key], found) for key, found in everybody.items() if not found.silent],
        never=[item for item in known.responders if item.id not in everybody],
        silent_after=queries.SILENT_AFTER,
    )


handlers = [bodies, set_rule, new, make, one, change, retire, gaps]
