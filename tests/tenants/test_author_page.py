"""The author's own page: confirming, watching, correcting, withdrawing, reopening."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from src.platform.web import tokens
from src.platform.work.jobs import enqueue
from src.tenants.appeals import service as appeals
from src.tenants.appeals.models import Appeal
from tests.conftest import Clock
from tests.mailbox import Mailbox
from tests.site import Page, Site
from tests.tenants.reading import AUTHOR, delivered, link_in


async def path_of(site: Site, appeal_id: UUID, purpose: str = "author") -> str:
    """The link in the author's letters, as a path."""
    start = {"author": "/my/", "confirm": "/confirm/"}[purpose]
    return start + tokens.sign(purpose, (await site.city()).id, appeal_id)


async def state_of(site: Site, appeal_id: UUID) -> str:
    """Where the question is in its life."""
    async with site.unit() as session:
        return (await appeals.for_change(session, appeal_id)).state


async def events_of(site: Site, appeal_id: UUID) -> list[str]:
    """The kinds of its timeline."""
    async with site.unit() as session:
        rows = await session.execute(
            text("SELECT kind FROM appeal_event WHERE appeal_id = :id ORDER BY at, id"), {"id": appeal_id}
        )
        return [row.kind for row in rows]


async def rejected(site: Site, reason: str = "Назвіть, будь ласка, вулицю.", **changes: Any) -> UUID:
    """A question that came back."""
    appeal_id = await site.ask(**changes)
    by = await site.moderator()
    async with site.unit() as session:
        await appeals.reject(session, appeal_id, reason, by=by, now=site.clock.now)
    return appeal_id


def correction(page: Page) -> dict[str, str]:
    """The correction form as it is shown."""
    return {
        "version": str(page.one('[name="version"]')["value"]),
        "title": str(page.one("#title")["value"]),
        "body": page.one("#body").get_text().lstrip("\n"),
    }


# --- confirming ---------------------------------------------------------------------------------


async def test_a_question_is_confirmed_by_a_button_and_gets_its_number(site: Site, mail: Mailbox) -> None:
    appeal_id = await site.ask(confirmed=False)
    link = link_in(await delivered(mail, AUTHOR), "/confirm/")
    page = await site.get(link)
    assert "Чому не евакуюють авто з газону?" in page.words
    done = await site.post(link)
    assert done.location == await path_of(site, appeal_id)
    assert await state_of(site, appeal_id) == "submitted"
    assert await site.number(appeal_id) in (await site.get(done.location)).words


async def test_a_mail_scanner_confirms_nothing(site: Site, mail: Mailbox) -> None:
    appeal_id = await site.ask(confirmed=False)
    link = link_in(await delivered(mail, AUTHOR), "/confirm/")
    for _ in range(3):
        await site.another_browser().get(link)
    assert await state_of(site, appeal_id) == "unconfirmed"


async def test_confirming_a_second_time_leads_to_the_same_page(site: Site) -> None:
    appeal_id = await site.ask(confirmed=False)
    link = await path_of(site, appeal_id, "confirm")
    first, second = await site.post(link), await site.post(link)
    assert first.location == second.location
    assert (await site.get(link, status=303)).location == first.location
    assert await events_of(site, appeal_id) == ["asked", "confirmed"]


async def test_after_a_week_the_link_leads_nowhere_and_the_question_goes(site: Site, mail: Mailbox, clock: Clock) -> None:
    clock.forward(days=-8)
    old = await site.ask(confirmed=False)
    clock.forward(days=8)
    new = await site.ask(confirmed=False, author_email="new@ukr.example")
    link = await path_of(site, old, "confirm")
    for _ in range(2):
        page = await site.get(link, status=404)
        assert "Посилання вже не діє" in page.words
        await site.post(link, status=404)
        async with site.unit() as session:
            await enqueue(session, "forget_unconfirmed")
        await mail.deliver()
    async with site.unit() as session:
        assert list((await session.execute(text("SELECT id FROM appeal"))).scalars()) == [new]
        assert await session.scalar(text("SELECT count(*) FROM submission")) == 1
    await site.get(await path_of(site, new, "confirm"))


