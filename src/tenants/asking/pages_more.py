"""What the chosen category asks besides: a page between its guidance and the place, where it asks something."""

from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from src.platform.limits import rules
from src.platform.web.access import PUBLIC
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay
from src.tenants.asking import service
from src.tenants.asking.answers import KEPT_AT_MOST, Answers, Step
from src.tenants.asking.flow import GUIDANCE, MORE, AnyRequest, Visit, arrive, take
from src.tenants.asking.steps import Faults, extra_faults
from src.tenants.cities.catalogue import Catalogue
from src.tenants.cities.extra import FIELD


def read_more(form: Form, before: Answers, source: Catalogue) -> Answers:
    """The fields of extra questions that some category of the city asks."""
    keys = {each["key"] for row in source.categories for each in row.questions}
    given = {key: form.line(FIELD + key)[:KEPT_AT_MOST] for key in keys if FIELD + key in form.values}
    return replace(before, extra={**before.extra, **given})


def more_page(found: Visit, *, status: int = 200, errors: Faults | None = None) -> Response[str]:
    """The questions of the category."""
    return found.page(
        "more",
        status=status,
        errors=errors,
        category=found.category,
        questions=found.extra,
        FIELD=FIELD,
        back=found.address(GUIDANCE) + ("?change=1" if found.changing else ""),
        action=found.address(MORE) + ("?change=1" if found.changing else ""),
    )


@get("/ask/{key:str}/more", access=PUBLIC, include_in_schema=False)
async def more(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """The questions; a category that asks nothing leads on, one that takes no questions leads back."""
    found = await arrive(request, uow, key, Step.CATEGORY, now=now)
    if found.category is None or not found.category.open or found.category.emergency:
        return found.go(Step.CATEGORY)
    return more_page(found) if found.extra else found.onward()


@post("/ask/{key:str}/more", access=PUBLIC, limits=rules.ASKING, include_in_schema=False, status_code=303)
async def keep_more(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Keep the answers."""
    found = await take(request, uow, key, Step.CATEGORY, read_more, now=now)
    if isinstance(found, Response):
        return found
    category = found.category
    if category is None or not category.open or category.emergency:
        return found.go(Step.CATEGORY)
    errors = extra_faults(found.at, found.answers, category)
    if errors:
        raise Redisplay(more_page(found, status=422, errors=errors))
    await service.keep(uow, found.draft, found.answers, now=now)
    return found.onward()


handlers = [more, keep_more]
