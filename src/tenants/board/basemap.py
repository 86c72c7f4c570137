"""A PMTiles file of this machine as the basemap, by byte ranges."""

import re
from typing import Any

import anyio
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException

from src.platform.web.access import PUBLIC
from src.platform.web.here import here
from src.tenants.cities.maps import LOCAL_TILES, local_tiles

RANGE = re.compile(r"^bytes=(\d+)-(\d*)$")
AT_MOST = 8 * 1024 * 1024
"""Bytes of one answer; PMTiles readers ask for kilobytes. A longer range is cut, as RFC 9110 (14.2) allows."""


@get(LOCAL_TILES, access=PUBLIC, include_in_schema=False)
async def tiles(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A range of the file (RFC 9110, 14): 206 with the bytes, 416 outside of it. Whole files are not handed out."""
    path = local_tiles(here(request).settings)
    file = anyio.Path(path) if path else None
    if file is None or not await file.is_file():
        raise NotFoundException
    about = await file.stat()
    found = RANGE.match(request.headers.get("range", "bytes=0-"))
    first = int(found.group(1)) if found else about.st_size
    if first >= about.st_size:
        return Response(b"", status_code=416, headers={"Content-Range": f"bytes */{about.st_size}"})
    last = min(int(found.group(2) or about.st_size) if found else 0, about.st_size - 1, first + AT_MOST - 1)
    async with await anyio.open_file(file, "rb") as opened:
        await opened.seek(first)
        body = await opened.read(max(0, last - first + 1))
    return Response(
        body,
        status_code=206,
        media_type="application/vnd.pmtiles",
        headers={
            "Content-Range": f"bytes {first}-{first + len(body) - 1}/{about.st_size}",
            "Accept-Ranges": "bytes",
            "ETag": f'"{about.st_mtime_ns:x}-{about.st_size:x}"',
            "Cache-Control": "public, max-age=3600",
            "Content-Encoding": "identity",
        },
    )


handlers = [tiles]
