"""What a city says of itself and chooses: each form with its wrong inputs, each change where residents meet it."""

from typing import Any

import pytest
from sqlalchemy import select

from src.platform.data.tenancy import City
from src.platform.people.audit.models import AuditEvent
from tests.site import Page, Site
from tests.tenants.staff import fields
from tests.tenants.walk import Walk, picture

CITY, RULES, LOOK, PAGES = "/staff/settings/city", "/staff/settings/rules", "/staff/settings/look", "/staff/settings/pages"


async def filled(site: Site, path: str) -> dict[str, Any]:
    """The form of a page as a browser would send it."""
    return fields(await site.get(path), path)


async def row(site: Site) -> City:
    """The city's row as it is."""
    async with site.unit() as session:
        return (await session.execute(select(City).where(City.slug == site.slug))).scalar_one()


async def actions(site: Site) -> list[str]:
    """What the audit log holds, without signing in."""
    async with site.unit() as session:
        found = await session.execute(select(AuditEvent.action).order_by(AuditEvent.id))
        return [action for action in found.scalars() if action != "session.begun"]


def lists(sent: dict[str, Any], page: Page, *names: str) -> dict[str, Any]:
    """The form with all values of fields that come several times."""
    return sent | {name: [str(control.get("value", "")) for control in page.all(f'[name="{name}"]')] for name in names}


async def city_form(site: Site) -> dict[str, Any]:
    """The form of names and contacts."""
    page = await site.get(CITY)
    return lists(fields(page, CITY), page, "number", "words_uk", "words_en") | {"languages": ["uk", "en"]}


async def test_names_and_contacts_are_where_residents_meet_them(site: Site) -> None:
    await site.sign_in("administrator")
    sent = await city_form(site) | {
        "name_in_uk": "у столиці",
        "contact_phone": "1551",
        "number": ["102", "103", "", ""],
        "words_uk": ["поліція", "швидка", "", ""],
        "words_en": ["police", "ambulance", "", ""],
    }
    shown = await site.post(CITY, sent | {"preview": "1"}, status=200)
    assert "Запитання й відповіді у столиці" in shown.words
    assert (await row(site)).name_in["uk"] != "у столиці", "showing stores nothing"
    await site.post(CITY, sent)
    home = await site.another_browser().get("/")
    assert "Що турбує вас у столиці?" in home.words
    assert [item["href"] for item in home.all(".phones a")][:3] == ["tel:102", "tel:103", "tel:1551"]
    assert "ambulance" in (await site.another_browser().english.get("/")).words
    assert set(await actions(site)) == {"city.described", "city.settings"}


async def test_saving_what_is_there_already_writes_no_line(site: Site) -> None:
    await site.sign_in("administrator")
    await site.post(CITY, await city_form(site))
    assert await actions(site) == []


async def test_a_city_may_speak_ukrainian_only(site: Site) -> None:
    await site.sign_in("administrator")
    await site.post(CITY, await city_form(site) | {"languages": ["uk"]})
    guest = site.another_browser()
    assert not (await guest.get("/")).all("a.language")
    there = await guest.get("/en/guides?x=1", status=302)
    assert there.location == "/guides?x=1"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name_uk": ""}, "Напишіть назву міста"),
        ({"name_uk": "Kyiv"}, "Напишіть українською"),
        ({"name_uk": "К" * 81}, "Скоротіть до 80 знаків"),
        ({"name_en": ""}, "Сайт має англійську версію, тож напишіть і англійською"),
        ({"name_in_uk": ""}, "Напишіть, де це: «у Києві», «в Одесі»"),
        ({"name_of_uk": ""}, "Напишіть, чого це: «Києва», «Одеси»"),
        ({"example_uk": "а" * 201}, "Скоротіть до 200 знаків"),
        ({"contact_phone": "дзвоніть"}, "Напишіть номер цифрами, наприклад 1551 або +380 44 123 45 67"),
        ({"contact_email": "мерія"}, "Перевірте електронну адресу: вона має бути такою, як oksana@ukr.net"),
        ({"number": ["112"], "words_uk": ["допомога"], "words_en": ["help"]}, "Номер 102 має залишитися"),
        ({"number": ["102", "103"], "words_uk": ["поліція", ""], "words_en": ["", ""]}, "Напишіть, чий це номер: 103"),
        ({"number": ["102", ""], "words_uk": ["поліція", "швидка"], "words_en": ["", ""]}, "Біля «швидка» немає номера"),
        ({"number": ["102", "сто"], "words_uk": ["поліція", "швидка"], "words_en": ["", ""]}, "Напишіть номер цифрами"),
    ],
)
async def test_wrong_names_and_contacts(site: Site, changes: dict[str, Any], sentence: str) -> None:
    await site.sign_in("administrator")
    sent = await city_form(site) | {"example_en": "For example: kept"} | changes
    page = await site.post(CITY, sent, status=422)
    assert sentence in page.words
    assert page.one("#example_en")["value"] == "For example: kept"
    assert await actions(site) == []


