"""Pages that a link in a letter opens: for one reader only, never kept by a cache, never found by a search."""

from typing import Any
from uuid import UUID

from litestar import Request, Response

from src.platform.web import tokens
from src.platform.web.forms import Redisplay
from src.platform.web.here import here
from src.platform.web.pages import page

AnyRequest = Request[Any, Any, Any]
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


def private_page(request: AnyRequest, template: str, *, status: int = 200, **context: object) -> Response[str]:
    """A page of the house that is nobody else's business."""
    response = page(request, template, status=status, cache="no-store", **context)
    response.headers["X-Robots-Tag"] = PRIVATE["X-Robots-Tag"]
    return response


def gone(request: AnyRequest) -> Redisplay:
    """What is raised for a link that is forged, of another city, or about something that was deleted."""
    return Redisplay(private_page(request, "subscriptions/gone.html", status=404))


def subject_of(request: AnyRequest, purpose: str, token: str) -> UUID:
    """What a link is about. Raises the page that says that it leads nowhere."""
    subject = tokens.read(purpose, here(request).the_city.id, token)
    if subject is None:
        raise gone(request)
    return UUID(subject)
