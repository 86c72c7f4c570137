"""What a stranger cannot find out: who has an account, which links were ever made, what is not published."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import text

from src.platform.people.accounts.queries import account_with
from src.platform.people.accounts.service import resident
from src.platform.web import tokens
from tests.conftest import Clock, Statement
from tests.mailbox import Mailbox
from tests.site import Page, Site
from tests.tenants.walk import Walk, picture

STAFF, RESIDENT, NOBODY = "moderator@kyiv.example", "olena@ukr.example", "nobody@ukr.example"
CHANGING = re.compile(r"nonce-[\w-]+|nonce=\"[\w-]+\"")


def bare(page: Page, *secrets: str) -> tuple[int, str, list[tuple[str, str]]]:
    """An answer without what differs each time: the nonce, and the address's own secret where the page repeats it."""
    body = CHANGING.sub("", page.text)
    for secret in secrets:
        body = body.replace(secret, "SECRET")
    headers = [(name, CHANGING.sub("", value)) for name, value in page.response.headers.items()]
    headers = [(name, value) for name, value in headers if name not in {"x-request-id", "set-cookie", "content-length"}]
    return page.status, body, sorted(headers)


# --- accounts ----------------------------------------------------------------------------------


async def test_asking_for_a_link_tells_nobody_whether_there_is_an_account(
    site: Site, mail: Mailbox, clock: Clock, statements: list[Statement]
) -> None:
    async with site.unit() as session:
        await resident(session, RESIDENT, language="uk", now=clock.now)
    await site.another_browser().post("/sign-in", {"email": "first@ukr.example"})
    seen = []
    for email in (STAFF, RESIDENT, NOBODY):
        statements.clear()
        page = await site.another_browser().post("/sign-in", {"email": email})
        after = await site.another_browser().get(page.location)
        seen.append((bare(page), bare(after), [statement.query for statement in statements]))
        assert "set-cookie" in page.response.headers
    assert seen[0] == seen[1] == seen[2]
    assert sorted(message["To"] for message in await mail.deliver()) == sorted(["first@ukr.example", STAFF, RESIDENT, NOBODY])


async def test_a_resident_who_signs_in_for_the_first_time_is_led_on_like_any_other(site: Site, mail: Mailbox) -> None:
    await site.post("/sign-in", {"email": NOBODY, "next": "/account"})
    (message,) = await mail.deliver()
    body = message.get_body(("plain",))
    assert body is not None
    link = re.search(r"/sign-in/link/\S+", body.get_content())
    assert link is not None
    assert (await site.post(link.group())).location == "/account"
    async with site.unit() as session:
        assert await account_with(session, NOBODY) is not None


async def test_following_and_asking_tell_nobody_whether_there_is_an_account(
    site: Site, clock: Clock, statements: list[Statement]
) -> None:
    async with site.unit() as session:
        await resident(session, RESIDENT, language="uk", now=clock.now)
    number = await site.number(await site.published())
    seen = []
    for email in (STAFF, RESIDENT, NOBODY):
        walk = await Walk(site.another_browser()).begin()
        await walk.category()
        await walk.place()
        await walk.photos()
        await walk.you(email=email)
        key, digest = walk.key, await walk.seen()
        statements.clear()
        asked = await walk.site.post(walk.at("check"), {"seen": digest})
        sent = await walk.site.get(walk.at("sent"))
        followed = await site.another_browser().post(f"/appeals/{number}/followers", {"email": email})
        queries = [statement.query for statement in statements]
        seen.append((bare(sent, key, email), bare(followed), asked.location.replace(key, ""), queries))
    assert seen[0] == seen[1] == seen[2]


