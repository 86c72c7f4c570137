"""What all pages of a city's settings share: how they are shown, what was done before a redirect, where a form leads."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response
from litestar.response import Redirect

from src.platform.web.access import Permission, staff
from src.platform.web.forms import Form
from src.platform.web.here import Here, here
from src.platform.web.pages import page

AnyRequest = Request[Any, Any, Any]
MANAGE = staff(Permission.MANAGE_CITY)
NO_STORE = {"Cache-Control": "no-store"}


def settings_page(
    request: AnyRequest, template: str, *, form: Form | None = None, status: int = 200, nav: str = "settings", **context: object
) -> Response[str]:
    """A page of the staff area, never kept; with its form and the form's sentences, where it has one."""
    shown = form or Form()
    return page(
        request, template, status=status, cache="no-store", **{"nav": nav, "form": shown, "errors": shown.errors, **context}
    )


def done_of(request: AnyRequest, words: Mapping[str, str]) -> str:
    """What was done, after a redirect: the sentence of ``?done=``."""
    return words.get(request.query_params.get("done", ""), "")


def saved_words(at: Here) -> str:
    """What is said after most forms."""
    return at._("Збережено. Мешканці вже бачать зміни.")


def leads_to(request: AnyRequest, path: str) -> Redirect:
    """The way on after a form."""
    return Redirect(here(request).url(path), status_code=303, headers=NO_STORE)
