"""Signing in with a real provider of identities, in a real browser: a resident, staff with a role from there, and out again."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, expect
from sqlalchemy import delete, select
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import City
from src.platform.data.unit_of_work import Database
from src.platform.people import vault
from src.platform.people.providers.models import IdentityProvider
from tests.browser.conftest import Deployment, visitor
from tests.browser.looks import Looks
from tests.oidc.liar import CLIENT, SECRET
from tests.oidc.real import Real, real_provider


@pytest.fixture
async def real(deployment: Deployment) -> AsyncIterator[Real]:
    """The provider, configured for Mykolaiv as its administrator would."""
    back, home = deployment.url("mykolaiv", "/sign-in/back/city"), deployment.url("mykolaiv")
    with real_provider(back=back, after_sign_out=home) as provider:
        await configure(deployment, provider.url)
        yield provider


async def configure(deployment: Deployment, url: str) -> None:
    """Store the provider."""
    database = Database(deployment.environment["DATABASE_URL"], pool_size=1)
    async with database.unit() as session:
        city = (await session.execute(select(City.id).where(City.slug == "mykolaiv"))).scalar_one()
    async with database.unit(city) as session:
        await session.execute(delete(IdentityProvider).where(IdentityProvider.city_id == city))
        session.add(
            IdentityProvider(
                city_id=city,
                id=uuid7(),
                slug="city",
                name={"uk": "Вхід міськради", "en": "City council sign-in"},
                discovery_url=url,
                client_id=CLIENT,
                client_secret=vault.seal(SECRET),
                scopes="openid email profile groups",
                claims={"name": "name", "email": "email", "verified": "email_verified"},
                role_claim="groups",
                roles={"vz-moderators": "moderator"},
                create="staff",
                email_domains=["mykolaiv.example", "ukr.example"],
                created_at=datetime.now(UTC),
            )
        )
    await database.close()


async def press(page: Page, deployment: Deployment, looks: Looks, name: str) -> None:
    """From a page that asks for it to the provider and back, without a further click."""
    await page.goto(deployment.url("mykolaiv", "/account"))
    await looks.at(page, name)
    await page.get_by_role("button", name="Вхід міськради").click()


def ours(line: ConsoleMessage) -> bool:
    """Whether a line of the console is about a page of ours (the provider has no icon)."""
    return ".localhost" in line.location["url"]


async def test_sign_in_with_a_provider_and_out_again(deployment: Deployment, chromium: Browser, real: Real, looks: Looks) -> None:
    real.person("r-1", email="olena@ukr.example", email_verified=True, name="Олена Коваль")
    context = await visitor(chromium)
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" and ours(line) else None)
    await press(page, deployment, looks, "provider-sign-in-1280")
    await expect(page).to_have_url(deployment.url("mykolaiv", "/account"))
    await expect(page.get_by_text("Олена Коваль · olena@ukr.example")).to_be_visible()
    await page.get_by_role("button", name="Вийти", exact=True).click()
    await page.wait_for_url(f"{real.issuer}/**")
    await page.get_by_role("button", name="Yes, sign me out").click()
    await expect(page).to_have_url(deployment.url("mykolaiv"))
    await page.goto(deployment.url("mykolaiv", "/account"))
    await expect(page).to_have_url(deployment.url("mykolaiv", "/sign-in?next=/account"))
    assert problems == []
    await context.close()


async def test_staff_of_the_provider_reach_their_work_on_a_phone_without_scripts(
    deployment: Deployment, chromium: Browser, real: Real, looks: Looks
) -> None:
    real.person("r-2", email="petro@mykolaiv.example", email_verified=True, name="Петро Сич", groups=["vz-moderators"])
    context = await visitor(chromium, width=360, height=740, scripts=False)
    page = await context.new_page()
    await page.goto(deployment.url("mykolaiv", "/staff"))
    await page.get_by_role("button", name="Вхід міськради").click()
    await expect(page).to_have_url(deployment.url("mykolaiv", "/staff"))
    await page.locator("summary").filter(has_text="Петро Сич").click()
    await expect(page.get_by_text("petro@mykolaiv.example")).to_be_visible()
    await context.close()


async def test_the_settings_look_right(deployment: Deployment, chromium: Browser, real: Real, looks: Looks) -> None:
    real.person("r-3", email="boss@mykolaiv.example", email_verified=True, name="Олег Бос", groups=["vz-moderators"])
    await make_administrators(deployment)
    for width, scheme in ((1280, "light"), (360, "dark")):
        context = await visitor(chromium, width=width, scheme=scheme)
        page = await context.new_page()
        await page.goto(deployment.url("mykolaiv", "/staff/settings/sign-in"))
        await page.get_by_role("button", name="Вхід міськради").click()
        await expect(page).to_have_url(deployment.url("mykolaiv", "/staff/settings/sign-in"))
        await looks.at(page, f"sign-in-settings-{width}", full=True)
        await page.get_by_role("link", name="Вхід міськради").click()
        await looks.at(page, f"provider-form-{width}", full=True)
        await page.get_by_label("Адреса сервісу").fill("http://127.0.0.1:9/")
        await page.get_by_role("button", name="Зберегти").click()
        await expect(page.get_by_role("alert")).to_contain_text("З’єднатися із сервісом не вдалося")
        await looks.at(page, f"provider-form-wrong-{width}", full=True)
        await context.close()


async def make_administrators(deployment: Deployment) -> None:
    """The provider's group gives the administrator's role from now on."""
    database = Database(deployment.environment["DATABASE_URL"], pool_size=1)
    async with database.unit() as session:
        city = (await session.execute(select(City.id).where(City.slug == "mykolaiv"))).scalar_one()
    async with database.unit(city) as session:
        provider = (await session.execute(select(IdentityProvider))).scalar_one()
        provider.roles = {"vz-moderators": "administrator"}
    await database.close()
