"""How often something may be done, by whom, and what somebody sees who did it too often."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import text

from src.platform.limits import rules
from src.platform.limits.guard import network_of
from src.platform.limits.rules import ALL, By, Limit, Rule, Unlimited
from src.platform.limits.service import Counts, TooMany
from src.platform.settings import Settings, get_settings
from src.platform.web.access import PUBLIC
from src.platform.web.front_door import FrontDoor
from tests.conftest import Clock, Statement
from tests.mailbox import Mailbox
from tests.site import Site
from tests.tenants.walk import Walk

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def counts_of(site: Site) -> Counts:
    """The counts of the application that serves a city."""
    found: Counts = application(site.door).state.counts
    return found


def application(door: FrontDoor) -> Litestar:
    """The application behind the front door."""
    assert isinstance(door.city, Litestar)
    return door.city


def at_most(site: Site, rule: Rule, by: By, most: int, **changes: Any) -> Limit:
    """Give the running application a smaller limit than the house's."""
    limit = rule.by(by)
    assert limit is not None
    smaller = replace(limit, most=most, **changes)
    counts_of(site).instead[limit.key] = smaller
    return smaller


# --- declarations ------------------------------------------------------------------------------


def test_every_unsafe_public_route_and_every_route_of_the_api_declares_its_limit(door: FrontDoor) -> None:
    for app in (door.city, door.apex):
        assert isinstance(app, Litestar)
        for route in app.routes:
            if not isinstance(route, HTTPRoute):
                continue
            for handler in route.route_handlers:
                api = route.path == "/api" or route.path.startswith("/api/")
                public = handler.opt.get("access") == PUBLIC and UNSAFE & set(handler.http_methods)
                if "OPTIONS" in handler.http_methods or not (api or public):
                    continue
                declared = handler.opt.get("limits")
                assert isinstance(declared, Rule | Unlimited), f"{sorted(handler.http_methods)} {route.path} declares no limit"


def test_limits_have_names_of_their_own_and_leave_room_for_a_school() -> None:
    keys = [limit.key for rule in ALL for limit in rule.limits]
    assert len(keys) == len(set(keys))
    for rule in ALL:
        for limit in rule.limits:
            assert limit.lease == 1 or limit.lease * 20 <= limit.most, limit.key
            if limit.by is By.ADDRESS:
                assert limit.most >= 60, f"{limit.key}: a class of thirty behind one address"


@pytest.mark.parametrize(
    ("client", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix", "unix"),
        ("", ""),
    ],
)
def test_an_ipv6_address_counts_as_its_64(client: str, counted: str) -> None:
    assert network_of(client) == counted


# --- counting ----------------------------------------------------------------------------------


async def test_two_processes_count_together(site: Site, clock: Clock) -> None:
    limit = Limit("together", By.ADDRESS, 5, timedelta(minutes=10))
    city = (await site.city()).id
    processes = [Counts(site.door.database), Counts(site.door.database)]
    for n in range(5):
        await processes[n % 2].use(city, [(limit, "203.0.113.7")], now=clock.now)
    for process in processes:
        with pytest.raises(TooMany) as refused:
            await process.use(city, [(limit, "203.0.113.7")], now=clock.now)
        assert refused.value.wait == timedelta(minutes=10)
    await processes[0].use(city, [(limit, "203.0.113.8")], now=clock.now)


async def test_two_front_doors_on_one_database_count_together(site: Site, clock: Clock) -> None:
    from src.main import build_web

    second = build_web(get_settings())
    other = Site(second, "kyiv", clock)
    for door in (site, other):
        at_most(door, rules.STARTING, By.ADDRESS, 3)
    try:
        for n in range(3):
            await (site, other)[n % 2].post("/ask", {"title": f"Чому не світить ліхтар номер {n}?"})
        for door in (site, other):
            await door.post("/ask", {"title": "Чому не світить четвертий ліхтар?"}, status=429)
    finally:
        await second.database.close()


async def test_leases_of_two_processes_never_give_out_more_than_the_limit(site: Site, clock: Clock) -> None:
    limit = Limit("leased", By.ADDRESS, 25, timedelta(minutes=5), 10)
    city = (await site.city()).id
    processes = [Counts(site.door.database), Counts(site.door.database)]
    given = 0
    for n in range(60):
        try:
            await processes[n % 2].use(city, [(limit, "x")], now=clock.now)
            given += 1
        except TooMany:
            continue
    assert given == 25


async def test_a_window_ends_and_begins_anew(site: Site, clock: Clock) -> None:
    for lease in (1, 2):
        limit = Limit(f"window-{lease}", By.ADDRESS, 2, timedelta(minutes=10), lease)
        city, counts = (await site.city()).id, Counts(site.door.database)
        for _ in range(2):
            await counts.use(city, [(limit, "x")], now=clock.now)
        clock.forward(minutes=9)
        with pytest.raises(TooMany) as refused:
            await counts.use(city, [(limit, "x")], now=clock.now)
        assert refused.value.wait == timedelta(minutes=1)
        clock.forward(minutes=1)
        await counts.use(city, [(limit, "x")], now=clock.now)


