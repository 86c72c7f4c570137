"""People sign in by a link in an e-mail; their sessions."""

import re
from email.message import EmailMessage

import pytest
from sqlalchemy import text

from src.platform.people.accounts import service as accounts
from src.platform.people.accounts.queries import account_with
from src.platform.people.accounts.service import LastAdministrator, set_roles, switch_off
from src.platform.people.sign_in import service
from src.platform.web.front_door import FrontDoor
from tests.conftest import Clock
from tests.mailbox import Mailbox
from tests.site import Site

LINK = re.compile(r"https?://\S+/sign-in/link/\S+")


def link_of(message: EmailMessage) -> str:
    """The link in a letter."""
    body = message.get_body(("plain",))
    assert body is not None
    found = LINK.search(body.get_content())
    assert found is not None
    return found.group()


async def link_for(site: Site, mail: Mailbox, email: str = "moderator@kyiv.example", *, to: str = "/staff") -> str:
    """Ask for a link and take it out of the letter."""
    await site.post("/sign-in", {"email": email, "next": to})
    (message,) = await mail.deliver()
    return link_of(message)


async def test_a_link_in_the_letter_signs_in_once(site: Site, mail: Mailbox) -> None:
    link = await link_for(site, mail)
    opened = await site.get(link)
    assert "Увійти" in opened.words
    entered = await site.post(link)
    assert entered.location == "/staff"
    assert "__Host-session" in entered.response.headers["set-cookie"]
    await site.get(link, status=404)
    await site.post(link, status=404)


async def test_looking_at_the_link_uses_nothing_up(site: Site, mail: Mailbox) -> None:
    link = await link_for(site, mail)
    scanner = site.another_browser()
    for _ in range(3):
        page = await scanner.get(link)
        assert "в іншому браузері" in page.words
    await site.post(link)


async def test_in_another_browser_the_address_is_asked_once_more(site: Site, mail: Mailbox) -> None:
    link = await link_for(site, mail)
    elsewhere = site.another_browser()
    for wrong in ({}, {"email": "admin@kyiv.example"}, {"email": "не адреса"}):
        page = await elsewhere.post(link, wrong, status=422)
        assert "ту саму адресу" in page.words
        assert "set-cookie" not in page.response.headers
    entered = await elsewhere.post(link, {"email": "Moderator@Kyiv.example "})
    assert entered.location == "/staff"
    await site.post(link, status=404)


async def test_a_resident_needs_no_account_to_sign_in(site: Site, mail: Mailbox) -> None:
    await site.post(await link_for(site, mail, "olena@ukr.example", to="/account"))
    page = await site.get("/account")
    assert "olena@ukr.example" in page.words
    await site.get("/staff", status=404)
    await site.get("/staff/nothing-here", status=404)


async def test_signing_in_gives_a_new_cookie_and_ends_the_former_session(site: Site, mail: Mailbox) -> None:
    await site.post(await link_for(site, mail))
    former = site.client.cookies["__Host-session"]
    await site.post(await link_for(site, mail))
    assert site.client.cookies["__Host-session"] != former
    thief = site.another_browser()
    thief.client.cookies.set("__Host-session", former, domain="kyiv.localhost", path="/")
    assert (await thief.get("/account", status=303)).location == "/sign-in?next=/account"


async def test_a_session_can_be_ended_from_another_browser(site: Site, mail: Mailbox) -> None:
    await site.post(await link_for(site, mail))
    phone = site.another_browser()
    await phone.post(await link_for(phone, mail))
    page = await site.get("/account")
    (button,) = [form for form in page.all("form") if str(form["action"]).endswith("/end")]
    ended = await site.post(str(button["action"]))
    assert "Сеанс завершено" in (await site.get(ended.location)).words
    await phone.get("/account", status=303)
    await site.get("/account")
    await site.post(str(button["action"]), status=404)


