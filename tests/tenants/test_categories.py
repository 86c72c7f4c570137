"""A city's own topics: two levels, guidance, extra questions kept with the appeal; retired and merged without losing the past."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from src.tenants.appeals.models import Appeal, Submission
from src.tenants.cities.models import Category, RoutingRule
from tests.site import Page, Site
from tests.tenants.staff import fields
from tests.tenants.walk import Walk

HOME = "/staff/settings/categories"
NEW: dict[str, Any] = {
    "name_uk": "Ями на дорогах",
    "name_en": "Potholes",
    "hint_uk": "Яма, просідання, люк",
    "whose_uk": "Дороги ремонтує місто.",
    "now_uk": "Обведіть яму крейдою.\nСфотографуйте її.",
    "call_102_when_uk": "Якщо сталася аварія.",
    "precision": "exact",
    "keywords": "яма, люк",
    "icon": "road",
    "colour": "teal",
}
QUESTIONS: dict[str, Any] = {
    "q_key": ["depth", "side", "since"],
    "q_kind": ["number", "choice", "date"],
    "q_label_uk": ["Яка завглибшки, см?", "З якого боку?", "Відколи?"],
    "q_label_en": ["How deep, cm?", "Which side?", ""],
    "q_choices": ["", "Парний | Even\nНепарний | Odd", ""],
    "q_required": ["side"],
}


async def row(site: Site, slug: str) -> Category:
    """A category's row."""
    async with site.unit() as session:
        return (await session.execute(select(Category).where(Category.slug == slug))).scalar_one()


async def form_of(site: Site, slug: str) -> tuple[str, dict[str, Any]]:
    """Where a category's form goes, and what a browser would send with it."""
    path = f"{HOME}/{(await row(site, slug)).id}"
    page = await site.get(path)
    sent = fields(page, path)
    return path, {name: value for name, value in sent.items() if not name.startswith("q_")}


async def made(site: Site, **changes: Any) -> Page:
    """A new category through the page."""
    await site.sign_in("administrator")
    return await site.post(f"{HOME}/new", NEW | changes)


async def test_a_topic_is_made_shown_beforehand_and_asked_in(site: Site) -> None:
    await site.sign_in("administrator")
    shown = await site.post(f"{HOME}/new", NEW | QUESTIONS | {"preview": "1"}, status=200)
    preview = shown.one(".work-side").get_text(" ")
    assert "Дороги ремонтує місто." in preview
    assert "Парний / Непарний, обов’язково" in " ".join(preview.split())
    await made(site, **QUESTIONS)
    guide = await site.another_browser().get("/guides/potholes")
    assert "Обведіть яму крейдою." in guide.words
    assert "Potholes" in (await site.another_browser().english.get("/guides")).words
    assert "Ями на дорогах" in (await site.get(HOME)).words


