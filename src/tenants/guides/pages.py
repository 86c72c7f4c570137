"""«Хто за що відповідає», and the city's own pages of plain text."""

from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.base import localized
from src.platform.web.access import PUBLIC
from src.platform.web.here import here
from src.platform.web.pages import page
from src.platform.web.texts import linked, rendered
from src.tenants.board.snapshot import snapshot
from src.tenants.cities.catalogue import catalogue
from src.tenants.cities.markdown import page_html
from src.tenants.guides import queries
from src.tenants.guides.service import who_answers

AnyRequest = Request[Any, Any, Any]


@get("/guides", access=PUBLIC, include_in_schema=False)
async def all_guides(request: AnyRequest, uow: AsyncSession) -> Response[Any]:
    """All categories with one line each."""
    known = (await catalogue(uow)).into(here(request).lang)
    return page(
        request,
        "guides/all.html",
        nav="guides",
        categories=[item for item in known.categories if item.open and not item.emergency],
        emergency=next((item for item in known.categories if item.emergency), None),
    )


@get("/guides/{slug:str}", access=PUBLIC, include_in_schema=False)
async def one_guide(request: AnyRequest, uow: AsyncSession, slug: str) -> Response[Any]:
    """Whose competence, what to do now, when to call, who answers, and what they have answered."""
    at, source = here(request), await catalogue(uow)
    known = source.into(at.lang)
    category = known.category_by_slug.get(slug)
    if category is None:
        raise NotFoundException
    phone = at.the_city.contact_phone
    counted = (await snapshot(uow)).tally_by("category")
    best = [] if category.emergency else await queries.best_answers(uow, category.id)
    return page(
        request,
        "guides/one.html",
        nav="guides",
        category=category,
        whose=rendered(category.whose, phone),
        now=[linked(step, phone) for step in category.now],
        call_102_when=linked(category.call_102_when, phone),
        answering=[] if category.emergency else who_answers(source, at.lang, category.id),
        figures=counted.get(category.id, {"received": 0, "waiting": 0, "answered": 0}),
        # Short answers are written to follow «Коротко:»; here each stands by itself.
        answers=[
            {"row": row, "responder": known.responder[row.responder_id], "short": row.short[:1].upper() + row.short[1:]}
            for row in best
        ],
        others=[item for item in known.categories if item.open and item.id != category.id and not item.emergency],
    )


@get("/pages/{slug:str}", access=PUBLIC, include_in_schema=False)
async def city_page(request: AnyRequest, uow: AsyncSession, slug: str) -> Response[Any]:
    """About, privacy, accessibility: whatever the city wrote."""
    at = here(request)
    found = (await catalogue(uow)).pages.get(slug)
    if found is None:
        raise NotFoundException
    return page(
        request,
        "guides/page.html",
        title=localized(found.title, at.lang),
        body=page_html(localized(found.body, at.lang), at.the_city.contact_phone, at.host),
    )


handlers = [all_guides, one_guide, city_page]
