"""Compressed answers: text of some length, for whoever takes gzip.

Our own, because the framework's compresses photos and parts of files too, and compresses anew what a page has compressed
already.
"""

import re
import zlib
from typing import Any

from litestar.types import Message, Send

TEXT = re.compile(rb"^(text/|image/svg|application/([a-z.+-]*json|javascript|xml|manifest))")
SHORTEST = 600
LEVEL = 2
HAS_CONTENT = frozenset({200, 400, 403, 404, 405, 410, 413, 422, 429, 500})
GZIP, ROOM = 30, 7
"""zlib's window bits (16 KB, in gzip's own frame) and memory level: half of what it takes by itself, and half of the time
for pages of our size, since most of that goes into getting the memory."""


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding allows it (RFC 9110, 12.5.3)."""
    for part in accepted.split(","):
        name, _, quality = part.partition(";")
        if name.strip().lower() == "gzip":
            return quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def new_packer() -> Any:  # noqa: ANN401  zlib does not export its type
    """A compressor of one answer."""
    return zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP, ROOM)


def packed(content: bytes) -> bytes:
    """The content in gzip's format."""
    packer = new_packer()
    body: bytes = packer.compress(content) + packer.flush()
    return body


def unpacked(content: bytes) -> bytes:
    """What was packed."""
    return zlib.decompress(content, GZIP)


def compressed(send: Send) -> Send:
    """A ``send`` that compresses what is worth it."""
    start: Any = None
    packer: Any = None

    async def out(message: Message) -> None:
        nonlocal start, packer
        if message["type"] == "http.response.start":
            start = message
            return
        if message["type"] != "http.response.body":
            await send(message)
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if start is not None:
            if worth_it(start, body, more=more):
                packer = new_packer()
                body = packer.compress(body) + (b"" if more else packer.flush())
                start["headers"] = marked(start["headers"], None if more else len(body))
            await send(start)
            start = None
        elif packer is not None:
            body = packer.compress(body) + (b"" if more else packer.flush())
        await send({"type": "http.response.body", "body": body, "more_body": more})

    return out


def worth_it(start: Any, body: bytes, *, more: bool) -> bool:  # noqa: ANN401  an ASGI message
    """Whether an answer is text, whole, not compressed yet, and long enough."""
    headers = {key.lower(): value for key, value in start["headers"]}
    return (
        start["status"] in HAS_CONTENT
        and (more or len(body) >= SHORTEST)
        and b"content-encoding" not in headers
        and b"content-range" not in headers
        and TEXT.match(headers.get(b"content-type", b"")) is not None
    )


def marked(headers: Any, length: int | None) -> list[tuple[bytes, bytes]]:  # noqa: ANN401  pairs of bytes
    """The headers of the compressed answer. Its tag can only be a weak one: the bytes are not those that were tagged."""
    kept = [
        (key, b"W/" + value if key.lower() == b"etag" and value.startswith(b'"') else value)
        for key, value in headers
        if key.lower() != b"content-length"
    ]
    kept += [(b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding")]
    return kept if length is None else [*kept, (b"content-length", str(length).encode())]