async def test_extra_questions_are_asked_checked_and_kept_with_the_appeal(site: Site) -> None:
    await made(site, **QUESTIONS)
    guest = site.another_browser()
    walk = await Walk(guest).begin()
    await walk.category("potholes")
    assert (await guest.get(walk.at("guidance"))).one("a.button.primary")["href"].endswith(walk.at("more"))
    page = await guest.get(walk.at("place"), status=303)
    assert page.location.endswith(walk.at("more")), "nobody gets past a required question"
    wrong = await guest.post(walk.at("more"), {"extra-depth": "глибока", "extra-since": "учора"}, status=422)
    for sentence in ("Напишіть число цифрами", "Дайте відповідь на це запитання", "Напишіть дату так: 27.11.2026"):
        assert sentence in wrong.words
    assert wrong.one("#extra-depth")["value"] == "глибока"
    done = await guest.post(walk.at("more"), {"extra-depth": "12,5", "extra-side": "Парний", "extra-since": "01.11.2026"})
    assert done.location.endswith(walk.at("place"))
    await walk.place()
    await walk.photos()
    await walk.you()
    check = await walk.check()
    assert "Яка завглибшки, см? 12,5" in check.one("#private").get_text(" ", strip=True)
    await guest.post(walk.at("check"), {"seen": await walk.seen()})
    async with site.unit() as session:
        kept = (await session.execute(select(Submission.extra))).scalar_one()
        appeal_id = (await session.execute(select(Submission.id))).scalar_one()
    assert [(each["key"], each["value"]) for each in kept] == [("depth", "12,5"), ("side", "Парний"), ("since", "01.11.2026")]
    # The city changes the question; what was answered stays as it was asked.
    path, sent = await form_of(site, "potholes")
    await site.post(path, sent)
    assert (await row(site, "potholes")).questions == []
    async with site.unit() as session:
        from src.tenants.appeals import service as appeals

        await appeals.confirm(session, await site.city(), appeal_id, now=site.clock.now)
    assert "З якого боку? Парний" in " ".join((await site.get(f"/staff/appeals/{appeal_id}")).words.split())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name_uk": ""}, "Напишіть назву теми"),
        ({"name_uk": "Паркування"}, "Тема з такою назвою вже є"),
        ({"name_uk": "я" * 61}, "Скоротіть до 60 знаків"),
        ({"hint_uk": "я" * 161}, "Скоротіть до 160 знаків"),
        ({"whose_uk": ""}, "Поясніть, чия це справа"),
        ({"whose_uk": "я" * 4001}, "Скоротіть до 4 000 знаків"),
        ({"now_uk": "крок\n" * 11}, "Залиште не більше 10 кроків"),
        ({"now_uk": "к" * 301}, "Крок має вміститися у 300 знаків"),
        ({"emergency": "1", "call_102_when_uk": ""}, "Напишіть, коли телефонувати 102"),
        ({"precision": "всюди"}, "Виберіть, наскільки точно показувати місце"),
        ({"sensitive": "1"}, "Чутлива тема не показує точного місця"),
        ({"icon": "skull"}, "Виберіть значок зі списку"),
        ({"colour": "red"}, "Виберіть колір зі списку"),
        ({"parent": "x"}, "Виберіть розділ зі списку"),
        ({"responder": "0195a000-0000-7000-8000-00000000000a"}, "Виберіть відповідача зі списку"),
        ({"keywords": ",".join(f"слово{n}" for n in range(61))}, "До 60 слів через кому"),
        ({**QUESTIONS, "q_label_uk": ["", "З якого боку?", ""]}, "Напишіть додаткове запитання українською"),
        ({**QUESTIONS, "q_kind": ["порода", "choice", "date"]}, "Виберіть, якою буде відповідь"),
        ({**QUESTIONS, "q_choices": ["", "Парний", ""]}, "потрібні хоча б дві відповіді"),
        ({**QUESTIONS, "q_choices": ["", "\n".join(str(n) for n in range(21)), ""]}, "До 20 відповідей"),
        ({**QUESTIONS, "q_label_uk": ["я" * 161, "З якого боку?", ""]}, "має вміститися у 160 знаків"),
    ],
)
async def test_a_wrong_topic(site: Site, changes: dict[str, Any], sentence: str) -> None:
    await site.sign_in("administrator")
    page = await site.post(f"{HOME}/new", NEW | {"hint_en": "Kept"} | changes, status=422)
    assert sentence in page.words.replace("\xa0", " ")
    assert page.one("#hint_en")["value"] == "Kept"
    async with site.unit() as session:
        assert (await session.execute(select(Category.id).where(Category.slug == "potholes"))).first() is None


async def test_a_heading_takes_no_questions_and_its_filter_finds_what_is_below(site: Site) -> None:
    await made(site, parent=str((await row(site, "road-use")).id))
    below = await site.published(category="potholes")
    beside = await site.published(category="parking", title="Авто на газоні знову стоїть")
    guest = site.another_browser()
    walk = await Walk(guest).begin()
    page = await guest.get(walk.at("category"))
    assert not page.all('input[value="road-use"]')
    assert page.one(".choices-heading").get_text() == (await row(site, "road-use")).name["uk"]
    assert page.all('input[value="potholes"]')
    refused = await guest.post(walk.at("category"), {"category": "road-use"}, status=422)
    assert "Теми, яку ви вибрали, вже немає" in refused.words
    found = (await guest.get("/api/v1/appeals?category=road-use")).json()["items"]
    assert [item["number"] for item in found] == [await site.number(below)]
    assert (await site.number(beside)) not in (await guest.get("/?category=road-use")).text
    path, sent = await form_of(site, "road-use")
    other = str((await row(site, "parking")).id)
    assert "Рівнів лише два" in (await site.post(path, sent | {"parent": other}, status=422)).words


async def test_a_retired_topic_keeps_its_past_and_comes_back(site: Site) -> None:
    appeal_id = await site.published(category="dogs")
    await site.sign_in("administrator")
    path = f"{HOME}/{(await row(site, 'dogs')).id}"
    await site.post(f"{path}/retirement")
    guest = site.another_browser()
    assert "Собаки" in (await guest.get(f"/appeals/{await site.number(appeal_id)}")).words
    assert (await guest.get("/api/v1/appeals?category=dogs")).json()["items"]
    assert not (await guest.get((await Walk(guest).begin()).at("category"))).all('input[value="dogs"]')
    assert "Собаки" not in (await guest.get("/guides")).words
    counted = (await guest.get("/api/v1/figures")).json()["by_category"]
    assert {item["slug"]: item["received"] for item in counted}["dogs"] == 1, "its questions are still counted"
    await site.post(f"{path}/retirement", {"way": "back"})
    assert "Собаки" in (await guest.get("/guides")).words


