"""Letters: written in the transaction they tell about, sent by a job, never lost.

A letter is stored with its Message-ID before the first attempt. If the worker dies between the server's acceptance
and its own commit, the letter goes out once more under the same Message-ID, which mail programs show once.
"""

import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from uuid import UUID

import aiosmtplib
import structlog
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import City, city_id_of
from src.platform.data.unit_of_work import Database
from src.platform.settings import get_settings
from src.platform.web.here import Here, city_host, language_of
from src.platform.web.pages import render
from src.platform.work.jobs import enqueue, job, job_with_own_transactions
from src.platform.work.models import Mail
from src.platform.work.schedule import repeat

log = structlog.get_logger("mail")

STUCK_AFTER = timedelta(minutes=10)
PERMANENT = range(500, 600)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says; the same in its text and its HTML part.

    ``action`` is a button (label, absolute address), ``quote`` somebody's own words, ``why`` the line that says why
    the reader got it, ``stop`` the absolute address that ends it with one click (RFC 8058).
    """

    subject: str
    paragraphs: list[str]
    greeting: str = ""
    quote: str = ""
    quote_label: str = ""
    steps: list[str] = field(default_factory=list)
    action: tuple[str, str] | None = None
    after: list[str] = field(default_factory=list)
    why: str = ""
    stop: str = ""


def letterhead(city: City, language: str) -> Here:
    """Where letters of a city are written: its host, the reader's language."""
    settings = get_settings()
    return Here(
        settings=settings, host=city_host(settings, city.slug), path="/", language=language_of(language), city=city
    )


async def post(session: AsyncSession, city: City, *, to: str, language: str, letter: Letter, key: str) -> bool:
    """Write a letter and enqueue its sending, in the caller's transaction; ``key`` makes a second one impossible.

    Returns whether it is new.
    """
    at = letterhead(city, language)
    context = {"letter": letter}
    mail_id = uuid7()
    written = await session.execute(
        insert(Mail)
        .values(
            city_id=city_id_of(session),
            id=mail_id,
            dedupe_key=key,
            recipient=to,
            subject=" ".join(letter.subject.split()),
            text=render(at, "mail/letter.txt", context),
            html=render(at, "mail/letter.html", context),
            headers={"List-Unsubscribe": f"<{letter.stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
            if letter.stop
            else {},
            message_id=f"<{mail_id}@{at.host}>",
            created_at=datetime.now(UTC),
        )
        .on_conflict_do_nothing(index_elements=["city_id", "dedupe_key"])
        .returning(Mail.id)
    )
    if written.scalar_one_or_none() is None:
        return False
    await enqueue(session, send_mail, mail_id)
    return True


def compose(mail: Mail, city: City, sender: str) -> EmailMessage:
    """The message as it goes over the wire (RFC 5322, MIME alternative)."""
    message = EmailMessage(policy=SMTP)
    local, _, domain = sender.partition("@")
    message["From"] = Address(display_name=f"Взаємодія · {city.name['uk']}", username=local, domain=domain)
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = mail.created_at
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


@job_with_own_transactions("send_mail", queue="mail", retries=20, longest_pause_ms=3600 * 1000)
async def send_mail(database: Database, city_id: UUID, mail_id: str) -> None:
    """Hand one letter to the mail server.

    A transaction-long advisory lock keeps a second attempt out while one is under way and vanishes with a killed
    worker. A permanent refusal (5xx) is kept with its reason and not tried again; anything else is.
    """
    async with database.unit(city_id) as guard:
        mine = await guard.scalar(
            text("SELECT pg_try_advisory_xact_lock(hashtext('mail'), :key)"),
            {"key": zlib.crc32(UUID(mail_id).bytes) - 2**31},
        )
        if not mine:
            return
        async with database.unit(city_id) as session:
            mail = (await session.execute(select(Mail).where(Mail.id == UUID(mail_id)))).scalar_one_or_none()
            if mail is None or mail.state not in {"queued", "sending"}:
                return
            mail.state, mail.attempts = "sending", mail.attempts + 1
            city = (await session.execute(select(City).where(City.id == city_id))).scalar_one()
        state, problem, again = await hand_over(mail, city)
        async with database.unit(city_id) as session:
            kept = (await session.execute(select(Mail).where(Mail.id == mail.id))).scalar_one()
            kept.state, kept.last_error = state, problem
            kept.sent_at = datetime.now(UTC) if state == "sent" else None
        if again:
            raise MailWaits(problem)


class MailWaits(Exception):  # noqa: N818
    """The server did not take a letter now; the queue tries again later."""


async def hand_over(mail: Mail, city: City) -> tuple[str, str, bool]:
    """Talk to the server: the letter's new state, what went wrong, whether to try again."""
    settings = get_settings()
    sender = settings.mail_from or f"no-reply@{city_host(settings, city.slug)}"
    try:
        await aiosmtplib.send(
            compose(mail, city, sender),
            sender=sender,
            recipients=[mail.recipient],
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user or None,
            password=settings.smtp_password.get_secret_value() or None,
            start_tls=settings.smtp_tls == "starttls",
            use_tls=settings.smtp_tls == "tls",
            timeout=30,
        )
    except aiosmtplib.SMTPRecipientsRefused as refusal:
        code = max(answer.code for answer in refusal.recipients)
        return ("refused" if code in PERMANENT else "queued"), f"{code}", code not in PERMANENT
    except aiosmtplib.SMTPResponseException as refusal:
        return ("refused" if refusal.code in PERMANENT else "queued"), f"{refusal.code}", refusal.code not in PERMANENT
    except (aiosmtplib.SMTPException, OSError) as problem:
        return "queued", type(problem).__name__, True
    return "sent", "", False


@job("sweep_mail")
async def sweep_mail(session: AsyncSession) -> None:
    """Enqueue letters whose message got lost (a queue that was emptied, retries that ran out)."""
    stuck = await session.execute(
        select(Mail.id).where(Mail.state.in_(("queued", "sending")), Mail.created_at < datetime.now(UTC) - STUCK_AFTER)
    )
    for mail_id in stuck.scalars():
        await enqueue(session, send_mail, mail_id)


repeat(sweep_mail, timedelta(minutes=10))
