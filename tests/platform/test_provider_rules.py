"""Whom a city's rules let in when a provider vouches for them, and as what."""

from typing import Any

import pytest
from sqlalchemy import text

from src.platform.people.accounts.queries import account_with
from src.platform.people.accounts.service import switch_off
from tests.conftest import Clock
from tests.oidc.liar import Liar
from tests.platform.providing import Heard, account, provided, sessions, there_and_back
from tests.site import Site

STAFF = {
    "create": "staff",
    "email_domains": ["kyiv.example"],
    "role_claim": "groups.here",
    "roles": {"vz": "moderator", "boss": "administrator"},
}


@pytest.mark.parametrize(
    ("rules", "claims", "reason"),
    [
        ({"create": "nobody"}, {}, "nobody may come for the first time"),
        ({}, {"email_verified": False}, "the e-mail is not verified"),
        ({}, {"email_verified": None}, "the e-mail is not verified"),
        ({}, {"email_verified": "false"}, "the e-mail is not verified"),
        ({}, {"email": "не адреса"}, "no e-mail"),
        ({}, {"email": None}, "no e-mail"),
        ({"email_domains": ["kyiv.example"]}, {}, "an e-mail of another domain"),
        ({"email_domains": ["kyiv.example"]}, {"email": "a@sub.kyiv.example"}, "an e-mail of another domain"),
        ({}, {"email": "moderator@kyiv.example"}, "an account of staff"),
        ({"create": "staff"}, {"email": "moderator@kyiv.example"}, "an account of staff"),
        (STAFF, {"email": "moderator@kyiv.example", "email_verified": False}, "the e-mail is not verified"),
    ],
)
async def test_whom_the_rules_do_not_let_in(
    site: Site, liar: Liar, rules: dict[str, Any], claims: dict[str, Any], reason: str
) -> None:
    await provided(site, liar.url, **rules)
    liar.claims |= claims
    liar.userinfo = {"sub": "liar-1"}
    with Heard() as heard:
        page = await there_and_back(site, liar, status=403)
    assert heard.one == {
        "event": "sign-in with a provider failed",
        "log_level": "warning",
        "provider": "liar",
        "what": "not_let_in",
        "reason": reason,
    }
    assert "за правилами міста" in page.words
    assert "set-cookie" not in page.response.headers
    assert await sessions(site) == 0
    assert await account(site, "olena@ukr.example") is None
    async with site.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM external_identity")) == 0


async def test_addresses_of_a_directory_count_as_verified_where_the_city_says_so(site: Site, liar: Liar) -> None:
    claims = {"name": "name", "email": "upn", "verified": "", "always_verified": True}
    await provided(site, liar.url, claims=claims, email_domains=["kyiv.example"])
    liar.claims = {"sub": "liar-1", "upn": "Olena@Kyiv.example", "name": "Олена"}
    await there_and_back(site, liar)
    assert (await account(site, "olena@kyiv.example")).name == "Олена"


async def test_roles_come_and_go_with_the_provider(site: Site, liar: Liar) -> None:
    await provided(site, liar.url, **STAFF)
    liar.claims |= {"email": "olena@kyiv.example", "groups": {"here": ["vz", "unknown", 7]}}
    assert (await there_and_back(site, liar)).location == "/staff"
    await site.get("/staff")
    assert (await account(site, "olena@kyiv.example")).roles == ["moderator"]
    liar.claims |= {"groups": {"here": "unknown"}}
    elsewhere = site.another_browser()
    assert (await there_and_back(elsewhere, liar)).location == "/me"
    await elsewhere.get("/staff", status=404)
    assert (await site.get("/staff", status=303)).location == "/sign-in?next=/staff"
    async with site.unit() as session:
        actions = (await session.execute(text("SELECT action FROM audit_event ORDER BY at, id"))).scalars().all()
    assert actions.count("account.roles") == 2
    assert actions.count("provider.linked") == 1


async def test_the_operators_role_is_not_a_providers_to_give(site: Site, liar: Liar) -> None:
    await provided(site, liar.url, **(STAFF | {"roles": {"vz": "operator"}}))
    liar.claims |= {"email": "olena@kyiv.example", "groups": {"here": ["vz"]}}
    await there_and_back(site, liar)
    assert (await account(site, "olena@kyiv.example")).roles == []


async def test_the_last_administrator_stays_one_whatever_the_provider_says(site: Site, liar: Liar) -> None:
    await provided(site, liar.url, **STAFF)
    liar.claims |= {"email": "admin@kyiv.example"}
    with Heard() as heard:
        assert (await there_and_back(site, liar)).location == "/staff"
    assert heard.one["event"] == "the last administrator keeps their role"
    assert (await account(site, "admin@kyiv.example")).roles == ["administrator"]


async def test_a_residents_provider_opens_no_account_that_became_staff(site: Site, liar: Liar) -> None:
    provider = await provided(site, liar.url, email_domains=["kyiv.example"])
    liar.claims |= {"email": "olena@kyiv.example"}
    await there_and_back(site, liar)
    async with site.unit() as session:
        await session.execute(text("UPDATE account SET roles = '{moderator}' WHERE email = 'olena@kyiv.example'"))
    with Heard() as heard:
        await there_and_back(site.another_browser(), liar, status=403)
    assert heard.one["reason"] == "an account of staff"
    assert provider.create == "residents"


async def test_whoever_left_is_not_let_in_by_a_provider(site: Site, liar: Liar, clock: Clock) -> None:
    await provided(site, liar.url)
    await there_and_back(site, liar)
    async with site.unit() as session:
        mine = await account_with(session, "olena@ukr.example")
        assert mine is not None
        await switch_off(session, mine, by=None, now=clock.now)
    with Heard() as heard:
        await there_and_back(site, liar, status=403)
    assert heard.one["reason"] == "the account is switched off"
    assert await sessions(site) == 0


async def test_two_factors_at_the_provider_count_as_two(site: Site, liar: Liar) -> None:
    await provided(site, liar.url, **(STAFF | {"second_factor": True}))
    liar.claims |= {"email": "olena@kyiv.example", "groups": {"here": ["vz"]}}
    await there_and_back(site, liar)
    async with site.unit() as session:
        assert await session.scalar(text("SELECT second_factor FROM account_session"))


@pytest.mark.parametrize(("methods", "counts"), [(["pwd", "mfa"], True), (["pwd"], False), ("mfa", False), (None, False)])
async def test_a_provider_may_say_that_two_factors_were_shown(site: Site, liar: Liar, methods: Any, counts: bool) -> None:
    await provided(site, liar.url)
    liar.claims |= {"amr": methods}
    await there_and_back(site, liar)
    async with site.unit() as session:
        assert await session.scalar(text("SELECT second_factor FROM account_session")) is counts


async def test_where_nobody_new_may_come_staff_who_came_before_still_do(site: Site, liar: Liar) -> None:
    provider = await provided(site, liar.url, **STAFF)
    liar.claims |= {"email": "olena@kyiv.example", "groups": {"here": ["vz"]}}
    await there_and_back(site, liar)
    async with site.unit() as session:
        await session.execute(text("UPDATE identity_provider SET \"create\" = 'nobody' WHERE id = :id"), {"id": provider.id})
    assert (await there_and_back(site.another_browser(), liar)).location == "/staff"
    liar.claims |= {"sub": "liar-2", "email": "new@kyiv.example"}
    await there_and_back(site.another_browser(), liar, status=403)
