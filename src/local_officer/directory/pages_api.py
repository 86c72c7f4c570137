"""Routes of the API about officers, their hours and beats. Read-only; the same for everybody."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.directory import api_shapes as shapes
from src.local_officer.directory import finding
from src.local_officer.directory.api_parameters import (
    BEAT,
    HOURS_FROM,
    HOURS_TO,
    LAT,
    LON,
    OFFICE_AFTER,
    OFFICE_DISTRICT,
    AskedOffice,
    days_of,
)
from src.local_officer.directory.api_words import Telling
from src.local_officer.directory.seen import Seeing
from src.local_officer.directory.taken_away import TakenAway
from src.local_officer.office_hours.queries import AHEAD, hours_of, made_of, rows_of
from src.local_officer.office_hours.times import status_of
from src.local_officer.officers.office import OfficerHere
from src.local_officer.officers.queries import office
from src.local_officer.officers.switch import require_office
from src.platform.limits import rules
from src.platform.web.access import PUBLIC
from src.platform.web.app import Now, Uow
from src.platform.web.i18n import msgid
from src.tenants.cities.catalogue import catalogue
from src.tenants.open_data.answering import GEOJSON, REFUSED, UNCHANGED, next_address
from src.tenants.open_data.filters import LANGUAGE, LIMIT, Given, problem, read_into, refuse, takes
from src.tenants.open_data.shapes import Problem

AnyRequest = Request[Any, Any, Any]
FORM = 1
"""Counts the shapes of the answers: raise it with each change of them."""
MISSING = ResponseSpec(Problem, generate_examples=False, description=msgid("Такого дільничного тут немає"))
OfficerKey = Annotated[UUID, Parameter(description=msgid("Ключ дільничного з /api/v1/officers"))]

LOCATE = (LANGUAGE, LAT, LON)
LIST = (LANGUAGE, OFFICE_DISTRICT, BEAT, LIMIT, OFFICE_AFTER)
HOURS = (LANGUAGE, HOURS_FROM, HOURS_TO)


async def asked_for(
    request: AnyRequest, uow: AsyncSession, now: datetime, parameters: tuple[Given, ...]
) -> tuple[Seeing, AskedOffice]:
    """The office as this reader may see it, and what they ask for."""
    at = require_office(request)
    known = await catalogue(uow)
    asked = AskedOffice()
    read_into(request, known, parameters, asked)
    return Seeing(at, await office(uow), known, now), asked


def tag(see: Seeing) -> str:
    """Names the state of what depends on the catalogue and the day alone, in this language."""
    return f'W/"office.{FORM}.{see.source.revision}.{see.today:%Y%m%d}.{see.at.lang}"'


def unchanged(request: AnyRequest, see: Seeing) -> Response[Any] | None:
    """304, when whoever asks has the current state already (RFC 9110, 13.1.2)."""
    had = [part.strip() for part in request.headers.get("if-none-match", "").split(",")]
    return Response(None, status_code=304, headers=validated(see)) if tag(see) in had or had == ["*"] else None


def validated(see: Seeing) -> dict[str, str]:
    """Anybody may keep a copy, and asks before using it whether it is still current."""
    return {"ETag": tag(see), "Cache-Control": "public, no-cache"}


def fresh(content: Any, cache: str = "no-cache") -> Response[Any]:  # noqa: ANN401
    """What changes with the moment."""
    return Response(content, headers={"Cache-Control": cache})


def serving(see: Seeing, officer_id: UUID) -> OfficerHere:
    """An officer who serves today; any other is missing."""
    row = see.source.officer.get(officer_id)
    if row is None or not row.serves(see.today):
        raise problem(404, see.at._("Такого дільничного тут немає."))
    return row


@get(
    "/api/v1/officers/locate",
    access=PUBLIC,
    limits=rules.API,
    tags=["officers"],
    operation_id="locateOfficer",
    operation_class=takes(*LOCATE),
    summary=msgid("Хто мій дільничний"),
    description=msgid("Дільниця й дільничний за точкою. На межі, у вирізі, поза дільницями й містом відповідь про це й каже."),
    response_description=msgid("Хто відповідає за точку"),
    responses={400: REFUSED},
)
async def locate(request: AnyRequest, uow: Uow, now: Now) -> Response[shapes.Located]:
    """Who answers for a point; places of people are nobody's business, so no copy is kept."""
    see, asked = await asked_for(request, uow, now, LOCATE)
    for name, value in (("lat", asked.lat), ("lon", asked.lon)):
        if value is None:
            raise refuse(see.at, name, see.at._("він обов’язковий."))
    known = await catalogue(uow)
    answer = finding.by_point(see.source, known, see.at.the_city, asked.lon or 0.0, asked.lat or 0.0, see.today)
    return fresh(Telling(see).located(answer), "no-store")