async def test_a_draft_in_a_topic_that_closes_meanwhile_is_told(site: Site) -> None:
    walk = await Walk(site.another_browser()).to_the_end(category="dogs")
    await site.sign_in("administrator")
    await site.post(f"{HOME}/{(await row(site, 'dogs')).id}/retirement")
    page = await walk.site.get(walk.at("check"), follow=True)
    assert "Теми, яку ви вибрали раніше, вже немає. Виберіть іншу." in page.words


async def test_merging_moves_questions_rules_and_old_addresses(site: Site) -> None:
    moved = await site.published(category="dogs")
    stays = await site.published(category="noise", title="Шумить кав’ярня під вікнами")
    await site.sign_in("administrator")
    dogs, noise = await row(site, "dogs"), await row(site, "noise")
    merger = f"{HOME}/{dogs.id}/merger"
    assert "Виберіть, із якою темою об’єднати" in (await site.post(merger, {"into": ""}, status=422)).words
    assert "Об’єднання не скасувати" in (await site.post(merger, {"into": str(noise.id)}, status=422)).words
    done = await site.post(merger, {"into": str(noise.id), "sure": "1"})
    assert "перейшло 1 запитання" in (await site.get(done.location)).words
    guest = site.another_browser()
    found = (await guest.get("/api/v1/appeals?category=dogs")).json()["items"]
    assert {item["number"] for item in found} == {await site.number(moved), await site.number(stays)}
    assert (await guest.get("/guides/dogs")).words.count(noise.name["uk"])
    async with site.unit() as session:
        rules = (await session.execute(select(RoutingRule).where(RoutingRule.category_id == dogs.id))).scalars().all()
    assert rules == []
    # What was merged earlier follows when its target is merged on.
    parking = await row(site, "parking")
    await site.post(f"{HOME}/{noise.id}/merger", {"into": str(parking.id), "sure": "1"})
    assert (await row(site, "dogs")).merged_into_id == parking.id
    await site.post(f"{HOME}/{dogs.id}/retirement", {"way": "back"}, status=404)


@pytest.mark.parametrize(
    ("into", "sentence"),
    [
        ("dogs", "Це та сама тема. Виберіть іншу"),
        ("emergency", "Екстрена тема не приймає запитань"),
        ("heritage", "Виберіть, із якою темою об’єднати"),
    ],
)
async def test_two_topics_that_cannot_be_one(site: Site, into: str, sentence: str) -> None:
    await site.sign_in("administrator")
    async with site.unit() as session:
        target = await session.scalar(select(Category.id).where(Category.slug == into)) or UUID(int=7)
    path = f"{HOME}/{(await row(site, 'dogs')).id}/merger"
    assert sentence in (await site.post(path, {"into": str(target), "sure": "1"}, status=422)).words


async def test_into_a_sensitive_topic_questions_go_without_their_place(site: Site) -> None:
    appeal_id = await site.published(category="dogs", precision="exact")
    await site.sign_in("administrator")
    drugs = await row(site, "drugs")
    await site.post(f"{HOME}/{(await row(site, 'dogs')).id}/merger", {"into": str(drugs.id), "sure": "1"})
    async with site.unit() as session:
        appeal = (await session.execute(select(Appeal).where(Appeal.id == appeal_id))).scalar_one()
    assert (appeal.lon, appeal.place, appeal.precision) == (None, "", "district")


async def test_a_topic_that_becomes_sensitive_hides_places_at_once(site: Site) -> None:
    appeal_id = await site.published(category="dogs", precision="exact")
    guest = site.another_browser()
    assert (await guest.get("/api/v1/appeals.geojson")).json()["features"]
    await site.sign_in("administrator")
    path, sent = await form_of(site, "dogs")
    await site.post(path, sent | {"sensitive": "1", "precision": "district"})
    assert (await guest.get("/api/v1/appeals.geojson")).json()["features"] == []
    assert "Глибочицька" not in (await guest.get(f"/appeals/{await site.number(appeal_id)}")).words


async def test_topics_change_places_on_their_level(site: Site) -> None:
    await site.sign_in("administrator")
    before = [item.slug for item in (await site.known()).categories]
    second = (await row(site, before[1])).id
    await site.post(f"{HOME}/{second}/place", {"way": "up"})
    after = [item.slug for item in (await site.known()).categories]
    assert after[:2] == [before[1], before[0]]
    await site.post(f"{HOME}/{second}/place", {"way": "up"})
    assert [item.slug for item in (await site.known()).categories] == after, "the first one stays first"


async def test_who_answers_by_default_is_a_rule_of_the_city(site: Site) -> None:
    await site.sign_in("administrator")
    path, sent = await form_of(site, "dogs")
    legal = await site.responder("legal-aid")
    await site.post(path, sent | {"responder": str(legal)})
    async with site.unit() as session:
        from src.tenants.cities.catalogue import catalogue

        source = await catalogue(session)
    dogs = (await row(site, "dogs")).id
    assert source.cases[dogs, None] == legal
    await site.post(path, sent | {"responder": ""})
    async with site.unit() as session:
        assert (dogs, None) not in (await catalogue(session)).cases
