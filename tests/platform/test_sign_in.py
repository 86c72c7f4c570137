"""Staff sign in by a link in an e-mail."""

import re

from tests.conftest import Clock
from tests.mailbox import Mailbox
from tests.site import Site

LINK = re.compile(r"https?://\S+/sign-in/link/\S+")


async def link_for(site: Site, mail: Mailbox, email: str = "moderator@kyiv.example") -> str:
    """Ask for a link and take it out of the letter."""
    await site.post("/sign-in", {"email": email, "next": "/staff"})
    (message,) = await mail.deliver()
    text = message.get_body(("plain",))
    assert text is not None
    found = LINK.search(text.get_content())
    assert found is not None
    return found.group()


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


async def test_a_link_expires_after_fifteen_minutes(site: Site, mail: Mailbox, clock: Clock) -> None:
    link = await link_for(site, mail)
    clock.forward(minutes=16)
    await site.post(link, status=404)


async def test_nobody_learns_whether_an_account_exists(site: Site, mail: Mailbox) -> None:
    known = await site.post("/sign-in", {"email": "moderator@kyiv.example"})
    unknown = await site.post("/sign-in", {"email": "nobody@kyiv.example"})
    assert known.location == unknown.location == "/sign-in/sent"
    assert len(await mail.deliver()) == 1


async def test_an_account_of_another_city_is_no_account_here(poltava: Site, mail: Mailbox) -> None:
    await poltava.post("/sign-in", {"email": "moderator@kyiv.example"})
    assert await mail.deliver() == []


async def test_a_wrong_address_is_kept_and_explained(site: Site) -> None:
    page = await site.post("/sign-in", {"email": "не адреса"}, status=422)
    assert page.one("#email")["value"] == "не адреса"
    assert "Напишіть свою електронну адресу" in page.words
    assert page.one("title").get_text().startswith("Помилка")


async def test_the_way_back_stays_on_this_site(site: Site, mail: Mailbox) -> None:
    await site.post("/sign-in", {"email": "moderator@kyiv.example", "next": "https://evil.example/"})
    (message,) = await mail.deliver()
    body = message.get_body(("plain",))
    assert body is not None
    link = LINK.search(body.get_content())
    assert link is not None
    assert (await site.post(link.group())).location == "/staff"


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
    opened = await site.get("/sign-in?next=/staff/queue")
    assert opened.one("input[name=next]")["value"] == "/staff/queue"
