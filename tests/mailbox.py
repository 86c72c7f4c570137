"""A real SMTP server on loopback, and the worker's jobs run in this process."""

import email
import socket
from email.message import EmailMessage
from email.policy import default
from typing import cast
from uuid import UUID

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import text

from src.platform.data.unit_of_work import Database
from src.platform.work.jobs import JOBS


class Keep:
    """Keeps every message; ``refuse`` maps an address to the line it is refused with."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802  aiosmtpd's signature
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Accept or refuse a recipient."""
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a message."""
        message = email.message_from_bytes(cast("bytes", envelope.content), policy=default)
        self.messages.append(message)
        return "250 Accepted"


def free_port() -> int:
    """A port that nobody used a moment ago (the controller cannot find one by itself)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LocalSmtp:
    """The server itself."""

    def __init__(self) -> None:
        self.kept = Keep()
        self.port = free_port()
        self.controller = Controller(self.kept, hostname="127.0.0.1", port=self.port)

    def start(self) -> None:
        """Listen on a free port."""
        self.controller.start()

    def stop(self) -> None:
        """Stop listening."""
        self.controller.stop()


class Mailbox(LocalSmtp):
    """Where letters arrive, and the worker's jobs."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database

    @property
    def messages(self) -> list[EmailMessage]:
        """All messages so far."""
        return self.kept.messages

    def to(self, address: str) -> list[EmailMessage]:
        """Messages to an address, oldest first."""
        return [message for message in self.messages if str(message["To"]) == address]

    async def deliver(self) -> list[EmailMessage]:
        """Run all waiting jobs, and those they enqueue, as the worker would; returns the new messages."""
        before = len(self.messages)
        while True:
            async with self.database.unit() as session:
                rows = (
                    await session.execute(
                        text(
                            "DELETE FROM dramatiq.queue WHERE state = 'queued' AND available_at <= now() RETURNING message, position"
                        )
                    )
                ).all()
            if not rows:
                return self.messages[before:]
            for row in sorted(rows, key=lambda row: row.position):
                kwargs = row.message["kwargs"]
                await JOBS[row.message["actor_name"]].run(self.database, UUID(kwargs["city"]), *kwargs["ids"])
