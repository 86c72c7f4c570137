"""«Мій кабінет»: my questions, what I follow; asking while signed in; the way in and out of it in the header."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from src.tenants.appeals import service as appeals
from src.tenants.appeals.models import Appeal, Submission
from src.tenants.subscriptions import service as subscriptions
from tests.conftest import Clock, Statement
from tests.mailbox import Mailbox
from tests.site import Site
from tests.tenants.residents import EMAIL, signed_in
from tests.tenants.walk import Walk


async def follow(site: Site, appeal_id: UUID, email: str = EMAIL) -> UUID:
    """Somebody follows a question."""
    async with site.unit() as session:
        appeal = await appeals.for_change(session, appeal_id)
        found = await subscriptions.follow_as_author(session, appeal, email=email, language="uk", at=site.clock.now)
        return found.id


# --- the way there ------------------------------------------------------------------------------


async def test_the_header_says_the_way_in_and_then_the_way_to_ones_own(site: Site) -> None:
    assert (await site.get("/")).one(".top .mine").get_text() == "Увійти"
    await signed_in(site)
    page = await site.get("/")
    assert page.one(".top .mine").get_text() == "Мій кабінет"
    assert page.response.headers["cache-control"].startswith("private")
    staff = site.another_browser()
    await staff.sign_in()
    assert (await staff.get("/")).one(".top .mine")["href"] == "/staff"


async def test_a_resident_who_signs_in_comes_to_their_own_and_staff_to_their_desk(site: Site, mail: Mailbox) -> None:
    for email, home in ((EMAIL, "/me"), ("moderator@kyiv.example", "/staff")):
        browser = site.another_browser()
        await browser.post("/sign-in", {"email": email})
        letter = (await mail.deliver())[-1].get_body(("plain",)).get_content()
        link = next(word for word in letter.split() if "/sign-in/link/" in word)
        assert (await browser.post(link)).location == home


@pytest.mark.parametrize("path", ["/me", "/me/following", "/me/data", "/me/data/export", "/me/data/deletion"])
async def test_whoever_is_not_signed_in_is_asked_to(site: Site, path: str) -> None:
    assert (await site.get(path, status=303)).location == f"/sign-in?next={path}"


# --- my questions -------------------------------------------------------------------------------


async def test_my_questions_are_there_newest_first_and_nobody_elses(site: Site, clock: Clock) -> None:
    await site.ask(title="Перше запитання?", confirmed=False)
    clock.forward(hours=1)
    await site.answered(title="Друге запитання?")
    await site.ask(title="Чуже запитання?", author_email="inshyi@ukr.example")
    await signed_in(site)
    page = await site.get("/me")
    assert [one.get_text() for one in page.all(".office-list h3")] == ["Друге запитання?", "Перше запитання?"]
    assert "Є відповідь" in page.words and "Чекає на ваше підтвердження" in page.words
    assert "My questions" in (await site.english.get("/me")).words


async def test_a_resident_without_questions_is_told_what_will_be_here(site: Site) -> None:
    await signed_in(site)
    assert "Ви ще нічого не запитували" in (await site.get("/me")).words
    assert "Ви ні за чим не стежите" in (await site.get("/me/following")).words


async def test_long_lists_have_pages_that_cost_the_same(site: Site, clock: Clock, statements: list[Statement]) -> None:
    await signed_in(site)
    for n in range(25):
        clock.forward(seconds=1)
        await site.ask(title=f"Яке запитання {n}?")
    await site.get("/me")
    statements.clear()
    first = await site.get("/me")
    assert len(statements) <= 4
    second = await site.get(str(first.one("a[rel=next]")["href"]))
    seen = [one.get_text() for page in (first, second) for one in page.all(".office-list h3")]
    assert seen == [f"Яке запитання {n}?" for n in reversed(range(25))]
    assert not second.all("a[rel=next]")
    for odd in ("нема", "AAAA", "%00", "A" * 200):
        await site.get(f"/me?after={odd}")
        await site.get(f"/me/following?after={odd}")


async def test_my_question_opens_without_a_token_and_only_for_me(site: Site, poltava: Site, mail: Mailbox) -> None:
    appeal_id = await site.ask()
    path = f"/my/{appeal_id}"
    assert (await site.get(path, status=303)).location == f"/sign-in?next={path}"
    await signed_in(site, "inshyi@ukr.example")
    await site.get(path, status=404)
    await site.post(f"{path}/withdrawal", status=404)
    await signed_in(poltava)
    await poltava.get(path, status=404)
    await signed_in(site)
    assert "Чому не евакуюють авто з газону?" in (await site.get(path)).words
    await site.get(f"/my/{uuid4()}", status=404)
    await site.get(f"/confirm/{appeal_id}", status=404)
    assert (await site.post(f"{path}/withdrawal")).location == path
    assert "Ви забрали запитання" in (await site.get("/me")).words


# --- what I follow ------------------------------------------------------------------------------


async def test_what_i_follow_is_there_and_ends_with_one_button(site: Site) -> None:
    mine = await follow(site, await site.published(title="За цим стежу?"))
    theirs = await follow(site, await site.published(title="За цим стежить інший?"), "inshyi@ukr.example")
    await signed_in(site)
    page = await site.get("/me/following")
    assert [one.get_text() for one in page.all(".office-list h3")] == ["За цим стежу?"]
    await site.post(f"/me/following/{theirs}/end", status=404)
    await site.post(f"/me/following/{uuid4()}/end", status=404)
    done = await site.post(str(page.one(".office-list form")["action"]))
    after = await site.get(done.location)
    assert "більше не буде" in after.words and not after.all(".office-list")
    async with site.unit() as session:
        stopped: dict[UUID, bool] = dict((await session.execute(text("SELECT id, stopped_at IS NOT NULL FROM follower"))).all())
    assert stopped == {mine: True, theirs: False}


# --- asking while signed in ---------------------------------------------------------------------


async def sent(site: Site, **you: Any) -> str:
    """A question walked through to its end; where that is."""
    walk = await Walk(site).begin()
    await walk.category()
    await walk.place()
    await walk.photos()
    await walk.you(**you)
    return (await site.post(walk.at("check"), {"seen": await walk.seen()})).location


async def test_a_question_from_ones_own_confirmed_address_needs_no_letter(site: Site, mail: Mailbox) -> None:
    account = await signed_in(site)
    walk = await Walk(site).begin()
    await walk.category()
    await walk.place()
    await walk.photos()
    page = await site.get(walk.at("you"))
    assert page.one("#email")["value"] == EMAIL
    assert "підтверджувати запитання з листа не доведеться" in page.words
    await walk.you(email="Olena@Ukr.Example")
    assert "одразу піде до модератора" in (await walk.check()).words
    end = await site.get((await site.post(walk.at("check"), {"seen": await walk.seen()})).location)
    assert "KYIV-" in end.words and "Підтверджувати нічого не треба" in end.words
    (letter,) = await mail.deliver()
    assert "KYIV-" in str(letter["Subject"])
    async with site.unit() as session:
        appeal = (await session.execute(select(Appeal))).scalar_one()
        assert appeal.state == "submitted"
        kinds = await session.scalars(text("SELECT kind FROM appeal_event ORDER BY id"))
        assert list(kinds) == ["asked", "confirmed"]
        assert await session.scalar(text("SELECT name FROM account WHERE id = :id"), {"id": account}) == "Олена Коваль"
    assert (await site.get(f"/my/{appeal.id}")).status == 200
    again = await Walk(site).begin()
    await again.category()
    await again.place()
    await again.photos()
    assert (await site.get(again.at("you"))).one("#name")["value"] == "Олена Коваль"


async def test_a_question_from_another_address_is_confirmed_by_letter_though_one_is_signed_in(site: Site, mail: Mailbox) -> None:
    await signed_in(site)
    end = await site.get(await sent(site, email="druha@ukr.example"))
    assert "Перевірте пошту" in end.words
    (letter,) = await mail.deliver()
    assert str(letter["To"]) == "druha@ukr.example"
    async with site.unit() as session:
        assert (await session.scalar(select(Appeal.state))) == "unconfirmed"


async def test_a_guest_who_knows_somebodys_address_confirms_as_ever(site: Site) -> None:
    await signed_in(site)
    guest = site.another_browser()
    assert "Перевірте пошту" in (await guest.get(await sent(guest, email=EMAIL))).words
    async with site.unit() as session:
        assert (await session.scalar(select(Submission.author_email))) == EMAIL
        assert (await session.scalar(select(Appeal.state))) == "unconfirmed"


async def test_what_was_typed_stays_when_it_is_wrong_though_one_is_signed_in(site: Site) -> None:
    await signed_in(site, name="Олена Коваль")
    walk = await Walk(site).begin()
    await walk.category()
    await walk.place()
    await walk.photos()
    page = await site.post(walk.at("you"), {"name": "О", "email": "не адреса", "signature": "none"}, status=422)
    assert (page.one("#name")["value"], page.one("#email")["value"]) == ("О", "не адреса")
    emptied = await site.post(walk.at("you"), {"name": "", "email": "", "signature": "none"}, status=422)
    assert not emptied.one("#email").get("value")
