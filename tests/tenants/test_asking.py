"""Asking a question: one thing per page, nothing lost, nothing twice, nothing private shown."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.people.secrets import digest
from src.tenants.appeals import service as appeals
from src.tenants.appeals.models import Appeal, Draft, Submission
from src.tenants.asking import service
from src.tenants.cities.models import Category
from tests.conftest import Clock
from tests.mailbox import Mailbox
from tests.site import Site
from tests.tenants.walk import ADDRESS, BODY, EMAIL, NAME, TITLE, Walk, picture


async def count(session: AsyncSession, model: Any) -> int:
    """How many rows of a kind the city has."""
    return len((await session.execute(select(model.id))).all())


async def only_submission(site: Site) -> Submission:
    """The city's only submission."""
    async with site.unit() as session:
        return (await session.execute(select(Submission))).scalar_one()


async def test_a_question_goes_from_the_first_page_to_check_your_mail(site: Site) -> None:
    walk = Walk(site)
    await walk.begin()
    page = await site.get(walk.at("category"))
    assert "Крок 2 з 6" in page.words
    assert page.all(".choices input")[0]["value"] == "parking", "what the text suggests comes first"
    await walk.category()
    guidance = await site.get(walk.at("guidance"))
    assert guidance.one("h1").text == "Хто за це відповідає"
    assert "інспекція з паркування" in guidance.words
    await walk.place()
    await walk.photos()
    await walk.you()
    sent = await walk.send()
    assert sent.location.endswith(walk.at("sent"))
    page = await site.get(sent.location)
    assert page.one("h1").text == "Перевірте пошту"
    assert EMAIL in page.words

    asked = await only_submission(site)
    assert (asked.title, asked.body, asked.address) == (TITLE, BODY, ADDRESS)
    assert (asked.author_name, asked.author_email, asked.publish_name) == (NAME, EMAIL, True)
    async with site.unit() as session:
        appeal = (await session.execute(select(Appeal))).scalar_one()
        assert (appeal.state, appeal.title, appeal.number) == ("unconfirmed", "", None)
        known = await site.known()
        assert known.category[appeal.category_id].slug == "parking"
        assert known.district[appeal.district_id].slug == "shevchenkivskyi"


async def test_what_is_sent_asks_for_confirmation_by_letter(site: Site, mail: Mailbox) -> None:
    walk = await Walk(site).to_the_end()
    await walk.send()
    await mail.deliver()
    assert len(mail.to(EMAIL)) == 1


async def test_the_draft_keeps_no_answers_once_it_is_sent(site: Site) -> None:
    walk = await Walk(site).to_the_end()
    await walk.send()
    async with site.unit() as session:
        draft = (await session.execute(select(Draft))).scalar_one()
    assert NAME not in str(draft.data)
    assert TITLE not in str(draft.data)


async def test_only_a_digest_of_the_key_is_stored(site: Site) -> None:
    walk = await Walk(site).begin()
    async with site.unit() as session:
        draft = (await session.execute(select(Draft))).scalar_one()
    assert draft.key_digest == digest(walk.key)
    assert walk.key not in str(draft.data)


async def test_pages_of_a_draft_are_kept_by_nobody_and_found_by_no_search_engine(site: Site) -> None:
    walk = await Walk(site).to_the_end()
    for step in ("question", "category", "guidance", "place", "photos", "you", "check"):
        page = await site.get(walk.at(step))
        assert page.response.headers["cache-control"] == "no-store"
        assert page.response.headers["x-robots-tag"] == "noindex"
        assert page.one("meta[name=robots]")["content"] == "noindex"
        assert page.one(".back")


async def test_the_flow_speaks_english_too(site: Site) -> None:
    walk = await Walk(site.english).to_the_end()
    assert (await walk.send()).location.startswith("/en/ask/")
    assert (await only_submission(site)).language == "en"