async def rules_form(site: Site) -> dict[str, Any]:
    """The form of rules."""
    return await filled(site, RULES) | {"working_days": ["0", "1", "2", "3", "4"]}


async def test_rules_are_shown_to_whoever_asks_and_whoever_reviews(site: Site) -> None:
    await site.sign_in("administrator")
    sent = await rules_form(site) | {"moderation_rules_uk": "Жодних номерів авто.", "sign_by_default": "1", "personal_days": "90"}
    assert "Жодних номерів авто." in (await site.post(RULES, sent | {"preview": "1"}, status=200)).words
    await site.post(RULES, sent)
    options = (await row(site)).options
    assert (options.personal_days, options.sign_by_default) == (90, True)
    appeal_id = await site.ask()
    assert "Жодних номерів авто." in (await site.get(f"/staff/appeals/{appeal_id}")).words


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"questions_per_day": "багато"}, "Напишіть число від 1 до 100000"),
        ({"personal_days": "7"}, "Напишіть число від 30 до 3650"),
        ({"audit_days": "99999999999"}, "Напишіть число від 30 до 3650"),
        ({"working_days": []}, "Виберіть хоча б один робочий день"),
        ({"working_days": ["9"]}, "Виберіть хоча б один робочий день"),
        ({"after_deletion": "burn"}, "Виберіть, що буде із запитаннями"),
        ({"curfew_from": "23:00", "curfew_to": ""}, "Напишіть обидва часи або не пишіть жодного"),
        ({"curfew_from": "23:00", "curfew_to": "23:00"}, "Початок і кінець збігаються. Перевірте час"),
        ({"curfew_from": "25:00", "curfew_to": "05:00"}, "Напишіть час так: 23:00"),
        ({"moderation_rules_uk": "а" * 4001}, "Скоротіть до 4 000 знаків"),
    ],
)
async def test_wrong_rules(site: Site, changes: dict[str, Any], sentence: str) -> None:
    await site.sign_in("administrator")
    page = await site.post(RULES, await rules_form(site) | {"moderation_rules_en": "Kept."} | changes, status=422)
    assert sentence in page.words.replace("\xa0", " ")
    assert "Kept." in page.one("#moderation_rules_en").get_text()
    assert await actions(site) == []


async def test_an_accent_that_cannot_be_read_is_refused_and_the_nearest_offered(site: Site) -> None:
    await site.sign_in("administrator")
    page = await site.post(LOOK, {"accent": "#ffe680", "accent_dark": "#8fbcf0"}, status=422)
    assert "#ffe680 погано видно у світлому вигляді" in page.words
    offered = page.one('button[name="use_accent"]')["value"]
    taken = await site.post(LOOK, {"accent": "#ffe680", "accent_dark": "#8fbcf0", "use_accent": str(offered)}, status=200)
    assert taken.one("#accent")["value"] == offered
    await site.post(LOOK, {"accent": str(offered), "accent_dark": "#8fbcf0"})
    assert f"--city-accent:{offered}" in (await site.another_browser().get("/")).text


async def test_a_dark_accent_is_found_for_a_light_one(site: Site) -> None:
    await site.sign_in("administrator")
    page = await site.post(LOOK, {"accent": "#0b6b3a", "accent_dark": "#000000", "derive": "1"}, status=200)
    found = str(page.one("#accent_dark")["value"])
    await site.post(LOOK, {"accent": "#0b6b3a", "accent_dark": found})
    kept = await site.post(LOOK, {"accent": "трава", "accent_dark": found, "derive": "1"}, status=422)
    assert kept.one("#accent_dark")["value"] == found


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"accent": ""}, "Виберіть колір"),
        ({"accent": "синій"}, "Напишіть колір шістьма знаками після #"),
        ({"accent_dark": "#101010"}, "погано видно в темному вигляді"),
        ({"front_text_uk": "а" * 2001}, "Скоротіть до 2 000 знаків"),
    ],
)
async def test_a_wrong_look(site: Site, changes: dict[str, str], sentence: str) -> None:
    await site.sign_in("administrator")
    sent = {"accent": "#1d4e89", "accent_dark": "#8fbcf0", "front_text_en": "Kept"} | changes
    page = await site.post(LOOK, sent, status=422)
    assert sentence in page.words.replace("\xa0", " ")
    assert "Kept" in page.one("#front_text_en").get_text()


async def test_the_front_text_is_markdown_that_cannot_hurt(site: Site) -> None:
    await site.sign_in("administrator")
    words = "**Увага!** <script>alert(1)</script> [Мапа](https://kyiv.example/) [зло](javascript:alert(1))"
    await site.post(LOOK, {"accent": "#1d4e89", "accent_dark": "#8fbcf0", "front_text_uk": words})
    front = (await site.another_browser().get("/")).one(".front-text")
    assert front.select_one("strong").get_text() == "Увага!"
    assert not front.select("script")
    assert [link["href"] for link in front.select("a")] == ["https://kyiv.example/"]
    assert not (await site.another_browser().get("/?state=waiting")).all(".front-text"), "a filtered list is about the list"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" onload="x()"><circle cx="5" cy="5" r="4" fill="#123"/></svg>'