async def test_all_other_sessions_can_be_ended_at_once(site: Site, mail: Mailbox) -> None:
    await site.post(await link_for(site, mail))
    others = [site.another_browser() for _ in range(2)]
    for other in others:
        await other.post(await link_for(other, mail))
    await site.post("/account/sessions/end-others")
    for other in others:
        await other.get("/account", status=303)
    await site.get("/account")


async def test_taking_rights_away_ends_all_sessions(site: Site, mail: Mailbox, clock: Clock) -> None:
    await site.post(await link_for(site, mail))
    async with site.unit() as session:
        account = await account_with(session, "moderator@kyiv.example")
        assert account is not None
        await set_roles(session, account, [], by=await site.moderator("administrator"), now=clock.now)
    await site.get("/staff", status=303)


async def test_whoever_left_cannot_come_in_again(site: Site, mail: Mailbox, clock: Clock) -> None:
    link = await link_for(site, mail)
    async with site.unit() as session:
        account = await account_with(session, "moderator@kyiv.example")
        assert account is not None
        await switch_off(session, account, by=None, now=clock.now)
    await site.post(link, status=404)
    page = await site.post("/sign-in", {"email": "moderator@kyiv.example"})
    assert page.location == "/sign-in/sent"
    assert await mail.deliver() == []


async def test_a_city_is_never_left_without_an_administrator(site: Site, clock: Clock) -> None:
    async with site.unit() as session:
        account = await account_with(session, "admin@kyiv.example")
        assert account is not None
        with pytest.raises(LastAdministrator):
            await set_roles(session, account, ["moderator"], by=account.id, now=clock.now)
        with pytest.raises(LastAdministrator):
            await switch_off(session, account, by=account.id, now=clock.now)


async def test_a_session_ends_by_itself(site: Site, mail: Mailbox, clock: Clock) -> None:
    await site.post(await link_for(site, mail))
    clock.forward(days=13)
    await site.get("/staff")
    clock.forward(days=2)
    await site.get("/staff", status=303)


async def test_what_is_over_is_forgotten(site: Site, mail: Mailbox, clock: Clock) -> None:
    await site.post(await link_for(site, mail, "olena@ukr.example"))
    async with site.unit() as session:
        await service.forget_expired(session, now=clock.forward(minutes=16))
        assert await session.scalar(text("SELECT count(*) FROM sign_in_link")) == 0
        assert await accounts.forget_expired(session, now=clock.forward(days=61)) == 1


async def test_a_link_expires_after_fifteen_minutes(site: Site, mail: Mailbox, clock: Clock) -> None:
    link = await link_for(site, mail)
    clock.forward(minutes=16)
    await site.post(link, status=404)


async def test_nobody_learns_whether_an_account_exists(site: Site, mail: Mailbox) -> None:
    known = await site.post("/sign-in", {"email": "moderator@kyiv.example"})
    unknown = await site.post("/sign-in", {"email": "nobody@kyiv.example"})
    assert known.location == unknown.location == "/sign-in/sent"
    assert {str(letter["To"]) for letter in await mail.deliver()} == {"moderator@kyiv.example", "nobody@kyiv.example"}


async def test_the_platforms_own_host_knows_its_operators_only(site: Site, mail: Mailbox, door: FrontDoor, clock: Clock) -> None:
    apex = Site(door, "", clock)
    for email in ("moderator@kyiv.example", "nobody@ukr.example"):
        assert (await apex.post("/sign-in", {"email": email})).location == "/sign-in/sent"
    assert await mail.deliver() == []
    await apex.post("/sign-in", {"email": "operator@vzaiemodiia.example"})
    (letter,) = await mail.deliver()
    assert "//localhost" in letter.as_string()
    await site.post("/sign-in", {"email": "operator@vzaiemodiia.example"})
    (letter,) = await mail.deliver()
    await site.post(link_of(letter))
    await site.get("/staff", status=404)