async def test_the_home_pages_box_begins_a_draft(site: Site) -> None:
    page = await site.post("/ask", {"text": TITLE})
    assert page.location.endswith("/category")
    question = await site.get(page.location.replace("category", "question"))
    assert question.one("#title").text.strip() == TITLE


async def test_a_long_story_in_the_home_pages_box_is_kept_whole(site: Site) -> None:
    story = "Хто прибере гілки у дворі? " + "Вони лежать із вересня. " * 20
    page = await site.post("/ask", {"text": story})
    question = await site.get(page.location.replace("category", "question"))
    assert question.one("#title").text.strip() == "Хто прибере гілки у дворі?"
    assert question.one("#body").text.strip() == story.strip()


async def test_a_story_too_long_to_be_kept_comes_back_whole(site: Site) -> None:
    story = "Чому так? " + "Дуже довга історія. " * 1500
    page = await site.post("/ask", {"text": story}, status=422)
    assert "4000 знаків" in page.one("#body-error").text
    assert page.one("#body").get_text().strip() == story.strip()
    async with site.unit() as session:
        assert await count(session, Draft) == 0


async def test_a_long_story_without_a_sentence_end_goes_to_the_first_page(site: Site) -> None:
    story = "дуже довге речення без кінця " * 30
    page = await site.post("/ask", {"text": story})
    assert page.location.endswith("/question")
    assert (await site.get(page.location)).one("#body").text.strip() == story.strip()


async def test_an_empty_box_leads_to_the_first_page(site: Site) -> None:
    assert (await site.post("/ask", {"text": "   "})).location == "/ask"
    assert (await site.get("/ask?title=Де+ліхтар%3F")).one("#title").text.strip() == "Де ліхтар?"


# --- similar questions ----------------------------------------------------------------------


async def test_published_questions_like_it_are_shown_on_the_next_page(site: Site) -> None:
    await site.published(title="Чому паркуються на тротуарі біля школи?", body="Щоранку.")
    walk = await Walk(site).begin()
    page = await site.get(walk.at("category"))
    assert "Схоже, про це вже питали" in page.words
    assert "Чому паркуються на тротуарі біля школи?" in page.words


async def test_as_one_types_a_piece_of_a_page_comes_with_cards(site: Site) -> None:
    await site.published(title="Чому паркуються на тротуарі біля школи?", body="Щоранку.")
    found = await site.client.get("/ask/similar", params={"q": "паркуються на тротуарі біля школи"})
    assert found.status_code == 200
    assert "Чому паркуються на тротуарі біля школи?" in found.text
    assert "<html" not in found.text
    nothing = await site.client.get("/ask/similar", params={"q": "\x00<b>пінгвіни"})
    assert nothing.status_code == 200
    assert nothing.text.strip() == ""


async def test_what_waits_for_the_moderator_is_not_shown_as_similar(site: Site) -> None:
    await site.ask(title="Чому паркуються на тротуарі біля школи?", body="Щоранку.")
    assert (await site.client.get("/ask/similar", params={"q": "паркуються на тротуарі біля школи"})).text.strip() == ""


# --- categories -----------------------------------------------------------------------------


async def test_an_emergency_stops_here_and_says_102(site: Site) -> None:
    walk = await Walk(site).begin()
    page = await site.post(walk.at("category"), {"category": "emergency"}, follow=True, status=200)
    assert page.one("h1").text == "Телефонуйте просто зараз"
    main = page.one("main")
    assert {link["href"] for link in main.select("a[href^='tel:']")} >= {"tel:102", "tel:112"}
    assert not main.select("form")
    ways = {link["href"] for link in main.select("a") if not str(link["href"]).startswith("tel:")}
    assert ways == {walk.at("category")}, "there is no way on but back"
    for step in ("place", "photos", "you", "check"):
        assert (await site.get(walk.at(step), status=303)).location.endswith("/guidance")
    assert (await site.post(walk.at("check"), {"seen": "x"})).location.endswith("/guidance")


