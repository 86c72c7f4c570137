"""A resident finds their local officer with a phone: by address, by location, with and without scripts."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Deployment, visitor
from tests.browser.looks import Looks
from tests.browser.test_public_pages import LOOKS

pytestmark = pytest.mark.xdist_group("browser")


async def to_an_officer(page: Page, deployment: Deployment, prefix: str = "") -> None:
    """From the directory to some officer."""
    await page.goto(deployment.url("kyiv", f"{prefix}/office/find?lon=30.5176&lat=50.4661"))
    await page.locator(".office-people a").first.click()
    await page.wait_for_url("**/office/officers/*")


@pytest.mark.parametrize(("width", "scheme", "prefix"), LOOKS)
async def test_an_officer_s_page_is_sound_at_every_width(
    chromium: Browser, deployment: Deployment, looks: Looks, width: int, scheme: str, prefix: str
) -> None:
    context = await visitor(chromium, width=width, scheme=scheme)
    page = await context.new_page()
    await to_an_officer(page, deployment, prefix)
    await looks.at(page, f"office-officer-{width}-{scheme}-{'en' if prefix else 'uk'}")


async def test_an_address_leads_to_the_officer_without_scripts(chromium: Browser, deployment: Deployment) -> None:
    context = await visitor(chromium, width=360, scripts=False)
    page = await context.new_page()
    await page.goto(deployment.url("poltava"))
    await page.locator("details.menu summary").click()
    await page.get_by_role("link", name="Мій дільничний").last.click()
    await page.get_by_label("Ваша адреса або прізвище дільничного").fill("вул. Стрітенська, 3")
    await page.get_by_role("button", name="Знайти").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ваша дільниця")
    await page.locator(".office-beat a").first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Дільниця №")


async def test_my_location_is_asked_for_when_the_button_is_pressed(chromium: Browser, deployment: Deployment) -> None:
    context = await visitor(chromium, width=360)
    await context.grant_permissions(["geolocation"])
    await context.set_geolocation({"longitude": 30.5176, "latitude": 50.4661})
    page = await context.new_page()
    await page.goto(deployment.url("kyiv", "/office"))
    await page.get_by_role("button", name="Моє місцезнаходження").click()
    await page.wait_for_url("**/office/find?lat=50.466100&lon=30.517600")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ваша дільниця")


async def test_a_click_on_the_map_tells_which_beat_it_is(chromium: Browser, deployment: Deployment) -> None:
    context = await visitor(chromium)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await page.goto(deployment.url("kyiv", "/office"))
    await page.locator(".office-map").scroll_into_view_if_needed()
    await page.locator(".office-map .map[data-drawn]").wait_for()
    box = await page.locator(".office-map canvas").bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.45)
    assert wrong == []
    await expect(page.locator(".pin-panel h3")).to_contain_text("Дільниця №")
