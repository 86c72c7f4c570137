"""The files of answers."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from src.platform.files import store
from src.platform.web.access import PUBLIC
from src.platform.web.app import Uow
from src.platform.web.here import here
from src.tenants.answers import queries, service

AnyRequest = Request[Any, Any, Any]


@get("/answers/{answer_id:uuid}/files/{file_id:uuid}", access=PUBLIC, include_in_schema=False, exclude_from_compression=True)
async def answer_file(request: AnyRequest, answer_id: FromPath[UUID], file_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """A file of an answer, to be saved and never opened in the page's place: everybody's once published, else staff's."""
    at = here(request)
    found = await queries.file_of(uow, answer_id, file_id)
    if found is None or not (found.published or at.staff):
        raise NotFoundException
    headers = {
        "Cache-Control": "no-cache" if found.published else "private, no-store",
        "Content-Disposition": disposition(found.name),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "ETag": f'"{found.digest[:32]}"',
        "X-Content-Type-Options": "nosniff",
    }
    if found.published and request.headers.get("if-none-match") == headers["ETag"]:
        return Response(b"", status_code=304, headers=headers, media_type=found.media_type)
    try:
        body = await store.get(at.the_city.id, service.file_key(answer_id, file_id))
    except FileNotFoundError as problem:
        raise NotFoundException from problem
    return Response(body, media_type=found.media_type, headers=headers)


def disposition(name: str) -> str:
    """Content-Disposition with a name in any letters (RFC 6266), and a plain one for old browsers."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "-_. ") else "_" for char in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


handlers = [answer_file]