async def test_guidance_that_answered_the_question_ends_with_thanks_and_forgets_the_draft(site: Site) -> None:
    walk = await Walk(site).begin()
    await walk.category()
    page = await site.post(walk.at("answered"), follow=True, status=200)
    assert page.one("h1").text == "Раді, що допомогли"
    assert page.one(".buttons a.primary")["href"] == "/"
    async with site.unit() as session:
        assert await count(session, Draft) == 0
    await site.post(walk.at("answered"), follow=True, status=200)


async def test_a_category_that_was_taken_away_meanwhile_has_to_be_chosen_again(site: Site) -> None:
    walk = await Walk(site).to_the_end()
    seen = await walk.seen()
    async with site.unit() as session:
        await session.execute(update(Category).where(Category.slug == "parking").values(slug="parking-before"))
        await session.execute(text("UPDATE city SET catalogue_revision = catalogue_revision + 1 WHERE slug = 'kyiv'"))
    page = await site.post(walk.at("check"), {"seen": seen})
    assert page.location.endswith("/category")
    assert "вже немає" in (await site.get(page.location)).words
    async with site.unit() as session:
        assert await count(session, Appeal) == 0


async def test_a_category_that_became_an_emergency_meanwhile_stops_the_draft(site: Site) -> None:
    walk = await Walk(site).to_the_end()
    seen = await walk.seen()
    async with site.unit() as session:
        await session.execute(update(Category).where(Category.slug == "parking").values(emergency=True))
        await session.execute(text("UPDATE city SET catalogue_revision = catalogue_revision + 1 WHERE slug = 'kyiv'"))
    assert (await site.post(walk.at("check"), {"seen": seen})).location.endswith("/guidance")
    async with site.unit() as session:
        assert await count(session, Appeal) == 0


# --- wrong input ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("title", "", "Напишіть запитання одним реченням"),
        ("title", "\x00\x00", "Напишіть запитання одним реченням"),
        ("title", "Шум", "хоча б 10 знаків"),
        ("title", "😀" * 12, "хоча б 10 знаків"),
        ("title", "00000000-0000-0000", "хоча б 10 знаків"),
        ("title", "Чому? " * 30, "зараз їх 179"),
        ("body", "о" * 4001, "зараз їх 4001"),
    ],
)
async def test_a_wrong_question_is_told_at_its_field_and_nothing_is_lost(site: Site, field: str, value: str, says: str) -> None:
    typed = {"title": TITLE, "body": BODY, field: value}
    page = await site.post("/ask", typed, status=422)
    assert page.one("title").text.startswith("Помилка:")
    assert says in page.one(f"#{field}-error").text
    assert says in page.one(f".error-summary a[href='#{field}']").text
    for name, text_typed in typed.items():
        assert page.one(f"#{name}").text.strip() == text_typed.replace("\x00", "").strip()
    async with site.unit() as session:
        assert await count(session, Draft) == 0


async def test_a_question_of_marks_that_nobody_sees_is_empty(site: Site) -> None:
    page = await site.post("/ask", {"title": "\u200b\u2060\ufeff\u00ad\u200e" * 4, "body": BODY}, status=422)
    assert "Напишіть запитання одним реченням" in page.one("#title-error").text
    assert page.one("#body").text.strip() == BODY


async def test_bytes_that_are_no_text_are_told_and_the_rest_stays(site: Site) -> None:
    body = b"title=" + "Чому так?".encode("cp1251") + b"&body=" + "Щоранку".encode()
    form = {"content-type": "application/x-www-form-urlencoded"}
    page = await site.post("/ask", content=body, headers=form, status=422)
    assert "не вдалося прочитати" in page.one("#title-error").text
    assert page.one("#body").text.strip() == "Щоранку"


async def test_a_body_that_is_no_form_is_refused(site: Site) -> None:
    form = {"content-type": "multipart/form-data; boundary=x"}
    await site.post("/ask", content=b"--x\r\nbroken", headers=form, status=400)
    await site.post("/ask", content=b"a" * (600 * 1024), headers={"content-type": "text/plain"}, status=413)


