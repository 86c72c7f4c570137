"""The desk and the queue: who may come in, what waits, what is found."""

from typing import Any

import pytest

from src.tenants.appeals import service as appeals
from tests.conftest import Clock
from tests.site import Page, Site
from tests.tenants.staff import PERSONAL, act, counted, opened, stored

NOWHERE = "01a20b9e-0000-7000-8000-000000000000"
"""The same each time: processes that share the tests out compare their names."""


@pytest.fixture
async def desk(site: Site) -> Site:
    """Kyiv with its moderator signed in."""
    await site.sign_in()
    return site


@pytest.mark.parametrize("path", ["/staff", "/staff/queue", f"/staff/appeals/{NOWHERE}", f"/staff/appeals/{NOWHERE}/answer"])
async def test_somebody_who_is_not_signed_in_is_led_to_the_sign_in_page(site: Site, path: str) -> None:
    page = await site.get(path, status=303)
    assert page.location == f"/sign-in?next={path}"


@pytest.mark.parametrize("form", ["publication", "rejection", "merger", "routing", "check"])
async def test_no_step_is_taken_without_signing_in_and_the_way_back_leads_to_the_appeal(site: Site, form: str) -> None:
    appeal_id = await site.ask()
    page = await site.post(f"/staff/appeals/{appeal_id}/{form}", {"version": "2", "reason": "ні"}, status=403)
    assert page.one('a[target="_blank"]')["href"] == "/sign-in"
    assert (await stored(site, appeal_id)).state == "submitted"
    await site.sign_in()
    back = await site.get(f"/staff/appeals/{appeal_id}/{form}", status=303)
    assert back.location == f"/staff/appeals/{appeal_id}"


async def test_an_appeal_of_another_city_is_not_there(desk: Site, poltava: Site) -> None:
    theirs = await poltava.ask(district="kyivskyi")
    await desk.get(f"/staff/appeals/{theirs}", status=404)
    for form in ("publication", "rejection", "merger", "routing", "check"):
        await desk.post(f"/staff/appeals/{theirs}/{form}", {"version": "2"}, status=404)
    await desk.get("/staff/appeals/not-an-id", status=404)
    assert (await stored(poltava, theirs)).state == "submitted"


async def test_an_unconfirmed_question_is_not_yet_there(desk: Site) -> None:
    appeal_id = await desk.ask(confirmed=False)
    await desk.get(f"/staff/appeals/{appeal_id}", status=404)
    assert "Черга порожня" in (await desk.get("/staff/queue")).words


# --- the desk and the queue ---------------------------------------------------------------------


async def test_an_empty_desk_says_so(desk: Site) -> None:
    page = await desk.get("/staff")
    assert "Черга порожня" in page.words
    assert "Оксана Литвин" in page.words
    assert page.one('form[action="/sign-out"]')


async def test_the_desk_counts_and_shows_what_waits_the_oldest_first(desk: Site, clock: Clock) -> None:
    await desk.ask(title="Перше запитання про ями")
    clock.forward(hours=1)
    await desk.ask(title="Друге запитання про ями")
    await desk.published(title="Опубліковане")
    await desk.routed(title="У відповідача")
    await desk.answered(title="З відповіддю")
    page = await desk.get("/staff")
    numbers = {item.select_one("span").get_text(): item.select_one("b").get_text() for item in page.all(".stats a")}
    assert numbers == {
        "чекають на перевірку": "2",
        "відкриті знову": "0",
        "треба передати": "1",
        "у відповідачів": "1",
        "відповідей за 7 днів": "1",
    }
    titles = [link.get_text() for link in page.all(".queue a")]
    assert titles == ["Перше запитання про ями", "Друге запитання про ями", "Опубліковане", "У відповідача"]


async def test_the_answers_of_this_week_are_those_of_seven_days(desk: Site, clock: Clock) -> None:
    await desk.answered()
    clock.forward(days=8)
    page = await desk.get("/staff")
    assert page.all(".stats b")[-1].get_text() == "0"


async def test_a_queue_has_a_tab_for_every_state_with_its_count(desk: Site) -> None:
    await desk.ask()
    await desk.routed()
    page = await desk.get("/staff/queue?state=routed")
    tabs = {str(link.contents[0]).strip(): link.select_one(".count").get_text() for link in page.all(".queue-tabs a")}
    assert tabs["На перевірку"] == "1"
    assert tabs["У відповідачів"] == "1"
    assert tabs["Відхилені"] == "0"
    assert page.one('.queue-tabs a[aria-current="page"]').get_text().startswith("У відповідачів")
    assert len(page.all(".queue-row")) == 1


async def test_a_row_warns_of_personal_data_and_repeats_and_names_the_responder(desk: Site) -> None:
    await desk.published(title="Зграя собак біля Вирлиці", body="Собаки кидаються на людей щоранку.", category="dogs")
    await desk.ask(title="Собаки біля Вирлиці кидаються", body=f"Зграя щоранку. {PERSONAL}", category="dogs")
    row = (await desk.get("/staff/queue")).one(".queue-row")
    seen = " ".join(row.get_text(" ").split())
    assert "особисті дані: 4" in seen
    assert "1 ймовірн" in seen
    assert "за правилом:" in seen
    assert "Шевченківський" in seen


