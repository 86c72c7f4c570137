"""A moderator works without a mouse."""

import time

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import Deployment, sign_in, visitor

pytestmark = pytest.mark.xdist_group("browser")


async def test_ten_items_of_the_queue_with_the_keyboard_alone(chromium: Browser, deployment: Deployment) -> None:
    page = await (await visitor(chromium)).new_page()
    await sign_in(page, deployment, "kyiv")
    await page.goto(deployment.url("kyiv", "/staff/queue"))
    waiting = int(await page.locator(".queue-tabs a[aria-current] .count").inner_text())
    began = time.monotonic()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    for _ in range(10):
        await page.wait_for_url("**/staff/appeals/**")
        await page.wait_for_load_state("load")
        here = page.url
        await page.keyboard.press("p")
        await expect(page.get_by_role("button", name="Опублікувати й передати")).to_be_focused()
        await page.keyboard.press("Enter")
        if await page.get_by_label("Перевірено: це можна показати всім").is_visible() and page.url == here:
            await page.get_by_label("Перевірено: це можна показати всім").press("Space")
            await page.keyboard.press("p")
            await page.keyboard.press("Enter")
        await page.wait_for_url(lambda url, here=here: url != here)  # type: ignore[misc]  # bound now, not later
    print(f"ten items by keyboard: {time.monotonic() - began:.1f} s")  # noqa: T201  a figure for the closing note
    await page.goto(deployment.url("kyiv", "/staff/queue"))
    assert int(await page.locator(".queue-tabs a[aria-current] .count").inner_text()) == waiting - 10


async def test_words_that_look_personal_are_taken_out_with_two_keys(chromium: Browser, deployment: Deployment) -> None:
    page = await (await visitor(chromium)).new_page()
    await sign_in(page, deployment, "kyiv")
    await page.goto(deployment.url("kyiv", "/staff/queue"))
    await page.locator("[data-rows] :is(h2, h3) a").first.click()
    await page.get_by_role("textbox", name="Текст").fill("Сусід Петро Іванович, тел. 067 123 45 67.")
    await page.get_by_role("button", name="Опублікувати й передати").click()
    await expect(page.get_by_role("button", name="Вилучити все")).to_be_visible()
    await page.keyboard.press("v")
    await page.keyboard.press("Enter")
    text = await page.get_by_role("textbox", name="Текст").input_value()
    assert "Петро" not in text
    assert "067" not in text
    await expect(page.get_by_role("button", name="Опублікувати й передати")).to_be_focused()


async def test_the_list_and_the_ask_box_are_reached_by_tab_in_order(chromium: Browser, deployment: Deployment) -> None:
    page = await (await visitor(chromium, width=360)).new_page()
    await page.goto(deployment.url("poltava"))
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.id") == "ask-text"
