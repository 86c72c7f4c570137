"""Codes of an app, recovery codes, and who must have a second factor."""

import asyncio
import re

import pytest
from sqlalchemy import text

from src.platform.people.second_factor import codes
from src.platform.people.second_factor.codes import Verdict
from src.platform.settings import get_settings
from src.platform.web.front_door import FrontDoor
from src.tenants.demo import seeding
from tests.conftest import Clock
from tests.mailbox import Mailbox
from tests.platform.signing_in import (
    actions,
    by_link,
    code,
    demand,
    recovery_codes,
    session_of,
    set_up_totp,
    text_of,
)
from tests.site import Site

STEP = "/sign-in/second-factor"
MINE = "/account/second-factor"


async def with_totp(site: Site, mail: Mailbox) -> tuple[str, list[str]]:
    """A moderator who has an app for codes, and is signed out; the secret and the recovery codes."""
    await by_link(site, mail)
    secret, page = await set_up_totp(site)
    await site.post("/sign-out")
    await mail.deliver()
    site.clock.forward(minutes=5)
    return secret, recovery_codes(page)


# --- setting up ------------------------------------------------------------------------------------


async def test_an_app_is_set_up_by_showing_a_code_of_it(site: Site, mail: Mailbox) -> None:
    await by_link(site, mail)
    cookie = site.client.cookies["__Host-session"]
    secret, page = await set_up_totp(site)
    assert page.status == 200
    assert len(recovery_codes(page)) == 10
    assert site.client.cookies["__Host-session"] != cookie
    assert await session_of(site) == (True, "link")
    overview = await site.get(MINE)
    assert "Залишилося кодів: 10" in overview.words
    async with site.unit() as session:
        stored = await session.scalar(text("SELECT secret FROM totp"))
        digests = set((await session.execute(text("SELECT code_digest FROM recovery_code"))).scalars())
    assert secret not in str(stored)
    assert not digests & set(recovery_codes(page))
    assert [entry for entry in await actions(site) if entry.startswith("factor.")] == ["factor.totp_added", "factor.codes_made"]


async def test_the_picture_and_the_words_hold_the_same_secret(site: Site) -> None:
    await site.sign_in()
    page = await site.get(f"{MINE}/totp")
    secret = "".join(page.one(".secret").get_text().split())
    address = str(page.one('a[href^="otpauth://totp/"]')["href"])
    assert f"secret={secret}" in address
    assert "issuer=%D0%92%D0%B7%D0%B0%D1%94%D0%BC%D0%BE%D0%B4%D1%96%D1%8F" in address
    assert page.one(".qr svg path[stroke]")


async def test_looking_at_the_page_stores_nothing(site: Site) -> None:
    await site.sign_in()
    for _ in range(2):
        await site.get(f"{MINE}/totp")
    async with site.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM totp")) == 0


async def test_a_wrong_first_code_keeps_the_same_picture(site: Site) -> None:
    await site.sign_in()
    page = await site.get(f"{MINE}/totp")
    form = {str(item["name"]): str(item.get("value", "")) for item in page.one("main form").select("input")}
    secret = page.one(".secret").get_text()
    for typed, words in (("12", "шість цифр"), ("000000", "не підійшов"), ("٣٤٥٦٧٨", "шість цифр")):
        again = await site.post(f"{MINE}/totp", form | {"code": typed}, status=422)
        assert again.one(".secret").get_text() == secret
        assert again.one("#code")["value"] == typed
        assert words in again.one("#code-error").get_text()


async def test_an_offer_works_for_an_hour_and_for_its_own_account(site: Site) -> None:
    await site.sign_in()
    page = await site.get(f"{MINE}/totp")
    form = {str(item["name"]): str(item.get("value", "")) for item in page.one("main form").select("input")}
    secret = "".join(page.one(".secret").get_text().split())
    other = site.another_browser()
    await other.sign_in("administrator")
    planted = await other.post(f"{MINE}/totp", form | {"code": code(site, secret)}, status=422)
    assert "новий" in planted.one("#code-error").get_text()
    assert "".join(planted.one(".secret").get_text().split()) != secret
    site.clock.forward(minutes=61)
    await site.sign_in()
    late = await site.post(f"{MINE}/totp", form | {"code": code(site, secret)}, status=422)
    assert "новий" in late.one("#code-error").get_text()