@pytest.mark.parametrize("slug", ["", "no-such", "parking\x00<"])
async def test_a_category_that_does_not_exist_is_refused(site: Site, slug: str) -> None:
    walk = await Walk(site).begin()
    page = await site.post(walk.at("category"), {"category": slug}, status=422)
    assert page.one("#category-error")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Напишіть своє ім’я"),
        ("name", "1", "літерами"),
        ("name", "А" * 101, "100 знаків"),
        ("email", "", "Напишіть електронну адресу"),
        ("email", "olena@", "Перевірте адресу"),
        ("email", "olena@ukr.net, petro@ukr.net", "Перевірте адресу"),
        ("email", "olena@ukr.net\r\nBcc: all@ukr.net", "Перевірте адресу"),
    ],
)
async def test_a_wrong_name_or_address_is_told_and_what_was_typed_stays(site: Site, field: str, value: str, says: str) -> None:
    walk = await Walk(site).begin()
    await walk.category()
    await walk.place()
    typed = {"name": NAME, "email": EMAIL, "signature": "name", field: value}
    page = await site.post(walk.at("you"), typed, status=422)
    assert says in page.one(f"#{field}-error").text
    assert page.one("#name").get("value", "") == typed["name"]
    assert page.one("#email").get("value", "") == " ".join(typed["email"].split())
    assert page.one("#signature-2").has_attr("checked")
    assert (await site.get(walk.at("check"), status=303)).location.endswith("/you")


async def test_the_name_is_shown_only_when_that_was_chosen(site: Site) -> None:
    walk = await Walk(site).to_the_end()
    assert "Підпис: Олена К." in (await walk.check()).one("#public").text
    await site.post(walk.at("you") + "?change=1", {"name": NAME, "email": EMAIL})
    page = await walk.check()
    assert "Без імені" in page.one("#public").text
    await walk.send()
    assert (await only_submission(site)).publish_name is False


# --- going to and fro -----------------------------------------------------------------------


async def test_somebody_who_comes_too_far_is_led_to_what_is_missing(site: Site) -> None:
    walk = await Walk(site).begin()
    for step in ("place", "photos", "you", "check"):
        assert (await site.get(walk.at(step), status=303)).location.endswith("/category")
    await walk.category()
    for step in ("photos", "you", "check"):
        assert (await site.get(walk.at(step), status=303)).location.endswith("/place")


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        ("question", {"title": "Зовсім інше запитання про двір?", "body": ""}),
        ("place", {"address": "", "district": "desnianskyi"}),
        ("photos", {"onward": "1"}),
        ("you", {"name": "Петро Лис", "email": "petro@ukr.example"}),
    ],
)
async def test_each_answer_can_be_changed_from_the_check_page_and_leads_back_there(
    site: Site, step: str, fields: dict[str, str]
) -> None:
    walk = await Walk(site).to_the_end()
    change = walk.at(step) + "?change=1"
    assert (await walk.check()).all(f"a[href='{change}']")
    page = await site.get(change)
    assert page.one(".back")["href"] == walk.at("check")
    assert page.one(f"main form[action='{change}']")
    assert (await site.post(change, fields)).location.endswith(walk.at("check"))
    shown = (await walk.check()).words
    for value in fields.values():
        assert value in shown or value in {"1", "desnianskyi"}


async def test_a_changed_category_shows_its_guidance_and_then_the_check_page(site: Site) -> None:
    walk = await Walk(site).to_the_end()
    page = await site.post(walk.at("category") + "?change=1", {"category": "noise"})
    assert page.location.endswith(walk.at("guidance") + "?change=1")
    assert (await site.get(page.location)).one(".buttons a.primary")["href"] == walk.at("check")


async def test_answers_are_kept_when_one_goes_back(site: Site) -> None:
    walk = await Walk(site).to_the_end()
    assert (await site.get(walk.at("question"))).one("#title").text.strip() == TITLE
    assert (await site.get(walk.at("category"))).one("input[checked]")["value"] == "parking"
    assert (await site.get(walk.at("place"))).one("#address")["value"] == ADDRESS
    assert (await site.get(walk.at("you"))).one("#email")["value"] == EMAIL


