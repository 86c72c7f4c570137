"""Passkeys: made, shown, refused. The device is software that speaks WebAuthn; what verifies it is the real library."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from src.platform.people.second_factor import jobs
from src.platform.people.second_factor.passkeys import forget_challenges
from tests.mailbox import Mailbox
from tests.platform.authenticator import Authenticator
from tests.platform.signing_in import actions, by_link, code, demand, recovery_codes, session_of, set_up_totp, text_of
from tests.site import Page, Site

MINE = "/account/second-factor"
ADD = f"{MINE}/passkey"
ENTER = "/sign-in/passkey"


def device(site: Site, **about: Any) -> Authenticator:
    """A device at this city's pages."""
    return Authenticator(f"http://{site.host}:8000", site.host, **about)


async def add(site: Site, one: Authenticator, *, name: str = "Телефон", status: int | None = None, **changes: Any) -> Page:
    """Add a passkey as the page's script does."""
    options = (await site.post(f"{ADD}/options", status=200)).json()
    return await site.post(ADD, {"name": name, "credential": one.create(options, **changes)}, status=status)


async def enter(site: Site, one: Authenticator, *, status: int = 303, to: str = "/staff", step: str = "", **changes: Any) -> Page:
    """Sign in with a passkey as the page's script does."""
    options = (await site.post(f"{ENTER}/options", {"step": step}, status=200)).json()
    return await site.post(ENTER, {"credential": one.get(options, **changes), "next": to}, status=status)


async def with_passkey(site: Site, **about: Any) -> Authenticator:
    """A moderator who has a passkey, and is signed out."""
    one = device(site, **about)
    await site.sign_in()
    await add(site, one, status=200)
    await site.post("/sign-out")
    return one


async def test_a_passkey_is_both_factors(site: Site, mail: Mailbox) -> None:
    await demand(site)
    one = await with_passkey(site)
    entered = await enter(site, one, to="/staff/queue")
    assert entered.location == "/staff/queue"
    assert await session_of(site) == (True, "passkey")
    await site.get("/staff/queue")
    page = await site.get(MINE)
    assert "Телефон" in page.words
    first, second = await mail.deliver()
    assert "додано ключ доступу" in text_of(first)
    assert "«Телефон»" in text_of(first)
    assert "резервні коди" in text_of(second)


async def test_the_first_passkey_comes_with_recovery_codes_and_a_new_cookie(site: Site) -> None:
    await site.sign_in()
    cookie = site.client.cookies["__Host-session"]
    page = await add(site, device(site), status=200)
    assert len(recovery_codes(page)) == 10
    assert site.client.cookies["__Host-session"] != cookie
    again = await add(site, device(site), name="", status=303)
    assert again.location == f"{MINE}?done=passkey"
    shown = await site.get(MINE)
    assert "Chrome" in shown.words  # a passkey without a name is called by its browser
    assert len(shown.all(".factor-list li")) == 2


async def test_the_server_asks_for_what_it_relies_on(site: Site) -> None:
    await site.sign_in()
    options = (await site.post(f"{ADD}/options", status=200)).json()
    assert options["rp"] == {"id": "kyiv.localhost", "name": "Взаємодія, Київ"}
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert "moderator" not in options["user"]["id"]
    await add(site, device(site))
    assert len((await site.post(f"{ADD}/options", status=200)).json()["excludeCredentials"]) == 1


async def test_a_device_that_did_not_verify_its_owner_is_refused(site: Site) -> None:
    await site.sign_in()
    page = await add(site, device(site, verified=False), status=422)
    assert "не додано" in page.one("#name-error").get_text()
    one = await with_passkey(site)
    one.verified = False
    await enter(site, one, status=422)
    assert "session" not in "".join(site.client.cookies)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://poltava.localhost:8000", "http://localhost:8000", "http://kyiv.localhost"])  # fmt: skip
async def test_a_challenge_answered_on_another_site_is_refused(site: Site, origin: str) -> None:
    one = await with_passkey(site)
    page = await enter(site, one, status=422, origin=origin)
    assert "не підійшов" in page.words
    await site.sign_in()
    await add(site, device(site), status=422, origin=origin)


async def test_a_passkey_of_another_host_is_refused(site: Site, poltava: Site) -> None:
    one = await with_passkey(site)
    one.host = "localhost"
    await enter(site, one, status=422)
    one.host, one.origin = "poltava.localhost", "http://poltava.localhost:8000"
    page = await enter(poltava, one, status=422)
    assert "не знає цього ключа" in page.words


