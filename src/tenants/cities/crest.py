"""A city's crest: an SVG made anew from what is allowed, or a PNG of at most 512 pixels decoded and encoded again."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from PIL import Image

from src.platform.files import images
from src.tenants.cities.svg import SvgRefused, TakenOut, sanitised

PNG_BYTES_AT_MOST = 4 * 1024 * 1024
PNG_PIXELS_AT_MOST = 16_000_000
PIXELS_A_SIDE = 512
PNG = b"\x89PNG\r\n\x1a\n"


class PngFault(StrEnum):
    """Why a file is refused that is no drawing; those of drawings are in :class:`src.tenants.cities.svg.SvgFault`."""

    EMPTY = "crest_empty"
    OTHER_KIND = "crest_other_kind"
    TOO_HEAVY = "png_too_heavy"
    TOO_LARGE = "png_too_large"
    BROKEN = "png_broken"


class CrestRefused(Exception):  # noqa: N818  the domain's word
    """The file is refused; ``code`` is a value of :class:`PngFault` or ``SvgFault``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Crest:
    """A crest as it is kept and served; width and height in pixels (of a drawing: of its view box)."""

    media_type: str
    data: bytes
    width: float
    height: float
    taken_out: tuple[TakenOut, ...] = ()

    @property
    def digest(self) -> str:
        """The same for the same crest: for its address and its ETag."""
        return hashlib.sha256(self.data).hexdigest()


async def prepared(data: bytes) -> Crest:
    """Make a crest anew, off the event loop. Raises :class:`CrestRefused`."""
    return await images.in_darkroom(crest, data)


def crest(data: bytes) -> Crest:
    """Make a crest anew from a file's bytes; its name and declared type are not asked. Raises :class:`CrestRefused`."""
    if not data.strip():
        raise CrestRefused(PngFault.EMPTY)
    if data.startswith(PNG):
        return _png(data)
    if not data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<"))
        raise CrestRefused("svg_not_utf8" if utf16 else PngFault.OTHER_KIND)
    try:
        drawing = sanitised(data.removeprefix(b"\xef\xbb\xbf").lstrip())
    except SvgRefused as refused:
        raise CrestRefused(refused.fault) from refused
    return Crest("image/svg+xml", drawing.text.encode(), drawing.width, drawing.height, drawing.taken_out)


def _png(data: bytes) -> Crest:
    if len(data) > PNG_BYTES_AT_MOST:
        raise CrestRefused(PngFault.TOO_HEAVY)
    try:
        images.check(data)
        source = _decoded(data)
    except CrestRefused:
        raise
    except Exception as problem:  # Pillow's parsers raise whatever the bytes make them raise
        raise CrestRefused(PngFault.BROKEN) from problem
    source.thumbnail((PIXELS_A_SIDE, PIXELS_A_SIDE), Image.Resampling.LANCZOS)
    plain = Image.new("RGBA", source.size)  # a picture that has never heard of the file
    plain.paste(source)
    out = BytesIO()
    plain.save(out, "PNG", optimize=True)
    return Crest("image/png", out.getvalue(), *plain.size)


def _decoded(data: bytes) -> Image.Image:
    """The first picture's pixels, what is see-through kept."""
    with Image.open(BytesIO(data), formats=["PNG"]) as opened:
        if opened.width * opened.height > PNG_PIXELS_AT_MOST:
            raise CrestRefused(PngFault.TOO_LARGE)
        images.within_bounds(*opened.size)
        deep = opened.mode.startswith("I")  # 16 bits of grey
        return (opened.point(lambda value: value / 256).convert("L") if deep else opened).convert("RGBA")