# --- check your answers ---------------------------------------------------------------------


async def test_the_check_page_shows_nothing_private_as_public(site: Site) -> None:
    walk = await Walk(site).to_the_end()
    page = await walk.check()
    public, private = page.one("#public").text, page.one("#private").text
    assert TITLE in public
    assert "Так уже другий місяць." in public
    assert "Глибочицька" in public
    for secret in ("17", "кв. 4", EMAIL, "Коваль"):
        assert secret not in public
        assert secret in private


async def test_what_looks_like_personal_data_is_pointed_at(site: Site) -> None:
    walk = Walk(site)
    await walk.begin(body="Мій телефон 067 123 45 67.")
    await walk.category()
    await walk.place()
    await walk.you()
    assert "067 123 45 67" in (await walk.check()).one(".notice.caution").text


async def test_a_sensitive_category_shows_neither_place_nor_photos(site: Site) -> None:
    walk = Walk(site)
    await walk.begin()
    await walk.category("drugs")
    assert "лише район" in (await site.get(walk.at("place"))).words
    await walk.place()
    page = await site.get(walk.at("photos"))
    assert page.one("h1").text == "Без фото"
    assert not page.all("input[type=file]")
    await walk.photos(picture())
    await walk.you()
    page = await walk.check()
    public = page.one("#public").text
    assert "лише район" in public
    assert "Глибочицька" not in public
    assert not page.all("#public img")
    await walk.send()
    async with site.unit() as session:
        assert (await session.execute(text("SELECT count(*) FROM photo"))).scalar_one() == 0


async def test_a_draft_that_was_changed_in_another_tab_is_shown_once_more(site: Site) -> None:
    walk = await Walk(site).to_the_end()
    seen = await walk.seen()
    await site.post(walk.at("question") + "?change=1", {"title": "Зовсім інше запитання про двір?"})
    page = await site.post(walk.at("check"), {"seen": seen}, status=409)
    assert "Зовсім інше запитання про двір?" in page.one("#public").text
    assert "щось змінили" in page.words
    async with site.unit() as session:
        assert await count(session, Appeal) == 0
    await site.post(walk.at("check"), {"seen": page.one("input[name=seen]")["value"]})
    async with site.unit() as session:
        assert await count(session, Appeal) == 1


# --- once ------------------------------------------------------------------------------------


async def test_sending_twice_leads_to_the_same_page_and_makes_one_question(site: Site) -> None:
    walk = await Walk(site).to_the_end()
    seen = await walk.seen()
    first = await site.post(walk.at("check"), {"seen": seen})
    second = await site.post(walk.at("check"), {"seen": seen})
    assert first.location == second.location == walk.at("sent")
    for step in ("question", "category", "guidance", "place", "photos", "you", "check"):
        assert (await site.get(walk.at(step), status=303)).location.endswith("/sent")
    async with site.unit() as session:
        assert await count(session, Appeal) == 1


async def test_sending_many_times_at_once_makes_one_question_and_one_letter(site: Site, mail: Mailbox) -> None:
    walk = await Walk(site).to_the_end(picture())
    seen = await walk.seen()
    pages = await asyncio.gather(*(site.post(walk.at("check"), {"seen": seen}) for _ in range(6)))
    assert {page.location for page in pages} == {walk.at("sent")}
    async with site.unit() as session:
        assert await count(session, Appeal) == 1
    await mail.deliver()
    assert len(mail.to(EMAIL)) == 1


async def test_twenty_confirmations_at_once_give_twenty_successive_numbers(site: Site, clock: Clock) -> None:
    city = await site.city()
    ids = [await site.ask(confirmed=False) for _ in range(20)]

    async def confirm(appeal_id: Any) -> str:
        async with site.unit() as session:
            return (await appeals.confirm(session, city, appeal_id, now=clock.now)).number or ""

    numbers = await asyncio.gather(*(confirm(appeal_id) for appeal_id in ids))
    assert sorted(int(number[-6:]) for number in numbers) == list(range(1, 21))


