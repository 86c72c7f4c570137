"""Caught mail: one file a message, named by the time it came."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime
from pathlib import Path

from src.platform.local.folders import make_private_folder

_TIME = "%Y%m%dT%H%M%S%f"
_SUFFIX = ".eml"


@dataclass(frozen=True)
class Part:
    """An attachment."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """A caught message, decoded for reading."""

    id: str
    caught_at: datetime
    headers: list[tuple[str, str]]
    text: str | None
    html: str | None
    source: bytes
    attachments: list[Part] = field(default_factory=list)

    def header(self, name: str) -> str:
        """A header's decoded value, empty when there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def recipients(self) -> str:
        """Whom the server was told to deliver it to; not always what To says."""
        return ", ".join(value for key, value in self.headers if key == "Delivered-To") or self.header("To")

    def mentions(self, words: str) -> bool:
        """Whether recipients, sender or subject contain these words."""
        return words.casefold() in f"{self.recipients} {self.header('From')} {self.header('Subject')}".casefold()


class Mailbox:
    """The folder with all messages. Several processes may read it while one writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        make_private_folder(folder)

    def add(self, content: bytes, sender: str, recipients: list[str]) -> str:
        """Store a message as it came, with its envelope on top. Its id; the file is there whole or not at all."""
        envelope = [f"Return-Path: <{sender}>", *(f"Delivered-To: {recipient}" for recipient in recipients)]
        top = "".join(f"{line}\r\n" for line in envelope).encode()
        id_ = f"{datetime.now(UTC).strftime(_TIME)}-{secrets.token_hex(4)}"
        draft = self.folder / f".{id_}.new"
        draft.touch(mode=0o600)
        draft.write_bytes(top + content)
        draft.rename(self.folder / (id_ + _SUFFIX))
        return id_

    def ids(self) -> list[str]:
        """Ids of all messages, the newest first."""
        return sorted((path.name.removesuffix(_SUFFIX) for path in self.folder.glob(f"[!.]*{_SUFFIX}")), reverse=True)

    def get(self, id_: str) -> Mail | None:
        """A message, None when there is none of this id (which may be anything that stood in an address)."""
        path = self.folder / (id_ + _SUFFIX)
        if path.parent != self.folder or id_.startswith("."):
            return None
        try:
            caught_at = datetime.strptime(id_.partition("-")[0], _TIME).replace(tzinfo=UTC)
            source = path.read_bytes()
        except (OSError, ValueError):
            return None
        return _decoded(id_, caught_at, source)


def _decoded(id_: str, caught_at: datetime, source: bytes) -> Mail:
    message = message_from_bytes(source, policy=policy.default.clone(utf8=True))
    assert isinstance(message, EmailMessage)
    text = message.get_body(("plain",))
    html = message.get_body(("html",))
    return Mail(
        id=id_,
        caught_at=caught_at,
        headers=[(name, _readable(name, str(value))) for name, value in message.items()],
        text=_content(text),
        html=_content(html),
        source=source,
        attachments=[
            Part(each.get_filename() or "attachment", each.get_content_type(), content)
            for each in message.iter_attachments()
            if isinstance(content := each.get_payload(decode=True), bytes)
        ],
    )


def _content(part: MIMEPart | None) -> str | None:
    if part is None:
        return None
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError, KeyError):
        # A charset that nobody knows is the mail's fault, not a reason to show no mail.
        payload = part.get_payload(decode=True)
        return payload.decode(errors="replace") if isinstance(payload, bytes) else ""


def _readable(name: str, value: str) -> str:
    if name.lower() != "date":
        return value
    try:
        return parsedate_to_datetime(value).strftime("%d.%m.%Y %H:%M:%S %z")
    except ValueError:
        return value
