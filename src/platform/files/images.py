"""Photos that come from outside: looked at with suspicion, made anew, without anything that was hidden in them.

What is kept is never what was sent: pixels are decoded within bounds, turned upright and encoded again, so that no
metadata (where it was taken, with which phone), no second picture and no clever file survives.
"""

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import TypeVar, TypeVarTuple

from PIL import Image

Made = TypeVar("Made")
Given = TypeVarTuple("Given")

BYTES_AT_MOST = 12 * 1024 * 1024
PIXELS_AT_MOST = 40_000_000
LARGE = 1600
SMALL = 480
SCANS_AT_MOST = 200
"""A progressive JPEG may go over all its pixels once per scan; real ones have about ten."""

MEDIA_TYPE = "image/webp"

HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF 2.3, tag 0x0112: what turns a stored picture the way it was seen."""

SHRINKS_AS_IT_IS = {"RGB", "RGBA", "L", "LA", "CMYK", "YCbCr"}
"""Modes made small before anything else is done, so that there is one large copy of a picture and not three."""

# Sizes are checked below, before anything is decoded; Pillow's own limit would warn about what we refuse anyway.
Image.MAX_IMAGE_PIXELS = None

_darkroom = ThreadPoolExecutor(max_workers=1, thread_name_prefix="photos")
"""A decoded photo takes up to 160 MB for a moment: one at a time keeps a process within its memory."""


class Fault(StrEnum):
    """Why a file is no photo for us; pages say it in words."""

    EMPTY = "empty"
    TOO_HEAVY = "too heavy"
    TOO_LARGE = "too large"
    HEIC = "heic"
    OTHER_KIND = "other kind"
    BROKEN = "broken"


class NotAPhoto(Exception):  # noqa: N818  the domain's word
    """The file is refused."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Encoded:
    """A photo as it is kept: two WebP files; width and height (pixels) are the large one's."""

    large: bytes
    small: bytes
    width: int
    height: int

    @property
    def bytes(self) -> int:
        """What both files take."""
        return len(self.large) + len(self.small)

    @property
    def digest(self) -> str:
        """The same for the same photo sent twice."""
        return hashlib.sha256(self.large).hexdigest()


async def encode(data: bytes) -> Encoded:
    """Make a photo anew, off the event loop. Raises :class:`NotAPhoto`."""
    return await in_darkroom(_encode, data, check(data))


async def in_darkroom(work: Callable[[*Given], Made], *given: *Given) -> Made:
    """Do what takes much memory for a moment where photos are made: off the event loop, one at a time."""
    return await asyncio.get_running_loop().run_in_executor(_darkroom, work, *given)


def check(data: bytes) -> str:
    """What kind of picture the first bytes say it is, from the header alone. Raises :class:`NotAPhoto`."""
    if not data:
        raise NotAPhoto(Fault.EMPTY)
    if len(data) > BYTES_AT_MOST:
        raise NotAPhoto(Fault.TOO_HEAVY)
    if data.startswith(b"\xff\xd8\xff"):
        if data.count(b"\xff\xda") > SCANS_AT_MOST:
            raise NotAPhoto(Fault.BROKEN)
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        within_bounds(*_webp_size(data))
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS:
        raise NotAPhoto(Fault.HEIC)
    raise NotAPhoto(Fault.OTHER_KIND)


def within_bounds(width: int, height: int) -> None:
    """Refuse a picture that would be too large once decoded, however small its file is."""
    if width < 1 or height < 1:
        raise NotAPhoto(Fault.BROKEN)
    if width * height > PIXELS_AT_MOST:
        raise NotAPhoto(Fault.TOO_LARGE)


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height from a WebP's header (RFC 9649): Pillow reserves the whole canvas when it opens one."""
    chunk, body = data[12:16], data[20:30]
    if len(body) < 10:  # noqa: PLR2004  the longest of the three headers
        raise NotAPhoto(Fault.BROKEN)
    if chunk == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    raise NotAPhoto(Fault.BROKEN)


def _encode(data: bytes, kind: str) -> Encoded:
    try:
        with Image.open(BytesIO(data), formats=[kind]) as opened:
            within_bounds(*opened.size)
            orientation = _orientation(opened)
            if opened.mode in SHRINKS_AS_IT_IS:  # a JPEG is even decoded at no larger a scale than is needed
                opened.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
            picture = _plain(opened)
    except NotAPhoto:
        raise
    except Exception as problem:  # Pillow's parsers raise whatever the bytes make them raise
        raise NotAPhoto(Fault.BROKEN) from problem
    picture.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
    if orientation in UPRIGHT:
        picture = picture.transpose(UPRIGHT[orientation])
    small = picture.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return Encoded(_webp(picture), _webp(small), *picture.size)


def _orientation(opened: Image.Image) -> int:
    """The EXIF orientation; upright when the metadata cannot be read (it is thrown away in any case)."""
    try:
        return int(opened.getexif().get(0x0112, 1))
    except Exception:  # noqa: BLE001  Pillow's parser raises whatever the bytes make it raise
        return 1


def _plain(opened: Image.Image) -> Image.Image:
    """The pixels alone, in RGB, what is see-through on white, in a picture that has never heard of the file."""
    if opened.mode.startswith("I"):
        opened = opened.point(lambda value: value / 256).convert("L")  # 16 bits of grey
    clear = opened.mode in {"RGBA", "LA", "PA"} or "transparency" in opened.info
    source = opened.convert("RGBA" if clear else "RGB")
    plain = Image.new("RGB", source.size, "white")
    plain.paste(source, mask=source if clear else None)
    return plain


def _webp(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "WEBP", quality=80, method=4)
    return out.getvalue()