async def test_a_confirm_link_opens_nothing_else(site: Site, poltava: Site) -> None:
    appeal_id = await site.ask(confirmed=False)
    token = tokens.sign("confirm", (await site.city()).id, appeal_id)
    await site.get(f"/my/{token}", status=404)
    await poltava.get(f"/confirm/{token}", status=404)
    await poltava.post(f"/confirm/{token}", status=404)
    await site.post(f"/my/{token}/withdrawal", status=404)
    assert await state_of(site, appeal_id) == "unconfirmed"


# --- watching -----------------------------------------------------------------------------------


async def test_the_page_says_in_plain_words_where_the_question_is(site: Site) -> None:
    stages = {
        "Запитання ще не підтверджено": await site.ask(confirmed=False),
        "Запитання чекає на модератора": await site.ask(),
        "Запитання треба виправити": await rejected(site),
        "Запитання опубліковано": await site.published(),
        "Запитання у відповідача": await site.routed(),
        "Є відповідь": await site.answered(),
    }
    merged, withdrawn, reopened = await site.ask(), await site.ask(), await site.answered()
    by = await site.moderator()
    async with site.unit() as session:
        into = await site.number(stages["Запитання у відповідача"])
        await appeals.merge(session, merged, into, by=by, now=site.clock.now)
        await appeals.withdraw(session, withdrawn, now=site.clock.now)
        await appeals.reopen(session, reopened, "Авто стоїть і далі.", now=site.clock.now)
    stages |= {
        "Запитання приєднали до такого самого": merged,
        "Ви забрали запитання": withdrawn,
        "Запитання відкрили знову": reopened,
    }
    for heading, appeal_id in stages.items():
        path = await path_of(site, appeal_id)
        page = await site.get(path)
        assert page.one("h1").get_text() == heading
        assert page.response.headers["cache-control"] == "no-store"
        assert page.response.headers["x-robots-tag"] == "noindex, nofollow"
        await site.english.get(path)
        number = await site.number(appeal_id)
        assert number in page.words
        public = page.all(f'a[href="/appeals/{number}"]')
        assert bool(public) == (await state_of(site, appeal_id) in {"published", "routed", "answered", "reopened"})


async def test_the_page_says_until_when_the_law_wants_an_answer(site: Site, clock: Clock) -> None:
    clock.now = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
    path = await path_of(site, await site.published())
    assert "не пізніше ніж 1 квітня" in (await site.get(path)).words.replace("\xa0", " ")
    clock.forward(days=40)
    page = await site.get(path)
    assert "мали дати до 1 квітня" in page.words.replace("\xa0", " ")
    assert page.all('main a[href="tel:1551"]')


async def test_the_author_sees_their_own_words_and_not_the_moderators_notes(site: Site) -> None:
    appeal_id = await site.answered()
    by = await site.moderator()
    async with site.unit() as session:
        appeal = await appeals.for_change(session, appeal_id)
        await appeals.note(session, appeal, "remark", now=site.clock.now, by=by, data={"text": "лише для нас"})
    page = await site.get(await path_of(site, appeal_id))
    assert "вул. Глибочицька, 17, кв. 4" in page.words
    assert "лише для нас" not in page.text
    assert "за авто на газоні відповідає місто." in page.words
    labels = [item.get_text() for item in page.all(".timeline b")]
    assert labels == [
        "Ви поставили запитання",
        "Ви підтвердили запитання",
        "Запитання опубліковано",
        "Запитання передано патрульній поліції Києва",
        "З’явилася відповідь",
    ]


async def test_the_number_of_queries_does_not_grow_with_the_history(site: Site) -> None:
    from sqlalchemy import event

    async def count(appeal_id: UUID) -> int:
        seen: list[str] = []
        engine = site.door.database.engine.sync_engine
        path = await path_of(site, appeal_id)
        await site.get(path)

        def note(*args: object) -> None:
            seen.append(str(args[2]))

        event.listen(engine, "before_cursor_execute", note)
        try:
            await site.get(path)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    short, long = await site.answered(), await site.answered()
    by = await site.moderator()
    for _ in range(5):
        async with site.unit() as session:
            await appeals.reopen(session, long, "Ні.", now=site.clock.now)
            appeal = await appeals.for_change(session, long)
            await appeals.mark_answered(session, appeal, answer_id=long, by=by, now=site.clock.now)
    assert await count(short) == await count(long)


