"""Every public page at phone and desktop width, light and dark, in both languages."""

import pytest
from playwright.async_api import Browser

from tests.browser.conftest import Deployment, visitor
from tests.browser.looks import Looks

pytestmark = pytest.mark.xdist_group("browser")

PAGES = {
    "home": "/",
    "home-filtered": "/?state=answered&category=parking",
    "home-nothing": "/?q=зоопарк+на+місяці",
    "appeal-answered": "/appeals/KYIV-2026-000042",
    "guides": "/guides",
    "guide": "/guides/parking",
    "about": "/pages/about",
    "privacy": "/pages/privacy",
    "accessibility": "/pages/accessibility",
    "api": "/api/",
    "ask": "/ask",
    "sign-in": "/sign-in",
    "missing": "/appeals/KYIV-1999-000001",
}
LOOKS = [(360, "light", ""), (1280, "light", ""), (360, "dark", "/en"), (1280, "dark", "/en")]


@pytest.mark.parametrize(("width", "scheme", "prefix"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
async def test_a_public_page_is_sound_at_every_width(
    chromium: Browser, deployment: Deployment, looks: Looks, name: str, width: int, scheme: str, prefix: str
) -> None:
    context = await visitor(chromium, width=width, scheme=scheme)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None)
    await page.goto(deployment.url("kyiv", prefix + PAGES[name]))
    await looks.at(page, f"{name}-{width}-{scheme}-{'en' if prefix else 'uk'}", full=name != "home")
    assert wrong == []


@pytest.mark.parametrize("city", ["poltava", "mykolaiv", "ternopil"])
async def test_each_city_has_its_own_face(chromium: Browser, deployment: Deployment, looks: Looks, city: str) -> None:
    context = await visitor(chromium)
    page = await context.new_page()
    await page.goto(deployment.url(city))
    await looks.at(page, f"home-{city}-1280")


async def test_the_home_page_is_light(chromium: Browser, deployment: Deployment) -> None:
    """Without the map library: under 100 KB over the wire, fonts included."""
    context = await visitor(chromium, width=360)
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Network.enable")
    sent: dict[str, tuple[str, float]] = {}
    names: dict[str, str] = {}
    session.on("Network.responseReceived", lambda event: names.__setitem__(event["requestId"], event["response"]["url"]))
    session.on(
        "Network.loadingFinished",
        lambda event: sent.__setitem__(event["requestId"], (names.get(event["requestId"], ""), event["encodedDataLength"])),
    )
    await page.goto(deployment.url("kyiv"))
    await page.wait_for_load_state("networkidle")
    weights = {url.rsplit("/", 1)[-1]: size for url, size in sent.values() if "/map" not in url}
    assert sum(weights.values()) < 100_000, weights


async def test_without_scripts_there_is_the_list(chromium: Browser, deployment: Deployment, looks: Looks) -> None:
    context = await visitor(chromium, width=360, scripts=False)
    page = await context.new_page()
    await page.goto(deployment.url("kyiv"))
    assert await page.locator("ul.appeals > li").count() == 20
    await page.get_by_role("link", name="Далі", exact=True).click()
    assert await page.locator("ul.appeals > li").count() == 20
    await page.get_by_label("Тема").select_option("parking")
    await page.get_by_role("button", name="Знайти").click()
    assert "category=parking" in page.url