async def test_an_account_of_another_city_is_another_account(site: Site, poltava: Site, mail: Mailbox) -> None:
    await poltava.post(await link_for(poltava, mail, "moderator@kyiv.example", to="/account"))
    await poltava.get("/staff", status=404)
    token = poltava.client.cookies["__Host-session"]
    site.client.cookies.set("__Host-session", token, domain="kyiv.localhost", path="/")
    await site.get("/account", status=303)


async def test_a_link_of_one_city_opens_nothing_in_another(site: Site, poltava: Site, mail: Mailbox) -> None:
    link = await link_for(site, mail)
    await poltava.get("/sign-in/link/" + link.rsplit("/", 1)[1], status=404)


async def test_a_wrong_address_is_kept_and_explained(site: Site) -> None:
    page = await site.post("/sign-in", {"email": "не адреса"}, status=422)
    assert page.one("#email")["value"] == "не адреса"
    assert "Напишіть свою електронну адресу" in page.words
    assert page.one("title").get_text().startswith("Помилка")


async def test_the_way_back_stays_on_this_site(site: Site, mail: Mailbox) -> None:
    await site.post("/sign-in", {"email": "moderator@kyiv.example", "next": "https://evil.example/"})
    (message,) = await mail.deliver()
    assert (await site.post(link_of(message))).location == "/staff"


async def test_a_form_from_another_site_is_refused(site: Site) -> None:
    page = await site.post("/sign-in", {"email": "a@b.example"}, status=403, headers={"sec-fetch-site": "cross-site"})
    assert "set-cookie" not in page.response.headers
    neighbour = {"sec-fetch-site": "same-site", "origin": "https://poltava.localhost"}
    await site.post("/sign-in", {"email": "a@b.example"}, status=403, headers=neighbour)


async def test_an_unknown_host_gets_a_plain_404_and_no_cookie(site: Site) -> None:
    page = await site.get("/", status=404, headers={"host": "atlantis.localhost"})
    assert page.response.headers["content-type"].startswith("text/plain")
    assert "set-cookie" not in page.response.headers


async def test_signing_out_ends_the_session(site: Site, mail: Mailbox) -> None:
    link = await link_for(site, mail)
    await site.post(link)
    await site.post("/sign-out")
    page = await site.get("/staff/queue", status=303)
    assert page.location.startswith("/sign-in")


async def test_a_form_that_comes_without_a_session_is_given_back_from_every_staff_address_real_or_not(site: Site) -> None:
    for path in ("/staff/appeals/00000000-0000-0000-0000-000000000000/rejection", "/staff/nothing-here", "/staff"):
        for way in (site, site.english):
            page = await way.post(path, {"reason": "Довга причина словами", "version": "2"}, status=403)
            form = page.one('form[method="post"]')
            assert form["action"] == way.prefix + path
            assert {str(item["name"]): item["value"] for item in form.select("input")} == {
                "reason": "Довга причина словами",
                "version": "2",
            }
            assert "Довга причина словами" in page.words
            assert page.response.headers["cache-control"] == "no-store"
    await site.post("/staff/queue", {"x": "я" * 600_000}, status=413)
    await site.post("/staff/queue", content=b"--", headers={"content-type": "multipart/form-data"}, status=400)


async def test_nothing_is_given_back_at_an_address_that_is_not_staffs(site: Site) -> None:
    await site.post("/sign-in/interrupted", {"x": "1"}, status=404)


async def test_every_staff_address_real_or_not_gives_the_same_way_in(site: Site) -> None:
    for path in ("/staff", "/staff/queue", "/staff/nothing-here"):
        page = await site.get(path, status=303)
        assert page.location == f"/sign-in?next={path}"
    filtered = await site.get("/staff/queue?state=routed&page=2", status=303)
    assert filtered.location == "/sign-in?next=/staff/queue%3Fstate%3Drouted%26page%3D2"
    opened = await site.get("/sign-in?next=/staff/queue")
    assert opened.one('form[action$="/sign-in"] input[name=next]')["value"] == "/staff/queue"