# --- withdrawing --------------------------------------------------------------------------------


async def test_the_author_can_withdraw_before_publication_once(site: Site) -> None:
    for appeal_id in (await site.ask(confirmed=False), await site.ask(), await rejected(site)):
        path = await path_of(site, appeal_id)
        assert (await site.get(path)).all("details form")
        first = await site.post(f"{path}/withdrawal")
        again = await site.post(f"{path}/withdrawal")
        assert first.location == again.location == path
        assert (await events_of(site, appeal_id)).count("withdrawn") == 1
        assert not (await site.get(path)).all("main form")


async def test_a_public_question_cannot_be_withdrawn(site: Site) -> None:
    appeal_id = await site.published()
    path = await path_of(site, appeal_id)
    assert not (await site.get(path)).all("details form")
    page = await site.post(f"{path}/withdrawal", status=409)
    assert "Забрати запитання вже не можна" in page.words
    assert await state_of(site, appeal_id) == "published"


# --- correcting ---------------------------------------------------------------------------------


async def test_a_rejected_question_can_be_corrected_and_sent_again(site: Site) -> None:
    appeal_id = await rejected(site)
    number = await site.number(appeal_id)
    path = await path_of(site, appeal_id)
    page = await site.get(path)
    assert "Назвіть, будь ласка, вулицю." in page.words
    sent = await site.post(f"{path}/correction", correction(page) | {"title": "Авто на газоні на Глибочицькій"})
    assert sent.location == path
    assert await state_of(site, appeal_id) == "submitted"
    after = await site.get(path)
    assert "Авто на газоні на Глибочицькій" in after.words
    assert await site.number(appeal_id) == number
    async with site.unit() as session:
        kept = await session.scalar(text("SELECT words->'before'->>'title' FROM appeal_event_words WHERE words ? 'before'"))
    assert kept == "Чому не евакуюють авто з газону?"


async def test_sending_the_correction_twice_sends_it_once(site: Site) -> None:
    appeal_id = await rejected(site)
    path = await path_of(site, appeal_id)
    form = correction(await site.get(path)) | {"title": "Авто на газоні"}
    await site.post(f"{path}/correction", form)
    again = await site.post(f"{path}/correction", form)
    assert again.location == path
    assert (await events_of(site, appeal_id)).count("corrected") == 1


async def test_a_wrong_correction_is_explained_and_keeps_what_was_typed(site: Site) -> None:
    appeal_id = await rejected(site)
    path = await path_of(site, appeal_id)
    form = correction(await site.get(path))
    for field, value, words in (
        ("title", "   ", "Напишіть запитання одним реченням"),
        ("title", "Авто", "хоча б 10 знаків"),
        ("title", "1234567890 !", "хоча б 10 знаків"),
        ("title", "Ж" * 121, "Скоротіть запитання до 120 знаків: зараз їх 121"),
        ("body", "Ж" * 4001, "Скоротіть подробиці до 4000 знаків: зараз їх 4001"),
        ("body", "Зіпсовано \ufffd", "Цей текст не вдалося прочитати"),
    ):
        page = await site.post(f"{path}/correction", form | {field: value}, status=422)
        assert words in page.words
        assert page.one(f"#{field}-error")
        assert correction(page)[field] == value
        assert page.one("title").get_text().startswith("Помилка")
    assert await state_of(site, appeal_id) == "rejected"
    await site.post(f"{path}/correction", form | {"title": "Ж" * 120, "body": "Ж" * 4000})


