"""A photo as the answer to a request."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.exceptions import NotFoundException

from src.platform.files import images, store
from src.platform.web.here import here
from src.tenants.asking import photos

AnyRequest = Request[Any, Any, Any]


async def photo_file(request: AnyRequest, photo_id: UUID, size: str, *, digest: str, cache: str) -> Response[Any]:
    """The bytes of a photo, or a word that the browser has them already."""
    headers = {"Cache-Control": cache, "ETag": f'"{digest[:32]}-{size}"', "X-Content-Type-Options": "nosniff"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(b"", status_code=304, headers=headers, media_type=images.MEDIA_TYPE)
    try:
        body = await store.get(here(request).the_city.id, photos.key(photo_id, size))
    except FileNotFoundError as problem:
        raise NotFoundException from problem
    return Response(body, media_type=images.MEDIA_TYPE, headers=headers)
