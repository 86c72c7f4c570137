"""What people typed or chose stays theirs when the connection is thin or the session ends."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.async_api import Browser, FilePayload, Request, expect

from tests.browser.conftest import Deployment, sign_in, visitor
from tests.browser.looks import Looks

pytestmark = pytest.mark.xdist_group("browser")

MEGABYTE = 1024 * 1024
MADE_SMALL = """(before) => new Promise((done) => {
  const look = () => document.querySelector("#photos").files[0].size < before ? done() : requestAnimationFrame(look);
  look();
})"""


async def test_a_session_that_ends_while_somebody_writes_an_answer(
    chromium: Browser, deployment: Deployment, looks: Looks
) -> None:
    context = await visitor(chromium)
    page = await context.new_page()
    await sign_in(page, deployment, "poltava")
    await page.goto(deployment.url("poltava", "/staff/queue?state=routed"))
    await page.locator("[data-rows] :is(h2, h3) a").first.click()
    await page.get_by_role("link", name="Написати відповідь").click()
    address = page.url
    await page.get_by_label("Коротко", exact=True).fill("за дорогу відповідає місто.")
    await page.get_by_label("Докладно").fill("Перший абзац.\n\nДругий.")
    await context.clear_cookies()
    await page.get_by_role("button", name="Зберегти чернетку").click()
    await expect(page.get_by_role("heading", name="Увійдіть і надішліть ще раз")).to_be_visible()
    await looks.at(page, "staff-interrupted", full=True)

    async with context.expect_page() as opened:
        await page.get_by_role("link", name="Увійти в новій вкладці").click()
    await sign_in(await opened.value, deployment, "poltava", "admin")
    await page.get_by_role("button", name="Надіслати ще раз").click()
    await expect(page.get_by_text("Чернетку збережено")).to_be_visible()
    await page.goto(address)
    await expect(page.get_by_label("Коротко", exact=True)).to_have_value("за дорогу відповідає місто.")
    await expect(page.get_by_label("Докладно")).to_have_value("Перший абзац.\n\nДругий.")


@pytest.mark.parametrize("when", ["at once", "later"])
async def test_a_large_photo_is_made_small_before_it_is_sent(chromium: Browser, deployment: Deployment, when: str) -> None:
    page = await (await visitor(chromium, width=360, height=780)).new_page()
    await page.goto(deployment.url("kyiv", "/ask"))
    await page.get_by_role("textbox").first.fill("Чому на перехресті не працює світлофор?")
    await page.get_by_role("button", name="Продовжити").click()
    await page.locator("[name=category][value=traffic]").check()
    await page.get_by_role("button", name="Продовжити").click()
    await page.goto(page.url.replace("/guidance", "/place"))
    await page.locator("[name=district]").select_option(index=1)
    await page.get_by_role("button", name="Продовжити").click()

    large = BytesIO()
    Image.effect_noise((3000, 2000), 90).convert("RGB").save(large, "JPEG", quality=95)
    assert len(large.getvalue()) > 2 * MEGABYTE
    sent: list[int] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(int(request.headers.get("content-length") or len(request.post_data_buffer or b"")))

    page.on("request", note)
    photo = FilePayload(name="світлофор.jpg", mimeType="image/jpeg", buffer=large.getvalue())
    await page.locator("#photos").set_input_files([photo])
    if when == "later":
        await page.evaluate(MADE_SMALL, len(large.getvalue()))
    await page.get_by_role("button", name="Додати").click()
    shown = page.locator(".draft-photos img")
    await expect(shown).to_have_count(1)
    assert await shown.get_attribute("width") == "1600"
    assert sent and sent[0] < len(large.getvalue()) / 2, sent
