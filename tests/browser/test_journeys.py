"""From a question to a green mark, as people do it, in two cities that never see each other's."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Deployment, link_in, sign_in, visitor
from tests.browser.looks import Looks

pytestmark = pytest.mark.xdist_group("browser")


class Story:
    """What is asked where."""

    def __init__(self, city: str, title: str, address: str, place: str, category: str, email: str, responder: str) -> None:
        self.city = city
        self.title = title
        self.address = address
        self.place = place
        self.category = category
        self.email = email
        self.responder = responder


KYIV = Story(
    "kyiv",
    "Хто прибере самокати, що лежать упоперек пандуса?",
    "метро Лісова",
    "Лісова",
    "Користування дорогами",
    "iryna@ukr.example",
    "kmda@kyiv.example",
)
POLTAVA = Story(
    "poltava", "Чому біля Корпусного парку торгують рибою просто з багажника?", "Корпусний сад", "Корпусний сад", "Незаконна торгівля",
    "petro@ukr.example", "rada@poltava.example",
)  # fmt: skip


async def ask(page: Page, deployment: Deployment, story: Story, looks: Looks | None = None) -> None:
    """Write a question from the home page to «check your mail»."""

    async def look(name: str) -> None:
        if looks:
            await looks.both(page, f"ask-{name}")

    if looks:
        await page.goto(deployment.url(story.city, "/ask"))
        await look("0-question")
    await page.goto(deployment.url(story.city))
    await page.get_by_label("Ваше запитання").fill(story.title)
    await page.get_by_role("button", name="Поставити запитання").click()
    await look("1-category")
    await page.get_by_label(re.compile(story.category)).first.check()
    await page.get_by_role("button", name="Продовжити").click()
    await expect(page.get_by_role("heading", name="Хто за це відповідає", level=1)).to_be_visible()
    await look("2-guidance")
    await page.get_by_role("link", name="Продовжити запитання").click()
    await look("3-place")
    await page.get_by_label("Вулиця й будинок або відоме місце").fill(story.address)
    await page.get_by_role("button", name="Знайти").click()
    await page.get_by_label(re.compile(story.place)).and_(page.locator("[type=radio]")).first.check()
    await page.get_by_role("button", name="Продовжити").click()
    await look("4-photos")
    await page.get_by_role("button", name="Продовжити без фото").click()
    await page.get_by_label("Ім’я та прізвище").fill("Ірина Левченко")
    await page.get_by_label("Електронна пошта").fill(story.email)
    await page.get_by_label(re.compile("Підписати")).check()
    await look("5-you")
    await page.get_by_role("button", name="Продовжити").click()
    await expect(page.get_by_text("Підпис: Ірина Л.")).to_be_visible()
    await look("6-check")
    await page.get_by_role("button", name="Надіслати запитання").click()
    await expect(page.get_by_role("heading", name="Перевірте пошту")).to_be_visible()
    await look("7-sent")


async def confirm(page: Page, deployment: Deployment, story: Story, looks: Looks | None = None) -> str:
    """Follow the link of the letter; returns the number."""
    letter = await deployment.letter(story.email, "/confirm/")
    await page.goto(link_in(letter, "/confirm/"))
    await page.get_by_role("button", name="Підтвердити запитання").click()
    if looks:
        await looks.both(page, "author-submitted")
    number = (await page.locator("main").inner_text()).split(f"{story.city.upper()}-", 1)[1][:11]
    return f"{story.city.upper()}-{number}"


async def moderate(page: Page, number: str, looks: Looks | None = None) -> None:
    """Find it in the queue, publish it, send it to the responder of the city's rule."""
    await page.get_by_label("Номер звернення").fill(number)
    await page.get_by_role("button", name="Знайти").click()
    if looks:
        await looks.both(page, "staff-review")
    await page.get_by_role("button", name="Лише опублікувати").click()


@pytest.mark.parametrize("story", [KYIV, POLTAVA], ids=lambda story: story.city)
async def test_a_question_turns_red_and_then_green(chromium: Browser, deployment: Deployment, looks: Looks, story: Story) -> None:
    pictures = looks if story is KYIV else None
    resident = await (await visitor(chromium, width=360, height=780)).new_page()
    await ask(resident, deployment, story, pictures)
    number = await confirm(resident, deployment, story, pictures)
    path = f"/appeals/{number}"
    assert (await resident.goto(deployment.url(story.city, path))).status == 404  # type: ignore[union-attr]

    staff = await (await visitor(chromium)).new_page()
    await sign_in(staff, deployment, story.city)
    if pictures:
        await pictures.both(staff, "staff-desk")
    await staff.goto(deployment.url(story.city, "/staff/queue"))
    if pictures:
        await pictures.both(staff, "staff-queue")
    await moderate(staff, number, pictures)

    await resident.goto(deployment.url(story.city, path))
    await expect(resident.get_by_text("Чекає на відповідь").first).to_be_visible()
    await resident.goto(deployment.url(story.city, "/?state=waiting"))
    await expect(resident.get_by_role("link", name=story.title)).to_be_visible()

    await staff.goto(deployment.url(story.city, f"/staff/queue?number={number}"))
    await staff.get_by_role("button", name="Передати", exact=True).click()
    responder = await deployment.letter(story.responder, story.title)
    assert story.email not in responder.as_string()

    await staff.goto(deployment.url(story.city, f"/staff/queue?number={number}"))
    await staff.get_by_role("link", name="Написати відповідь").click()
    if pictures:
        await pictures.both(staff, "staff-answer")
    await staff.get_by_label("Коротко", exact=True).fill("це прибирає оператор прокату, а місто його штрафує.")
    await staff.get_by_label(re.compile("^Докладно")).fill(
        "Напишіть операторові.\n\nЯкщо за добу нічого не зміниться, телефонуйте 1551."
    )
    await staff.get_by_label("Крок 1: що зробити").fill("Напишіть операторові")
    await staff.get_by_role("button", name="Переглянути, як побачать усі").click()
    if pictures:
        await pictures.both(staff, "staff-preview")
    await staff.get_by_role("button", name="Опублікувати", exact=True).click()

    await resident.goto(deployment.url(story.city, path))
    await expect(resident.get_by_text("Є відповідь").first).to_be_visible()
    await expect(resident.get_by_text("це прибирає оператор прокату").first).to_be_visible()
    await deployment.letter(story.email, "це прибирає оператор прокату")
    if pictures:
        await pictures.both(resident, "appeal-green")

    other = POLTAVA if story is KYIV else KYIV
    assert (await resident.goto(deployment.url(other.city, path))).status == 404  # type: ignore[union-attr]
    await resident.goto(deployment.url(other.city, f"/?q={story.title.split()[-1].strip('?')}"))
    assert await resident.get_by_role("link", name=story.title).count() == 0
