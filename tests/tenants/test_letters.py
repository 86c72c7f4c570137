"""Letters about an appeal's life: who gets which, in which language, and what they never say."""

import re
from email.message import EmailMessage
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text, update

from src.platform.data.tenancy import City
from src.platform.work.jobs import JOBS, enqueue
from src.tenants.appeals import service as appeals
from src.tenants.appeals.models import AppealEvent
from src.tenants.subscriptions.models import Follower
from tests.conftest import Clock
from tests.mailbox import Mailbox
from tests.site import Site
from tests.tenants.reading import AUTHOR, delivered, html_of, link_in, text_of

PATROL = "patrol@kyiv.example"
READER = "reader@ukr.example"
LANGUAGES = ("uk", "en")


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Each language of the site."""
    return str(request.param)


async def follow(site: Site, appeal_id: UUID, email: str = READER, language: str = "uk") -> None:
    """Somebody follows a question and has confirmed it."""
    async with site.unit() as session:
        session.add(
            Follower(
                city_id=(await site.city()).id,
                appeal_id=appeal_id,
                email=email,
                language=language,
                created_at=site.clock.now,
                confirmed_at=site.clock.now,
            )
        )


def check_letter(message: EmailMessage, language: str, city: str = "Київ") -> None:
    """What every letter keeps."""
    name = city if language == "uk" else "Kyiv"
    assert message["Content-Language"] == language
    assert str(message["From"]).endswith(f"· {name} <no-reply@kyiv.localhost>")
    assert re.fullmatch(r"<[0-9a-f-]{36}@kyiv\.localhost>", message["Message-ID"])
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.tzinfo is not None
    page, words = html_of(message), text_of(message)
    assert page.html is not None
    assert page.html["lang"] == language
    assert page.select_one("h1").get_text() == message["Subject"]  # type: ignore[union-attr]
    assert name in words
    for left in ("{", "}", "None", "&lt;", "&#"):
        assert left not in words, f"{left} in\n{words}"
    for address in re.findall(r"https?://[^/\s]+(/\S*)", words):
        assert address.startswith("/en/") == (language == "en"), address


async def test_asking_sends_the_link_that_confirms(site: Site, mail: Mailbox, language: str) -> None:
    await site.ask(confirmed=False, language=language)
    message = await delivered(mail, AUTHOR)
    check_letter(message, language)
    assert link_in(message, "/confirm/")
    assert "Чому не евакуюють авто з газону?" in text_of(message)
    assert "/my/" not in text_of(message)


async def test_a_question_that_is_confirmed_by_now_needs_no_link(site: Site, mail: Mailbox) -> None:
    await site.ask()
    message = await delivered(mail, AUTHOR)
    assert "/confirm/" not in text_of(message)


async def test_confirming_sends_the_number_and_the_author_s_page(site: Site, mail: Mailbox, language: str) -> None:
    number = await site.number(await site.ask(language=language))
    message = await delivered(mail, AUTHOR)
    check_letter(message, language)
    assert number in message["Subject"]
    await site.get(link_in(message, "/my/"))


async def test_a_rejection_carries_its_reason_and_the_way_to_correct(site: Site, mail: Mailbox, language: str) -> None:
    appeal_id = await site.ask(language=language)
    await mail.deliver()
    by = await site.moderator()
    async with site.unit() as session:
        await appeals.reject(session, appeal_id, "Назвіть, будь ласка, вулицю.", by=by, now=site.clock.now)
    message = await delivered(mail, AUTHOR)
    check_letter(message, language)
    assert "> Назвіть, будь ласка, вулицю." in text_of(message)
    page = await site.get(link_in(message, "/my/"))
    assert page.one("#title")["value"] == "Чому не евакуюють авто з газону?"


async def test_the_author_of_a_merged_question_follows_the_other_one(site: Site, mail: Mailbox, language: str) -> None:
    target = await site.published(author_email="first@ukr.example", title="Хто прибирає авто з газону?")
    appeal_id = await site.ask(language=language, author_email="Second@ukr.example")
    await mail.deliver()
    by = await site.moderator()
    async with site.unit() as session:
        await appeals.merge(session, appeal_id, await site.number(target), by=by, now=site.clock.now)
    message = await delivered(mail, "Second@ukr.example")
    check_letter(message, language)
    assert link_in(message, f"/appeals/{await site.number(target)}")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    async with site.unit() as session:
        (follower,) = (await session.execute(select(Follower))).scalars()
    assert (follower.appeal_id, follower.email, follower.language) == (target, "second@ukr.example", language)
    assert follower.confirmed_at is not None


async def test_followers_of_a_merged_question_get_the_other_one_s_answer(site: Site, mail: Mailbox) -> None:
    target = await site.routed(author_email="first@ukr.example")
    appeal_id = await site.ask(author_email="second@ukr.example")
    by = await site.moderator()
    async with site.unit() as session:
        await appeals.merge(session, appeal_id, await site.number(target), by=by, now=site.clock.now)
    await mail.deliver()
    await answer(site, target)
    new = await mail.deliver()
    assert sorted(message["To"] for message in new) == ["first@ukr.example", "second@ukr.example"]
    assert all("second@" not in str(message) for message in new if message["To"] == "first@ukr.example")


async def test_publishing_tells_the_author_and_says_when_words_were_changed(site: Site, mail: Mailbox, language: str) -> None:
    appeal_id = await site.published(language=language)
    (*_, message) = [m for m in await mail.deliver() if m["To"] == AUTHOR]
    check_letter(message, language)
    link = link_in(message, "/appeals/")
    assert link.endswith(await site.number(appeal_id))
    assert link_in(message, "/my/")


async def test_the_responder_gets_the_public_question_and_answers_to_the_moderator(site: Site, mail: Mailbox) -> None:
    appeal_id = await site.routed(language="en")
    (message,) = [m for m in await mail.deliver() if m["To"] == PATROL]
    check_letter(message, "uk")
    words = text_of(message)
    assert message["Reply-To"] == "vzaiemodiia@kyiv.example"
    assert "vzaiemodiia@kyiv.example" in words
    assert "> Уже третій тиждень під’їзд перекриває чуже авто." in words
    assert "вул. Глибочицька, Шевченківський район" in words
    for private in (AUTHOR, "Коваль", "Олена", "кв. 4", "17", "/my/", "/staff"):
        assert private not in words.replace(await site.number(appeal_id), ""), private
    assert message["List-Unsubscribe"] is None


async def test_the_author_hears_to_whom_the_question_went(site: Site, mail: Mailbox, language: str) -> None:
    await site.routed(language=language)
    (*_, message) = [m for m in await mail.deliver() if m["To"] == AUTHOR]
    check_letter(message, language)
    assert ("патрульній поліції Києва" if language == "uk" else "Kyiv Patrol Police") in text_of(message)


async def answer(site: Site, appeal_id: UUID) -> None:
    """Publish an answer with steps."""
    from src.tenants.answers import service as answers

    by = await site.moderator()
    words = answers.Words(
        responder_id=await site.responder("patrol-police"),
        short="штраф виписує інспектор <паркування>.",
        body="Докладно.",
        steps=[answers.Step("Сфотографуйте авто"), answers.Step("Надішліть фото", "1551")],
    )
    async with site.unit() as session:
        appeal = await appeals.for_change(session, appeal_id)
        draft = await answers.write(session, appeal, words, by=by, now=site.clock.now)
        await answers.publish(session, appeal, draft, by=by, now=site.clock.now)


async def test_an_answer_goes_to_the_author_with_its_steps(site: Site, mail: Mailbox, language: str) -> None:
    appeal_id = await site.routed(language=language)
    await mail.deliver()
    await answer(site, appeal_id)
    message = await delivered(mail, AUTHOR)
    check_letter(message, language)
    words = text_of(message)
    assert "> штраф виписує інспектор <паркування>." in words
    assert "1. Сфотографуйте авто\n2. Надішліть фото — 1551\n" in words
    assert [item.get_text() for item in html_of(message).select("ol li")] == [
        "Сфотографуйте авто",
        "Надішліть фото — 1551",
    ]
    assert link_in(message, "/appeals/").endswith(await site.number(appeal_id))
    assert message["List-Unsubscribe"] is None


async def test_an_answer_goes_to_confirmed_followers_with_a_way_to_stop(site: Site, mail: Mailbox, language: str) -> None:
    appeal_id = await site.routed()
    await follow(site, appeal_id, language=language)
    async with site.unit() as session:
        city_id = (await site.city()).id
        for email, confirmed, stopped in (("not-yet@ukr.example", None, None), ("gone@ukr.example", 1, 1)):
            session.add(
                Follower(
                    city_id=city_id,
                    appeal_id=appeal_id,
                    email=email,
                    created_at=site.clock.now,
                    confirmed_at=site.clock.now if confirmed else None,
                    stopped_at=site.clock.now if stopped else None,
                )
            )
    await mail.deliver()
    await answer(site, appeal_id)
    new = await mail.deliver()
    assert sorted(m["To"] for m in new) == sorted([AUTHOR, READER])
    message = next(m for m in new if m["To"] == READER)
    check_letter(message, language)
    stop = link_in(message, "/stop/")
    assert message["List-Unsubscribe"] == f"<{stop}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for private in (AUTHOR, "Коваль", "/my/", "кв. 4"):
        assert private not in str(message)
        assert private not in text_of(message)


async def test_an_author_who_follows_their_own_question_gets_one_letter(site: Site, mail: Mailbox) -> None:
    appeal_id = await site.routed()
    await follow(site, appeal_id, email=AUTHOR)
    await mail.deliver()
    await answer(site, appeal_id)
    assert [m["To"] for m in await mail.deliver()] == [AUTHOR]


async def test_reopening_tells_the_responder_and_the_followers(site: Site, mail: Mailbox, language: str) -> None:
    appeal_id = await site.answered()
    await follow(site, appeal_id, language=language)
    await mail.deliver()
    why = "Авто стоїть і далі. Телефонуйте 067 123 45 67 або пишіть olena@ukr.example"
    async with site.unit() as session:
        await appeals.reopen(session, appeal_id, why, now=site.clock.now)
    new = {m["To"]: m for m in await mail.deliver()}
    assert set(new) == {PATROL, READER}
    check_letter(new[PATROL], "uk")
    assert "> Авто стоїть і далі." in text_of(new[PATROL])
    assert "123 45 67" not in text_of(new[PATROL])
    assert AUTHOR not in text_of(new[PATROL])
    assert new[PATROL]["Reply-To"] == "vzaiemodiia@kyiv.example"
    check_letter(new[READER], language)
    assert "Авто стоїть" not in text_of(new[READER])
    assert link_in(new[READER], "/stop/")


async def test_withdrawing_is_confirmed_to_the_author(site: Site, mail: Mailbox, language: str) -> None:
    appeal_id = await site.ask(language=language)
    await mail.deliver()
    async with site.unit() as session:
        await appeals.withdraw(session, appeal_id, now=site.clock.now)
    message = await delivered(mail, AUTHOR)
    check_letter(message, language)
    assert await site.number(appeal_id) in message["Subject"]


async def test_withdrawing_before_confirming_is_confirmed_without_a_number(site: Site, mail: Mailbox, language: str) -> None:
    appeal_id = await site.ask(confirmed=False, language=language)
    async with site.unit() as session:
        await appeals.withdraw(session, appeal_id, now=site.clock.now)
    message = await delivered(mail, AUTHOR)
    check_letter(message, language)


async def test_a_correction_writes_to_nobody(site: Site, mail: Mailbox) -> None:
    appeal_id = await site.ask()
    by = await site.moderator()
    async with site.unit() as session:
        await appeals.reject(session, appeal_id, "Назвіть вулицю.", by=by, now=site.clock.now)
    await mail.deliver()
    async with site.unit() as session:
        await appeals.correct(session, appeal_id, title="Авто на газоні", body="", now=site.clock.now)
    assert await mail.deliver() == []


async def test_a_job_that_runs_twice_writes_one_letter(site: Site, mail: Mailbox) -> None:
    appeal_id = await site.answered()
    await follow(site, appeal_id)
    await mail.deliver()
    before = len(mail.messages)
    async with site.unit() as session:
        for event in (await session.execute(select(AppealEvent))).scalars().all():
            await enqueue(session, "tell_people", event.id)
    assert await mail.deliver() == []
    assert len({m["Message-ID"] for m in mail.messages}) == len(mail.messages) == before


async def test_merging_told_twice_does_not_undo_a_stop(site: Site, mail: Mailbox, clock: Clock) -> None:
    target = await site.published(author_email="first@ukr.example")
    appeal_id = await site.ask()
    by = await site.moderator()
    async with site.unit() as session:
        await appeals.merge(session, appeal_id, await site.number(target), by=by, now=clock.now)
    merged = next(m for m in reversed(await mail.deliver()) if m["To"] == AUTHOR)
    clock.forward(hours=1)
    await site.post(link_in(merged, "/stop/"))
    async with site.unit() as session:
        event = (await session.execute(select(AppealEvent).where(AppealEvent.kind == "merged"))).scalar_one()
        await enqueue(session, "tell_people", event.id)
    assert await mail.deliver() == []
    async with site.unit() as session:
        assert (await session.execute(select(Follower))).scalar_one().stopped_at is not None


async def test_a_letter_about_a_question_that_was_deleted_is_not_written(site: Site, mail: Mailbox) -> None:
    await JOBS["tell_people"].run(site.door.database, (await site.city()).id, str(uuid4()))
    assert await mail.deliver() == []


async def test_words_of_people_stay_words_in_html_and_text(site: Site, mail: Mailbox) -> None:
    title = "<b>Хто</b> & чому \"<script>alert(1)</script>\" 'так'"
    await site.ask(confirmed=False, title=title)
    message = await delivered(mail, AUTHOR)
    part = message.get_body(("html",))
    assert part is not None
    assert "<script>" not in part.get_content()
    assert html_of(message).select_one("blockquote").get_text() == title  # type: ignore[union-attr]
    assert f"> {title}\n" in text_of(message)


async def test_a_line_break_in_a_title_makes_no_header(site: Site, mail: Mailbox) -> None:
    await site.routed(title="Авто на газоні\r\nBcc: everybody@evil.example")
    (message,) = [m for m in await mail.deliver() if m["To"] == PATROL]
    assert message["Bcc"] is None
    assert "Авто на газоні Bcc: everybody@evil.example" in message["Subject"]
    assert [m["To"] for m in mail.messages if "evil" in str(m["To"])] == []


async def test_a_very_long_title_makes_a_subject_that_arrives_whole(site: Site, mail: Mailbox) -> None:
    title = "Чомунеевакуюють" * 8
    await site.routed(title=title)
    (message,) = [m for m in await mail.deliver() if m["To"] == PATROL]
    assert title in message["Subject"]


async def test_a_city_without_a_contact_address_asks_for_no_reply_to(site: Site, mail: Mailbox) -> None:
    async with site.unit() as session:
        await session.execute(update(City).where(City.id == (await site.city()).id).values(contact_email=""))
    await site.routed()
    (message,) = [m for m in await mail.deliver() if m["To"] == PATROL]
    assert message["Reply-To"] is None


async def test_letters_of_two_cities_come_from_their_own_hosts(site: Site, poltava: Site, mail: Mailbox) -> None:
    await site.ask(confirmed=False)
    await poltava.ask(confirmed=False, author_email="poltava@ukr.example", district="shevchenkivskyi")
    new = {m["To"]: m for m in await mail.deliver()}
    assert "kyiv.localhost" in link_in(new[AUTHOR], "/confirm/")
    assert "poltava.localhost" in link_in(new["poltava@ukr.example"], "/confirm/")
    assert "Полтава" in str(new["poltava@ukr.example"]["From"])
    async with poltava.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM mail")) == 1