@get(
    "/api/v1/officers",
    access=PUBLIC,
    limits=rules.API,
    tags=["officers"],
    operation_id="officers",
    operation_class=takes(*LIST),
    summary=msgid("Дільничні сторінками"),
    description=msgid(
        "Дільничні офіцери поліції міста. Щоб отримати всіх, ідіть за адресою з поля next, доки вона не стане null."
    ),
    response_description=msgid("Сторінка дільничних"),
    responses={304: UNCHANGED, 400: REFUSED},
)
async def officers(request: AnyRequest, uow: Uow, now: Now) -> Response[shapes.Officers]:
    """A page of officers, in the order of their service numbers."""
    see, asked = await asked_for(request, uow, now, LIST)
    if same := unchanged(request, see):
        return same
    found = sorted((row for row in see.source.on_duty(see.today) if row.code > asked.after), key=lambda row: row.code)
    if asked.beat:
        beat = see.source.beat_by_number.get(asked.beat)
        among = {item.officer_id for item in see.source.serving(beat.id, see.today)} if beat else set()
        found = [row for row in found if row.id in among]
    if asked.district:
        district_id = see.known.district_by_slug[asked.district].id
        found = [row for row in found if any(beat.district_id == district_id for beat in see.source.beats_of(row.id, see.today))]
    shown, more = found[: asked.limit], len(found) > asked.limit
    telling = Telling(see)
    content = shapes.Officers([telling.officer(row) for row in shown], next_address(request, shown[-1].code) if more else None)
    return Response(content, headers=validated(see))


@get(
    "/api/v1/officers/{officer_id:uuid}",
    access=PUBLIC,
    limits=rules.API,
    tags=["officers"],
    operation_id="officer",
    operation_class=takes(LANGUAGE),
    summary=msgid("Один дільничний"),
    description=msgid("Дільничний із найближчим прийомом і годинами в синтаксисі OpenStreetMap."),
    response_description=msgid("Дільничний цілком"),
    responses={400: REFUSED, 404: MISSING},
)
async def officer(request: AnyRequest, uow: Uow, now: Now, officer_id: FromPath[OfficerKey]) -> Response[shapes.OfficerWhole]:
    """One officer."""
    see, _ = await asked_for(request, uow, now, (LANGUAGE,))
    row, telling = serving(see, officer_id), Telling(see)
    hours = await rows_of(uow, [row.id], see.today, see.today + AHEAD)
    status = status_of(made_of(hours, row.id, see.today, see.today + AHEAD, city=see.at.the_city), now)
    taken = TakenAway(see, row)
    return fresh(
        shapes.OfficerWhole(
            **telling.officer_parts(row),
            out_of_date=see.out_of_date(row),
            now=telling.reception(see.reception(status.now)),
            next=telling.reception(see.reception(status.next)),
            opening_hours=taken.opening_hours(hours),
            station=telling.station(taken.station),
        )
    )


@get(
    "/api/v1/officers/{officer_id:uuid}/hours",
    access=PUBLIC,
    limits=rules.API,
    tags=["officers"],
    operation_id="officerHours",
    operation_class=takes(*HOURS),
    summary=msgid("Години прийому дільничного"),
    description=msgid("Прийоми по днях з урахуванням змін, відсутності й замін. Початок і кінець — у UTC."),
    response_description=msgid("Прийоми"),
    responses={400: REFUSED, 404: MISSING},
)
async def hours(request: AnyRequest, uow: Uow, now: Now, officer_id: FromPath[OfficerKey]) -> Response[shapes.Hours]:
    """Receptions of some days."""
    see, asked = await asked_for(request, uow, now, HOURS)
    row, telling = serving(see, officer_id), Telling(see)
    first, last = days_of(see.at, asked, see.today)
    found = await hours_of(uow, [row.id], first, last, city=see.at.the_city)
    return fresh(shapes.Hours([told for one in found[row.id] if (told := telling.reception(see.reception(one)))]))


@get(
    "/api/v1/beats.geojson",
    access=PUBLIC,
    limits=rules.API,
    tags=["officers"],
    operation_id="beatsGeojson",
    operation_class=takes(LANGUAGE, Given("v", lambda *_: None, msgid("Будь-що: позначка версії для кешу."))),
    media_type=GEOJSON,
    summary=msgid("Дільниці з межами"),
    description=msgid("GeoJSON (RFC 7946) дільниць і тих, хто обслуговує їх сьогодні."),
    response_description=msgid("Дільниці"),
    responses={304: UNCHANGED, 400: REFUSED},
)
async def beats_geojson(request: AnyRequest, uow: Uow, now: Now) -> Response[shapes.Beats]:
    """All beats; written once a revision, day and language."""
    see, _ = await asked_for(request, uow, now, (LANGUAGE, Given("v", lambda *_: None, "")))
    if same := unchanged(request, see):
        return same
    body: Any = see.source.written(tag(see), Telling(see).features)
    return Response(body, media_type=GEOJSON, headers=validated(see))


handlers = [locate, officers, officer, hours, beats_geojson]
