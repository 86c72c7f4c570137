"""Routes of the API. Read-only; the same for everybody, whoever is signed in."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.web.access import PUBLIC
from src.platform.web.here import Here, here
from src.platform.web.i18n import msgid
from src.tenants.appeals.numbers import readable_number
from src.tenants.board.snapshot import snapshot
from src.tenants.cities.catalogue import catalogue
from src.tenants.open_data import documentation, filters, queries, service, shapes
from src.tenants.open_data.answering import GEOJSON, REFUSED, UNCHANGED, next_address
from src.tenants.open_data.filters import BBOX, CATEGORY, DISTRICT, FROM, LANGUAGE, LIMIT, STATE, TO, WORDS, problem, read

AnyRequest = Request[Any, Any, Any]
FORM = 2
"""Counts the shapes of the answers: raise it with each change of them, so that copies made before are asked for anew."""

Number = Annotated[str, Parameter(description=msgid("Номер звернення, як-от KYIV-2026-000403"))]

LIST = (LANGUAGE, STATE, CATEGORY, DISTRICT, FROM, TO, WORDS, LIMIT, filters.AFTER)
MARKS = (LANGUAGE, STATE, CATEGORY, DISTRICT, FROM, TO, BBOX)

MISSING = ResponseSpec(shapes.Problem, generate_examples=False, description=msgid("Такого опублікованого звернення немає"))


def tag(at: Here, uow: AsyncSession) -> str:
    """Names the state of everything this city publishes, as this transaction sees it, in this language.

    Exact: each change that the public can see raises one of the two revisions in its own transaction. A date would not
    be: it cannot tell two changes of one second apart, so there is no Last-Modified.
    """
    info = uow.info
    return f'W/"{FORM}.{info["published_revision"]}.{info["catalogue_revision"]}.{at.lang}"'


def unchanged(request: AnyRequest, uow: AsyncSession) -> Response[Any] | None:
    """304, when whoever asks has the current state already (RFC 9110, 13.1.2)."""
    current = tag(here(request), uow)
    had = [part.strip() for part in request.headers.get("if-none-match", "").split(",")]
    return Response(None, status_code=304, headers=headers(request, uow)) if current in had or had == ["*"] else None


def headers(request: AnyRequest, uow: AsyncSession) -> dict[str, str]:
    """Anybody may keep a copy, and asks before using it whether it is still current."""
    return {"ETag": tag(here(request), uow), "Cache-Control": "public, no-cache"}


def sent(request: AnyRequest, uow: AsyncSession, content: Any, media_type: str = "application/json") -> Response[Any]:  # noqa: ANN401
    """The answer with its validator."""
    return Response(content, media_type=media_type, headers=headers(request, uow))


@get(
    "/api/v1/appeals",
    access=PUBLIC,
    limits=rules.API,
    tags=["appeals"],
    operation_id="appeals",
    operation_class=filters.takes(*LIST),
    summary=msgid("Звернення сторінками"),
    description=msgid(
        "Опубліковані звернення, нові спочатку. Щоб отримати все, ідіть за адресою з поля next, доки вона не стане null."
    ),
    response_description=msgid("Сторінка звернень"),
    responses={304: UNCHANGED, 400: REFUSED},
)
async def appeals(request: AnyRequest, uow: AsyncSession) -> Response[shapes.AppealPage]:
    """A page of public questions."""
    known = await catalogue(uow)
    asked = read(request, known, LIST)
    if same := unchanged(request, uow):
        return same
    at = here(request)
    rows = await queries.a_page(uow, asked)
    shown, more = rows[: asked.limit], len(rows) > asked.limit
    onward = next_address(request, filters.cursor(shown[-1].published_at, shown[-1].id)) if more else None
    texts = known.into(at.lang)
    return sent(request, uow, shapes.AppealPage([service.appeal(row, at, texts) for row in shown], onward))


@get(
    "/api/v1/appeals.geojson",
    access=PUBLIC,
    limits=rules.API,
    tags=["appeals"],
    operation_id="appealsGeojson",
    operation_class=filters.takes(*MARKS),
    media_type=GEOJSON,
    summary=msgid("Звернення на карті"),
    description=msgid(
        "GeoJSON (RFC 7946) звернень, що мають публічну точку. Точка «приблизно 100 метрів» — середина клітинки сталої сітки. "
        "Звернення без точки полічено в without_point."
    ),
    response_description=msgid("Звернення з точками"),
    responses={304: UNCHANGED, 400: REFUSED},
)
async def appeals_geojson(request: AnyRequest, uow: AsyncSession) -> Response[shapes.Marks]:
    """Public questions that have a point."""
    known = await catalogue(uow)
    asked = read(request, known, MARKS)
    if same := unchanged(request, uow):
        return same
    at = here(request)
    rows = await queries.marks(uow, asked)
    texts = known.into(at.lang)
    found = shapes.Marks(
        features=[service.mark(row, at, texts) for row in rows[: queries.MARKS_AT_MOST]],
        truncated=len(rows) > queries.MARKS_AT_MOST,
        without_point=await queries.without_point(uow, asked),
    )
    # Encoded here, so that thousands of objects do not wait for the transaction's end.
    return sent(request, uow, msgspec.json.encode(found), GEOJSON)


@get(
    "/api/v1/appeals/{number:str}",
    access=PUBLIC,
    limits=rules.API,
    tags=["appeals"],
    operation_id="appeal",
    operation_class=filters.takes(LANGUAGE),
    summary=msgid("Одне звернення"),
    description=msgid("Звернення з відповідями, наступними кроками й публічною історією."),
    response_description=msgid("Звернення цілком"),
    responses={304: UNCHANGED, 400: REFUSED, 404: MISSING},
)
async def appeal(request: AnyRequest, uow: AsyncSession, number: Number) -> Response[shapes.AppealWhole]:
    """One public question."""
    known = await catalogue(uow)
    read(request, known, (LANGUAGE,))
    at = here(request)
    wanted = readable_number(number)
    row = await queries.one(uow, wanted) if wanted else None
    if row is None:
        raise problem(404, at._("Опублікованого звернення з таким номером немає."))
    if same := unchanged(request, uow):
        return same
    return sent(request, uow, await service.whole(uow, row, at, known.into(at.lang)))


@get(
    "/api/v1/figures",
    access=PUBLIC,
    limits=rules.API,
    tags=["city"],
    operation_id="figures",
    operation_class=filters.takes(LANGUAGE),
    summary=msgid("Числа міста"),
    description=msgid(
        "Скільки запитань отримано, скільки чекає на відповідь і скільки її має: разом, за категоріями й за районами. "
        "Отримані — це всі підтверджені, зокрема ті, які ще не опублікували, відхилили, приєднали до інших "
        "або забрали автори."
    ),
    response_description=msgid("Числа"),
    responses={304: UNCHANGED, 400: REFUSED},
)
async def figures(request: AnyRequest, uow: AsyncSession) -> Response[shapes.Figures]:
    """Counts of the city."""
    known = await catalogue(uow)
    read(request, known, (LANGUAGE,))
    if same := unchanged(request, uow):
        return same
    return sent(request, uow, service.figures(await snapshot(uow), known.into(here(request).lang)))


@get(
    "/api/v1/categories",
    access=PUBLIC,
    limits=rules.API,
    tags=["city"],
    operation_id="categories",
    operation_class=filters.takes(LANGUAGE),
    summary=msgid("Категорії з порадами"),
    description=msgid("Про що тут запитують, хто за це відповідає і що робити зараз."),
    response_description=msgid("Категорії"),
    responses={304: UNCHANGED, 400: REFUSED},
)
async def categories(request: AnyRequest, uow: AsyncSession) -> Response[shapes.Categories]:
    """The city's categories."""
    known = await catalogue(uow)
    read(request, known, (LANGUAGE,))
    if same := unchanged(request, uow):
        return same
    at = here(request)
    return sent(request, uow, service.categories(at, known.into(at.lang)))


@get(
    "/api/v1/districts",
    access=PUBLIC,
    limits=rules.API,
    tags=["city"],
    operation_id="districts",
    operation_class=filters.takes(LANGUAGE),
    media_type=GEOJSON,
    summary=msgid("Райони з межами"),
    description=msgid("GeoJSON районів або мікрорайонів міста."),
    response_description=msgid("Райони"),
    responses={304: UNCHANGED, 400: REFUSED},
)
async def districts(request: AnyRequest, uow: AsyncSession) -> Response[shapes.Districts]:
    """The city's districts."""
    known = await catalogue(uow)
    read(request, known, (LANGUAGE,))
    if same := unchanged(request, uow):
        return same
    return sent(request, uow, service.districts(known, known.into(here(request).lang)), GEOJSON)


handlers = [appeals, appeals_geojson, appeal, figures, categories, districts, *documentation.handlers]
