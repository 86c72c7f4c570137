"""A district is drawn with the mouse, changed by keys and by the text field, in a real browser."""

import json

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Deployment, sign_in, visitor
from tests.browser.looks import Looks
from tests.local_officer.office import square

pytestmark = pytest.mark.slow
HOME = "/staff/settings/districts"


async def corners(page: Page) -> int:
    """Corners of the outline in the text field."""
    text = await page.locator("#boundary").input_value()
    return len(json.loads(text)["coordinates"][0]) - 1 if text else 0


async def test_a_district_is_drawn_and_changed(chromium: Browser, deployment: Deployment, looks: Looks) -> None:
    context = await visitor(chromium, width=1280, height=900)
    page = await context.new_page()
    await sign_in(page, deployment, "mykolaiv", "admin")
    await page.goto(deployment.url("mykolaiv", HOME))
    await expect(page.locator(".map[data-drawn]")).to_be_visible()
    await looks.both(page, "districts")
    await page.get_by_role("link", name="Додати район").click()
    await page.get_by_label("Назва українською").fill("Намальований")
    await page.locator(".map").scroll_into_view_if_needed()
    await expect(page.locator(".map[data-drawn]")).to_be_visible()
    box = await page.locator(".map").bounding_box()
    assert box is not None
    left, top = box["x"] + 30, box["y"] + 40
    for x, y in ((0, 0), (70, 0), (70, 60), (20, 80), (0, 60)):
        await page.mouse.click(left + x, top + y)
    await expect(page.locator(".map-say")).to_have_text("Кутів: 5")
    assert await corners(page) == 5
    before = await page.locator("#boundary").input_value()
    await page.mouse.move(left + 70, top + 60)  # a corner goes with the mouse
    await page.mouse.down()
    await page.mouse.move(left + 90, top + 70, steps=4)
    await page.mouse.up()
    assert await corners(page) == 5
    assert await page.locator("#boundary").input_value() != before
    await page.mouse.click(left + 35, top)  # on a side: a corner between
    assert await corners(page) == 6
    await page.locator(".map canvas").focus()
    await page.keyboard.press("Backspace")
    await expect(page.locator(".map-say")).to_have_text("Кутів: 5")
    await page.get_by_role("button", name="Прибрати останній кут").click()
    await expect(page.locator(".map-say")).to_have_text("Кутів: 4")
    await page.keyboard.press("Tab")
    await looks.both(page, "district-drawn")
    await page.get_by_role("button", name="Зберегти").click()
    await expect(page.locator("main")).to_contain_text("Збережено")
    # By the text field: the map follows, what is stored is what was typed.
    stored = json.loads(await page.locator("#boundary").input_value())
    lon, lat = stored["coordinates"][0][0]
    await page.locator("#boundary").fill(json.dumps(square(round(lon, 4), round(lat, 4), 0.004)))
    await expect(page.locator(".map-say")).to_have_text("Кутів: 4")
    await page.get_by_role("button", name="Зберегти").click()
    await expect(page.locator("main")).to_contain_text("Збережено")
    assert str(round(lon, 4)) in await page.locator("#boundary").input_value()
    await context.close()


async def test_a_file_is_shown_on_the_map_before_it_is_saved(chromium: Browser, deployment: Deployment, looks: Looks) -> None:
    context = await visitor(chromium, width=1280, height=900)
    page = await context.new_page()
    await sign_in(page, deployment, "mykolaiv", "admin")
    await page.goto(deployment.url("mykolaiv", f"{HOME}/upload"))
    good = {"type": "Feature", "properties": {"name": "Новий район"}, "geometry": square(31.95, 46.9, 0.02)}
    turned = {"type": "Polygon", "coordinates": [[[46.95, 32.0], [46.95, 32.02], [46.97, 32.02], [46.95, 32.0]]]}
    bad = {"type": "Feature", "properties": {"name": "Навпаки"}, "geometry": turned}
    body = json.dumps({"type": "FeatureCollection", "features": [good, bad]}).encode()
    await page.get_by_label("Файл GeoJSON").set_input_files(
        {"name": "rayony.geojson", "mimeType": "application/geo+json", "buffer": body}
    )
    await page.get_by_role("button", name="Перевірити файл").click()
    await expect(page.get_by_text("Широту й довготу переставлено")).to_be_visible()
    await expect(page.locator(".map[data-drawn]")).to_be_visible()
    await looks.both(page, "district-file")
    await page.goto(deployment.url("mykolaiv", "/staff/settings/map"))
    await expect(page.locator(".map[data-drawn]")).to_be_visible()
    await looks.both(page, "city-map")
    await context.close()
