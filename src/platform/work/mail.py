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
from dramatiq import Retry
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.base import localized
from src.platform.data.tenancy import City, CityInLanguage, city_id_of
from src.platform.data.unit_of_work import Database
from src.platform.settings import get_settings
from src.platform.web.here import Here, city_host, host_of, language_of
from src.platform.web.pages import render
from src.platform.work.jobs import enqueue, job, job_with_own_transactions
from src.platform.work.models import Mail
from src.platform.work.schedule import repeat

log = structlog.get_logger("mail")

STUCK_AFTER = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(days=5)
"""How long a server may say "not now" (RFC 5321, 4.5.4.1: at least 4–5 days)."""
TEXTS_KEPT = timedelta(days=30)
PERMANENT = 500
"""Answers of an SMTP server from here on are final (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says; the same in its text and its HTML part.

    ``quote`` is somebody's own words, ``action`` a button and ``also`` a plain link (label, absolute address), ``why``
    the line that says why the reader got it, ``stop`` the absolute address that ends it with one click (RFC 8058),
    ``reply_to`` the address that an answer to the letter goes to.
    """

    subject: str
    paragraphs: list[str]
    greeting: str = ""
    quote: str = ""
    quote_label: str = ""
    steps: list[str] = field(default_factory=list)
    steps_label: str = ""
    action: tuple[str, str] | None = None
    after: list[str] = field(default_factory=list)
    also: tuple[str, str] | None = None
    why: str = ""
    stop: str = ""
    reply_to: str = ""


class MailWaits(Retry):
    """A letter could not be handed over now; the queue tries again later."""


def letterhead(city: City, language: str) -> Here:
    """Where letters of a city are written: its host, the reader's language."""
    settings = get_settings()
    return Here(
        settings=settings,
        host=host_of(settings, city),
        path="/",
        language=language_of(language),
        city=city if city.kind == "city" else None,
        tenant=city,
    )


def sender_of(city: City) -> str:
    """The address that letters of a city come from."""
    settings = get_settings()
    return settings.mail_from or f"no-reply@{city_host(settings, city.slug)}"


async def post(
    session: AsyncSession, city: City, *, to: str, language: str, letter: Letter, key: str, urgent: bool = False
) -> bool:
    """Write a letter and enqueue its sending, in the caller's transaction; ``key`` makes a second one impossible.

    ``urgent`` is for what its reader waits for at this moment (a link to sign in): it goes past the letters that a city
    has too many of. Returns whether it is new.
    """
    at = letterhead(city, language)
    context = {"letter": letter, "city": CityInLanguage.of(city, language)}
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
            headers=headers_of(at, letter),
            message_id=f"<{mail_id}@{at.host}>",
            created_at=datetime.now(UTC),
        )
        .on_conflict_do_nothing(index_elements=["city_id", "dedupe_key"])
        .returning(Mail.id)
    )
    if written.scalar_one_or_none() is None:
        return False
    await enqueue(session, send_mail, mail_id, once=mail_id, paced=not urgent)
    return True


def headers_of(at: Here, letter: Letter) -> dict[str, str]:
    """The headers that depend on the reader's language or on the letter."""
    city = at.the_tenant
    name = at._("Взаємодія")
    if at.city is not None:
        name = f"{name} · {localized(city.name, at.lang)}"
    headers = {"From": str(Address(display_name=name, addr_spec=sender_of(city))), "Content-Language": at.lang}
    if letter.reply_to:
        headers["Reply-To"] = letter.reply_to
    if letter.stop:
        headers["List-Unsubscribe"] = f"<{letter.stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def compose(mail: Mail) -> EmailMessage:
    """The message as it goes over the wire (RFC 5322, MIME alternative)."""
    message = EmailMessage(policy=SMTP)
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = mail.created_at
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    for name, value in mail.headers.items():  # after the content, which takes Content-… headers with it
        message[name] = value
    return message


