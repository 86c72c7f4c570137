"""A page asks the database as often at 40 appeals as at 3; how often, is written down here."""

from tests.conftest import Statement
from tests.site import Site
from tests.tenants.crowd import crowd

# The first statement of each transaction, which sets the city and reads its revisions, is counted with the others.
PUBLIC_PAGES = {
    "/": 2,
    "/?category=parking&district=obolonskyi&state=waiting&period=365": 2,
    "/?q=запитання": 3,
    "/?q=запитання+авто": 3,
    "/appeals/{number}": 4,  # with whom it is addressed to
    "/map/data": 1,
    "/map/data?category=parking&bbox=30.4,50.4,30.6,50.5&zoom=12": 1,
    "/map/outlines": 1,
    "/guides": 1,
    "/guides/parking": 2,
    "/pages/about": 1,
    "/ask": 0,
    "/api/v1/appeals": 2,
    "/api/v1/appeals?state=answered&category=parking&limit=100": 2,
    "/api/v1/appeals.geojson": 2,
    "/api/v1/appeals/{number}": 4,
    "/api/v1/figures": 1,
    "/api/v1/categories": 1,
    "/api/v1/districts": 1,
}

# Whoever is signed in is looked up in a transaction of its own: two statements more.
STAFF_PAGES = {
    "/staff": 9,  # with the city's room and the reports that wait
    "/staff/queue?state=submitted": 7,
    "/staff/queue?state=routed": 7,
}

Counts = dict[str, int]


async def counts(site: Site, pages: Counts, number: str, statements: list[Statement]) -> Counts:
    """Statements of each page, when the process knows the city's make-up and its appeals and holds leases of the limits
    (what those cost is in tests/platform/test_limits.py)."""
    found = {}
    for path in ("/", "/?q=дощ", "/api/v1/figures"):
        await site.get(path)
    for path in pages:
        statements.clear()
        await site.get(path.format(number=number))
        found[path] = len(statements)
    return found


def within(found: Counts, allowed: Counts) -> bool:
    """No page asks more often than it may; less is fine (words that nobody used need no second look)."""
    beyond = {path: count for path, count in found.items() if count > allowed[path]}
    assert not beyond, beyond
    return True


async def test_public_pages_ask_as_often_at_40_appeals_as_at_3(site: Site, statements: list[Statement]) -> None:
    number = await site.number(await site.answered())
    await crowd(site, 2)
    few = await counts(site, PUBLIC_PAGES, number, statements)
    await crowd(site, 37, seed=2)
    many = await counts(site, PUBLIC_PAGES, number, statements)
    assert within(few, PUBLIC_PAGES)
    assert within(many, PUBLIC_PAGES)


async def test_staff_pages_ask_as_often_at_40_appeals_as_at_3(site: Site, statements: list[Statement]) -> None:
    await site.sign_in()
    for n in range(3):
        await site.ask(title=f"Яке запитання {n}?")
    few = await counts(site, STAFF_PAGES, "", statements)
    for n in range(37):
        await site.ask(title=f"Яке запитання {n}?")
    many = await counts(site, STAFF_PAGES, "", statements)
    assert within(few, STAFF_PAGES)
    assert within(many, STAFF_PAGES)


async def test_a_search_of_words_that_were_just_searched_asks_no_more_than_the_list(
    site: Site, statements: list[Statement]
) -> None:
    await site.published(title="Чому не вивозять сміття?")
    await site.get("/?q=сміття")
    statements.clear()
    assert "Чому не вивозять сміття?" in (await site.get("/?q=сміття")).words
    assert len(statements) == 2
    await site.published(title="Сміття знову тут?")
    assert "Сміття знову тут?" in (await site.get("/?q=сміття")).words
