"""Uploads: kept below their city, made anew, refused in time."""

import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image, PngImagePlugin

from src.platform.files import images, store
from src.platform.files.images import Fault, NotAPhoto
from src.platform.settings import get_settings

CITY, OTHER = uuid4(), uuid4()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of this test."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    return tmp_path


def picture(kind: str, size: tuple[int, int] = (300, 200), mode: str = "RGB", **options: object) -> bytes:
    """A picture's file."""
    out = BytesIO()
    Image.radial_gradient("L").resize(size).convert(mode).save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    """A picture from its file."""
    return Image.open(BytesIO(data))


async def fault_of(data: bytes) -> Fault | None:
    """Why a file is refused."""
    try:
        await images.encode(data)
    except NotAPhoto as refused:
        return refused.fault
    return None


async def test_what_is_put_is_got_until_it_is_deleted() -> None:
    await store.put(CITY, "photos/1/large.webp", b"one")
    await store.put(CITY, "photos/1/large.webp", b"two")
    assert await store.get(CITY, "photos/1/large.webp") == b"two"
    await store.delete(CITY, "photos/1/large.webp")
    await store.delete(CITY, "photos/1/large.webp")
    with pytest.raises(FileNotFoundError):
        await store.get(CITY, "photos/1/large.webp")


async def test_a_city_sees_only_its_own_files(folder: Path) -> None:
    await store.put(CITY, "photos/1/large.webp", b"one")
    with pytest.raises(FileNotFoundError):
        await store.get(OTHER, "photos/1/large.webp")
    assert await store.listed(OTHER, "photos") == []
    [(key, written)] = await store.listed(CITY, "photos")
    assert key == "photos/1/large.webp"
    assert datetime.now(UTC) - written < timedelta(minutes=1)
    assert (folder / "files" / CITY.hex / "photos/1/large.webp").read_bytes() == b"one"


@pytest.mark.parametrize(
    "key",
    ["../x", "a/../../x", "a/..", "/etc/passwd", "a//b", ".x", "a/.x", "a/", "", "A", "a\\b", "a\x00", "a\n", "%2e%2e/x", "є"],
)
async def test_no_key_climbs_out(key: str) -> None:
    for use in (store.get(CITY, key), store.put(CITY, key, b""), store.delete(CITY, key), store.listed(CITY, key)):
        with pytest.raises(ValueError, match="not a key"):
            await use


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_photo_becomes_two_webp_files_within_bounds(kind: str) -> None:
    photo = await images.encode(picture(kind, (3000, 2000)))
    assert (photo.width, photo.height) == opened(photo.large).size == (1600, 1067)
    assert opened(photo.small).size == (480, 320)
    assert opened(photo.large).format == opened(photo.small).format == "WEBP"


async def test_a_small_photo_is_not_blown_up() -> None:
    photo = await images.encode(picture("JPEG", (200, 100)))
    assert opened(photo.large).size == opened(photo.small).size == (200, 100)


def secretive() -> Image.Exif:
    """Metadata as a phone writes it: where, with what, which way up."""
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    exif[0x0112] = 6
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (50.0, 27.0, 1.0), "E", (30.0, 31.0, 2.0)
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_no_metadata_survives_and_the_picture_stands_upright(kind: str) -> None:
    sent = picture(kind, (640, 480), exif=secretive().tobytes(), icc_profile=b"secret profile" * 20)
    assert b"SecretPhone" in sent
    photo = await images.encode(sent)
    assert (photo.width, photo.height) == (480, 640)
    for data in (photo.large, photo.small):
        assert b"Secret" not in data
        assert b"secret" not in data
        assert not opened(data).getexif()
        assert data[12:16] == b"VP8 ", "the plain kind of WebP, which has no room for metadata"


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>50,27.1N secret</exif:GPSLatitude></x:xmpmeta>'


