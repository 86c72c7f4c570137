"""The review page and the steps a moderator takes from it: publish, reject, merge, route."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from src.tenants.appeals import service as appeals
from src.tenants.appeals.models import Submission
from tests.conftest import Clock
from tests.mailbox import Mailbox
from tests.site import Site
from tests.tenants.staff import PERSONAL, act, fields, kinds, opened, stored


@pytest.fixture
async def desk(site: Site) -> Site:
    """Kyiv with its moderator signed in."""
    await site.sign_in()
    return site


# --- the review page ----------------------------------------------------------------------------


async def test_the_page_shows_both_sides_and_marks_what_looks_personal(desk: Site) -> None:
    appeal_id = await desk.ask(body=PERSONAL)
    await desk.post(f"/staff/appeals/{appeal_id}/author-view", fields(await opened(desk, appeal_id), "/publication"), status=None)
    page = await opened(desk, appeal_id)
    assert [mark.get_text() for mark in page.all(".original mark")] == ["Петро Іванович", "кв. 45", "067 123 45 67", "АА 1234 ВВ"]
    private = page.one(".private-card").get_text(" ")
    assert "Олена Коваль" in private
    assert "olena@ukr.example" in private
    assert "вул. Глибочицька, 17, кв. 4" in private
    assert page.one("#title")["value"] == "Чому не евакуюють авто з газону?"
    assert "Показати ім’я: Олена К." in page.words
    assert "Автор підтвердив пошту" in page.words


async def test_each_precision_says_what_everybody_will_see(desk: Site) -> None:
    page = await opened(desk, await desk.ask())
    hints = [item.get_text() for item in page.all('[name="precision"] ~ span .hint')]
    assert hints == [
        "Усі побачать: вул. Глибочицька, 17, Шевченківський район і саму точку",
        "Усі побачать: вул. Глибочицька, Шевченківський район і точку, зсунуту до сітки 100\u00a0м",
        "Усі побачать: Шевченківський район, без точки на карті",
    ]


async def test_a_sensitive_category_offers_its_district_only(desk: Site) -> None:
    appeal_id = await desk.ask(category="drugs")
    page = await opened(desk, appeal_id)
    assert [item["value"] for item in page.all('[name="precision"]')] == ["district"]
    await act(desk, appeal_id, "publication", precision="exact")
    appeal = await stored(desk, appeal_id)
    assert (appeal.precision, appeal.lon, appeal.place) == ("district", None, "")


async def test_choosing_a_sensitive_category_hides_the_place_whatever_precision_was_sent(desk: Site) -> None:
    appeal_id = await desk.ask(category="parking")
    drugs = (await desk.known()).category_by_slug["drugs"].id
    await act(desk, appeal_id, "publication", category=str(drugs), precision="exact")
    appeal = await stored(desk, appeal_id)
    assert (appeal.category_id, appeal.precision, appeal.lon) == (drugs, "district", None)


async def test_a_better_category_is_suggested(desk: Site) -> None:
    appeal_id = await desk.ask(title="Собака без повідка", body="Вівчарка без намордника лякає дітей.", category="parking")
    page = await opened(desk, appeal_id)
    dogs = (await desk.known()).category_by_slug["dogs"]
    assert page.one('button[name="use_category"]')["value"] == str(dogs.id)
    sent = fields(page, "publication") | {"use_category": str(dogs.id)}
    again = await desk.post(f"/staff/appeals/{appeal_id}/check", sent, status=200)
    assert again.one("#category option[selected]")["value"] == str(dogs.id)
    assert (await stored(desk, appeal_id)).version == 2


async def test_a_likely_repeat_is_offered_and_its_number_filled_in_without_losing_the_edits(desk: Site) -> None:
    public = await desk.published(title="Зграя собак біля Вирлиці", body="Собаки кидаються на людей щоранку.", category="dogs")
    appeal_id = await desk.ask(title="Собаки біля Вирлиці кидаються", body="Зграя щоранку.", category="dogs")
    page = await opened(desk, appeal_id)
    assert "мабуть, те саме" in page.one(".alike").get_text()
    number = await desk.number(public)
    assert page.one('button[name="merge_with"]')["value"] == number
    sent = fields(page, "publication") | {"title": "Мій новий заголовок", "merge_with": number}
    again = await desk.post(f"/staff/appeals/{appeal_id}/check", sent, status=200)
    assert again.one("#number")["value"] == number
    assert again.one("#title")["value"] == "Мій новий заголовок"
    assert again.one("details#merger").has_attr("open")


async def test_personal_words_are_taken_out_with_a_button_that_needs_no_script(desk: Site) -> None:
    appeal_id = await desk.ask(body=PERSONAL)
    page = await opened(desk, appeal_id)
    buttons = [item["value"] for item in page.all('button[name="take_out"]')]
    assert buttons == ["Петро Іванович", "кв. 45", "067 123 45 67", "АА 1234 ВВ"]
    sent = fields(page, "publication") | {"take_out": "067 123 45 67"}
    again = await desk.post(f"/staff/appeals/{appeal_id}/check", sent, status=200)
    assert "дзвоніть йому [вилучено]." in again.one("#body").get_text()
    assert len(again.all('button[name="take_out"]')) == 3
    rest = fields(again, "publication") | {"take_all_out": "1"}
    last = await desk.post(f"/staff/appeals/{appeal_id}/check", rest, status=200)
    assert last.one("#body").get_text().strip() == "Сусід [вилучено], [вилучено], дзвоніть йому [вилучено]. Авто [вилучено]."
    assert (await stored(desk, appeal_id)).state == "submitted"
    await desk.post(f"/staff/appeals/{appeal_id}/publication", fields(last, "publication"))
    assert (await stored(desk, appeal_id)).body.count("[вилучено]") == 4
    async with desk.unit() as session:
        assert await session.scalar(select(Submission.body).where(Submission.id == appeal_id)) == PERSONAL


# --- publish ------------------------------------------------------------------------------------


async def test_a_question_is_published_and_the_next_one_opens(desk: Site, clock: Clock) -> None:
    first = await desk.ask()
    clock.forward(minutes=5)
    second = await desk.ask(title="Друге запитання")
    clock.forward(minutes=5)
    third = await desk.ask(title="Третє запитання")
    page = await act(desk, second, "publication", title="Відредагований заголовок", body="Новий текст.", precision="exact")
    assert page.location == f"/staff/appeals/{third}?done=published&of={await desk.number(second)}"
    arrived = await desk.get(page.location)
    assert f"{await desk.number(second)} опубліковано. Далі в черзі:" in arrived.one('[role="status"]').get_text()
    appeal = await stored(desk, second)
    assert (appeal.state, appeal.title, appeal.body) == ("published", "Відредагований заголовок", "Новий текст.")
    assert (appeal.place, appeal.lon, appeal.author) == ("вул. Глибочицька, 17", 30.5009, "Олена К.")
    around = await act(desk, third, "publication")
    assert around.location.startswith(f"/staff/appeals/{first}?")
    last = await act(desk, first, "publication")
    empty = await desk.get(last.location)
    assert "Черга порожня" in empty.words
    assert "опубліковано" in empty.words


async def test_publishing_can_route_at_once_and_the_responder_gets_a_letter(desk: Site, mail: Mailbox) -> None:
    appeal_id = await desk.ask(category="parking")
    await mail.deliver()
    page = await act(desk, appeal_id, "publication", then="route")
    assert "done=published-routed" in page.location
    appeal = await stored(desk, appeal_id)
    known = await desk.known()
    assert appeal.state == "routed"
    assert appeal.responder_id is not None
    assert (await kinds(desk, appeal_id))[-2:] == ["published", "routed"]
    await mail.deliver()
    (letter,) = mail.to(known.responder[appeal.responder_id].email)
    assert await desk.number(appeal_id) in str(letter)


async def test_the_rule_follows_the_category_that_was_chosen_with_it(desk: Site) -> None:
    appeal_id = await desk.ask(category="parking")
    known = await desk.known()
    drugs = known.category_by_slug["drugs"].id
    await act(desk, appeal_id, "publication", then="route", category=str(drugs), responder="rule")
    appeal = await stored(desk, appeal_id)
    assert appeal.responder_id is not None
    assert known.responder[appeal.responder_id].slug == "district-police"


async def test_a_responder_chosen_by_hand_goes_before_the_rule(desk: Site) -> None:
    appeal_id = await desk.ask()
    legal = await desk.responder("legal-aid")
    await act(desk, appeal_id, "publication", then="route", responder=str(legal))
    assert (await stored(desk, appeal_id)).responder_id == legal


async def test_the_name_is_shown_only_when_author_and_moderator_agree(desk: Site) -> None:
    hidden = await desk.ask()
    sent = fields(await opened(desk, hidden), "publication")
    sent.pop("show_name")
    await desk.post(f"/staff/appeals/{hidden}/publication", sent)
    assert (await stored(desk, hidden)).author == ""
    never = await desk.ask(publish_name=False)
    assert "Автор не дозволив показувати ім’я" in (await opened(desk, never)).words
    await act(desk, never, "publication", show_name="1")
    assert (await stored(desk, never)).author == ""


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"title": "  "}, "title", "Напишіть заголовок"),
        ({"title": "а" * 141}, "title", "Скоротіть до 140 знаків"),
        ({"body": "а" * 4001}, "body", "Скоротіть до 4\xa0000 знаків"),
        ({"category": "nonsense"}, "category", "Виберіть категорію"),
        ({"district": str(uuid4())}, "district", "Виберіть район"),
        ({"precision": "house"}, "precision", "Виберіть, наскільки точно показати місце"),
        ({"then": "route", "responder": "nobody"}, "responder", "Виберіть відповідача"),
        ({"title": "Зіпсовано \ufffd"}, "title", "Частину знаків не вдалося прочитати"),
        ({"body": PERSONAL}, "keep", "У тексті лишилося те, що схоже на особисті дані"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(
    desk: Site, changes: dict[str, str], field: str, sentence: str
) -> None:
    appeal_id = await desk.ask()
    page = await act(desk, appeal_id, "publication", status=422, **({"body": "Мій змінений текст"} | changes))
    assert sentence in page.one(f"#{field}-error").get_text()
    assert sentence in page.one(f'.error-summary a[href="#{field}"]').get_text()
    assert page.one("#body").get_text().strip() == changes.get("body", "Мій змінений текст")
    assert (await stored(desk, appeal_id)).state == "submitted"


async def test_what_looks_personal_is_published_once_a_moderator_says_that_it_may_be(desk: Site) -> None:
    appeal_id = await desk.ask(body="Телефон гарячої лінії 044 123 45 67")
    await act(desk, appeal_id, "publication", status=422)
    await act(desk, appeal_id, "publication", keep="1")
    assert (await stored(desk, appeal_id)).state == "published"


async def test_text_is_text_whatever_was_typed(desk: Site) -> None:
    appeal_id = await desk.ask(title="<script>alert(1)</script>", body="</textarea><b>x</b>")
    page = await opened(desk, appeal_id)
    assert not page.all("main script:not([type])")
    assert page.one("#body").get_text().strip() == "</textarea><b>x</b>"


# --- reject, merge, route -----------------------------------------------------------------------


async def test_a_rejection_carries_the_reason_that_was_written(desk: Site) -> None:
    appeal_id = await desk.ask()
    await act(desk, appeal_id, "rejection", ready="urgent", reason="Напишіть, будь ласка, адресу.")
    assert (await stored(desk, appeal_id)).state == "rejected"
    page = await opened(desk, appeal_id)
    assert "Напишіть, будь ласка, адресу." in page.one(".notice").get_text()
    assert "Відхилено · Оксана Литвин" in page.words


async def test_a_ready_made_reason_goes_out_in_the_authors_language(desk: Site) -> None:
    appeal_id = await desk.ask()
    page = await opened(desk, appeal_id)
    assert len(page.all('[name="ready"]')) >= 4
    await act(desk, appeal_id, "rejection", ready="unclear")
    async with desk.unit() as session:
        reason = await session.scalar(select(Submission.rejected_because).where(Submission.id == appeal_id))
    assert reason.startswith("Не вдалося зрозуміти")


async def test_a_rejection_without_a_reason_is_refused(desk: Site) -> None:
    appeal_id = await desk.ask()
    page = await act(desk, appeal_id, "rejection", status=422, reason="  ")
    assert "Напишіть причину" in page.one("#reason-error").get_text()
    assert page.one("details#rejection").has_attr("open")
    long = await act(desk, appeal_id, "rejection", status=422, reason="а" * 1001)
    assert "Скоротіть" in long.one("#reason-error").get_text()
    assert len(long.one("#reason").get_text().strip()) == 1001
    assert (await stored(desk, appeal_id)).state == "submitted"


async def test_a_repeat_is_merged_by_the_last_digits_of_a_number(desk: Site) -> None:
    public = await desk.published()
    appeal_id = await desk.ask()
    number = await desk.number(public)
    await act(desk, appeal_id, "merger", number=number[-3:].lstrip("0"))
    assert (await stored(desk, appeal_id)).merged_into_id == public
    assert number in (await opened(desk, appeal_id)).words
    assert await desk.number(appeal_id) in (await opened(desk, public)).words


async def test_an_appeal_is_merged_into_a_public_one_only(desk: Site) -> None:
    other = await desk.ask()
    appeal_id = await desk.ask()
    own = await desk.number(appeal_id)
    for number in (await desk.number(other), own, "KYIV-2026-999999", "щось"):
        page = await act(desk, appeal_id, "merger", status=422, number=number)
        assert "Немає опублікованого звернення з таким номером" in page.one("#number-error").get_text()
        assert page.one("#number")["value"] == number
    empty = await act(desk, appeal_id, "merger", status=422)
    assert "Напишіть номер" in empty.one("#number-error").get_text()
    assert (await stored(desk, appeal_id)).state == "submitted"


async def test_a_published_question_is_routed_by_rule_unless_another_is_chosen(desk: Site) -> None:
    appeal_id = await desk.published(category="drugs")
    page = await opened(desk, appeal_id)
    chosen = page.one('[name="responder"][checked]')
    assert chosen["value"] == str(await desk.responder("district-police"))
    await act(desk, appeal_id, "routing")
    assert (await stored(desk, appeal_id)).state == "routed"
    legal = await desk.responder("legal-aid")
    await act(desk, appeal_id, "routing", responder=str(legal))
    assert (await stored(desk, appeal_id)).responder_id == legal
    assert (await kinds(desk, appeal_id)).count("routed") == 2


async def test_a_responder_that_the_city_does_not_have_is_refused(desk: Site, poltava: Site) -> None:
    appeal_id = await desk.published()
    theirs = await poltava.responder("patrol-police")
    page = await act(desk, appeal_id, "routing", status=422, responder=str(theirs))
    assert "Виберіть відповідача" in page.one("#responder-error").get_text()


# --- somebody else was faster -------------------------------------------------------------------


async def test_a_form_filled_in_against_an_older_version_keeps_what_was_typed_and_says_what_changed(desk: Site) -> None:
    appeal_id = await desk.ask()
    sent = fields(await opened(desk, appeal_id), "publication") | {"title": "Мій заголовок"}
    async with desk.unit() as session:
        await appeals.reject(session, appeal_id, "Незрозуміло.", by=await desk.moderator("administrator"), now=desk.clock.now)
    page = await desk.post(f"/staff/appeals/{appeal_id}/publication", sent, status=409)
    assert "Звернення вже в іншому стані: відхилене" in page.one(".error-summary").get_text()
    assert "Відхилено ·" in page.one(".error-summary .timeline").get_text()
    assert "Мій заголовок" in page.one(".error-summary").get_text()
    assert (await stored(desk, appeal_id)).state == "rejected"


async def test_a_form_comes_back_filled_in_when_its_step_is_still_possible(desk: Site) -> None:
    appeal_id = await desk.ask()
    sent = fields(await opened(desk, appeal_id), "publication") | {"title": "Мій заголовок"}
    async with desk.unit() as session:
        await appeals.reject(session, appeal_id, "Незрозуміло.", by=await desk.moderator("administrator"), now=desk.clock.now)
        await appeals.correct(session, appeal_id, title="Виправлене", body="Ясніше.", now=desk.clock.now)
    page = await desk.post(f"/staff/appeals/{appeal_id}/publication", sent, status=409)
    assert page.one("#title")["value"] == "Мій заголовок"
    assert "Автор виправив і надіслав знову" in page.one(".error-summary").get_text()
    assert "Виправлене" in page.one(".original").get_text()
    await desk.post(f"/staff/appeals/{appeal_id}/publication", fields(page, "publication"))
    assert (await stored(desk, appeal_id)).title == "Мій заголовок"


async def test_a_second_reason_for_what_was_rejected_already_is_shown_and_not_lost(desk: Site) -> None:
    appeal_id = await desk.ask()
    sent = fields(await opened(desk, appeal_id), "rejection")
    await desk.post(f"/staff/appeals/{appeal_id}/rejection", sent | {"reason": "Назвіть вулицю."})
    page = await desk.post(f"/staff/appeals/{appeal_id}/rejection", sent | {"reason": "Напишіть без образ."}, status=409)
    assert "Напишіть без образ." in page.one(".error-summary").get_text()
    assert (await kinds(desk, appeal_id)).count("rejected") == 1


@pytest.mark.parametrize("version", ["", "0", "one", "99999999999999999999"])
async def test_a_form_without_a_true_version_changes_nothing(desk: Site, version: str) -> None:
    appeal_id = await desk.ask()
    await act(desk, appeal_id, "rejection", status=409, reason="Ні.", version=version)
    assert (await stored(desk, appeal_id)).state == "submitted"


async def test_a_step_that_the_appeals_life_does_not_have_is_a_clear_sentence(desk: Site) -> None:
    appeal_id = await desk.answered()
    version = str((await stored(desk, appeal_id)).version)
    for form, sent in (
        ("publication", {"title": "Ще раз"}),
        ("rejection", {"reason": "Моя довга причина"}),
        ("merger", {"number": "KYIV-2026-000001"}),
        ("routing", {"responder": str(await desk.responder("legal-aid"))}),
        ("check", {"title": "Ще раз"}),
    ):
        page = await desk.post(f"/staff/appeals/{appeal_id}/{form}", {"version": version, **sent}, status=409)
        assert "Звернення вже в іншому стані: має відповідь" in page.one(".error-summary").get_text()
        if form in {"publication", "rejection"}:
            assert next(iter(sent.values())) in page.one(".error-summary").get_text()
    assert (await stored(desk, appeal_id)).state == "answered"


@pytest.mark.parametrize(("form", "changes"), [("publication", {"then": "route"}), ("rejection", {"reason": "Ні."})])
async def test_a_button_pressed_twice_acts_once_and_goes_on(desk: Site, form: str, changes: dict[str, str]) -> None:
    appeal_id = await desk.ask()
    following = await desk.ask(title="Наступне")
    sent = fields(await opened(desk, appeal_id), form) | changes
    for _ in range(2):
        page = await desk.post(f"/staff/appeals/{appeal_id}/{form}", sent)
        assert page.location.startswith(f"/staff/appeals/{following}?")
    events = await kinds(desk, appeal_id)
    assert len(events) == len(set(events))