async def test_a_crest_is_made_anew_and_served_without_rights(site: Site) -> None:
    await site.sign_in("administrator")
    page = await site.post(f"{LOOK}/crest", files=[("crest", "герб.svg", SVG)], status=200)
    assert "Герб збережено." in page.words
    shown = (await site.another_browser().get("/")).one(".brand-crest")
    answer = await site.another_browser().get(str(shown["src"]))
    assert answer.response.headers["content-type"].startswith("image/svg+xml")
    assert answer.response.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert "onload" not in answer.text
    again = await site.post(f"{LOOK}/crest", files=[("crest", "герб.png", picture("PNG", (40, 40)))])
    assert "crest" in again.location
    await site.another_browser().get(str(shown["src"]), status=404)
    await site.post(f"{LOOK}/crest", {"remove": "1"})
    assert not (await site.another_browser().get("/")).all(".brand-crest")


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("", b"", "Виберіть файл SVG або PNG"),
        ("x.svg", b"   ", "Файл порожній. Виберіть інший"),
        ("x.gif", b"GIF89a" + b"\x00" * 60, "Це не SVG і не PNG"),
        ("x.svg", b"<svg", "Файл SVG пошкоджений або обірваний"),
        ("x.svg", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>', "є власні визначення"),
        ("x.svg", b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>', "немає ліній і фігур"),
    ],
)
async def test_a_wrong_crest(site: Site, name: str, data: bytes, sentence: str) -> None:
    await site.sign_in("administrator")
    files = [("crest", name, data)] if name else []
    page = await site.post(f"{LOOK}/crest", {"x": "1"}, files=files, status=422)
    assert sentence in page.words
    assert (await row(site)).crest == ""


async def test_a_page_is_written_shown_and_removed(site: Site) -> None:
    await site.sign_in("administrator")
    sent = {"title_uk": "Як ми працюємо", "title_en": "How we work", "body_uk": "## Хто\n\n- ми", "body_en": ""}
    shown = await site.post(f"{PAGES}/new", sent | {"preview": "1"}, status=200)
    assert shown.one(".work-side h2:not(#preview-title)").get_text() == "Хто"
    await site.post(f"{PAGES}/new", sent)
    assert (await site.another_browser().get("/pages/how-we-work")).one("main li").get_text() == "ми"
    assert "Сторінка з такою назвою вже є" in (await site.post(f"{PAGES}/new", sent, status=422)).words
    await site.post(f"{PAGES}/how-we-work", {"remove": "1"})
    await site.another_browser().get("/pages/how-we-work", status=404)
    await site.post(f"{PAGES}/about", {"remove": "1"}, status=422)
    await site.another_browser().get("/pages/about")
    await site.get(f"{PAGES}/nothing", status=404)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title_uk": ""}, "Напишіть назву сторінки"),
        ({"title_uk": "???"}, "З цієї назви не скласти адреси"),
        ({"title_uk": "а" * 121}, "Скоротіть до 120 знаків"),
        ({"body_uk": " "}, "Напишіть текст сторінки"),
        ({"body_en": "а" * 50_001}, "Текст довший за 50 000 знаків"),
    ],
)
async def test_a_wrong_page(site: Site, changes: dict[str, str], sentence: str) -> None:
    await site.sign_in("administrator")
    sent = {"title_uk": "Як", "title_en": "", "body_uk": "Так", "body_en": ""} | changes
    page = await site.post(f"{PAGES}/new", sent, status=422)
    assert sentence in page.words.replace("\xa0", " ")


@pytest.mark.parametrize(
    "path", ["", "/city", "/rules", "/look", "/pages", "/pages/about", "/domain", "/categories", "/responders"]
)
async def test_settings_are_the_administrators(site: Site, path: str) -> None:
    await site.sign_in()
    await site.get(f"/staff/settings{path}", status=404)
    await site.sign_in("administrator")
    await site.english.get(f"/staff/settings{path}")


async def test_whoever_asks_finds_signing_as_the_city_proposes_it(site: Site) -> None:
    walk = Walk(site.another_browser())
    await walk.begin()
    await walk.category()
    await walk.place()
    await walk.photos()
    assert (await walk.site.get(walk.at("you"))).one('input[name="signature"][checked]')["value"] == "none"
    await site.sign_in("administrator")
    await site.post(RULES, await rules_form(site) | {"sign_by_default": "1"})
    assert (await walk.site.get(walk.at("you"))).one('input[name="signature"][checked]')["value"] == "name"
    await walk.you(signature="none")
    assert (await walk.site.get(walk.at("you"))).one('input[name="signature"][checked]')["value"] == "none", (
        "what they chose stays"
    )