async def test_changes_need_a_fresh_sign_in(site: Site) -> None:
    await site.sign_in()
    site.clock.forward(minutes=31)
    await site.get(MINE)
    for path in (f"{MINE}/totp", f"{MINE}/passkey", f"{MINE}/codes", f"{MINE}/totp/removal"):
        assert "again=1" in (await site.get(path, status=303)).location
        assert "again=1" in (await site.post(path, {"code": "123456"})).location


async def test_a_change_ends_other_sessions_and_is_told_by_a_letter(site: Site, mail: Mailbox) -> None:
    elsewhere = site.another_browser()
    await elsewhere.sign_in()
    await by_link(site, mail)
    await set_up_totp(site)
    await elsewhere.get("/account", status=303)
    await site.get("/account")
    first, second = await mail.deliver()
    assert "увімкнено коди із застосунку" in text_of(first)
    assert "резервні коди" in text_of(second)
    assert "/account/second-factor" in text_of(first)


async def test_an_app_is_replaced_only_when_the_new_one_shows_a_code(site: Site, mail: Mailbox) -> None:
    await by_link(site, mail)
    old, _ = await set_up_totp(site)
    await site.get(f"{MINE}/totp")
    site.clock.forward(minutes=1)
    async with site.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM totp")) == 1
    new, page = await set_up_totp(site)
    assert page.location == f"{MINE}?done=totp"
    assert new != old
    await site.post("/sign-out")
    site.clock.forward(minutes=1)
    await by_link(site, mail)
    await site.post(STEP, {"code": code(site, old)}, status=422)
    assert (await site.post(STEP, {"code": code(site, new)})).location == "/staff"


# --- signing in ------------------------------------------------------------------------------------


async def test_after_the_link_comes_the_code(site: Site, mail: Mailbox) -> None:
    secret, _ = await with_totp(site, mail)
    entered = await by_link(site, mail, to="/staff/queue")
    assert entered.location == STEP
    assert "session" not in "".join(site.client.cookies)
    await site.get("/staff", status=303)
    await site.get(STEP)
    assert (await site.post(STEP, {"code": code(site, secret)})).location == "/staff/queue"
    assert await session_of(site) == (True, "link")
    assert "step" not in "".join(site.client.cookies)


async def test_a_code_works_once(site: Site, mail: Mailbox) -> None:
    secret, _ = await with_totp(site, mail)
    shown = code(site, secret)
    await by_link(site, mail)
    await site.post(STEP, {"code": f"{shown[:3]} {shown[3:]}"})
    thief = site.another_browser()
    await by_link(thief, mail)
    page = await thief.post(STEP, {"code": shown}, status=422)
    assert "Цим кодом уже скористалися" in page.words
    await thief.post(STEP, {"code": code(site, secret, steps=-1)}, status=422)
    await thief.post(STEP, {"code": code(site, secret, steps=1)})


@pytest.mark.parametrize("aside", [-2, -1, 0, 1, 2])
def test_clocks_may_differ_by_one_code(aside: int, clock: Clock) -> None:
    secret = codes.new_secret()
    verdict = Verdict.RIGHT if abs(aside) < 2 else Verdict.WRONG
    shown = codes.code_at(secret, codes.step_at(clock.now) + aside)
    assert codes.match(secret, shown, now=clock.now, last_step=0)[0] is verdict


