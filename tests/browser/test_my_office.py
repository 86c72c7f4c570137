"""A resident: signs in, sees their question, takes a copy of everything, deletes everything."""

import json
import re
from zipfile import ZipFile

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Deployment, link_in, visitor
from tests.browser.looks import Looks
from tests.browser.test_journeys import Story

pytestmark = pytest.mark.xdist_group("browser")

EMAIL = "zoriana@ukr.example"
STORY = Story(
    "ternopil",
    "Чому на набережній уночі не світять ліхтарі?",
    "Набережна",
    "Набережна",
    "Інше",
    EMAIL,
    "",
)


async def enter(page: Page, deployment: Deployment) -> None:
    """Sign in as a resident does: from the header, by the link in the letter."""
    await page.goto(deployment.url(STORY.city))
    if (page.viewport_size or {"width": 0})["width"] < 900:
        await page.get_by_text("Меню", exact=True).click()
    await page.get_by_role("link", name="Увійти").locator("visible=true").click()
    await page.get_by_label("Електронна пошта").fill(EMAIL)
    await page.get_by_role("button", name="Надіслати посилання").click()
    letter = await deployment.letter(EMAIL, "/sign-in/link/")
    await page.goto(link_in(letter, "/sign-in/link/"))
    await page.get_by_role("button", name="Увійти").click()
    await expect(page.get_by_role("heading", name="Мій кабінет", level=1)).to_be_visible()


async def ask(page: Page, deployment: Deployment, looks: Looks) -> str:
    """A question without a letter: whoever is signed in has confirmed the address already. Returns its number."""
    await page.goto(deployment.url(STORY.city))
    await page.get_by_label("Ваше запитання").fill(STORY.title)
    await page.get_by_role("button", name="Поставити запитання").click()
    await page.get_by_label(re.compile(STORY.category)).first.check()
    await page.get_by_role("button", name="Продовжити").click()
    await page.get_by_role("link", name="Продовжити запитання").click()
    await page.get_by_label("Район").select_option(index=1)
    await page.get_by_role("button", name="Продовжити").click()
    await page.get_by_role("button", name="Продовжити без фото").click()
    await expect(page.get_by_label("Електронна пошта")).to_have_value(EMAIL)
    await looks.at(page, "office-ask-you", full=True)
    await page.get_by_label("Ім’я та прізвище").fill("Зоряна Мельник")
    await page.get_by_role("button", name="Продовжити").click()
    await page.get_by_role("button", name="Надіслати запитання").click()
    await expect(page.get_by_role("heading", name="Запитання отримано")).to_be_visible()
    await looks.at(page, "office-ask-received", full=True)
    return await page.locator(".number").first.inner_text()


@pytest.mark.parametrize("width", [360, 1280])
async def test_a_resident_takes_a_copy_and_leaves(chromium: Browser, deployment: Deployment, looks: Looks, width: int) -> None:
    page = await (await visitor(chromium, width=width, height=800)).new_page()
    await enter(page, deployment)
    await looks.at(page, f"office-empty-{width}", full=True)
    number = await ask(page, deployment, looks)
    await page.get_by_role("link", name="Мої запитання").click()
    await expect(page.get_by_text(number)).to_be_visible()
    await looks.at(page, f"office-questions-{width}", full=True)
    await page.get_by_role("link", name=STORY.title).click()
    await expect(page.get_by_text("Ви підтвердили запитання")).to_be_visible()

    await page.goto(deployment.url(STORY.city, "/me/following"))
    await looks.at(page, f"office-following-{width}", full=True)
    await page.goto(deployment.url(STORY.city, "/me/data"))
    await looks.at(page, f"office-data-{width}", full=True)
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Завантажити архів").click()
    with ZipFile(await (await downloading.value).path()) as archive:
        data = json.loads(archive.read("data.json"))
    assert [one["number"] for one in data["questions"]] == [number]

    await page.get_by_role("link", name="Видалити мої дані").click()
    await page.get_by_role("button", name="Видалити мої дані").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await looks.at(page, f"office-deletion-{width}", full=True)
    await page.get_by_label("Видалити все.").check()
    await page.get_by_role("button", name="Видалити мої дані").click()
    await expect(page.get_by_role("heading", name="Ваші дані видалено")).to_be_visible()
    await looks.at(page, f"office-deleted-{width}", full=True)
    await deployment.letter(EMAIL, "Це останній лист від нас")
    await page.goto(deployment.url(STORY.city, "/me"))
    await expect(page.get_by_label("Електронна пошта")).to_be_visible()
    deployment.kept.messages.clear()
