"""What answers of the API have in common, whichever slice gives them."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request
from litestar.openapi.datastructures import ResponseSpec

from src.platform.web.here import here
from src.platform.web.i18n import msgid
from src.tenants.open_data import shapes

AnyRequest = Request[Any, Any, Any]
GEOJSON = "application/geo+json"

REFUSED = ResponseSpec(
    shapes.Problem, generate_examples=False, description=msgid("Параметр не зрозуміло; речення каже, який і що з ним зробити")
)
UNCHANGED = ResponseSpec(None, description=msgid("Відтоді, як ви взяли ETag, нічого не змінилося"))


def next_address(request: AnyRequest, after: str) -> str:
    """The address of the next page: this one's, with another cursor."""
    at = here(request)
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "after" and value]
    return at.settings.origin(at.host) + at.url(at.path) + "?" + urlencode([*kept, ("after", after)])