async def test_a_challenge_works_once_and_for_five_minutes(site: Site) -> None:
    one = await with_passkey(site)
    options = (await site.post(f"{ENTER}/options", status=200)).json()
    await site.post(ENTER, {"credential": one.get(options)})
    await site.post("/sign-out")
    page = await site.post(ENTER, {"credential": one.get(options)}, status=422)
    assert "Минуло забагато часу" in page.words
    options = (await site.post(f"{ENTER}/options", status=200)).json()
    await site.post(ENTER, {"credential": one.get(options, origin="https://evil.example")}, status=422)
    await site.post(ENTER, {"credential": one.get(options)}, status=422)  # a refused try has used it up too
    options = (await site.post(f"{ENTER}/options", status=200)).json()
    site.clock.forward(minutes=6)
    await site.post(ENTER, {"credential": one.get(options)}, status=422)


async def test_a_challenge_of_ours_only(site: Site, poltava: Site) -> None:
    one = await with_passkey(site)
    for options in (
        {"challenge": "AAAA", "userVerification": "required"},
        (await poltava.post(f"{ENTER}/options", status=200)).json(),
    ):
        page = await site.post(ENTER, {"credential": one.get(options)}, status=422)
        assert "Минуло забагато часу" in page.words
    await site.sign_in()
    adding = (await site.post(f"{ADD}/options", status=200)).json()
    await site.post(ENTER, {"credential": one.get({**adding, "userVerification": "required"})}, status=422)


async def test_a_challenge_for_one_account_adds_no_passkey_to_another(site: Site) -> None:
    other = site.another_browser()
    await other.sign_in("administrator")
    await site.sign_in()
    options = (await other.post(f"{ADD}/options", status=200)).json()
    await site.post(ADD, {"credential": device(site).create(options)}, status=422)


async def test_a_forged_signature_is_refused(site: Site) -> None:
    one = await with_passkey(site)
    forger = device(site, credential_id=one.credential_id, user_handle=one.user_handle, counter=50)
    page = await enter(site, forger, status=422)
    assert "не підійшов" in page.words
    one.user_handle = b"\0" * 16
    await enter(site, one, status=422)


async def test_a_counter_that_went_back_is_a_copy_and_its_owner_hears_of_it(site: Site, mail: Mailbox) -> None:
    one = await with_passkey(site)
    await enter(site, one)
    await site.post("/sign-out")
    await mail.deliver()
    one.counter -= 1
    page = await enter(site, one, status=422)
    assert "схожий на копію" in page.words
    assert "session" not in "".join(site.client.cookies)
    assert (await actions(site))[-1] == "factor.passkey_copied"
    (letter,) = await mail.deliver()
    assert "«Телефон»" in text_of(letter)


async def test_a_device_without_a_counter_signs_in_again_and_again(site: Site) -> None:
    one = await with_passkey(site, counts=False)
    for _ in range(2):
        await enter(site, one)
        await site.post("/sign-out")


async def test_a_removed_passkey_lets_nobody_in(site: Site) -> None:
    one = await with_passkey(site)
    await enter(site, one)
    page = await site.get(MINE)
    way = str(page.one(".factor-list a")["href"])
    asked = await site.get(way)
    assert "Вилучити ключ доступу «Телефон»?" in asked.words
    assert (await site.post(way)).location == f"{MINE}?done=passkey-removed"
    await site.get(way, status=404)
    await site.post(way, status=404)
    await site.post("/sign-out")
    page = await enter(site, one, status=422)
    assert "не знає цього ключа" in page.words
    assert page.one('main a[href="/sign-in?next=/staff"]')


async def test_somebody_elses_passkey_cannot_be_removed(site: Site) -> None:
    await with_passkey(site)
    async with site.unit() as session:
        found = await session.scalar(text("SELECT id FROM passkey"))
    await site.sign_in("administrator")
    await site.get(f"{MINE}/passkeys/{found}/removal", status=404)
    await site.post(f"{MINE}/passkeys/{found}/removal", status=404)


