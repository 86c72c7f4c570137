"""Following a question by e-mail, and stopping."""

import httpx
from sqlalchemy import select, text

from src.platform.web import tokens
from src.tenants.subscriptions.models import Follower
from src.tenants.subscriptions.service import follower_count
from tests.conftest import Clock
from tests.mailbox import Mailbox
from tests.site import Site
from tests.tenants.reading import delivered, link_in, text_of

READER = "reader@ukr.example"


async def asked_to_follow(site: Site, mail: Mailbox, email: str = READER) -> str:
    """Publish a question, ask to follow it, and take the link out of the letter."""
    number = await site.number(await site.published())
    await mail.deliver()
    await site.post(f"/appeals/{number}/followers", {"email": email})
    return link_in(await delivered(mail, email), "/follow/")


async def follower(site: Site) -> Follower:
    """The only follower."""
    async with site.unit() as session:
        return (await session.execute(select(Follower))).scalar_one()


async def stop_of(site: Site) -> str:
    """The path that stops the only follower's letters."""
    city_id = (await site.city()).id
    return "/stop/" + tokens.sign("stop", city_id, (await follower(site)).id)


async def test_following_takes_a_letter_and_a_button(site: Site, mail: Mailbox) -> None:
    number = await site.number(await site.published())
    await mail.deliver()
    form = await site.get(f"/appeals/{number}/followers")
    assert form.one("form.stack, main form")["action"] == f"/appeals/{number}/followers"
    sent = await site.post(f"/appeals/{number}/followers", {"email": " Reader@UKR.example "})
    assert sent.location == f"/appeals/{number}/followers/sent"
    await site.get(sent.location)
    link = link_in(await delivered(mail, READER), "/follow/")
    opened = await site.get(link)
    assert "Натисніть кнопку" in opened.words
    assert (await follower(site)).confirmed_at is None
    done = await site.post(link, follow=True, status=200)
    assert "Ви стежите за зверненням" in done.words
    assert (await follower(site)).confirmed_at is not None


async def test_looking_at_the_link_confirms_nothing(site: Site, mail: Mailbox) -> None:
    link = await asked_to_follow(site, mail)
    for _ in range(3):
        await site.another_browser().get(link)
    assert (await follower(site)).confirmed_at is None


async def test_confirming_twice_is_confirming_once(site: Site, mail: Mailbox, clock: Clock) -> None:
    link = await asked_to_follow(site, mail)
    await site.post(link)
    first = (await follower(site)).confirmed_at
    clock.forward(hours=1)
    await site.post(link)
    assert (await follower(site)).confirmed_at == first


async def test_the_page_never_says_whether_an_address_follows_already(site: Site, mail: Mailbox) -> None:
    link = await asked_to_follow(site, mail)
    await site.post(link)
    number = await site.number((await follower(site)).appeal_id)
    known = await site.post(f"/appeals/{number}/followers", {"email": READER})
    unknown = await site.post(f"/appeals/{number}/followers", {"email": "other@ukr.example"})
    assert known.location == unknown.location
    assert known.text == unknown.text
    assert (await site.get(known.location)).words == (await site.get(unknown.location)).words
    assert [m["To"] for m in await mail.deliver()] == ["other@ukr.example"]


async def test_asking_again_the_same_day_sends_no_second_letter(site: Site, mail: Mailbox, clock: Clock) -> None:
    await asked_to_follow(site, mail)
    number = await site.number((await follower(site)).appeal_id)
    await site.post(f"/appeals/{number}/followers", {"email": READER})
    assert await mail.deliver() == []
    clock.forward(days=1, hours=1)
    await site.post(f"/appeals/{number}/followers", {"email": READER})
    assert len(await mail.deliver()) == 1


async def test_strangers_cannot_flood_an_address(site: Site, mail: Mailbox) -> None:
    numbers = [await site.number(await site.published(title=f"Запитання {n}")) for n in range(7)]
    await mail.deliver()
    for number in numbers:
        await site.post(f"/appeals/{number}/followers", {"email": READER})
    assert len(await mail.deliver()) == 5


async def test_a_page_never_holds_control_characters(site: Site) -> None:
    number = await site.number(await site.published())
    page = await site.post(f"/appeals/{number}/followers", {"email": "a\x00b\x01c"}, status=422)
    assert page.one("#email")["value"] == "abc"


async def test_a_wrong_address_is_kept_and_explained(site: Site) -> None:
    number = await site.number(await site.published())
    page = await site.post(f"/appeals/{number}/followers", {"email": "reader@"}, status=422)
    assert page.one("#email")["value"] == "reader@"
    assert page.one("title").get_text().startswith("Помилка")
    assert page.one("#email-error")
    async with site.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM follower")) == 0


async def test_only_public_questions_of_this_city_can_be_followed(site: Site, poltava: Site) -> None:
    private = await site.number(await site.ask())
    public = await site.number(await site.published())
    for city, number in ((site, private), (poltava, public), (site, "KYIV-2020-000001")):
        await city.get(f"/appeals/{number}/followers", status=404)
        await city.post(f"/appeals/{number}/followers", {"email": READER}, status=404)