async def test_a_confirmation_that_is_rolled_back_leaves_no_gap(site: Site, clock: Clock) -> None:
    city = await site.city()
    first, lost, second = [await site.ask(confirmed=False) for _ in range(3)]

    async def confirm(appeal_id: Any, *, fail: bool = False) -> None:
        async with site.unit() as session:
            await appeals.confirm(session, city, appeal_id, now=clock.now)
            if fail:
                msg = "the line broke"
                raise ConnectionError(msg)

    await confirm(first)
    with pytest.raises(ConnectionError):
        await confirm(lost, fail=True)
    await confirm(second)
    assert (await site.number(first))[-6:] == "000001"
    assert (await site.number(lost)) == ""
    assert (await site.number(second))[-6:] == "000002"


# --- lost drafts -----------------------------------------------------------------------------


async def test_an_unknown_key_is_explained_with_a_way_to_begin_again(site: Site) -> None:
    for step in ("question", "category", "guidance", "place", "photos", "you", "check", "sent"):
        page = await site.get(f"/ask/no-such-key/{step}", status=404)
        assert page.one("h1").text == "Чернетки вже немає"
        assert page.one("main a.primary")["href"] == "/ask"


@pytest.mark.parametrize(
    ("step", "fields", "where", "css"),
    [
        ("question", {"title": TITLE, "body": BODY}, "question", "#body"),
        ("place", {"address": ADDRESS, "district": "desnianskyi"}, "place", "#address"),
        ("you", {"name": NAME, "email": "olena@"}, "you", "#email"),
    ],
)
async def test_what_is_sent_to_a_lost_draft_is_kept_in_a_new_one(
    site: Site, step: str, fields: dict[str, str], where: str, css: str
) -> None:
    page = await site.post(f"/ask/no-such-key/{step}", fields)
    key = page.location.split("/ask/")[1].split("/")[0]
    assert "не збереглася" in (await site.get(page.location)).words
    walk = Walk(site)
    walk.key = key
    if step != "question":
        await site.post(walk.at("question"), {"title": TITLE})
        await walk.category()
    if step == "you":
        await walk.place()
    kept = (await site.get(walk.at(where))).one(css)
    assert (kept.get("value") or kept.text.strip()) in fields.values()


async def test_a_draft_is_lost_after_seven_days(site: Site, clock: Clock) -> None:
    walk = await Walk(site).begin()
    clock.forward(days=6, hours=23)
    await site.get(walk.at("category"))
    clock.forward(hours=2)
    await site.get(walk.at("category"), status=404)


async def test_the_key_of_another_citys_draft_opens_nothing(site: Site, poltava: Site) -> None:
    walk = await Walk(site).to_the_end()
    for step in ("question", "check", "sent"):
        await poltava.get(walk.at(step), status=404)
    await poltava.post(walk.at("check"), {"seen": await walk.seen()}, status=404)
    await poltava.post(walk.at("question"), {"title": TITLE})
    async with poltava.unit() as session:
        assert await count(session, Draft) == 1, "what was sent is kept in a draft of the city it came to"
    assert (await walk.check()).one("#public")


async def test_old_drafts_are_deleted(site: Site, clock: Clock) -> None:
    old = await Walk(site).to_the_end(picture())
    clock.forward(days=4)
    young = await Walk(site).begin()
    async with site.unit() as session:
        assert await service.forget_old(session, now=clock.forward(days=4)) == 1
    await site.get(old.at("check"), status=404)
    await site.get(young.at("category"))
    assert datetime.now(UTC) < clock.now


# --- many rows -------------------------------------------------------------------------------


async def test_the_key_is_too_long_to_be_guessed(site: Site) -> None:
    keys = {(await Walk(site).begin()).key for _ in range(3)}
    assert len(keys) == 3
    assert all(len(key) == 24 for key in keys)