async def test_cities_count_apart(site: Site, poltava: Site) -> None:
    at_most(site, rules.STARTING, By.ADDRESS, 1)
    at_most(site, rules.STARTING, By.CITY, 1)
    await site.post("/ask", {"title": "Чому не світить ліхтар?"})
    await site.post("/ask", {"title": "Чому не світить ліхтар?"}, status=429)
    await poltava.post("/ask", {"title": "Чому не світить ліхтар?"})


async def test_no_address_and_no_email_is_stored(site: Site, mail: Mailbox) -> None:
    await site.post("/sign-in", {"email": "olena@ukr.example"})
    async with site.unit() as session:
        keys = list((await session.execute(text("SELECT key FROM rate_count"))).scalars())
    assert len(keys) == 3
    assert all(re.fullmatch(r"[0-9a-f]{40}", key) for key in keys)


async def test_an_account_is_counted_wherever_it_comes_from(site: Site) -> None:
    at_most(site, rules.STARTING, By.ACCOUNT, 1)
    await site.sign_in()
    await site.post("/ask", {"title": "Чому не світить ліхтар?"})
    await site.post("/ask", {"title": "Чому не світить ліхтар?"}, status=429)
    await site.another_browser().post("/ask", {"title": "Чому не світить ліхтар?"})


async def test_counts_whose_window_is_over_are_forgotten(site: Site, mail: Mailbox, clock: Clock) -> None:
    from src.platform.limits.service import forget_old

    await site.post("/ask", {"title": "Чому не світить ліхтар?"})
    async with site.unit() as session:
        await forget_old(session, now=clock.now)
        assert await session.scalar(text("SELECT count(*) FROM rate_count")) == 2
        await forget_old(session, now=clock.now + timedelta(hours=2))
        assert await session.scalar(text("SELECT count(*) FROM rate_count")) == 0


# --- what somebody sees ------------------------------------------------------------------------


async def test_the_page_says_when_to_try_again_and_keeps_what_was_typed(site: Site, clock: Clock) -> None:
    at_most(site, rules.STARTING, By.ADDRESS, 1)
    question = {"title": "Чому не світить ліхтар <b>на розі</b>?", "body": "Темно вже тиждень.\n\nДіти бояться."}
    await site.post("/ask", question)
    clock.forward(minutes=4)
    page = await site.post("/ask", question, status=429)
    assert page.response.headers["retry-after"] == "360"
    assert page.response.headers["cache-control"] == "no-store"
    assert "за 6 хвилин" in page.words
    assert "Темно вже тиждень." in page.words
    form = page.one('form[action="/ask"]')
    assert {str(field["name"]): str(field["value"]) for field in form.select("input")} == question
    clock.forward(minutes=6)
    sent = {str(field["name"]): str(field["value"]) for field in form.select("input")}
    assert "/category" in (await site.post("/ask", sent)).location


async def test_the_page_is_english_on_english_pages(site: Site) -> None:
    at_most(site, rules.STARTING, By.ADDRESS, 1)
    await site.english.post("/ask", {"title": "Why is the street light off?"})
    page = await site.english.post("/ask", {"title": "Why is the street light off?"}, status=429)
    assert "Why is the street light off?" in page.words
    assert "Try again in 10 minutes." in page.words


async def test_steps_of_the_ask_flow_and_the_answer_form_lose_nothing(site: Site) -> None:
    walk = await Walk(site).begin()
    at_most(site, rules.ASKING, By.ADDRESS, 0)
    page = await site.post(walk.at("place"), {"address": "вул. Глибочицька, 17", "lon": "30.5009", "lat": "50.4565"}, status=429)
    assert "вул. Глибочицька, 17" in page.words
    assert page.one("form[method=post] input[name=lon]")["value"] == "30.5009"
    appeal = await site.routed()
    await site.sign_in()
    at_most(site, rules.ANSWERS, By.ACCOUNT, 0)
    page = await site.post(
        f"/staff/appeals/{appeal}/answer",
        {"short": "за авто на газоні відповідає місто.", "body": "Довга відповідь.", "then": "save"},
        files=[("files", "закон.pdf", b"%PDF-1.4")],
        status=429,
    )
    assert "за авто на газоні відповідає місто." in page.words
    assert "Файли доведеться вибрати ще раз" in page.words


async def test_photos_over_the_limit_are_told(site: Site) -> None:
    walk = await Walk(site).begin()
    at_most(site, rules.UPLOADS, By.ADDRESS, 0)
    page = await site.post(walk.at("photos"), {"add": "1"}, files=[("photos", "1.jpg", b"x" * 2_000_000)], status=429)
    assert "Файли доведеться вибрати ще раз" in page.words


