"""Letters are written once, sent until a server takes them, kept when it refuses, and forgotten after a month."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import aiosmtplib
import pytest
from aiosmtplib import SMTPRecipientRefused, SMTPRecipientsRefused
from sqlalchemy import select, text, update

from src.platform.work.jobs import JOBS, enqueue
from src.platform.work.mail import Letter, MailWaits, judged, post, send_mail, sender_of
from src.platform.work.models import Mail
from tests.mailbox import Mailbox
from tests.site import Site

READER = "reader@ukr.example"


async def write(site: Site, *, to: str = READER, key: str = "k", **parts: str) -> bool:
    """Post a letter in a transaction of its own."""
    letter = Letter(subject=parts.pop("subject", "Тема"), paragraphs=["Абзац"], **parts)  # type: ignore[arg-type]
    async with site.unit() as session:
        return await post(session, await site.city(), to=to, language="uk", letter=letter, key=key)


async def the_mail(site: Site) -> Mail:
    """The only letter, as it is stored."""
    async with site.unit() as session:
        return (await session.execute(select(Mail))).scalar_one()


async def waiting(site: Site, *names: str) -> list[str]:
    """Kinds of jobs in the queue."""
    async with site.unit() as session:
        rows = (await session.execute(text("SELECT message->>'actor_name' AS name FROM dramatiq.queue"))).scalars()
        return sorted(name for name in rows if not names or name in names)


async def try_again(site: Site) -> None:
    """What the queue does after a pause."""
    mail = await the_mail(site)
    async with site.unit() as session:
        await enqueue(session, send_mail, mail.id, once=mail.id)


async def age(site: Site, **parts: float) -> None:
    """Make all letters older."""
    async with site.unit() as session:
        await session.execute(update(Mail).values(created_at=datetime.now(UTC) - timedelta(**parts)))


async def test_a_letter_goes_out_in_text_and_html_and_is_marked_sent(site: Site, mail: Mailbox) -> None:
    await write(site)
    (message,) = await mail.deliver()
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    kept = await the_mail(site)
    assert (kept.state, kept.attempts, kept.last_error) == ("sent", 1, "")
    assert kept.sent_at is not None
    assert message["Message-ID"] == kept.message_id
    assert await waiting(site) == []


async def test_a_letter_of_a_transaction_that_fails_was_never_written(site: Site, mail: Mailbox) -> None:
    async def write_and_fail() -> None:
        async with site.unit() as session:
            letter = Letter(subject="Тема", paragraphs=[])
            await post(session, await site.city(), to=READER, language="uk", letter=letter, key="k")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await write_and_fail()
    assert await mail.deliver() == []


async def test_the_same_key_writes_no_second_letter(site: Site, mail: Mailbox) -> None:
    assert await write(site) is True
    assert await write(site, subject="Інша") is False
    assert len(await mail.deliver()) == 1
    assert await write(site) is False
    assert await mail.deliver() == []


async def test_two_cities_may_use_the_same_key(site: Site, poltava: Site, mail: Mailbox) -> None:
    assert await write(site)
    assert await write(poltava)
    assert len(await mail.deliver()) == 2


async def test_not_now_keeps_the_letter_for_later_under_the_same_id(site: Site, mail: Mailbox) -> None:
    mail.kept.refuse[READER] = "451 4.3.0 Try again later"
    await write(site)
    with pytest.raises(MailWaits):
        await mail.deliver()
    kept = await the_mail(site)
    assert (kept.state, kept.attempts) == ("queued", 1)
    assert kept.last_error.startswith("451")
    mail.kept.refuse.clear()
    await try_again(site)
    (message,) = await mail.deliver()
    assert message["Message-ID"] == kept.message_id
    assert (await the_mail(site)).attempts == 2


async def test_never_is_kept_with_its_reason_and_not_tried_again(site: Site, mail: Mailbox) -> None:
    mail.kept.refuse[READER] = "550 5.1.1 No such mailbox"
    await write(site)
    assert await mail.deliver() == []
    kept = await the_mail(site)
    assert (kept.state, kept.sent_at) == ("refused", None)
    assert kept.last_error.startswith("550")
    assert "Абзац" in kept.text
    await try_again(site)
    assert await mail.deliver() == []
    assert (await the_mail(site)).attempts == 1


async def test_a_server_that_is_down_loses_nothing(site: Site, mail: Mailbox) -> None:
    await write(site)
    mail.stop()
    with pytest.raises(MailWaits):
        await mail.deliver()
    assert (await the_mail(site)).state == "queued"
    mail.controller = type(mail.controller)(mail.kept, hostname="127.0.0.1", port=mail.port)
    mail.start()
    await try_again(site)
    assert len(await mail.deliver()) == 1


async def test_after_five_days_of_not_now_the_letter_is_given_up(site: Site, mail: Mailbox) -> None:
    mail.kept.refuse[READER] = "451 4.3.0 Try again later"
    await write(site)
    await age(site, days=6)
    assert await mail.deliver() == []
    assert (await the_mail(site)).state == "refused"


def test_only_a_refused_recipient_or_content_is_final() -> None:
    recipient = SMTPRecipientRefused(550, "no", READER)
    for problem, final in (
        (SMTPRecipientsRefused([recipient]), True),
        (SMTPRecipientsRefused([SMTPRecipientRefused(450, "later", READER)]), False),
        (aiosmtplib.SMTPDataError(554, "spam"), True),
        (aiosmtplib.SMTPDataError(452, "full"), False),
        (aiosmtplib.SMTPAuthenticationError(535, "wrong password"), False),
        (aiosmtplib.SMTPSenderRefused(530, "sign in first", "no-reply@kyiv.example"), False),
        (aiosmtplib.SMTPNotSupported("no SMTPUTF8"), True),
        (aiosmtplib.SMTPServerDisconnected("gone"), False),
        (ConnectionRefusedError(), False),
        (TimeoutError(), False),
        (aiosmtplib.SMTPConnectTimeoutError("silent"), False),
        (aiosmtplib.SMTPReadTimeoutError("slow"), False),
        (aiosmtplib.SMTPException("SMTP STARTTLS extension not supported by server."), False),
        (ValueError("not an address"), True),
    ):
        assert judged(problem)[0] is final, problem


async def test_an_address_that_cannot_be_sent_to_is_refused_and_nothing_else_stops(site: Site, mail: Mailbox) -> None:
    await write(site, to="a@b.example\nBcc: c@d.example", key="bad")
    await write(site)
    assert [m["To"] for m in await mail.deliver()] == [READER]
    async with site.unit() as session:
        states = dict((await session.execute(select(Mail.dedupe_key, Mail.state))).all())
    assert states == {"bad": "refused", "k": "sent"}


async def test_an_address_in_ukrainian_letters_gets_its_letter(site: Site, mail: Mailbox) -> None:
    await write(site, to="олена@пошта.укр")
    (message,) = await mail.deliver()
    assert "олена@пошта.укр" in str(message["To"])


async def test_lines_in_a_subject_become_spaces(site: Site, mail: Mailbox) -> None:
    await write(site, subject="Тема\r\nBcc: all@evil.example\n\n  і далі")
    (message,) = await mail.deliver()
    assert message["Subject"] == "Тема Bcc: all@evil.example і далі"
    assert message["Bcc"] is None


async def test_a_second_attempt_waits_while_the_first_is_under_way(site: Site, mail: Mailbox) -> None:
    await write(site)
    kept = await the_mail(site)
    async with site.unit() as session:
        import zlib

        await session.execute(
            text("SELECT pg_advisory_xact_lock(hashtext('mail'), :key)"), {"key": zlib.crc32(kept.id.bytes) - 2**31}
        )
        with pytest.raises(MailWaits):
            await JOBS["send_mail"].run(site.door.database, (await site.city()).id, str(kept.id))
    assert mail.messages == []
    assert len(await mail.deliver()) == 1


async def test_letters_whose_message_got_lost_are_found_and_enqueued_once(site: Site, mail: Mailbox) -> None:
    await write(site)
    async with site.unit() as session:
        await session.execute(text("DELETE FROM dramatiq.queue"))
    await sweep(site)
    assert await waiting(site) == []
    await age(site, minutes=11)
    await sweep(site)
    await sweep(site)
    assert await waiting(site) == ["send_mail"]
    assert len(await mail.deliver()) == 1
    await sweep(site)
    assert await waiting(site) == []


async def test_a_letter_whose_attempts_ran_out_is_begun_anew(site: Site, mail: Mailbox) -> None:
    await write(site)
    await age(site, hours=12)
    async with site.unit() as session:
        await session.execute(text("UPDATE dramatiq.queue SET state = 'rejected'"))
    assert await mail.deliver() == []
    await sweep(site)
    assert len(await mail.deliver()) == 1


async def test_a_message_that_waits_for_its_next_attempt_is_left_alone(site: Site, mail: Mailbox) -> None:
    await write(site)
    await age(site, hours=12)
    async with site.unit() as session:
        await session.execute(text("UPDATE dramatiq.queue SET available_at = now() + interval '1 hour'"))
    await sweep(site)
    assert await mail.deliver() == []
    assert await waiting(site) == ["send_mail"]


async def sweep(site: Site) -> None:
    """Look for lost letters."""
    await JOBS["sweep_mail"].run(site.door.database, (await site.city()).id)


async def test_after_a_month_nothing_of_a_letter_is_left_but_that_it_was(site: Site, mail: Mailbox) -> None:
    await write(site, stop="https://kyiv.example/stop/secret")
    await mail.deliver()
    city_id = (await site.city()).id
    await JOBS["forget_mail"].run(site.door.database, city_id)
    assert "Абзац" in (await the_mail(site)).text
    await age(site, days=31)
    await JOBS["forget_mail"].run(site.door.database, city_id)
    kept = await the_mail(site)
    assert (kept.recipient, kept.subject, kept.text, kept.html, kept.headers) == ("", "", "", "", {})
    assert kept.state == "sent"
    assert await write(site) is False


async def test_a_letter_that_still_waits_is_not_forgotten(site: Site, mail: Mailbox) -> None:
    await write(site)
    await age(site, days=31)
    await JOBS["forget_mail"].run(site.door.database, (await site.city()).id)
    assert len(await mail.deliver()) == 1


async def test_a_configured_sender_is_used_with_the_city_s_name(
    site: Site, mail: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from src.platform.settings import get_settings

    monkeypatch.setenv("MAIL_FROM", "post@vzaiemodiia.example")
    get_settings.cache_clear()
    assert sender_of(await site.city()) == "post@vzaiemodiia.example"
    await write(site)
    (message,) = await mail.deliver()
    assert str(message["From"]) == "Взаємодія · Київ <post@vzaiemodiia.example>"


async def test_a_letter_of_another_city_is_not_this_city_s_to_send(site: Site, poltava: Site, mail: Mailbox) -> None:
    await write(site)
    kept: UUID = (await the_mail(site)).id
    await JOBS["send_mail"].run(site.door.database, (await poltava.city()).id, str(kept))
    assert mail.messages == []
    assert (await the_mail(site)).state == "queued"
