"""Forms: read what was sent, say in words what is wrong with it, never lose it."""

import asyncio
import contextlib
import re
import tempfile
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import parse_qsl

from email_validator import EmailNotValidError, validate_email
from litestar import Request, Response
from multipart import MultipartSegment, PushMultipartParser, parse_options_header

FIELDS_AT_MOST = 200
DIGITS_AT_MOST = 15
TEXT_AT_MOST = 512 * 1024
SWALLOWED_AT_MOST = 256 * 1024 * 1024
SWALLOWED_WITHIN = 60
"""Bytes and seconds that are spent on a body which is refused."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
UNSEEN = re.compile(r"[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")
"""Marks that show nothing or turn the direction of the text after them (UAX 9): with them a text looks empty, or reads other
than it is. The joiners stay, they hold emoji together."""
FILES_LOST = "files_lost"
"""A field that says: files came along the first time, and this time the browser does not have them."""
REPLACEMENT = "\ufffd"


class Redisplay(Exception):  # noqa: N818  not an error of ours: the form goes back with its sentences
    """Raised by a page to send a response while the unit of work rolls back."""

    def __init__(self, response: Response[Any]) -> None:
        super().__init__("redisplay")
        self.response = response


class Unreadable(Exception):  # noqa: N818
    """The body is not a form at all, or breaks off."""


class TooLarge(Exception):  # noqa: N818
    """The body is larger than this address takes."""


@dataclass(slots=True)
class Upload:
    """A file that was sent; ``name`` is what the browser called it and is never used as a path."""

    name: str
    file: IO[bytes]
    size: int


@dataclass(slots=True)
class Form:
    """What was sent, and what is wrong with it. ``values`` keep the text exactly as typed, for showing it again."""

    values: dict[str, list[str]] = field(default_factory=dict)
    uploads: dict[str, list[Upload]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def raw(self, name: str) -> str:
        """The last value as typed, or nothing. Without control characters, which nobody types and no page may hold."""
        found = self.values.get(name)
        return CONTROL.sub("", found[-1]) if found else ""

    def all(self, name: str) -> list[str]:
        """All values of a name, trimmed."""
        return [value.strip() for value in self.values.get(name, [])]

    def text(self, name: str) -> str:
        """The value trimmed, line ends made one, letters of one piece (NFC), control characters and unseen marks removed."""
        lines = self.raw(name).replace("\r\n", "\n").replace("\r", "\n")
        return unicodedata.normalize("NFC", UNSEEN.sub("", CONTROL.sub("", lines))).strip()

    def line(self, name: str) -> str:
        """The value on one line."""
        return " ".join(self.text(name).split())

    def flag(self, name: str) -> bool:
        """Whether a box is ticked."""
        return self.raw(name) not in ("", "no", "0")

    def refuse(self, name: str, sentence: str) -> None:
        """Note what is wrong with a field; the first sentence stays."""
        self.errors.setdefault(name, sentence)

    def required(self, name: str, sentence: str) -> str:
        """The text of a field that must not be empty."""
        value = self.text(name)
        if not value:
            self.refuse(name, sentence)
        return value

    def readable(self, names: Iterable[str], sentence: str) -> None:
        """Refuse fields whose bytes were not UTF-8."""
        for name in names:
            if REPLACEMENT in self.raw(name):
                self.refuse(name, sentence)

    def drop_uploads(self) -> None:
        """Close the files that came along; for pages that may leave some of them unread."""
        for upload in (upload for found in self.uploads.values() for upload in found):
            upload.file.close()

    def number(self, name: str) -> float | None:
        """A finite number, or nothing; a comma may stand for the point."""
        try:
            value = float(self.line(name).replace(",", "."))
        except ValueError:
            return None
        return value if abs(value) < 1e9 else None  # noqa: PLR2004  also refuses nan and inf


def email_address(value: str) -> str | None:
    """The address in its usual form and lower case, or nothing when it cannot be one (RFC 5321; no look-up)."""
    try:
        found = validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return found.normalized.lower()


async def read_form(request: Request[Any, Any, Any], *, bytes_at_most: int = TEXT_AT_MOST) -> Form:
    """Read a form in either encoding. Files go to temporary files as they come in, never whole into memory.

    Our own reader, because the framework's answers 500 to malformed UTF-8 and to a body that breaks off.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    length = request.headers.get("content-length", "")
    if length and not length.isdecimal():
        raise Unreadable
    if length and (len(length) > DIGITS_AT_MOST or int(length) > bytes_at_most):
        raise TooLarge
    if kind == "multipart/form-data":
        return await _read_multipart(request, options.get("boundary", ""), bytes_at_most)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > bytes_at_most:
            raise TooLarge
    form = Form()
    try:
        pairs = parse_qsl(bytes(body).decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FIELDS_AT_MOST)
    except ValueError as problem:
        raise Unreadable from problem
    for name, value in pairs:
        form.values.setdefault(name, []).append(value)
    return form


async def swallow(request: Request[Any, Any, Any]) -> None:
    """Read a body that was refused by its announced length, so that the browser shows our answer and not a broken line."""
    if not request.headers.get("content-length", "").isdigit():
        return
    left = SWALLOWED_AT_MOST
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SWALLOWED_WITHIN):
            while left > 0:
                message = await request.receive()
                if message["type"] != "http.request" or not message["more_body"]:
                    return
                left -= len(message["body"])


async def _read_multipart(request: Request[Any, Any, Any], boundary: str, bytes_at_most: int) -> Form:
    if not boundary:
        raise Unreadable
    parts = _Parts(bytes_at_most)
    try:
        with PushMultipartParser(boundary, max_segment_count=FIELDS_AT_MOST, content_length=-1) as parser:
            async for chunk in request.stream():
                parts.count(chunk)
                for event in parser.parse(chunk):
                    parts.take(event)
    except ValueError as problem:  # the parser's own, and malformed UTF-8 in its headers
        parts.drop()
        raise Unreadable from problem
    except BaseException:
        parts.drop()
        raise
    return parts.form


class _Parts:
    """Puts the parser's events together: a part's head, pieces of its body, nothing at its end."""

    def __init__(self, bytes_at_most: int) -> None:
        self.form = Form()
        self._room = bytes_at_most
        self._head: MultipartSegment | None = None
        self._body: IO[bytes] | None = None

    def count(self, chunk: bytes) -> None:
        self._room -= len(chunk)
        if self._room < 0:
            raise TooLarge

    def take(self, event: MultipartSegment | bytes | bytearray | None) -> None:
        if isinstance(event, MultipartSegment):
            self._head, self._body = event, tempfile.SpooledTemporaryFile(max_size=256 * 1024)  # noqa: SIM115
        elif self._head is not None and self._body is not None:
            if event is None:
                _keep(self.form, self._head, self._body)
                self._head = self._body = None
            else:
                self._body.write(event)

    def drop(self) -> None:
        """Close whatever came so far."""
        if self._body is not None:
            self._body.close()
        self.form.drop_uploads()


def _keep(form: Form, segment: MultipartSegment, target: IO[bytes]) -> None:
    size = target.tell()
    target.seek(0)
    if segment.filename is None:
        form.values.setdefault(segment.name, []).append(target.read().decode("utf-8", "replace"))
        target.close()
    elif segment.filename or size:
        form.uploads.setdefault(segment.name, []).append(Upload(segment.filename, target, size))
    else:  # a file field left empty
        target.close()
