"""Coming in as people do: by a link, with a passkey (Chromium's own virtual device), with a code of an app."""

import re
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, BrowserContext, CDPSession, Page, expect

from src.platform.people.second_factor import codes
from tests.browser.conftest import Deployment, link_in, sign_in, visitor
from tests.browser.looks import Looks

pytestmark = pytest.mark.xdist_group("browser")

WAYS = [("", "light"), ("/en", "dark")]


async def device(context: BrowserContext, page: Page, *, verified: bool = True) -> tuple[CDPSession, str]:
    """A device that keeps passkeys and knows its owner (or does not)."""
    talk = await context.new_cdp_session(page)
    await talk.send("WebAuthn.enable")
    made = await talk.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": verified,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return talk, made["authenticatorId"]


async def code_on(page: Page) -> str:
    """The secret that a page shows, as an app would keep it."""
    return "".join((await page.locator(".secret").inner_text()).split())


def shown(secret: str, *, steps: int = 0) -> str:
    """What the app shows now, or some steps later."""
    return codes.code_at(secret, codes.step_at(datetime.now(UTC)) + steps)


async def come_in_again(page: Page, deployment: Deployment, city: str, role: str) -> None:
    """Sign out, and in again by a new link."""
    await page.goto(deployment.url(city, "/account"))
    await page.locator("main").get_by_role("button", name="Вийти", exact=True).click()
    await sign_in(page, deployment, city, role)


async def test_a_resident_signs_in_by_a_link_on_a_phone(chromium: Browser, deployment: Deployment, looks: Looks) -> None:
    context = await visitor(chromium, width=360, height=780)
    page = await context.new_page()
    await page.goto(deployment.url("mykolaiv", "/sign-in"))
    await looks.both(page, "sign-in")
    await page.get_by_label("Електронна пошта").fill("oksana.l@ukr.example")
    await page.get_by_role("button", name="Надіслати посилання").click()
    letter = await deployment.letter("oksana.l@ukr.example", "/sign-in/link/")
    await page.goto(link_in(letter, "/sign-in/link/"))
    await page.get_by_role("button", name="Увійти").click()
    await expect(page.get_by_role("heading", name="Мій кабінет", level=1)).to_be_visible()
    await page.goto(deployment.url("mykolaiv", "/account"))
    await expect(page.get_by_role("heading", name="Мій обліковий запис", level=1)).to_be_visible()
    await looks.both(page, "account")
    await context.close()


async def test_staff_sign_in_with_a_passkey(chromium: Browser, deployment: Deployment, looks: Looks) -> None:
    context = await visitor(chromium)
    page = await context.new_page()
    talk, authenticator = await device(context, page)
    await sign_in(page, deployment, "ternopil")
    await page.goto(deployment.url("ternopil", "/account/second-factor"))
    await page.get_by_role("link", name="Додати ключ доступу").click()
    await expect(page.get_by_label("Як назвати цей ключ")).to_have_value(re.compile("Chrome"))
    await looks.both(page, "passkey-add")
    await page.get_by_label("Як назвати цей ключ").fill("Робочий ноутбук")
    await page.get_by_role("button", name="Додати ключ доступу").click()
    await expect(page.get_by_role("heading", name="Збережіть резервні коди")).to_be_visible()
    kept = await talk.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})
    assert [one["rpId"] for one in kept["credentials"]] == ["ternopil.localhost"]
    await page.get_by_role("link", name="Коди збережено, далі").click()
    await expect(page.get_by_text("Робочий ноутбук", exact=True)).to_be_visible()
    await looks.both(page, "second-factor-passkey")

    # The same device once more: its owner is told so, in words.
    await page.get_by_role("link", name="Додати ключ доступу").click()
    await page.get_by_role("button", name="Додати ключ доступу").click()
    await expect(page.get_by_role("alert")).to_have_text("На цьому пристрої такий ключ уже є.")

    await page.goto(deployment.url("ternopil", "/account"))
    await page.locator("main").get_by_role("button", name="Вийти", exact=True).click()
    await page.goto(deployment.url("ternopil", "/staff"))
    await page.get_by_role("button", name="Увійти з ключем доступу").click()
    await expect(page).to_have_url(deployment.url("ternopil", "/staff"))

    # A device that does not know who holds it lets nobody in.
    await page.goto(deployment.url("ternopil", "/account"))
    await page.locator("main").get_by_role("button", name="Вийти", exact=True).click()
    await talk.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    await page.goto(deployment.url("ternopil", "/sign-in"))
    await page.get_by_role("button", name="Увійти з ключем доступу").click()
    await expect(page.get_by_role("alert")).to_contain_text("скасували або минув час")
    await looks.both(page, "sign-in-passkey-cancelled")
    await expect(page.get_by_role("button", name="Увійти з ключем доступу")).not_to_have_attribute("aria-busy", "true")
    await context.close()


