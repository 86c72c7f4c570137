"""Booking a visit from a phone: without scripts to the end, and what somebody sees who was a moment too late."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Deployment, link_in, visitor
from tests.browser.looks import Looks

pytestmark = pytest.mark.xdist_group("browser")


async def to_times(page: Page, deployment: Deployment) -> str:
    """Open the times of some officer of the demonstration who has any; their address."""
    answer = await page.goto(deployment.url("kyiv", "/api/v1/officers?limit=100"))
    assert answer is not None
    found = await answer.json()
    for one in found["items"]:
        address = deployment.url("kyiv", f"/office/officers/{one['id']}/visit")
        shown = await page.goto(address)
        if shown is not None and shown.ok and await page.locator("a.slot").count() > 1:
            return address
    raise AssertionError("nobody of the demonstration has a free time")


async def fill(page: Page, name: str, email: str) -> None:
    await page.get_by_label("Як до вас звертатися").fill(name)
    await page.get_by_label("Електронна пошта").fill(email)
    await page.locator("#phone").fill("050 765 43 21")
    await page.locator("#about").fill("Шум уночі під вікнами")


async def test_a_visit_is_booked_and_cancelled_without_scripts(chromium: Browser, deployment: Deployment) -> None:
    page = await (await visitor(chromium, width=360, height=780, scripts=False)).new_page()
    await to_times(page, deployment)
    await page.locator("a.slot").first.click()
    await fill(page, "Марія", "maria@ukr.example")
    await page.get_by_role("button", name="Записатися").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Перевірте пошту")
    letter = await deployment.letter("maria@ukr.example", "/office/visits/")
    await page.goto(link_in(letter, "/office/visits/"))
    await page.get_by_role("button", name="Підтвердити запис").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Вас записано на прийом")
    await page.get_by_role("button", name="Скасувати запис").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Запис скасовано")
    await expect(page.get_by_role("link", name="Вибрати інший час")).to_be_visible()


async def test_whoever_is_a_moment_too_late_loses_nothing(chromium: Browser, deployment: Deployment, looks: Looks) -> None:
    late = await (await visitor(chromium, width=360, height=780)).new_page()
    quick = await (await visitor(chromium, width=360, height=780)).new_page()
    await to_times(late, deployment)
    await late.locator("a.slot").first.click()
    await quick.goto(late.url)
    await fill(late, "Марія", "late@ukr.example")
    await fill(quick, "Петро", "quick@ukr.example")
    await quick.get_by_role("button", name="Записатися").click()
    await expect(quick.get_by_role("heading", level=1)).to_have_text("Перевірте пошту")
    await looks.at(quick, "visit-sent-360", full=True)
    await late.get_by_role("button", name="Записатися").click()
    await expect(late.get_by_text("Цей час щойно зайняли")).to_be_visible()
    await looks.both(late, "visit-taken")
    await late.locator("button.slot").first.click()
    assert await late.get_by_label("Як до вас звертатися").input_value() == "Марія"
    await late.get_by_role("button", name="Записатися").click()
    await expect(late.get_by_role("heading", level=1)).to_have_text("Перевірте пошту")
    letter = await deployment.letter("late@ukr.example", "/office/visits/")
    await late.goto(link_in(letter, "/office/visits/"))
    await looks.both(late, "visit-held")
    await late.get_by_role("button", name="Скасувати запис").click()
    await expect(late.get_by_role("heading", level=1)).to_have_text("Запис скасовано")
    await looks.at(late, "visit-cancelled-360", full=True)