async def test_the_api_gets_json(site: Site) -> None:
    await site.get("/api/v1/figures")
    limit = at_most(site, rules.API, By.ADDRESS, 0)
    counts_of(site)._leased.clear()
    answer = await site.get("/api/v1/figures", status=429)
    assert answer.json()["status"] == 429
    assert answer.response.headers["retry-after"] == str(int(limit.per.total_seconds())) == str(answer.json()["retry_after"])
    answer = await site.get("/places/search?q=Хрещатик", status=200)


async def test_search_is_limited_and_reading_is_not(site: Site) -> None:
    at_most(site, rules.SEARCH, By.ADDRESS, 0)
    for path in ("/?q=ліхтар", "/map/data?q=ліхтар", "/ask/similar?q=ліхтар", "/places/search?q=Хрещатик"):
        await site.get(path, status=429)
    for path in ("/", "/map/data", "/guides", "/ask", "/?category=parking"):
        await site.get(path)


async def test_a_link_is_sent_to_one_email_so_many_times(site: Site, mail: Mailbox) -> None:
    at_most(site, rules.SIGN_IN, By.EMAIL, 2)
    for _ in range(2):
        await site.post("/sign-in", {"email": "olena@ukr.example"})
    page = await site.another_browser().post("/sign-in", {"email": "Olena@UKR.example"}, status=429)
    assert "olena@ukr.example" in page.words.lower()
    await site.post("/sign-in", {"email": "other@ukr.example"})


async def test_following_is_limited_by_email(site: Site, mail: Mailbox) -> None:
    number = await site.number(await site.published())
    at_most(site, rules.FOLLOWING, By.EMAIL, 1)
    await site.post(f"/appeals/{number}/followers", {"email": "reader@ukr.example"})
    await site.post(f"/appeals/{number}/followers", {"email": "reader@ukr.example"}, status=429)


async def test_a_question_is_sent_from_one_email_so_many_times_and_the_draft_stays(site: Site) -> None:
    at_most(site, rules.SENDING, By.EMAIL, 1)
    await (await Walk(site).to_the_end()).send()
    second = await Walk(site).to_the_end()
    await site.post(second.at("check"), {"seen": await second.seen()}, status=429)
    assert "Перевірте" in (await second.check()).words


async def test_a_tried_link_is_counted_so_that_nobody_guesses(site: Site) -> None:
    at_most(site, rules.CODES, By.ADDRESS, 2)
    for _ in range(2):
        await site.post("/sign-in/link/guess", status=404)
    await site.post("/sign-in/link/guess", status=429)


async def test_what_a_proxy_says_counts_only_when_the_proxy_is_ours(site: Site) -> None:
    at_most(site, rules.STARTING, By.ADDRESS, 1)
    await site.post("/ask", {"title": "Чому не світить ліхтар?"}, headers={"x-forwarded-for": "203.0.113.1"})
    await site.post("/ask", {"title": "Чому не світить ліхтар?"}, headers={"x-forwarded-for": "203.0.113.2"}, status=429)
    site.door.proxies = frozenset({"127.0.0.1"})
    for n in (3, 4):
        await site.post("/ask", {"title": "Чому не світить ліхтар?"}, headers={"x-forwarded-for": f"203.0.113.{n}"})


async def test_limits_can_be_switched_off_for_benchmarks(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    at_most(site, rules.STARTING, By.ADDRESS, 0)
    site.door.settings = Settings(**{**get_settings().model_dump(), "limits": "off"})
    await site.post("/ask", {"title": "Чому не світить ліхтар?"})


# --- what it costs -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/v1/figures", "/?q=ліхтар", "/ask/similar?q=ліхтар"])
async def test_reading_pays_one_short_transaction_for_thirty_requests(site: Site, statements: list[Statement], path: str) -> None:
    for _ in range(2):
        await site.get(path)
    counts_of(site)._leased.clear()

    def taken() -> int:
        return sum("rate_count" in statement.query for statement in statements)

    statements.clear()
    for _ in range(30):
        await site.get(path)
    assert taken() == 1
    transactions = sum("set_config" in statement.query for statement in statements)
    assert transactions == 31
    await site.get(path)
    assert taken() == 2


async def test_reading_of_a_page_takes_no_count(site: Site, statements: list[Statement]) -> None:
    await site.get("/")
    assert not [statement for statement in statements if "rate_count" in statement.query]


def test_retry_after_is_whole_seconds_rounded_up() -> None:
    from src.platform.web.too_many import seconds_of

    assert [seconds_of(timedelta(seconds=value)) for value in (0, 0.2, 1, 59.1)] == [1, 1, 1, 60]
    assert httpx.codes(429).name == "TOO_MANY_REQUESTS"