async def test_staff_sign_in_with_a_link_and_a_code(chromium: Browser, deployment: Deployment, looks: Looks) -> None:
    context = await visitor(chromium, width=360, height=780)
    page = await context.new_page()
    await sign_in(page, deployment, "poltava", "admin")
    await page.goto(deployment.url("poltava", "/account"))
    await page.get_by_role("link", name="Переглянути або змінити").click()
    await looks.both(page, "second-factor-none")
    await page.get_by_role("link", name="Увімкнути коди").click()
    secret = await code_on(page)
    await looks.both(page, "totp")
    await page.get_by_label("Код із застосунку").fill("12 34")
    await page.get_by_role("button", name="Увімкнути коди").click()
    await expect(page.locator("#code-error")).to_contain_text("шість цифр")
    assert await code_on(page) == secret
    await looks.both(page, "totp-error")
    await page.get_by_label("Код із застосунку").fill(shown(secret, steps=-1))
    await page.get_by_role("button", name="Увімкнути коди").click()
    await expect(page.get_by_role("heading", name="Збережіть резервні коди")).to_be_visible()
    await looks.both(page, "recovery-codes")
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Завантажити файлом").click()
    download = await downloading.value
    assert download.suggested_filename.endswith("poltava.localhost.txt")
    saved = (await page.locator(".codes code").all_inner_texts())[0]
    assert saved in (await download.path()).read_text(encoding="utf-8")

    await come_in_again(page, deployment, "poltava", "admin")
    await expect(page.get_by_role("heading", name="Ще один крок")).to_be_visible()
    await looks.both(page, "step")
    await page.get_by_label("Код із застосунку").fill("000000" if shown(secret) != "000000" else "111111")
    await page.get_by_role("button", name="Увійти", exact=True).click()
    await expect(page.locator("#code-error")).to_contain_text("Залишилося спроб: 4")
    await looks.both(page, "step-error")
    await page.get_by_label("Код із застосунку").fill(shown(secret))
    await page.get_by_role("button", name="Увійти", exact=True).click()
    await expect(page).to_have_url(deployment.url("poltava", "/staff"))

    await come_in_again(page, deployment, "poltava", "admin")
    await page.get_by_role("link", name="увійти резервним кодом").click()
    await looks.both(page, "step-recovery")
    await page.get_by_label("Резервний код").fill(saved.upper())
    await page.get_by_role("button", name="Увійти", exact=True).click()
    await expect(page).to_have_url(deployment.url("poltava", "/staff"))
    await page.goto(deployment.url("poltava", "/account/second-factor"))
    await expect(page.get_by_text("Залишилося кодів: 9.")).to_be_visible()
    await page.get_by_role("link", name="Вимкнути коди").click()
    await looks.both(page, "totp-removal")
    await page.get_by_role("button", name="Вимкнути коди").click()
    await expect(page.get_by_role("status")).to_have_text("Коди із застосунку вимкнено.")
    await context.close()


async def test_without_scripts_nothing_is_offered_that_does_not_work(chromium: Browser, deployment: Deployment) -> None:
    context = await visitor(chromium, scripts=False)
    page = await context.new_page()
    await sign_in(page, deployment, "mykolaiv")
    await page.goto(deployment.url("mykolaiv", "/account/second-factor/passkey"))
    await expect(page.get_by_role("button", name="Додати ключ доступу")).to_be_hidden()
    await page.get_by_role("link", name="увімкнути коди із застосунку").click()
    secret = await code_on(page)
    await page.get_by_label("Код із застосунку").fill(shown(secret))
    await page.get_by_role("button", name="Увімкнути коди").click()
    await expect(page.get_by_role("heading", name="Збережіть резервні коди")).to_be_visible()
    await page.goto(deployment.url("mykolaiv", "/account/second-factor/totp/removal"))
    await page.get_by_role("button", name="Вимкнути коди").click()
    await page.goto(deployment.url("mykolaiv", "/sign-in"))
    await expect(page.get_by_role("button", name="Увійти з ключем доступу")).to_be_hidden()
    await context.close()


@pytest.mark.parametrize(("prefix", "scheme"), WAYS)
async def test_the_pages_in_other_languages_and_colours(
    chromium: Browser, deployment: Deployment, looks: Looks, prefix: str, scheme: str
) -> None:
    context = await visitor(chromium, scheme=scheme)
    page = await context.new_page()
    await device(context, page)
    await sign_in(page, deployment, "kyiv", "admin")
    name = f"{scheme}-{'en' if prefix else 'uk'}"
    for part in ("", "/totp", "/passkey"):
        await page.goto(deployment.url("kyiv", f"{prefix}/account/second-factor{part}"))
        await looks.both(page, f"second-factor{part.replace('/', '-')}-{name}")
    await page.goto(deployment.url("kyiv", f"{prefix}/sign-in"))
    await looks.both(page, f"sign-in-{name}")
    await context.close()
