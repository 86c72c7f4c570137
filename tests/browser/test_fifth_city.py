"""A fifth city, all through the browser: the operator opens it, its administrator sets it up and invites people, a resident's
question goes red and green there."""

import json
import re
import subprocess
import sys

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import ROOT, Deployment, link_in, visitor
from tests.browser.looks import Looks

pytestmark = pytest.mark.xdist_group("browser")

CITY = "kropyvnytskyi"
OPERATOR, ADMIN, ANSWERS, OFFICER = "operator@vzaiemodiia.example", "admin@kr.example", "patrol@kr.example", "officer@kr.example"
RESIDENT = "resident@kr.example"


def operator_code(deployment: Deployment) -> str:
    """What `python -m src operator-code` prints."""
    command = [sys.executable, "-m", "src", "operator-code"]
    done = subprocess.run(command, cwd=ROOT, env=deployment.environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


async def by_link(page: Page, deployment: Deployment, address: str, email: str) -> None:
    """Sign in by a link, as everybody does."""
    before = len(deployment.kept.messages)
    await page.goto(address)
    await page.locator("#email").fill(email)
    await page.get_by_role("button", name="Надіслати посилання").click()
    letter = await deployment.letter(email, "/sign-in/", after=before)
    await page.goto(link_in(letter, "/sign-in/"))
    await page.get_by_role("button", name="Увійти").click()


async def open_city(page: Page, deployment: Deployment, looks: Looks) -> None:
    """The operator's part."""
    await by_link(page, deployment, f"http://localhost:{deployment.port}/sign-in", OPERATOR)
    await page.get_by_label(re.compile("Код")).first.fill(operator_code(deployment))
    await page.get_by_role("button", name="Увійти").click()
    await expect(page.get_by_role("heading", name="Міста платформи")).to_be_visible()
    await looks.both(page, "console")
    await page.get_by_role("link", name="Відкрити місто").click()
    await page.get_by_role("button", name="Відкрити місто").click()
    await expect(page.get_by_text("Напишіть назву міста").first).to_be_visible()
    await looks.both(page, "console-new-wrong")
    await page.get_by_label("Назва українською").fill("Кропивницький")
    await page.get_by_label("Центр міста: широта й довгота").fill("48.5079, 32.2623")
    await page.get_by_label("Ім’я та прізвище").fill("Ірина Кравець")
    await page.locator("#admin_email").fill(ADMIN)
    await page.get_by_role("button", name="Відкрити місто").click()
    await expect(page.get_by_text("Місто відкрито.")).to_be_visible()
    await looks.both(page, "console-city")


async def come_in(page: Page, deployment: Deployment, email: str, part: str = "/invitations/") -> None:
    """Take an invitation up and sign in."""
    letter = await deployment.letter(email, part)
    await page.goto(link_in(letter, part))
    await page.get_by_role("button", name="Прийняти запрошення").click()
    await by_link(page, deployment, page.url, email)


async def adjust(page: Page, deployment: Deployment, looks: Looks) -> None:
    """The administrator changes two topics: one gets an extra question, one goes below another."""
    await page.goto(deployment.url(CITY, "/staff/settings"))
    await looks.both(page, "settings")
    await page.get_by_role("navigation", name="Розділи налаштувань").count()
    await page.goto(deployment.url(CITY, "/staff/settings/categories"))
    await looks.both(page, "settings-topics")
    await page.get_by_role("link", name="Шум і нічні компанії").click()
    await page.locator("#q-uk-1").fill("О котрій годині зазвичай?")
    await page.locator("#q-kind-1").select_option("text")
    await page.locator("#q-required-1").check()
    await page.get_by_role("button", name="Показати, як буде").last.click()
    await expect(page.locator(".work-side").get_by_text("О котрій годині зазвичай?")).to_be_visible()
    await looks.both(page, "settings-topic")
    await page.get_by_role("button", name="Зберегти").click()
    await expect(page.get_by_text("Збережено.")).to_be_visible()
    await page.goto(deployment.url(CITY, "/staff/settings/categories"))
    await page.get_by_role("link", name="Знаки та розмітка").click()
    await page.get_by_label("Розділ", exact=True).select_option(label="Користування дорогами")
    await page.get_by_role("button", name="Зберегти").click()
    await expect(page.get_by_text("Збережено.")).to_be_visible()


def square(west: float, south: float, size: float) -> list[list[list[float]]]:
    """A ring."""
    return [[[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]]


async def upload_districts(page: Page, deployment: Deployment, looks: Looks) -> None:
    """Two districts beside each other in place of «Усе місто»."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, "name_en": english},
            "geometry": {"type": "Polygon", "coordinates": square(west, 48.46, 0.1)},
        }
        for name, english, west in (("Фортечний район", "Fortechnyi", 32.16), ("Подільський район", "Podilskyi", 32.26))
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    await page.goto(deployment.url(CITY, "/staff/settings/districts/upload"))
    await page.get_by_label("Файл GeoJSON").set_input_files(
        {"name": "districts.geojson", "mimeType": "application/geo+json", "buffer": content}
    )
    await page.get_by_role("button", name="Перевірити файл").click()
    await expect(page.get_by_text("добре: 2")).to_be_visible()
    await looks.both(page, "fifth-districts-preview")
    await page.get_by_role("button", name="Зберегти").click()
    await expect(page.get_by_text("Подільський").first).to_be_visible()
    await looks.both(page, "fifth-districts")


async def invite_officer(page: Page, deployment: Deployment) -> None:
    """An officer gets an office and is asked to keep it."""
    await page.goto(deployment.url(CITY, "/staff/offices/new"))
    await page.locator("#code").fill("1207")
    await page.locator("#name_uk").fill("Тарас Білик")
    await page.get_by_role("button", name="Зберегти").click()
    await page.locator("#invite_email").fill(OFFICER)
    await page.get_by_role("button", name="Надіслати запрошення").click()
    await deployment.letter(OFFICER, "/office/invitations/")


async def add_body_and_people(page: Page, deployment: Deployment, looks: Looks) -> None:
    """A body that answers, a rule for everything, a person who answers for it, an officer."""
    await page.goto(deployment.url(CITY, "/staff/settings/responders/new"))
    await page.get_by_label("Назва, українською").fill("Патрульна поліція Кропивницького")
    await page.locator("#name_to_uk").fill("патрульній поліції Кропивницького")
    await page.get_by_label("Що це за установа").select_option("police")
    await page.locator("#email").fill("police@kr.example")
    await looks.both(page, "settings-body")
    await page.get_by_role("button", name="Зберегти").click()
    await page.get_by_label("Відповідає").select_option(label="Патрульна поліція Кропивницького")
    await page.get_by_role("button", name="Зберегти правило").click()
    await expect(page.get_by_text("Правило збережено.")).to_be_visible()
    await looks.both(page, "settings-bodies")
    await page.goto(deployment.url(CITY, "/staff/settings/staff"))
    await page.get_by_label("Ім’я та прізвище").fill("Олег Савченко")
    await page.get_by_label("Електронна пошта").fill(ANSWERS)
    await page.get_by_label("відповідач", exact=True).check()
    await page.get_by_label("За яку установу відповідає").select_option(label="Патрульна поліція Кропивницького")
    await page.get_by_role("button", name="Запросити").click()
    await expect(page.get_by_text("Запрошення надіслано.")).to_be_visible()
    await looks.both(page, "settings-staff")
    await page.goto(deployment.url(CITY, "/staff/settings/rules"))
    await page.get_by_label("Кабінет дільничного").check()
    await page.get_by_role("button", name="Зберегти").click()
    await page.goto(deployment.url(CITY, "/staff/offices"))
    await looks.both(page, "fifth-offices")
    await invite_officer(page, deployment)


async def ask(context: BrowserContext, deployment: Deployment) -> None:
    """A resident asks about noise; the topic asks one thing more."""
    page = await context.new_page()
    await page.goto(deployment.url(CITY, "/"))
    await page.get_by_label("Ваше запитання").fill("Чому після опівночі гримить музика біля річки?")
    await page.get_by_role("button", name="Поставити запитання").click()
    await page.get_by_label("Шум і нічні компанії").check()
    await page.get_by_role("button", name="Продовжити").click()
    await page.get_by_role("link", name="Продовжити запитання").click()
    await page.get_by_label("О котрій годині зазвичай?").fill("з опівночі до третьої")
    await page.get_by_role("button", name="Продовжити").click()
    await page.get_by_label("Район").first.select_option(index=1)
    await page.get_by_role("button", name="Продовжити").click()
    await page.get_by_role("button", name=re.compile("Продовжити|Без фото")).first.click()
    await page.get_by_label("Ім’я та прізвище").fill("Марта Гнатюк")
    await page.get_by_label("Електронна пошта").fill(RESIDENT)
    await page.get_by_role("button", name="Продовжити").click()
    await page.get_by_role("button", name="Надіслати запитання").click()
    letter = await deployment.letter(RESIDENT, "/confirm")
    await page.goto(link_in(letter, "/confirm"))
    await page.get_by_role("button", name="Підтвердити").click()
    await expect(page.get_by_text("KROPYVNYTSKYI-").first).to_be_visible()


async def test_a_fifth_city_from_nothing_to_a_green_mark(chromium: Browser, deployment: Deployment, looks: Looks) -> None:
    operator = await (await visitor(chromium, width=1280)).new_page()
    await open_city(operator, deployment, looks)
    admin = await (await visitor(chromium, width=1280)).new_page()
    await come_in(admin, deployment, ADMIN)
    await expect(admin.get_by_role("heading", level=1)).to_be_visible()
    await upload_districts(admin, deployment, looks)
    await adjust(admin, deployment, looks)
    await add_body_and_people(admin, deployment, looks)
    await ask(await visitor(chromium, width=360), deployment)

    await admin.goto(deployment.url(CITY, "/staff/queue"))
    await admin.get_by_role("link", name=re.compile("Чому після опівночі")).first.click()
    await expect(admin.get_by_text("з опівночі до третьої")).to_be_visible()
    await admin.get_by_role("button", name=re.compile("Опублікувати й передати|Опублікувати і передати")).first.click()
    everybody = await (await visitor(chromium, width=1280)).new_page()
    await everybody.goto(deployment.url(CITY))
    await expect(everybody.locator(".results").get_by_text("Чому після опівночі гримить музика біля річки?")).to_be_visible()
    await looks.at(everybody, "fifth-city-red-1280")

    responder = await (await visitor(chromium, width=360)).new_page()
    await come_in(responder, deployment, ANSWERS)
    await responder.goto(deployment.url(CITY, "/staff/body"))
    await looks.both(responder, "body")
    await responder.get_by_role("link", name=re.compile("Чому після опівночі")).click()
    await responder.get_by_label("Коротко").fill("щоночі там буде патруль")
    await looks.both(responder, "body-question")
    await responder.get_by_role("button", name="Надіслати модераторові").click()
    await expect(responder.get_by_text("Надіслано модераторові.")).to_be_visible()

    await admin.goto(deployment.url(CITY, "/staff/queue?state=routed"))
    await admin.get_by_role("link", name=re.compile("Чому після опівночі")).first.click()
    await admin.goto(admin.url.split("?")[0] + "/answer")
    await expect(admin.locator("#short")).to_have_value("щоночі там буде патруль")
    await admin.get_by_role("button", name=re.compile("Переглянути")).first.click()
    await admin.get_by_role("button", name="Опублікувати", exact=True).click()
    await everybody.goto(deployment.url(CITY, "/?state=answered"))
    await expect(everybody.locator(".results").get_by_text("Чому після опівночі гримить музика біля річки?")).to_be_visible()
    await looks.at(everybody, "fifth-city-green-1280")
    officer = await (await visitor(chromium, width=360)).new_page()
    await come_in(officer, deployment, OFFICER, "/office/invitations/")
    await expect(officer.get_by_role("heading", name="Чи все на сторінці правильно?")).to_be_visible()
    await everybody.goto(f"http://localhost:{deployment.port}/")
    await looks.both(everybody, "apex")
    await expect(everybody.get_by_role("link", name=re.compile("Кропивницький")).first).to_be_visible()