def crafted(kind: str) -> bytes:
    """A file with something hidden in a place that its format has for it."""
    if kind == "JPEG with XMP":
        return in_jpeg(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)
    if kind == "JPEG with IPTC":
        return in_jpeg(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x10\x1c\x02\x78\0\x0bsecret desc")
    if kind == "JPEG with a comment":
        return in_jpeg(0xFE, b"secret comment")
    if kind == "JPEG with a thumbnail in its EXIF":
        inside = picture("JPEG", (16, 16), comment=b"secret thumbnail")
        head = b"Exif\0\0II*\0\x08\0\0\0\0\0\x0e\0\0\0\x02\0"
        place = b"\x01\x02\x04\0\x01\0\0\0\x2c\0\0\0\x02\x02\x04\0\x01\0\0\0" + len(inside).to_bytes(4, "little")
        return in_jpeg(0xE1, head + place + b"\0" * 4 + inside)
    if kind == "PNG with texts":
        about = PngImagePlugin.PngInfo()
        about.add_text("Comment", "secret text")
        about.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=False)
        return picture("PNG", pnginfo=about)
    return picture("WEBP", xmp=XMP)


def in_jpeg(marker: int, segment: bytes) -> bytes:
    """A JPEG with a segment right after its beginning (ITU T.81, B.1.1.4)."""
    plain = picture("JPEG")
    return plain[:2] + bytes([0xFF, marker]) + (len(segment) + 2).to_bytes(2, "big") + segment + plain[2:]


@pytest.mark.parametrize(
    "kind",
    [
        "JPEG with XMP",
        "JPEG with IPTC",
        "JPEG with a comment",
        "JPEG with a thumbnail in its EXIF",
        "PNG with texts",
        "WebP with XMP",
    ],
)
async def test_nothing_hidden_survives(kind: str) -> None:
    sent = crafted(kind)
    assert b"secret" in sent
    photo = await images.encode(sent)
    for data in (photo.large, photo.small):
        assert b"secret" not in data and b"xmp" not in data.lower()
        assert data[12:16] == b"VP8 ", "the plain kind of WebP, which has no room for metadata"
        assert int.from_bytes(data[4:8], "little") + 8 == len(data), "nothing lies behind the picture"


async def test_comments_and_a_second_picture_behind_the_first_do_not_survive() -> None:
    sent = picture("JPEG", comment=b"call 0671234567") + b"\n<script>alert(1)</script>" + picture("PNG")
    photo = await images.encode(sent)
    assert b"0671234567" not in photo.large
    assert b"<script>" not in photo.large


async def test_what_is_see_through_becomes_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    photo = await images.encode(out.getvalue())
    assert min(opened(photo.large).convert("L").tobytes()) > 250


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
async def test_odd_kinds_of_pixels_are_taken(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (30, 20)).save(out, "PNG")
    assert (await images.encode(out.getvalue())).width == 30


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", Fault.EMPTY),
        (b"just words", Fault.OTHER_KIND),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", Fault.OTHER_KIND),
        (picture("GIF", mode="P"), Fault.OTHER_KIND),
        (picture("TIFF"), Fault.OTHER_KIND),
        (b"%PDF-1.7", Fault.OTHER_KIND),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Fault.HEIC),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Fault.HEIC),
        (picture("JPEG")[:900], Fault.BROKEN),
        (picture("PNG")[:900], Fault.BROKEN),
        (picture("WEBP")[:200], Fault.BROKEN),
        (b"\xff\xd8\xff", Fault.BROKEN),
        (b"RIFF\0\0\0\0WEBPVP8X", Fault.BROKEN),
        (b"RIFF\0\0\0\0WEBPJUNK" + b"\0" * 30, Fault.BROKEN),
        (b"\xff\xd8\xff" + b"\xff\xda\x00" * 300, Fault.BROKEN),
        (b"\xff\xd8\xff" + b"\0" * images.BYTES_AT_MOST, Fault.TOO_HEAVY),
    ],
)
async def test_what_is_no_photo_is_refused_with_its_reason(data: bytes, fault: Fault) -> None:
    assert await fault_of(data) is fault


async def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    webp = bytearray(picture("WEBP", mode="RGBA"))
    webp[12:16], webp[24:30] = b"VP8X", b"\xfe\x3f\x00\xfe\x3f\x00"
    began = time.perf_counter()
    assert await fault_of(out.getvalue()) is Fault.TOO_LARGE
    assert await fault_of(bytes(webp)) is Fault.TOO_LARGE
    assert time.perf_counter() - began < 1


async def test_the_same_photo_has_the_same_digest() -> None:
    first, second = [await images.encode(picture("JPEG")) for _ in range(2)]
    other = await images.encode(picture("JPEG", (301, 200)))
    assert first.digest == second.digest != other.digest
