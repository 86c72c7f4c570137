"""Files that go with an answer: what kind they are is decided by their bytes, how they are called by us."""

import hashlib
import unicodedata
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import PurePosixPath

from src.platform.files import images

BYTES_AT_MOST = 10 * 1024 * 1024
FILES_AT_MOST = 5
STEM_AT_MOST = 80
FORBIDDEN = set('<>:"/\\|?*')

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
EXTENSIONS = {PDF: "pdf", DOCX: "docx", ODT: "odt", images.MEDIA_TYPE: "webp"}


class Fault(StrEnum):
    """Why a file is refused; pages say it in words."""

    EMPTY = "empty"
    TOO_HEAVY = "too heavy"
    OTHER_KIND = "other kind"
    MACROS = "macros"
    BROKEN = "broken"


class Refused(Exception):  # noqa: N818  the domain's word
    """The file does not go with an answer."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it is kept: a clean name, the type its bytes have, the bytes."""

    name: str
    media_type: str
    data: bytes

    @property
    def digest(self) -> str:
        """The same for the same file sent twice."""
        return hashlib.sha256(self.data).hexdigest()


async def take_in(name: str, data: bytes) -> Document:
    """Look at a file and name it. Pictures are made anew, which leaves their metadata behind. Raises :class:`Refused`."""
    if not data:
        raise Refused(Fault.EMPTY)
    if len(data) > BYTES_AT_MOST:
        raise Refused(Fault.TOO_HEAVY)
    media_type = kind_of(data)
    if media_type == images.MEDIA_TYPE:
        try:
            data = (await images.encode(data)).large
        except images.NotAPhoto as problem:
            raise Refused(Fault.BROKEN) from problem
    return Document(clean_name(name, EXTENSIONS[media_type]), media_type, data)


def kind_of(data: bytes) -> str:
    """The media type that the bytes have, whatever the browser or the name says."""
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return kind_of_package(data)
    try:
        images.check(data)
    except images.NotAPhoto as problem:
        raise Refused(Fault.OTHER_KIND) from problem
    return images.MEDIA_TYPE


def kind_of_package(data: bytes) -> str:
    """DOCX (ECMA-376) or ODT (ISO 26300) by what is inside; nothing but a short name is ever unpacked.

    One with macros is refused: a resident would open it.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            names = set(package.namelist())
            mimetype = b""
            if "mimetype" in names:
                with package.open("mimetype") as entry:
                    mimetype = entry.read(len(ODT) + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as problem:
        raise Refused(Fault.BROKEN) from problem
    if any(name.endswith("vbaProject.bin") or name.startswith(("Basic/", "Scripts/")) for name in names):
        raise Refused(Fault.MACROS)
    if mimetype == ODT.encode():
        return ODT
    if {"[Content_Types].xml", "word/document.xml"} <= names:
        return DOCX
    raise Refused(Fault.OTHER_KIND)


def clean_name(name: str, extension: str) -> str:
    """A name that is safe on any disk and shows no other type than the file has: no path, no control or direction marks."""
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    seen = "".join(" " if char.isspace() else char for char in last if char.isspace() or unicodedata.category(char)[0] != "C")
    stem = seen.rsplit(".", 1)[0] if "." in seen else seen
    safe = " ".join("".join("_" if char in FORBIDDEN else char for char in stem).split()).strip(". ")
    return f"{safe[:STEM_AT_MOST].rstrip() or 'document'}.{extension}"