async def test_a_correction_of_an_older_rejection_is_shown_again_first(site: Site) -> None:
    appeal_id = await rejected(site)
    path = await path_of(site, appeal_id)
    old = correction(await site.get(path))
    by = await site.moderator()
    async with site.unit() as session:
        await appeals.correct(session, appeal_id, title="Друга спроба", body="", now=site.clock.now)
        await appeals.reject(session, appeal_id, "І будинок.", by=by, now=site.clock.now)
    page = await site.post(f"{path}/correction", old | {"title": "Зі старої вкладки"}, status=409)
    assert "Поки сторінка була відкрита, запитання змінилося" in page.words
    assert "І будинок." in page.words
    assert correction(page)["title"] == "Зі старої вкладки"
    await site.post(f"{path}/correction", correction(page))


async def test_only_a_rejected_question_is_corrected(site: Site) -> None:
    appeal_id = await site.published()
    path = await path_of(site, appeal_id)
    typed = {"version": "1", "title": "Зовсім інше запитання", "body": "Довгі подробиці."}
    page = await site.post(f"{path}/correction", typed, status=409)
    assert "Виправити текст зараз не можна" in page.words
    assert "Зовсім інше запитання" in page.one("[role=alert]").text
    assert "Довгі подробиці." in page.one("[role=alert]").text
    assert page.one("title").text.startswith("Помилка:")


# --- reopening ----------------------------------------------------------------------------------


async def test_an_answer_that_did_not_help_opens_the_question_again(site: Site) -> None:
    appeal_id = await site.answered()
    path = await path_of(site, appeal_id)
    sent = await site.post(f"{path}/reopening", {"why": "Авто стоїть і далі."})
    assert sent.location == path
    assert await state_of(site, appeal_id) == "reopened"
    page = await site.get(path)
    assert "Авто стоїть і далі." in page.words
    again = await site.post(f"{path}/reopening", {"why": "Авто стоїть і далі."})
    assert again.location == path
    assert (await events_of(site, appeal_id)).count("reopened") == 1


async def test_reopening_needs_words_and_an_answer(site: Site) -> None:
    appeal_id = await site.answered()
    path = await path_of(site, appeal_id)
    empty = await site.post(f"{path}/reopening", {"why": " "}, status=422)
    assert "Напишіть, що саме не вирішено" in empty.words
    long = await site.post(f"{path}/reopening", {"why": "Ж" * 2001}, status=422)
    assert long.one("#why").get_text().strip() == "Ж" * 2001
    assert await state_of(site, appeal_id) == "answered"
    waiting = await site.routed()
    page = await site.post(f"{await path_of(site, waiting)}/reopening", {"why": "Довго."}, status=409)
    assert "можна лише після відповіді" in page.words
    assert "Довго." in page.one("[role=alert]").text


async def test_what_was_written_to_a_question_that_is_open_again_already_is_shown(site: Site) -> None:
    appeal_id = await site.answered()
    path = await path_of(site, appeal_id)
    await site.post(f"{path}/reopening", {"why": "Авто стоїть і далі."})
    page = await site.post(f"{path}/reopening", {"why": "І ще одне авто."}, status=409)
    assert "І ще одне авто." in page.one("[role=alert]").text
    assert (await events_of(site, appeal_id)).count("reopened") == 1


async def test_two_withdrawals_at_the_same_moment_are_one(site: Site) -> None:
    import asyncio

    appeal_id = await site.ask()
    path = await path_of(site, appeal_id)
    pages = await asyncio.gather(*(site.post(f"{path}/withdrawal") for _ in range(5)))
    assert {page.location for page in pages} == {path}
    assert (await events_of(site, appeal_id)).count("withdrawn") == 1


async def test_what_the_author_wrote_is_escaped(site: Site) -> None:
    appeal_id = await rejected(site, reason="<i>Ні</i>", title="<script>alert(1)</script>")
    page = await site.get(await path_of(site, appeal_id))
    assert "<script>alert" not in page.text
    assert "<i>Ні" not in page.text
    assert page.one("#title")["value"] == "<script>alert(1)</script>"


async def test_the_public_never_sees_what_the_author_s_page_shows(site: Site) -> None:
    appeal_id = await site.ask()
    async with site.unit() as session:
        assert (await session.get(Appeal, ((await site.city()).id, appeal_id))) is not None
    await site.get(f"/appeals/{await site.number(appeal_id)}", status=404)
