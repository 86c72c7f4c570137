"""A mail server that delivers nothing: it keeps what it is given as files and shows them on a page.

It listens on 127.0.0.1 only, and no setting changes that: it shows everybody's sign-in links.
"""

import asyncio
import socket
from pathlib import Path
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session

from src.platform.local.errors import CannotStartError
from src.platform.local.folders import make_private_folder
from src.platform.local.mail_pages import make_app
from src.platform.local.mailbox import Mailbox

LOOPBACK = "127.0.0.1"
_LARGEST_MESSAGE = 40 * 1024 * 1024


class _Keeper:
    """Stores each message before the sender is told that it was taken."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        content = envelope.original_content or b""
        try:
            await asyncio.to_thread(self._mailbox.add, content, envelope.mail_from or "", list(envelope.rcpt_tos))
        except OSError as error:
            return f"452 4.3.1 The message could not be stored: {error.strerror}"
        return "250 2.0.0 Caught"


def run(folder: Path, *, smtp_port: int, page_port: int) -> None:
    """Catch mail into ``folder`` and show it, until SIGTERM or SIGINT. Raises `CannotStartError`."""
    make_private_folder(folder.parent)
    asyncio.run(_serve(Mailbox(folder), smtp_port, page_port))


async def _serve(mailbox: Mailbox, smtp_port: int, page_port: int) -> None:
    keeper = _Keeper(mailbox)

    def make_protocol() -> SMTP:
        return SMTP(keeper, hostname="localhost", data_size_limit=_LARGEST_MESSAGE, enable_SMTPUTF8=True, ident="Catcher")

    loop = asyncio.get_running_loop()
    smtp = await loop.create_server(make_protocol, sock=_listener(smtp_port))
    pages = _listener(page_port)
    config: dict[str, Any] = {"access_log": False, "log_level": "warning", "server_header": False}
    server = uvicorn.Server(uvicorn.Config(make_app(mailbox), lifespan="off", timeout_graceful_shutdown=2, **config))
    async with smtp:
        await server.serve(sockets=[pages])


def _listener(port: int) -> socket.socket:
    """An open socket, so that a taken port is known before anything is served."""
    listener = socket.socket(socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise CannotStartError(f"The mail catcher cannot use port {port}: {error.strerror}. Set PORT to move it.") from error
    return listener
