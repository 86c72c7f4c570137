"""Beats come in by a file, in a real browser with the real worker: progress, problems, the good ones accepted."""

import json

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import Deployment, sign_in, visitor
from tests.browser.looks import Looks
from tests.local_officer.office import square

pytestmark = pytest.mark.slow


async def test_beats_come_in_by_a_file(chromium: Browser, deployment: Deployment, looks: Looks) -> None:
    context = await visitor(chromium, width=360, height=780)
    page = await context.new_page()
    await sign_in(page, deployment, "mykolaiv", "admin")
    await page.goto(deployment.url("mykolaiv", "/staff/offices/import"))
    await page.locator("details:not(.menu) > summary").first.click()
    await looks.both(page, "office-import")
    far = {"type": "Feature", "properties": {"number": "Ф-2"}, "geometry": square(10.0, 10.0)}
    body = json.dumps({"type": "FeatureCollection", "features": [far]}) + " " * 12_000_000  # above the framework's own limit
    await page.get_by_label("Дільниці", exact=True).check()
    await page.get_by_label("Файл").set_input_files(
        {"name": "beats.geojson", "mimeType": "application/geo+json", "buffer": body.encode()}
    )
    await page.get_by_role("button", name="Перевірити файл").click()
    await expect(page.get_by_text("Виходить за межі міста")).to_be_visible()
    await looks.both(page, "office-import-preview")
    await page.get_by_role("button", name="Нічого не приймати").click()
    await expect(page.get_by_role("heading", name="Імпорт і експорт", level=1)).to_be_visible()
    await context.close()