@job_with_own_transactions("send_mail", queue="mail", retries=150, longest_pause_ms=3600 * 1000)
async def send_mail(database: Database, city_id: UUID, mail_id: str) -> None:
    """Hand one letter to the mail server.

    A transaction-long advisory lock keeps a second attempt out while one is under way and vanishes with a killed
    worker. A refusal for good is kept with its reason and not tried again; anything else is, for five days.
    """
    async with database.unit(city_id) as guard:
        mine = await guard.scalar(
            text("SELECT pg_try_advisory_xact_lock(hashtext('mail'), :key)"),
            {"key": zlib.crc32(UUID(mail_id).bytes) - 2**31},
        )
        if not mine:
            msg = "another attempt is under way"
            raise MailWaits(msg)
        async with database.unit(city_id) as session:
            mail = await letter_of(session, UUID(mail_id))
            if mail is None or mail.state not in {"queued", "sending"}:
                return
            mail.state, mail.attempts = "sending", mail.attempts + 1
            city = (await session.execute(select(City).where(City.id == city_id))).scalar_one()
        state, problem = await hand_over(mail, sender_of(city))
        moment = datetime.now(UTC)
        if state == "queued" and moment - mail.created_at > GIVE_UP_AFTER:
            state = "refused"
        async with database.unit(city_id) as session:
            kept = await letter_of(session, mail.id)
            if kept is not None and kept.state == "sending":  # not emptied meanwhile
                kept.state, kept.last_error = state, problem
                kept.sent_at = moment if state == "sent" else None
    if state != "sent":
        log.warning("mail not taken", mail=mail_id, state=state, problem=problem.split(" ", 1)[0], attempts=mail.attempts)
    if state == "queued":
        raise MailWaits(problem)


async def letter_of(session: AsyncSession, mail_id: UUID) -> Mail | None:
    """A letter of this city, locked."""
    return (
        await session.execute(select(Mail).where(Mail.city_id == city_id_of(session), Mail.id == mail_id).with_for_update())
    ).scalar_one_or_none()


async def hand_over(mail: Mail, sender: str) -> tuple[str, str]:
    """Talk to the server: the letter's new state and what went wrong."""
    settings = get_settings()
    try:
        await aiosmtplib.send(
            compose(mail),
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
    except (aiosmtplib.SMTPException, OSError, ValueError) as problem:
        final, words = judged(problem)
        return ("refused" if final else "queued"), words[:300]
    return "sent", ""


def judged(problem: Exception) -> tuple[bool, str]:
    """Whether trying again cannot help, and what went wrong.

    Final is only what is about this very letter: its recipient, its content, an address that cannot be sent to. A
    refused sign-in or sender is a fault in the settings: letters wait until it is mended.
    """
    if isinstance(problem, aiosmtplib.SMTPRecipientsRefused):
        answer = max(problem.recipients, key=lambda refusal: refusal.code)
        return answer.code >= PERMANENT, f"{answer.code} {answer.message}"
    if isinstance(problem, aiosmtplib.SMTPResponseException):
        about_letter = isinstance(problem, aiosmtplib.SMTPDataError)
        return about_letter and problem.code >= PERMANENT, f"{problem.code} {problem.message}"
    return isinstance(problem, aiosmtplib.SMTPNotSupported | ValueError), type(problem).__name__


@job("sweep_mail")
async def sweep_mail(session: AsyncSession) -> None:
    """Enqueue letters whose message got lost (a queue that was emptied, attempts that ran out)."""
    stuck = await session.execute(
        select(Mail.id)
        .where(
            Mail.city_id == city_id_of(session),
            Mail.state.in_(("queued", "sending")),
            Mail.created_at < datetime.now(UTC) - STUCK_AFTER,
        )
        .order_by(Mail.created_at)
        .limit(1000)
    )
    for mail_id in stuck.scalars():
        await enqueue(session, send_mail, mail_id, once=mail_id)


@job("forget_mail")
async def forget_mail(session: AsyncSession) -> None:
    """Delete what old letters said and whom they went to; that there was one stays, so that it is not written again."""
    await session.execute(
        text(
            "UPDATE mail SET recipient = '', subject = '', text = '', html = '', headers = '{}', last_error = '' "
            "WHERE city_id = :city AND state IN ('sent', 'refused') AND created_at < :before AND recipient <> ''"
        ),
        {"city": city_id_of(session), "before": datetime.now(UTC) - TEXTS_KEPT},
    )


repeat(sweep_mail, timedelta(minutes=10))
repeat(forget_mail, timedelta(days=1))
