"""Bodies that answer: their record, units, routing rules; what the rules leave out and who is silent."""

from typing import Any

import pytest
from sqlalchemy import select

from src.tenants.cities.catalogue import Catalogue, catalogue
from src.tenants.cities.models import Responder
from tests.conftest import Clock
from tests.mailbox import Mailbox
from tests.site import Site
from tests.tenants.staff import fields

HOME = "/staff/settings/responders"
NEW: dict[str, Any] = {
    "name_uk": "Київводоканал",
    "name_en": "Kyiv Water",
    "name_to_uk": "Київводоканалу",
    "kind": "utility",
    "email": "Water@kyiv.example",
    "more_emails": "duty@kyiv.example; chief@kyiv.example",
    "phone": "1583",
    "hours_uk": "цілодобово",
    "parent": "",
}


async def row(site: Site, slug: str) -> Responder:
    """A body's row."""
    async with site.unit() as session:
        return (await session.execute(select(Responder).where(Responder.slug == slug))).scalar_one()


async def known(site: Site) -> Catalogue:
    """The city's catalogue."""
    async with site.unit() as session:
        return await catalogue(session)


async def test_a_body_is_made_and_gets_its_letters_at_all_its_addresses(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    await site.post(f"{HOME}/new", NEW)
    water = await row(site, "kyiv-water")
    assert (water.email, water.more_emails) == ("water@kyiv.example", ["chief@kyiv.example", "duty@kyiv.example"])
    assert water.initials["uk"] == "К"
    page = await site.get(HOME)
    assert "комунальна служба" in page.words
    assert "цілодобово" in page.words
    await site.routed(responder="kyiv-water")
    await mail.deliver()
    for address in (water.email, *water.more_emails):
        assert len(mail.to(address)) == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name_uk": ""}, "Напишіть, як називається установа"),
        ({"name_uk": "Патрульна поліція Києва"}, "Установа з такою назвою вже є"),
        ({"name_uk": "я" * 121}, "Скоротіть до 120 знаків"),
        ({"name_to_uk": ""}, "Напишіть, кому: «патрульній поліції Полтави»"),
        ({"kind": "army"}, "Виберіть, що це за установа"),
        ({"email": ""}, "Напишіть адресу, на яку надсилати запитання"),
        ({"email": "вода"}, "Перевірте електронну адресу"),
        ({"more_emails": "duty@kyiv.example, черговий"}, "Перевірте адресу «черговий»"),
        ({"more_emails": ", ".join(f"a{n}@kyiv.example" for n in range(6))}, "Не більше 5 додаткових адрес"),
        ({"phone": "дзвоніть"}, "Напишіть номер цифрами"),
        ({"parent": "0195a000-0000-7000-8000-00000000000a"}, "Виберіть установу зі списку"),
        ({"about_uk": "я" * 301}, "Скоротіть до 300 знаків"),
    ],
)
async def test_a_wrong_body(site: Site, changes: dict[str, Any], sentence: str) -> None:
    await site.sign_in("administrator")
    page = await site.post(f"{HOME}/new", NEW | {"about_en": "Kept"} | changes, status=422)
    assert sentence in page.words
    assert page.one("#about_en")["value"] == "Kept"


async def test_a_unit_stands_below_its_body(site: Site) -> None:
    await site.sign_in("administrator")
    await site.post(f"{HOME}/new", NEW)
    water = await row(site, "kyiv-water")
    await site.post(f"{HOME}/new", NEW | {"name_uk": "Аварійна бригада", "name_en": "Repairs", "parent": str(water.id)})
    names = [item.get_text() for item in (await site.get(HOME)).all(".topic-row.below a")]
    assert names == ["Аварійна бригада"]
    sent = fields(await site.get(f"{HOME}/{water.id}"), f"{HOME}/{water.id}")
    patrol = await site.responder("patrol-police")
    refused = await site.post(f"{HOME}/{water.id}", sent | {"parent": str(patrol)}, status=422)
    assert "У цієї установи є свої підрозділи" in refused.words


async def test_rules_go_from_the_narrow_to_the_wide(site: Site) -> None:
    await site.sign_in("administrator")
    here = await site.known()
    dogs, district = here.category_by_slug["dogs"], here.districts[0]
    legal, patrol = await site.responder("legal-aid"), await site.responder("patrol-police")
    rule = {"category": str(dogs.id), "district": str(district.id), "responder": str(legal)}
    done = await site.post("/staff/settings/routing", rule)
    assert "Правило збережено" in (await site.get(done.location)).words
    source = await known(site)
    assert source.responder_for(dogs.id, district.id) == legal
    await site.post("/staff/settings/routing", rule | {"responder": str(patrol)})
    assert (await known(site)).responder_for(dogs.id, district.id) == patrol
    await site.post("/staff/settings/routing", rule | {"remove": "1"})
    assert (dogs.id, district.id) not in (await known(site)).cases


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"category": "x"}, "Виберіть тему зі списку"),
        ({"district": "x"}, "Виберіть район зі списку"),
        ({"responder": ""}, "Виберіть, хто відповідатиме"),
    ],
)
async def test_a_wrong_rule(site: Site, changes: dict[str, str], sentence: str) -> None:
    await site.sign_in("administrator")
    rule = {"category": "any", "district": "any", "responder": str(await site.responder("legal-aid"))} | changes
    assert sentence in (await site.post("/staff/settings/routing", rule, status=422)).words


async def test_a_retired_body_is_passed_over_and_stays_named_where_it_answered(site: Site) -> None:
    appeal_id = await site.answered()
    await site.sign_in("administrator")
    patrol = await site.responder("patrol-police")
    category = (await site.known()).category_by_slug["traffic"].id
    district = (await site.known()).districts[0].id
    assert (await known(site)).responder_for(category, district) == patrol
    await site.post(f"{HOME}/{patrol}/retirement")
    assert (await known(site)).responder_for(category, district) != patrol
    guest = site.another_browser()
    assert "Патрульна поліція" in (await guest.get(f"/appeals/{await site.number(appeal_id)}")).words
    await site.post(f"{HOME}/{patrol}/retirement", {"way": "back"})
    assert (await known(site)).responder_for(category, district) == patrol


async def test_gaps_show_cases_without_a_body_and_bodies_that_are_silent(site: Site, clock: Clock) -> None:
    await site.sign_in("administrator")
    assert "Кожне запитання має кому піти." in (await site.get("/staff/gaps")).words
    await site.routed()
    assert "Мовчать" in (await site.get("/staff/gaps")).words
    assert not (await site.get("/staff/gaps")).one("#silent-title").find_next_sibling("ul")
    clock.forward(days=20)
    await site.sign_in("administrator")
    silent = (await site.get("/staff/gaps")).one("section[aria-labelledby=silent-title]").get_text(" ", strip=True)
    assert "Патрульна поліція" in silent
    assert "найдавніше 20 днів" in silent
    for rule in (await known(site)).rules:
        if rule.category_id is None:
            case = {"category": "any", "district": str(rule.district_id or "any"), "remove": "1"}
            await site.post("/staff/settings/routing", case)
    page = await site.get("/staff/gaps")
    assert "без відповідача" in page.words
    assert page.all("td.hole")
