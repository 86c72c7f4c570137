"""Sign-in with a provider: who is let in, and that a provider which is down or lies lets in nobody."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from src.platform.people.providers import discovery, outward, visits
from tests.conftest import Clock
from tests.oidc.liar import Answer, Liar, as_json
from tests.platform.providing import Heard, account, go, provided, sessions, there_and_back
from tests.site import Page, Site

# --- an honest provider ------------------------------------------------------------------------


async def test_a_resident_comes_with_a_provider_and_is_known_again(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    assert "Пошта міста" in (await site.get("/sign-in?next=/account")).words
    entered = await there_and_back(site, liar, to="/account")
    assert entered.location == "/account"
    assert "__Host-session" in entered.response.headers["set-cookie"]
    page = await site.get("/account")
    assert "Олена Коваль · olena@ukr.example" in page.words
    again = site.another_browser()
    liar.claims |= {"email": "other@ukr.example", "name": "Олена Шевченко"}
    await there_and_back(again, liar)
    assert "Олена Коваль · olena@ukr.example" in (await again.get("/account")).words
    assert await account(site, "other@ukr.example") is None
    assert set(liar.forms[0]) == {"grant_type", "code", "code_verifier", "redirect_uri"}


async def test_in_english_the_way_back_is_english(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    back = liar.authorize(await go(site.english))
    assert back.startswith("/sign-in/back/liar?")
    page = await site.get(back, status=303)
    assert page.location.startswith("/en/sign-in/back/liar?")
    assert (await site.get(page.location, status=303)).location == "/en/me"
    page = await site.get(page.location, status=404)
    assert "Start again" in page.words


async def test_a_link_in_a_letter_and_a_provider_lead_to_one_account(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    await there_and_back(site, liar)
    first = await account(site, "olena@ukr.example")
    liar.claims |= {"sub": "liar-2"}
    await there_and_back(site.another_browser(), liar)
    assert (await account(site, "olena@ukr.example")).id == first.id


async def test_keys_are_fetched_once_and_again_when_one_is_new(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    for _ in range(2):
        await there_and_back(site.another_browser(), liar)
    assert liar.asked["/jwks"] == liar.asked["/.well-known/openid-configuration"] == 1
    liar.rotate()
    assert (await there_and_back(site, liar)).location == "/me"
    assert liar.asked["/jwks"] == 2


async def test_unknown_keys_do_not_make_us_ask_without_end(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    liar.header = lambda header: header.update(kid="nobody-knows")
    for _ in range(6):
        await there_and_back(site, liar, status=502)
    assert liar.asked["/jwks"] == 1 + discovery.ASKED_ANEW_AT_MOST


async def test_userinfo_is_asked_only_for_what_is_missing(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    await there_and_back(site, liar)
    assert liar.asked["/userinfo"] == 0
    liar.userinfo = {"sub": "liar-2", "email": "petro@ukr.example", "email_verified": True, "name": "Петро Сич"}
    liar.claims = {"sub": "liar-2"}
    await there_and_back(site.another_browser(), liar)
    assert (await account(site, "petro@ukr.example")).name == "Петро Сич"


async def test_somebody_signed_in_who_comes_again_is_asked_anew(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    await there_and_back(site, liar)
    address = await go(site)
    assert "prompt=login" in address
    discovery._held.clear()
    liar.discovery = says(prompt_values_supported=["none", "consent"])
    address = await go(site)
    assert "max_age=0" in address
    liar.claims |= {"auth_time": int(site.clock.now.timestamp()) - 3600}
    with Heard() as heard:
        await site.get(liar.authorize(address), status=502)
    assert heard.one["reason"] == "its id token: auth_time"


async def test_signing_out_leads_to_the_providers_own_sign_out(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    await there_and_back(site, liar)
    out = await site.post("/sign-out")
    assert out.location == "/sign-out/with/liar"
    assert await sessions(site) == 0
    page = await site.get(out.location)
    address = str(page.one("main a.primary")["href"])
    assert address == f"{liar.issuer}/end?client_id=vzaiemodiia&post_logout_redirect_uri=http%3A%2F%2Fkyiv.localhost%3A8000%2F"
    await site.get("/account", status=303)


async def test_a_provider_that_is_down_keeps_nobody_signed_in(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    await there_and_back(site, liar)
    liar.stop()
    discovery._held.clear()
    out = await site.post("/sign-out")
    assert await sessions(site) == 0
    with Heard() as heard:
        assert (await site.get(out.location, status=303)).location == "/"
    assert heard.one["event"] == "sign-out from a provider failed"


async def test_who_came_by_link_is_not_sent_to_a_provider(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    await site.sign_in()
    assert (await site.post("/sign-out")).location == "/"


# --- the way back ------------------------------------------------------------------------------


async def lost(site: Site, back: str, reason: str) -> Page:
    """Coming back leads nowhere, and the log says why."""
    with Heard() as heard:
        page = await site.get(back, status=404)
    assert heard.one["what"] == "lost"
    assert heard.one["reason"] == reason
    assert "Ця спроба входу вже не діє" in page.words
    assert "set-cookie" not in page.response.headers
    return page


async def test_a_way_back_works_once(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    back = liar.authorize(await go(site))
    await site.get(back, status=303)
    assert await sessions(site) == 1
    await lost(site, back, "unknown or used state")
    assert await sessions(site) == 1


async def test_a_way_back_is_used_up_by_a_refusal_too(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    address = await go(site)
    await site.get(liar.authorize(address, code=None, error="access_denied"), status=403)
    await lost(site, liar.authorize(address), "unknown or used state")


async def test_another_state_leads_nowhere(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    address = await go(site)
    for state in ("uk.somebody-elses", "", None, "uk." + "x" * 5000):
        await lost(site, liar.authorize(address, state=state), "unknown or used state")
    assert liar.asked["/token"] == 0


async def test_another_browser_gets_nothing_and_spoils_nothing(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    back = liar.authorize(await go(site))
    stranger = site.another_browser()
    await lost(stranger, back, "another browser")
    await go(stranger)  # has a cookie of its own now
    await lost(stranger, back, "another browser")
    assert await sessions(site) == 0
    await site.get(back, status=303)


async def test_after_ten_minutes_it_is_too_late(site: Site, liar: Liar, clock: Clock) -> None:
    await provided(site, liar.url)
    back = liar.authorize(await go(site))
    clock.forward(minutes=10)
    await lost(site, back, "too late")


async def test_what_nobody_came_back_from_is_forgotten(site: Site, liar: Liar, clock: Clock) -> None:
    await provided(site, liar.url)
    await go(site)
    async with site.unit() as session:
        stored = (await session.execute(text("SELECT verifier, state_digest FROM provider_visit"))).one()
        assert stored.verifier.startswith("gAAAA")
        await visits.forget_expired(session, now=clock.forward(minutes=11))
        assert await session.scalar(text("SELECT count(*) FROM provider_visit")) == 0


async def test_one_providers_state_does_not_serve_another(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    await provided(site, liar.url, slug="second")
    back = liar.authorize(await go(site))
    await lost(site, back.replace("/liar?", "/second?"), "unknown or used state")


async def test_a_city_does_not_know_anothers_provider(site: Site, poltava: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    await poltava.post("/sign-in/with/liar", status=404)
    await poltava.get(liar.authorize(await go(site)), status=404)
    assert "Пошта міста" not in (await poltava.get("/sign-in")).words


async def test_a_provider_that_is_switched_off_is_none(site: Site, liar: Liar) -> None:
    await provided(site, liar.url, enabled=False)
    assert "Пошта міста" not in (await site.get("/sign-in")).words
    await site.post("/sign-in/with/liar", status=404)
    await site.get("/sign-in/back/liar?state=x", status=404)
    await site.get("/sign-out/with/liar", status=404)


async def test_the_button_of_another_site_begins_nothing(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    await site.post("/sign-in/with/liar", status=403, headers={"sec-fetch-site": "cross-site"})
    await site.get("/sign-in/with/liar", status=405)


# --- a provider that is down or lies -----------------------------------------------------------


def always(answer: Answer) -> Callable[[], Answer]:
    """The same answer whenever it is asked for."""
    return lambda: answer


def says(**changes: Any) -> Callable[[dict[str, Any]], None]:
    """Say something else; none says nothing."""

    def change(said: dict[str, Any]) -> None:
        said.update(changes)
        for name in [name for name, value in changes.items() if value is None]:
            del said[name]

    return change


def off(name: str, seconds: int) -> Callable[[dict[str, Any]], None]:
    """Move a moment."""
    return lambda said: said.update({name: said[name] + seconds})


HTML = (200, "text/html", b"<!doctype html><title>Sign in to the network</title>")
HUGE = (200, "application/json", b'{"issuer": "' + b"x" * (outward.BYTES + 1) + b'"}')
BROKEN = (500, "text/plain", b"oops")
REDIRECT = (302, "text/plain", b"")
LIST = (200, "application/json", b"[]")

BEFORE = [
    ("500", "down", "answered with status 500", {"answers": BROKEN}),
    ("404", "lies", "answered with status 404", {"answers": (404, "text/plain", b"")}),
    ("redirect", "lies", "answered with status 302", {"answers": REDIRECT}),
    ("HTML", "lies", "an answer that is not JSON", {"answers": HTML}),
    ("a list", "lies", "an answer that is not a JSON object", {"answers": LIST}),
    ("huge", "lies", "an answer that is too large", {"answers": HUGE}),
    ("issuer", "lies", "its discovery document is of another issuer", {"discovery": says(issuer="https://evil.example")}),
    ("no issuer", "lies", "its discovery document is of another issuer", {"discovery": says(issuer=None)}),
    ("no token", "lies", "its discovery document has no usable token_endpoint", {"discovery": says(token_endpoint=None)}),
    ("plain http", "lies", "its discovery document has no usable jwks_uri", {"discovery": says(jwks_uri="http://evil.example/")}),
    ("a file", "lies", "its discovery document has no usable jwks_uri", {"discovery": says(jwks_uri="file:///etc/passwd")}),
    ("only HS256", "lies", "it offers no signature that we take",
     {"discovery": says(id_token_signing_alg_values_supported=["HS256", "none"])}),
    ("no PKCE", "lies", "it does not take PKCE with S256", {"discovery": says(code_challenge_methods_supported=["plain"])}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "reason", "lie"), [case[1:] for case in BEFORE], ids=[case[0] for case in BEFORE])
async def test_a_lie_before_anybody_leaves(site: Site, liar: Liar, what: str, reason: str, lie: dict[str, Any]) -> None:
    await provided(site, liar.url)
    if "answers" in lie:
        liar.answers["/.well-known/openid-configuration"] = always(lie["answers"])
    else:
        liar.discovery = lie["discovery"]
    with Heard() as heard:
        page = await site.post("/sign-in/with/liar", status=503 if what == "down" else 502)
    assert heard.one["what"] == what
    assert heard.one["reason"] == reason
    assert ("«Пошта міста» зараз не відповідає" if what == "down" else "Не вдалося перевірити") in page.words
    assert "set-cookie" not in page.response.headers
    async with site.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM provider_visit")) == 0
    english = await site.english.post("/sign-in/with/liar", status=None)
    assert "You are not signed in" in english.words


async def test_a_provider_that_is_not_there(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    liar.stop()
    with Heard() as heard:
        page = await site.post("/sign-in/with/liar", status=503)
    assert heard.one["reason"] == "the connection failed (ConnectError)"
    assert "set-cookie" not in page.response.headers


async def test_a_provider_that_does_not_answer_in_time(site: Site, liar: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "SECONDS", 0.2)
    await provided(site, liar.url)
    liar.answers["/.well-known/openid-configuration"] = liar.hang
    with Heard() as heard:
        await site.post("/sign-in/with/liar", status=503)
    assert heard.one["reason"] == "no answer in time"


async def test_no_transaction_is_open_while_a_provider_takes_its_time(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    back = liar.authorize(await go(site))
    asked, loop = asyncio.Event(), asyncio.get_running_loop()

    def slow() -> Any:
        loop.call_soon_threadsafe(asked.set)
        return liar.hang()

    liar.answers["/token"] = slow
    waiting = asyncio.create_task(site.get(back, status=502))
    await asked.wait()
    assert site.door.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    liar.released.set()
    await waiting


AFTER: list[tuple[str, str, dict[str, Any]]] = [
    ("iss", "its id token: invalid_claim (iss)", {"id_token": says(iss="https://evil.example")}),
    ("no iss", "its id token: missing_claim (iss)", {"id_token": says(iss=None)}),
    ("aud", "its id token: invalid_claim (aud)", {"id_token": says(aud="another-client")}),
    ("two audiences", "its id token: azp", {"id_token": says(aud=["vzaiemodiia", "another-client"])}),
    ("azp", "its id token: azp", {"id_token": says(azp="another-client")}),
    ("nonce", "its id token: invalid_claim (nonce)", {"id_token": says(nonce="replayed")}),
    ("no nonce", "its id token: missing_claim (nonce)", {"id_token": says(nonce=None)}),
    ("exp", "its id token: expired_token (exp)", {"id_token": off("exp", -900)}),
    ("no exp", "its id token: missing_claim (exp)", {"id_token": says(exp=None)}),
    ("exp is a word", "its id token: invalid_claim (exp)", {"id_token": says(exp="tomorrow")}),
    ("iat in the future", "its id token: invalid_claim (iat)", {"id_token": off("iat", 900)}),
    ("iat before we asked", "its id token: iat", {"id_token": off("iat", -900)}),
    ("no iat", "its id token: missing_claim (iat)", {"id_token": says(iat=None)}),
    ("no sub", "its id token: missing_claim (sub)", {"id_token": says(sub=None)}),
    ("empty sub", "its id token: invalid_claim (sub)", {"id_token": says(sub="")}),
    ("long sub", "its id token: sub", {"id_token": says(sub="x" * 256)}),
    ("NUL in sub", "its id token: sub", {"id_token": says(sub="a\x00b")}),
    ("at_hash", "its id token: at_hash", {"id_token": says(at_hash="x")}),
    ("none", "its id token: unsupported_algorithm", {"header": says(alg="none")}),
    ("HS256", "its id token: unsupported_algorithm", {"header": says(alg="HS256")}),
    ("unknown kid", "its id token: invalid_key_id", {"header": says(kid="nobody-knows")}),
    ("unknown critical header", "its id token: unsupported_header", {"header": says(crit=["exp"], exp=1)}),
    ("no id token", "it sent no id token", {"token": says(id_token=None)}),
    ("an id token that is none", "its id token: decode_error", {"token": says(id_token="x.y.z")}),
    ("not a bearer", "refused: unsupported_token_type", {"token": says(token_type="mac"), "claims": {"sub": "liar-1"}}),
    ("userinfo of another", "its userinfo is of somebody else",
     {"claims": {"sub": "liar-1"}, "userinfo": {"sub": "liar-2", "email": "admin@kyiv.example", "email_verified": True}}),
    ("token 500", "answered with status 500", {"/token": BROKEN}),
    ("token HTML", "its token answer cannot be read", {"/token": HTML}),
    ("token list", "its token answer cannot be read", {"/token": LIST}),
    ("token huge", "an answer that is too large", {"/token": HUGE}),
    ("token refuses", "refused: invalid_client", {"/token": as_json({"error": "invalid_client"}, 401)}),
    ("token refuses in words", "refused: ab", {"/token": as_json({"error": "a\nb"}, 400)}),
    ("token refuses in JSON", "refused: xy", {"/token": as_json({"error": {"x": "y"}}, 400)}),
    ("keys HTML", "an answer that is not JSON", {"/jwks": HTML}),
    ("no keys", "it has no usable key", {"/jwks": as_json({"keys": []})}),
    ("odd keys", "it has no usable key", {"/jwks": as_json({"keys": ["x", {"kty": "oct", "k": "eHh4"}, {"kty": "RSA", "n": 1}]})}),
    ("userinfo HTML", "an answer that is not JSON", {"/userinfo": HTML, "claims": {"sub": "liar-1"}}),
    ("userinfo 401", "answered with status 401", {"/userinfo": as_json({}, 401), "claims": {"sub": "liar-1"}}),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "lie"), [case[1:] for case in AFTER], ids=[case[0] for case in AFTER])
async def test_a_lie_on_the_way_back(site: Site, liar: Liar, reason: str, lie: dict[str, Any]) -> None:
    await provided(site, liar.url)
    for name, said in lie.items():
        if name.startswith("/"):
            liar.answers[name] = always(said)
        else:
            setattr(liar, name, said)
    with Heard() as heard:
        page = await there_and_back(site, liar, status=503 if "status 500" in reason else 502)
    assert heard.one["reason"] == reason
    assert "Ви не увійшли" in page.words
    assert "set-cookie" not in page.response.headers
    assert await sessions(site) == 0
    assert await account(site, "olena@ukr.example") is None
    await site.get("/account", status=303)


async def test_a_signature_by_somebody_else(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    published = liar.published
    liar.rotate("first")
    liar.published = published
    with Heard() as heard:
        await there_and_back(site, liar, status=502)
    assert heard.one["reason"] == "its id token: bad_signature"
    assert await sessions(site) == 0


async def test_a_provider_that_goes_down_on_the_way(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    back = liar.authorize(await go(site))
    liar.stop()
    with Heard() as heard:
        page = await site.get(back, status=503)
    assert heard.one["reason"] == "the connection failed (ConnectError)"
    assert "зараз не відповідає" in page.words
    assert await sessions(site) == 0


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"code": None, "error": "access_denied"}, 403, "access_denied"),
        ({"code": None, "error": "server_error"}, 502, "refused: server_error"),
        ({"code": None, "error": "<script>alert(1)</script>"}, 502, "refused: scriptalert1script"),
        ({"code": None}, 502, "it sent no code"),
        ({"code": "stolen"}, 502, "refused: invalid_grant"),
        ({"iss": "https://evil.example"}, 502, "the answer is another provider's"),
        ({"iss": None}, 502, "the answer is another provider's"),
        ({"code": None, "error": "access_denied", "iss": "https://evil.example"}, 502, "the answer is another provider's"),
    ],
)
async def test_what_the_browser_brings_back(
    site: Site, liar: Liar, changes: dict[str, str | None], status: int, reason: str
) -> None:
    await provided(site, liar.url)
    with Heard() as heard:
        page = await there_and_back(site, liar, changes, status=status)
    assert heard.one["reason"] == reason
    assert "set-cookie" not in page.response.headers
    assert await sessions(site) == 0


async def test_a_provider_that_does_not_name_itself_need_not(site: Site, liar: Liar) -> None:
    await provided(site, liar.url)
    liar.discovery = says(authorization_response_iss_parameter_supported=None)
    await there_and_back(site, liar, {"iss": None})
    with Heard() as heard:
        await there_and_back(site, liar, {"iss": "https://evil.example"}, status=502)
    assert heard.one["reason"] == "the answer is another provider's"


async def test_a_secret_that_no_key_opens(site: Site, liar: Liar) -> None:
    await provided(site, liar.url, client_secret="gAAAA-of-another-key")
    with Heard() as heard:
        await site.post("/sign-in/with/liar", status=503)
    assert heard.one["reason"] == "its secret cannot be opened with our keys"


async def test_a_kind_that_nobody_speaks_with(site: Site, liar: Liar) -> None:
    await provided(site, liar.url, kind="telepathy")
    with Heard() as heard:
        await site.post("/sign-in/with/liar", status=503)
    assert heard.one["reason"] == "no code speaks with its kind"
