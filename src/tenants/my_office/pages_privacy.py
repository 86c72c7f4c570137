"""«Ваші дані»: what is kept, how long, who sees it. The same words for every city, with its own terms in them."""

from typing import Any

from litestar import Request, Response, get

from src.platform.web.access import PUBLIC
from src.platform.web.app import Uow
from src.platform.web.here import here
from src.platform.web.pages import page

AnyRequest = Request[Any, Any, Any]


@get("/pages/privacy", access=PUBLIC, include_in_schema=False)
async def privacy(request: AnyRequest, uow: Uow) -> Response[Any]:  # noqa: ARG001  the transaction brings the city's row up to date
    """What the city keeps about people."""
    options = here(request).the_city.options
    return page(
        request,
        "my_office/privacy.html",
        personal=period(options.personal_days),
        audit=period(options.audit_days),
        take_down=options.after_deletion == "remove",
    )


def period(days: int) -> tuple[int, str]:
    """A number of days as people say it: whole years, or else days."""
    return (days // 365, "years") if days % 365 == 0 else (days, "days")


handlers = [privacy]