# --- links -------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", ["confirm", "author", "follow"])
async def test_a_link_that_is_forged_of_another_city_or_another_purpose_is_one_and_the_same(
    site: Site, poltava: Site, purpose: str
) -> None:
    path = {"confirm": "/confirm/", "author": "/my/", "follow": "/follow/"}[purpose]
    appeal = await site.ask(confirmed=False)
    city, other = (await site.city()).id, (await poltava.city()).id
    good = tokens.sign(purpose, city, appeal)
    wrong = [
        "forged",
        good[:-9] + ("A" if good[-9] != "A" else "B") + good[-8:],  # not the last letter: its lowest bits are idle
        tokens.sign(purpose, other, appeal),
        tokens.sign("stop", city, appeal),
        tokens.sign(purpose, city, uuid4()),
    ]
    answers = [bare(await site.get(path + token, status=404), token) for token in wrong]
    assert all(answer == answers[0] for answer in answers)
    posted = [bare(await site.post(path + token, status=None), token) for token in wrong]
    if purpose != "author":
        assert all(answer == posted[0] and answer[0] == 404 for answer in posted)


async def test_a_sign_in_link_that_is_forged_used_over_or_of_another_city_is_one_and_the_same(
    site: Site, poltava: Site, mail: Mailbox, clock: Clock
) -> None:
    links = []
    for place in (site, site, poltava):
        await place.post("/sign-in", {"email": NOBODY})
        (message,) = await mail.deliver()
        body = message.get_body(("plain",))
        assert body is not None
        found = re.search(r"/sign-in/link/(\S+)", body.get_content())
        assert found is not None
        links.append(found.group(1))
    used, late, elsewhere = links
    await site.post(f"/sign-in/link/{used}")
    stranger = site.another_browser()
    answers = [
        bare(await stranger.get(f"/sign-in/link/{token}", status=404), token) for token in (used, elsewhere, "forged", "A" * 43)
    ]
    clock.forward(minutes=16)
    answers.append(bare(await stranger.get(f"/sign-in/link/{late}", status=404), late))
    assert all(answer == answers[0] for answer in answers)
    posted = [
        bare(await stranger.post(f"/sign-in/link/{token}", status=404), token) for token in (used, late, elsewhere, "forged")
    ]
    assert all(answer == posted[0] for answer in posted)


@pytest.mark.parametrize("step", ["question", "category", "place", "photos", "you", "check", "sent", "guidance"])
async def test_a_draft_that_is_over_of_another_city_or_was_never_there_is_one_and_the_same(
    site: Site, poltava: Site, clock: Clock, step: str
) -> None:
    late, elsewhere = await Walk(site).begin(), await Walk(poltava).begin()
    assert len(late.key) >= 24
    clock.forward(days=7, seconds=1)
    keys = (late.key, elsewhere.key, "forged", "A" * 24)
    answers = [bare(await site.get(f"/ask/{key}/{step}", status=404), key) for key in keys]
    assert all(answer == answers[0] for answer in answers)


# --- what is not published ---------------------------------------------------------------------


async def test_photos_of_what_is_not_published_are_not_there(site: Site, poltava: Site) -> None:
    walk = await Walk(site).to_the_end(picture())
    async with site.unit() as session:
        photo = str(await session.scalar(text("SELECT id FROM photo")))
    never = str(uuid4())

    async def not_there(place: Site) -> None:
        for size in ("small", "large", "original"):
            answers = [bare(await place.get(f"/photos/{one}/{size}", status=404), one) for one in (photo, never)]
            assert answers[0] == answers[1]

    stranger = site.another_browser()
    await not_there(stranger)
    other = await Walk(site).begin()
    await stranger.get(f"/ask/{other.key}/photos/{photo}/small", status=404)
    await walk.send()
    await not_there(stranger)
    await poltava.sign_in()
    await not_there(poltava)


async def test_files_of_an_answer_that_is_not_published_are_not_there(site: Site, poltava: Site) -> None:
    appeal = await site.routed()
    await site.sign_in()
    form = {"responder": str(await site.responder("patrol-police")), "short": "коротко.", "then": "save", "mark": ""}
    await site.post(f"/staff/appeals/{appeal}/answer", form, files=[("files", "закон.pdf", b"%PDF-1.4 x")])
    async with site.unit() as session:
        answer, file = (await session.execute(text("SELECT answer_id, id FROM answer_file"))).one()
    await site.get(f"/answers/{answer}/files/{file}")
    await poltava.sign_in()
    for place in (site.another_browser(), poltava):
        answers = [
            bare(await place.get(f"/answers/{answer}/files/{one}", status=404), str(one), str(answer)) for one in (file, uuid4())
        ]
        assert answers[0] == answers[1]