async def test_stopping_takes_a_button_in_a_browser(site: Site, mail: Mailbox) -> None:
    await site.post(await asked_to_follow(site, mail))
    stop = await stop_of(site)
    page = await site.get(stop)
    assert "Більше не писати вам про це звернення?" in page.words
    assert (await follower(site)).stopped_at is None
    done = await site.post(stop, follow=True, status=200)
    assert "Листів більше не буде" in done.words
    assert (await follower(site)).stopped_at is not None
    await site.post(stop)


async def test_a_mail_program_stops_in_one_click(site: Site, mail: Mailbox) -> None:
    await site.post(await asked_to_follow(site, mail))
    stop = await stop_of(site)
    program = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=site.door),  # type: ignore[arg-type]
        base_url="https://kyiv.localhost",
    )
    answer = await program.post(stop, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert (await follower(site)).stopped_at is not None
    again = await program.post(stop, files={"List-Unsubscribe": (None, "One-Click")})
    assert again.status_code == 200


async def test_who_stopped_can_follow_again_after_confirming_again(site: Site, mail: Mailbox, clock: Clock) -> None:
    await site.post(await asked_to_follow(site, mail))
    await site.post(await stop_of(site))
    clock.forward(days=2)
    number = await site.number((await follower(site)).appeal_id)
    await site.post(f"/appeals/{number}/followers", {"email": READER})
    assert (await follower(site)).confirmed_at is None
    await site.post(link_in(await delivered(mail, READER), "/follow/"))
    again = await follower(site)
    assert again.confirmed_at is not None
    assert again.stopped_at is None


async def test_only_confirmed_followers_count(site: Site, mail: Mailbox) -> None:
    link = await asked_to_follow(site, mail)
    appeal_id = (await follower(site)).appeal_id
    async with site.unit() as session:
        assert await follower_count(session, appeal_id) == 0
    await site.post(link)
    async with site.unit() as session:
        assert await follower_count(session, appeal_id) == 1
    await site.post(await stop_of(site))
    async with site.unit() as session:
        assert await follower_count(session, appeal_id) == 0


async def test_links_of_another_city_purpose_or_hand_lead_nowhere(site: Site, poltava: Site, mail: Mailbox) -> None:
    link = await asked_to_follow(site, mail)
    token = link.rsplit("/", 1)[1]
    kyiv, other = (await site.city()).id, (await poltava.city()).id
    subject = (await follower(site)).id
    for path in ("/follow/", "/stop/", "/confirm/", "/my/"):
        purpose = {"/follow/": "follow", "/stop/": "stop", "/confirm/": "confirm", "/my/": "author"}[path]
        for bad in (
            tokens.sign(purpose, other, subject),
            tokens.sign("sign-in", kyiv, subject),
            token[:-2] + "xx",
            "x",
        ):
            page = await site.get(path + bad, status=404)
            assert "Посилання вже не діє" in page.words
            if path in {"/follow/", "/stop/", "/confirm/"}:
                await site.post(path + bad, status=404)
    await poltava.get(f"/follow/{token}", status=404)
    await poltava.post(f"/follow/{token}", status=404)
    await site.get(f"/stop/{token}", status=404)
    assert (await follower(site)).confirmed_at is None


async def test_a_stop_link_still_answers_when_the_address_was_deleted(site: Site, mail: Mailbox) -> None:
    await site.post(await asked_to_follow(site, mail))
    stop = await stop_of(site)
    async with site.unit() as session:
        await session.execute(text("DELETE FROM follower"))
    assert "Листів більше не буде" in (await site.get(stop)).words
    await site.post(stop)


async def test_private_pages_are_kept_by_nobody(site: Site, mail: Mailbox) -> None:
    link = await asked_to_follow(site, mail)
    for path in (link, await stop_of(site)):
        page = await site.get(path)
        assert page.response.headers["cache-control"] == "no-store"
        assert page.response.headers["x-robots-tag"] == "noindex, nofollow"
        assert page.one('meta[name="robots"]')["content"] == "noindex, nofollow"


async def test_addresses_that_nobody_confirmed_are_forgotten(site: Site, mail: Mailbox, clock: Clock) -> None:
    clock.forward(days=-8)
    link = await asked_to_follow(site, mail)
    clock.forward(days=8)
    async with site.unit() as session:
        from src.platform.work.jobs import enqueue

        await enqueue(session, "forget_unconfirmed")
    await mail.deliver()
    async with site.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM follower")) == 0
    await site.get(link, status=404)


async def test_letters_to_follow_come_in_the_language_of_the_page(site: Site, mail: Mailbox) -> None:
    number = await site.number(await site.published())
    await mail.deliver()
    sent = await site.english.post(f"/appeals/{number}/followers", {"email": READER})
    assert sent.location == f"/en/appeals/{number}/followers/sent"
    message = await delivered(mail, READER)
    assert message["Content-Language"] == "en"
    assert "/en/follow/" in text_of(message)
    assert (await follower(site)).language == "en"
    await site.get(link_in(message, "/follow/"))