async def test_the_last_of_two_factors_stays_while_one_is_demanded(site: Site) -> None:
    await demand(site)
    await site.sign_in()
    await add(site, device(site))
    await set_up_totp(site)
    way = str((await site.get(MINE)).one(".factor-list a")["href"])
    await site.post(f"{MINE}/totp/removal")
    assert "єдиний" in (await site.get(way)).words
    await site.post(way, status=409)


async def test_whoever_was_switched_off_does_not_come_in(site: Site) -> None:
    one = await with_passkey(site)
    async with site.unit() as session:
        await session.execute(text("UPDATE account SET active = false WHERE email = 'moderator@kyiv.example'"))
    page = await enter(site, one, status=422)
    assert "не знає цього ключа" in page.words


async def test_at_the_step_between_the_factors_only_that_accounts_passkeys_count(site: Site, mail: Mailbox) -> None:
    one = await with_passkey(site)
    other = site.another_browser()
    await other.sign_in("administrator")
    stranger = device(site)
    await add(other, stranger)
    await by_link(site, mail, to="/staff/queue")
    page = await site.get("/sign-in/second-factor")
    assert page.one('form[data-passkey="get"] input[name=step]')
    assert page.one("#recovery")  # there is no app to ask for a code of
    options = (await site.post(f"{ENTER}/options", {"step": "1"}, status=200)).json()
    assert len(options["allowCredentials"]) == 1
    await site.post(ENTER, {"credential": stranger.get(options)}, status=422)
    entered = await enter(site, one, step="1")
    assert entered.location == "/staff/queue"
    async with site.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM sign_in_step")) == 0


async def test_before_anybody_is_known_nothing_of_any_account_is_told(site: Site) -> None:
    await with_passkey(site)
    for asked in ({}, {"step": "1"}, {"email": "moderator@kyiv.example"}):
        options = (await site.post(f"{ENTER}/options", asked, status=200)).json()
        assert options.get("allowCredentials", []) == []


@pytest.mark.parametrize(
    "sent",
    ["", "{", "[]", "null", "{}", '{"id":1}', '{"id":"AA","rawId":"AA","type":"public-key","response":{}}', "[" * 5000,
     '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"","signature":"","attestationObject":"oA"}}',
     '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"eyJ0eXBlIjoxLCJjaGFsbGVuZ2UiOjEsIm9yaWdpbiI6MX0","authenticatorData":"AA","signature":"AA","attestationObject":"oA"}}'],
)  # fmt: skip
async def test_whatever_is_sent_instead_of_a_passkey_gets_a_sentence(site: Site, sent: str) -> None:
    await site.post(ENTER, {"credential": sent}, status=422)
    await site.sign_in()
    page = await site.post(ADD, {"credential": sent, "name": "Моя назва"}, status=422)
    assert page.one("#name")["value"] == "Моя назва"


async def test_bytes_that_were_changed_on_the_way_are_refused(site: Site) -> None:
    one = await with_passkey(site)
    for part in ("authenticatorData", "signature", "clientDataJSON", "userHandle"):
        options = (await site.post(f"{ENTER}/options", status=200)).json()
        said = json.loads(one.get(options))
        said["response"][part] = said["response"][part][:-6]
        await site.post(ENTER, {"credential": json.dumps(said)}, status=422)


async def test_the_same_device_is_not_added_twice(site: Site) -> None:
    one = device(site)
    await site.sign_in()
    await add(site, one)
    page = await add(site, one, status=422)
    assert "вже додано" in page.words


async def test_challenges_that_never_came_back_are_forgotten(site: Site) -> None:
    await site.post(f"{ENTER}/options", status=200)
    async with site.unit() as session:
        await forget_challenges(session, now=site.clock.now)
        assert await session.scalar(text("SELECT count(*) FROM webauthn_challenge")) == 1
        await forget_challenges(session, now=site.clock.forward(minutes=6))
        assert await session.scalar(text("SELECT count(*) FROM webauthn_challenge")) == 0
    await jobs.forget_old_challenges.run(site.door.database, (await site.city()).id)


async def test_a_code_of_the_app_still_works_beside_a_passkey(site: Site, mail: Mailbox) -> None:
    await site.sign_in()
    secret, _ = await set_up_totp(site)
    await add(site, device(site))
    await site.post("/sign-out")
    await mail.deliver()
    await by_link(site, mail)
    await site.post("/sign-in/second-factor", {"code": code(site, secret, steps=1)})
    assert await session_of(site) == (True, "link")
