"""An officer keeps their office from a phone; a resident books a visit and asks them; an administrator looks after all of it."""

import re
from datetime import date, timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Deployment, link_in, sign_in, visitor
from tests.browser.looks import Looks

pytestmark = pytest.mark.xdist_group("browser")


def watched(page: Page) -> list[str]:
    """Errors of scripts and of the page's policy, as they come."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None)
    return wrong


def tuesday(weeks: int = 1) -> date:
    """A Tuesday some weeks ahead, so that nothing of the demonstration stands in the way."""
    today = date.today()  # noqa: DTZ011  the browser's own day
    return today + timedelta(days=(1 - today.weekday()) % 7 + 7 * weeks)


async def test_an_officer_keeps_their_office_from_a_phone(chromium: Browser, deployment: Deployment, looks: Looks) -> None:
    page = await (await visitor(chromium, width=360, height=780)).new_page()
    wrong = watched(page)
    await sign_in(page, deployment, "poltava", "officer")
    await expect(page.get_by_role("heading", name="Чи все на сторінці правильно?")).to_be_visible()
    await looks.both(page, "officer-desk")
    await page.get_by_role("button", name="Так, усе правильно").click()
    await expect(page.get_by_text("Дякуємо!")).to_be_visible()

    await page.get_by_role("link", name="Години", exact=True).click()
    await page.get_by_text("Додати години", exact=True).first.click()
    await page.get_by_label("День", exact=True).select_option("6")
    await page.locator("#starts").fill("11:00")
    await page.locator("#ends").fill("10:00")
    await page.locator("#station").select_option("")
    await page.locator("#place").fill("біля школи № 5")
    await page.get_by_role("button", name="Додати години").click()
    await expect(page.get_by_text("Кінець має бути пізніше за початок").first).to_be_visible()
    await looks.both(page, "officer-hours-wrong")
    assert await page.locator("#starts").input_value() == "11:00"
    await page.locator("#ends").fill("13:00")
    await page.get_by_role("button", name="Додати години").click()
    await expect(page.get_by_text("щонеділі, 11:00–13:00", exact=True)).to_be_visible()
    await looks.both(page, "officer-hours")

    await page.get_by_role("link", name="Відсутність").click()
    await page.locator("#first_day").fill((tuesday(8)).isoformat())
    await page.locator("#last_day").fill((tuesday(8) + timedelta(days=6)).isoformat())
    await page.get_by_label("Хто заміняє").select_option(index=1)
    await page.get_by_label("Ця людина приймає у мої години").check()
    await page.get_by_role("button", name="Додати відсутність").click()
    await expect(page.get_by_text("Відсутність додано")).to_be_visible()
    await looks.both(page, "officer-absences")

    await page.get_by_role("link", name="Оголошення").click()
    await page.get_by_label("Текст", exact=True).fill(
        "Шахраї представляються працівниками газової служби. Не відчиняйте без перевірки."
    )
    await page.get_by_role("button", name="Опублікувати").first.click()
    await expect(page.get_by_text("Оголошення на сторінці.")).to_be_visible()
    await looks.both(page, "officer-announcements")
    await page.get_by_role("link", name="Контакти й фото").click()
    await looks.both(page, "officer-contacts")

    await page.get_by_role("link", name="Сьогодні", exact=True).click()
    await page.get_by_role("link", name="Подивитися, як бачать мешканці").click()
    await expect(page.get_by_text("Шахраї представляються")).to_be_visible()
    await looks.both(page, "officer-public")
    assert wrong == []


async def test_a_resident_finds_their_officer_books_a_visit_and_asks(
    chromium: Browser, deployment: Deployment, looks: Looks
) -> None:
    page = await (await visitor(chromium, width=360, height=780)).new_page()
    wrong = watched(page)
    await page.goto(deployment.url("kyiv", "/office"))
    await looks.at(page, "office-360", full=False)
    officer = page.locator("a[href*='/office/officers/']").first
    if not await officer.count():
        await page.goto(deployment.url("kyiv", "/office/find?lat=50.4501&lon=30.5234"))
        officer = page.locator("a[href*='/office/officers/']").first
    await officer.click()
    await page.wait_for_url("**/office/officers/**")
    home = page.url
    await page.goto(home.split("?")[0].rstrip("/") + "/visit")
    await expect(page.get_by_role("heading", name="Коли вам зручно прийти?")).to_be_visible()
    await looks.both(page, "visit-choose")
    if await page.locator("a.slot").count():
        await page.locator("a.slot").first.click()
        await page.get_by_role("button", name="Записатися").click()
        await looks.both(page, "visit-wrong")
        await page.get_by_label("Як до вас звертатися").fill("Олена")
        await page.get_by_label("Електронна пошта").fill("visitor@ukr.example")
        await page.locator("#phone").fill("067 123 45 67")
        await page.locator("#about").fill("Шум уночі під вікнами")
        await page.get_by_role("button", name="Записатися").click()
        await expect(page.get_by_role("heading", name="Перевірте пошту")).to_be_visible()
        letter = await deployment.letter("visitor@ukr.example", "/office/visits/")
        await page.goto(link_in(letter, "/office/visits/"))
        await page.get_by_role("button", name="Підтвердити запис").click()
        await expect(page.get_by_role("heading", name="Вас записано на прийом")).to_be_visible()
        await looks.both(page, "visit-own")
    await page.goto(home)
    await page.get_by_role("link", name=re.compile("запит", re.IGNORECASE)).first.click()
    await looks.both(page, "ask-officer")
    assert wrong == []


async def test_an_administrator_looks_after_all_offices(chromium: Browser, deployment: Deployment, looks: Looks) -> None:
    page = await (await visitor(chromium)).new_page()
    wrong = watched(page)
    await sign_in(page, deployment, "ternopil", "admin")
    for name, path in {
        "offices": "/staff/offices",
        "offices-new": "/staff/offices/new",
        "offices-beats": "/staff/beats",
        "offices-stations": "/staff/stations",
        "offices-settings": "/staff/offices/settings",
        "offices-import": "/staff/offices/import",
    }.items():
        await page.goto(deployment.url("ternopil", path))
        await looks.both(page, name)
    await page.goto(deployment.url("ternopil", "/staff/beats"))
    await page.locator(".beat-rows a").first.click()
    await looks.both(page, "offices-beat")
    assert wrong == []
