"""Sign-in with a real provider (npm's ``oidc-provider``, which insists on PKCE and checks it)."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from src.platform.people.providers.discovery import about, keys_of
from tests.oidc.real import Real, real_provider
from tests.platform.providing import Heard, go, path_of, provided, sessions
from tests.site import Site

BACK = "http://kyiv.localhost:8000/sign-in/back/city"
STAFF = {
    "slug": "city",
    "create": "staff",
    "email_domains": ["kyiv.example"],
    "scopes": "openid email profile groups",
    "role_claim": "groups",
    "roles": {"vz-moderators": "moderator"},
}


@pytest.fixture(scope="module")
def real() -> Iterator[Real]:
    """The provider, with Kyiv's addresses registered."""
    with real_provider(back=BACK, after_sign_out="http://kyiv.localhost:8000/") as provider:
        yield provider


async def test_a_resident_signs_in_and_out(site: Site, real: Real) -> None:
    await provided(site, real.url, slug="city")
    real.person("real-1", email="olena@ukr.example", email_verified=True, name="Олена Коваль")
    back = await real.sign_in(await go(site, "city", to="/account"))
    assert back.startswith(BACK)
    assert parse_qs(urlsplit(back).query)["iss"] == [real.issuer]
    assert (await site.get(path_of(back), status=303)).location == "/account"
    assert "Олена Коваль · olena@ukr.example" in (await site.get("/account")).words
    out = await site.get((await site.post("/sign-out")).location)
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(str(out.one("main a.primary")["href"]))
    assert answer.status_code == 200  # it asks the person; wrong client or address would be 400
    assert await sessions(site) == 0


async def test_staff_get_their_role_from_the_provider(site: Site, real: Real) -> None:
    await provided(site, real.url, **STAFF)
    real.person("real-2", email="petro@kyiv.example", email_verified=True, name="Петро Сич", groups=["vz-moderators"])
    back = await real.sign_in(await go(site, "city"))
    assert (await site.get(path_of(back), status=303)).location == "/staff"
    await site.get("/staff")
    real.person("real-2", email="petro@kyiv.example", email_verified=True, name="Петро Сич", groups=[])
    elsewhere = site.another_browser()
    await elsewhere.get(path_of(await real.sign_in(await go(elsewhere, "city"))), status=303)
    await elsewhere.get("/staff", status=404)
    await site.get("/staff", status=303)


async def test_a_code_is_worth_nothing_without_the_verifier(site: Site, real: Real) -> None:
    await provided(site, real.url, slug="city")
    real.person("real-3", email="thief@ukr.example", email_verified=True)
    stolen = parse_qs(urlsplit(await real.sign_in(await go(site, "city"))).query)["code"][0]
    mine = await real.sign_in(await go(site, "city"))
    own = parse_qs(urlsplit(mine).query)["code"][0]
    with Heard() as heard:
        await site.get(path_of(mine).replace(own, stolen), status=502)
    assert heard.one["reason"] == "refused: invalid_grant"
    assert await sessions(site) == 0


async def test_a_wrong_secret_lets_nobody_in(site: Site, real: Real) -> None:
    await provided(site, real.url, slug="city", client_secret="")
    real.person("real-4", email="olena@ukr.example", email_verified=True)
    with Heard() as heard:
        await site.get(path_of(await real.sign_in(await go(site, "city"))), status=502)
    assert heard.one["reason"] == "refused: invalid_client"


async def test_its_own_description_is_understood(site: Site, real: Real) -> None:
    known = await about((await site.city()).id, real.url)
    assert known.names_itself
    assert known.issuer == real.issuer
    assert list(await keys_of(known))