async def test_a_queue_is_narrowed_by_category_and_district(desk: Site) -> None:
    await desk.ask(title="Перша", category="parking", district="shevchenkivskyi")
    await desk.ask(title="Друга", category="dogs", district="shevchenkivskyi")
    await desk.ask(title="Третя", category="dogs", district="podilskyi")
    page = await desk.get("/staff/queue?category=dogs&district=podilskyi")
    assert [link.get_text() for link in page.all(".queue a")] == ["Третя"]
    assert page.one(".queue a")["href"].endswith("?category=dogs&district=podilskyi")
    nobody = await desk.get("/staff/queue?category=noise")
    assert "Тут таких звернень немає" in nobody.words
    assert len((await desk.get("/staff/queue?category=nothing-such&after=nonsense")).all(".queue-row")) == 3


async def test_a_long_queue_is_paged_without_gaps_or_doubles(desk: Site, clock: Clock) -> None:
    for n in range(30):
        await desk.ask(title=f"Запитання номер {n}")
        if n % 3:
            clock.forward(minutes=1)
    first = await desk.get("/staff/queue")
    second = await desk.get(str(first.one('a[rel="next"]')["href"]))
    titles = [link.get_text() for page in (first, second) for link in page.all(".queue-row a")]
    assert titles == [f"Запитання номер {n}" for n in range(30)]
    assert not second.all('a[rel="next"]')


@pytest.mark.parametrize("typed", ["KYIV-2026-000002", "kyiv-2026-000002 ", "2", "000002"])
async def test_a_number_leads_straight_to_its_appeal(desk: Site, clock: Clock, typed: str) -> None:
    clock.now = clock.now.replace(year=2026)
    await desk.ask()
    second = await desk.ask()
    page = await desk.get(f"/staff/queue?number={typed}", status=303)
    assert page.location == f"/staff/appeals/{second}"


@pytest.mark.parametrize("typed", ["KYIV-2026-999999", "<b>", "9" * 60, "1e9", "²"])
async def test_a_number_that_is_not_there_is_said_and_kept(desk: Site, typed: str) -> None:
    page = Page(await desk.client.get("/staff/queue", params={"number": typed}))
    assert page.status == 200
    assert "немає" in page.words
    assert page.one("#number")["value"] == typed[:40]


async def test_pages_take_the_same_number_of_queries_however_many_rows(desk: Site) -> None:
    await desk.published(title="Собаки біля Вирлиці", category="dogs")
    await desk.ask(title="Собаки Вирлиці", body=PERSONAL, category="dogs")
    taken: dict[str, set[int]] = {"/staff": set(), "/staff/queue": set()}
    first = await desk.ask(title="Собаки")
    for path in (*taken, f"/staff/appeals/{first}"):
        await desk.get(path)
    review: set[int] = set()
    for _ in range(2):
        for path, numbers in taken.items():
            with counted(desk) as seen:
                await desk.get(path)
            numbers.add(len(seen))
        with counted(desk) as seen:
            await opened(desk, first)
        review.add(len(seen))
        for n in range(8):
            await desk.ask(title=f"Собаки Вирлиці {n}", body=PERSONAL, category="dogs")
            await desk.published(title=f"Собаки біля Вирлиці {n}", category="dogs")
    assert all(len(numbers) == 1 for numbers in (*taken.values(), review)), (taken, review)


async def test_the_english_pages_keep_their_language(desk: Site) -> None:
    first = await desk.ask()
    second = await desk.ask()
    english = desk.english
    page = await act(english, first, "publication")
    assert page.location.startswith(f"/en/staff/appeals/{second}?")
    for path in ("/staff", "/staff/queue", f"/staff/appeals/{second}"):
        await english.get(path)


@pytest.mark.parametrize("make", ["published", "routed", "answered", "reopened", "rejected", "withdrawn"])
async def test_an_appeal_in_any_state_has_its_page_and_its_row(desk: Site, make: str) -> None:
    maker: dict[str, Any] = {
        "published": desk.published,
        "routed": desk.routed,
        "answered": desk.answered,
        "reopened": desk.answered,
    }
    appeal_id = await maker.get(make, desk.ask)()
    async with desk.unit() as session:
        if make == "reopened":
            await appeals.reopen(session, appeal_id, "Авто знову там.", now=desk.clock.now)
        if make == "rejected":
            await appeals.reject(session, appeal_id, "Ні.", by=await desk.moderator(), now=desk.clock.now)
        if make == "withdrawn":
            await appeals.withdraw(session, appeal_id, now=desk.clock.now)
    page = await opened(desk, appeal_id)
    assert not page.all('form[action$="/publication"]')
    assert ("Авто знову там." in page.one(".notice").get_text()) if make == "reopened" else True
    assert len((await desk.get(f"/staff/queue?state={make}")).all(".queue-row")) == 1
