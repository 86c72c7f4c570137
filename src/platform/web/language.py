"""Switching the language, and keeping the choice."""

from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from src.platform.web.access import PUBLIC
from src.platform.web.cookies import LANGUAGE, YEAR, set_cookie
from src.platform.web.here import here
from src.platform.web.i18n import languages


def safe_return(path: str) -> str:
    """A path on this host, whatever was asked for: no other host, no scheme, no control characters."""
    ok = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if ok else "/"


@get("/language/{code:str}", access=PUBLIC, include_in_schema=False)
async def choose_language(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Remember the language and go back to the same page in it."""
    if code not in languages():
        raise NotFoundException
    to = safe_return(request.query_params.get("to", "/"))
    answer = Redirect(languages()[code].prefix + to, status_code=302, headers={"Cache-Control": "no-store"})
    set_cookie(answer, LANGUAGE, code, max_age=YEAR, secure=here(request).settings.public_scheme == "https")
    return answer