def test_codes_are_those_of_rfc_6238() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # «12345678901234567890»; appendix B, the last six of eight digits
    assert [codes.code_at(secret, second // 30) for second in (59, 1111111109, 2000000000)] == ["287082", "081804", "279037"]


async def test_wrong_codes_are_counted_though_the_request_is_rolled_back(site: Site, mail: Mailbox) -> None:
    secret, _ = await with_totp(site, mail)
    await by_link(site, mail)
    wrong = code(site, secret, steps=9)
    for left in (4, 3, 2, 1):
        page = await site.post(STEP, {"code": wrong}, status=422)
        assert f"Залишилося спроб: {left}" in page.words
        assert page.one("#code")["value"] == wrong
    await site.post(STEP, {"code": "12"}, status=422)  # cannot be a code: not counted
    await site.post(STEP, {"code": wrong}, status=429)
    await site.post(STEP, {"code": code(site, secret)}, status=404)
    await site.get(STEP, status=404)
    assert (await actions(site))[-1] == "factor.tries_over"
    (letter,) = await mail.deliver()
    assert "неправильний код" in text_of(letter)


async def test_tries_at_the_same_moment_count_each(site: Site, mail: Mailbox) -> None:
    secret, _ = await with_totp(site, mail)
    await by_link(site, mail)
    wrong = [code(site, secret, steps=steps) for steps in range(10, 18)]
    pages = await asyncio.gather(*(site.post(STEP, {"code": each}, status=None) for each in wrong))
    assert sum(page.status == 422 for page in pages) <= 4
    async with site.unit() as session:
        assert await session.scalar(text("SELECT failures FROM sign_in_step")) == 5


async def test_beginning_anew_does_not_give_more_than_twenty_tries_an_hour(site: Site, mail: Mailbox) -> None:
    secret, _ = await with_totp(site, mail)
    tried = 0
    while tried < 20:
        await by_link(site, mail)
        for _ in range(5):
            await site.post(STEP, {"code": code(site, secret, steps=9)}, status=None)
            tried += 1
    await by_link(site, mail)
    page = await site.post(STEP, {"code": code(site, secret)}, status=429)
    assert "за годину" in page.words
    site.clock.forward(minutes=61)
    await by_link(site, mail)
    await site.post(STEP, {"code": code(site, secret)})


async def test_a_step_lasts_ten_minutes_and_belongs_to_its_browser(site: Site, mail: Mailbox) -> None:
    secret, _ = await with_totp(site, mail)
    await site.get(STEP, status=404)
    await site.post(STEP, {"code": "123456"}, status=404)
    await by_link(site, mail)
    await site.another_browser().post(STEP, {"code": code(site, secret)}, status=404)
    site.clock.forward(minutes=11)
    page = await site.post(STEP, {"code": code(site, secret)}, status=404)
    assert page.one('main a[href="/sign-in"]')


async def test_whoever_was_switched_off_meanwhile_does_not_come_in(site: Site, mail: Mailbox) -> None:
    secret, _ = await with_totp(site, mail)
    await by_link(site, mail)
    async with site.unit() as session:
        await session.execute(text("UPDATE account SET active = false WHERE email = 'moderator@kyiv.example'"))
    await site.post(STEP, {"code": code(site, secret)}, status=404)
    assert "session" not in "".join(site.client.cookies)


async def test_a_step_of_one_city_is_none_in_another(site: Site, poltava: Site, mail: Mailbox) -> None:
    secret, _ = await with_totp(site, mail)
    await by_link(site, mail)
    poltava.client.cookies.set("__Host-step", site.client.cookies["__Host-step"], domain="poltava.localhost", path="/")
    await poltava.post(STEP, {"code": code(site, secret)}, status=404)


# --- recovery codes --------------------------------------------------------------------------------


async def test_a_recovery_code_works_once_and_its_owner_is_told(site: Site, mail: Mailbox) -> None:
    _, saved = await with_totp(site, mail)
    await by_link(site, mail)
    await site.get(f"{STEP}?with=recovery")
    typed = saved[3].upper().replace("-", " ").replace("0", "O").replace("1", "l")
    assert (await site.post(STEP, {"recovery": typed})).location == "/staff"
    (letter,) = await mail.deliver()
    assert "резервний код" in text_of(letter)
    assert "Залишилося резервних кодів: 9" in text_of(letter)
    await site.post("/sign-out")
    await by_link(site, mail)
    page = await site.post(STEP, {"recovery": saved[3]}, status=422)
    assert "Такого коду немає" in page.words
    assert "Залишилося спроб: 4" in page.words
    await site.post(STEP, {"recovery": saved[4][:-1]}, status=422)
    await site.post(STEP, {"recovery": saved[4]})


async def test_new_recovery_codes_put_the_former_ones_out_of_use(site: Site, mail: Mailbox) -> None:
    await by_link(site, mail)
    _, page = await set_up_totp(site)
    old = recovery_codes(page)
    await site.get(f"{MINE}/codes")
    new = recovery_codes(await site.post(f"{MINE}/codes", status=200))
    assert len(set(old) | set(new)) == 20
    await site.post("/sign-out")
    await by_link(site, mail)
    await site.post(STEP, {"recovery": old[0]}, status=422)
    await site.post(STEP, {"recovery": new[0]})


async def test_recovery_codes_can_be_kept_as_a_file_and_are_not_shown_again(site: Site) -> None:
    await site.sign_in()
    _, page = await set_up_totp(site)
    link = page.one("a[download]")
    assert str(link["href"]).startswith("data:text/plain")
    assert all(saved in str(link["href"]) for saved in recovery_codes(page))
    assert page.response.headers["cache-control"] == "no-store"
    assert re.fullmatch(r"([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}", recovery_codes(page)[0])
    for path in (MINE, f"{MINE}/codes"):
        assert not recovery_codes(await site.get(path))


# --- who must --------------------------------------------------------------------------------------


async def test_staff_of_a_city_that_demands_it_set_a_factor_up_first(site: Site, mail: Mailbox) -> None:
    await demand(site)
    assert (await by_link(site, mail, to="")).location == MINE
    assert (await site.get("/staff/queue", status=303)).location == f"{MINE}?next=/staff/queue"
    page = await site.get(f"{MINE}?next=/staff/queue")
    assert "Спершу додайте захист" in page.words
    led = [str(link["href"]) for link in page.all("main a") if "next=" in str(link["href"])]
    assert led == [f"{MINE}/passkey?next=/staff/queue", f"{MINE}/totp?next=/staff/queue"]
    _, saved = await set_up_totp(site, to="/staff/queue")
    assert saved.one('main a.primary[href="/staff/queue"]')
    await site.get("/staff/queue")


async def test_residents_of_such_a_city_need_none(site: Site, mail: Mailbox) -> None:
    await demand(site)
    assert (await by_link(site, mail, "olena@ukr.example", to="")).location == "/me"
    await set_up_totp(site)
    await site.post(f"{MINE}/totp/removal")


async def test_the_last_factor_stays_while_it_is_demanded(site: Site, mail: Mailbox) -> None:
    await demand(site)
    await by_link(site, mail)
    await set_up_totp(site)
    page = await site.get(f"{MINE}/totp/removal")
    assert "єдиний" in page.words
    assert not page.all("main form")
    refused = await site.post(f"{MINE}/totp/removal", status=409)
    assert "єдиний" in refused.words
    async with site.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM totp")) == 1


async def test_where_none_is_demanded_the_last_factor_can_go(site: Site, mail: Mailbox) -> None:
    await by_link(site, mail)
    await set_up_totp(site)
    await site.get(f"{MINE}/totp/removal")
    assert (await site.post(f"{MINE}/totp/removal")).location == f"{MINE}?done=totp-removed"
    assert await session_of(site) == (False, "link")
    async with site.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM recovery_code")) == 0
    await site.post(f"{MINE}/totp/removal", status=404)
    await site.get(f"{MINE}/codes", status=404)
    await site.post("/sign-out")
    assert (await by_link(site, mail)).location == "/staff"


async def test_nothing_leads_away_from_the_site(site: Site) -> None:
    await site.sign_in()
    page = await site.get(f"{MINE}?next=https://evil.example/")
    assert "evil" not in str(page.one("main"))
    _, saved = await set_up_totp(site, to="//evil.example/")
    assert "evil" not in str(saved.one("main"))


async def test_the_operator_of_the_demonstration_signs_in_with_a_code(
    door: FrontDoor, clock: Clock, mail: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    apex = Site(door, "", clock)
    assert (await by_link(apex, mail, seeding.OPERATOR, to="")).location == STEP
    with pytest.raises(seeding.NoCode, match="DEMO=1"):
        await seeding.operator_code(get_settings(), now=clock.now)
    monkeypatch.setenv("DEMO", "1")
    get_settings.cache_clear()
    shown = await seeding.operator_code(get_settings(), now=clock.now)
    assert (await apex.post(STEP, {"code": shown})).location == "/console"
    await apex.get("/console")
    following = await seeding.operator_code(get_settings(), now=clock.now)
    assert following != shown
    await apex.post("/sign-out")
    await by_link(apex, mail, seeding.OPERATOR, to="")
    await apex.post(STEP, {"code": following})
    with pytest.raises(seeding.NoCode, match="half a minute"):
        await seeding.operator_code(get_settings(), now=clock.now)


async def test_the_operator_cannot_be_without_one(door: FrontDoor, clock: Clock) -> None:
    apex = Site(door, "", clock)
    await apex.sign_in_as(seeding.OPERATOR, second_factor=True)
    await apex.post(f"{MINE}/totp/removal", status=409)


async def test_pages_speak_english_too(site: Site) -> None:
    await site.sign_in()
    english = site.english
    for path in (MINE, f"{MINE}/totp", f"{MINE}/passkey"):
        page = await english.get(path)
        assert not re.search("[а-яіїєґ]", page.one("main").get_text(), re.IGNORECASE), path
