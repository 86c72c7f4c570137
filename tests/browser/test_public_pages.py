"""Every public page at phone and desktop width, light and dark, in both languages."""

import pytest
from playwright.async_api import Browser, expect

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
    "office": "/office",
    "office-district": "/office?district=podilskyi",
    "office-found": "/office/find?lon=30.5176&lat=50.4661",
    "office-choice": "/office/find?q=Глибочицька",
    "office-outside": "/office/find?lon=34.55&lat=49.58",
    "office-beat": "/office/beats/200",
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


@pytest.mark.parametrize("width", [360, 1280])
async def test_what_stops_the_ask_flow_is_sound_too(chromium: Browser, deployment: Deployment, looks: Looks, width: int) -> None:
    """Errors are told, what is similar is shown as one types, an emergency says 102 with numbers that can be pressed."""
    page = await (await visitor(chromium, width=width)).new_page()
    await page.goto(deployment.url("kyiv", "/ask"))
    await page.get_by_label("Про що ви хочете запитати?").fill("паркуються на тротуарі біля школи")
    await expect(page.get_by_role("heading", name="Схоже, про це вже питали")).to_be_visible()
    await looks.at(page, f"ask-similar-{width}", full=True)
    await page.get_by_label("Про що ви хочете запитати?").fill("х")
    await page.get_by_role("button", name="Продовжити").click()
    await expect(page.get_by_role("heading", name="Перевірте, будь ласка")).to_be_visible()
    await looks.at(page, f"ask-error-{width}", full=True)
    await page.get_by_label("Про що ви хочете запитати?").fill("Просто зараз під вікнами бійка, що робити?")
    await page.get_by_role("button", name="Продовжити").click()
    await page.get_by_label("Загроза життю").check()
    await page.get_by_role("button", name="Продовжити").click()
    await expect(page.get_by_role("heading", name="Телефонуйте просто зараз")).to_be_visible()
    assert await page.locator("main .steps a[href='tel:102']").count() == 1
    await looks.at(page, f"ask-emergency-{width}", full=True)


@pytest.mark.parametrize("width", [360, 1280])
async def test_the_choice_of_a_city_is_sound(chromium: Browser, deployment: Deployment, looks: Looks, width: int) -> None:
    page = await (await visitor(chromium, width=width)).new_page()
    await page.goto(f"http://localhost:{deployment.port}/")
    await expect(page.get_by_role("link", name="Тернопіль")).to_be_visible()
    await looks.at(page, f"apex-{width}", full=True)


async def test_filters_changed_in_place_are_kept_by_the_other_language(chromium: Browser, deployment: Deployment) -> None:
    page = await (await visitor(chromium)).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None)
    await page.goto(deployment.url("kyiv"))
    await page.get_by_label("Тема").select_option("parking")
    await page.wait_for_url("**/?category=parking")
    await page.get_by_role("link", name="чекають").click()
    await page.wait_for_url("**/?state=waiting&category=parking")
    assert complaints == []
    await page.get_by_role("link", name="English").click()
    await page.wait_for_url("**/en/?state=waiting&category=parking")
    await expect(page.get_by_label("Topic")).to_have_value("parking")


async def test_without_a_connection_the_page_stays_and_says_so(chromium: Browser, deployment: Deployment) -> None:
    context = await visitor(chromium, width=360)
    page = await context.new_page()
    await page.goto(deployment.url("kyiv"))
    await page.wait_for_load_state("networkidle")
    await context.set_offline(True)
    await page.get_by_role("link", name="чекають").click()
    await expect(page.get_by_text("Немає з’єднання, тому список не змінився")).to_be_visible()
    assert await page.locator("ul.appeals > li").count() == 20
    await context.set_offline(False)
    await page.get_by_role("link", name="чекають").click()
    await page.wait_for_url("**/?state=waiting")
    await expect(page.get_by_text("Немає з’єднання, тому список не змінився")).to_be_hidden()
