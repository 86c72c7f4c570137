"""Whether a city has the office of the local officer at all."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException

from src.platform.web.here import Here, here


def require_office(request: ASGIConnection[Any, Any, Any, Any]) -> Here:
    """Where the request came in; a city that switched the module off answers as if its pages were not there."""
    at = here(request)
    if not at.the_city.options.office:
        raise NotFoundException
    return at
