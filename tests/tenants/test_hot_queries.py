"""Whatever a page asks of the database follows an index of its own city, however large another city is.

Row-level security switches some indexes off (operators that are not leakproof), without an error and without a wrong row:
only the plan shows it. So the very statements that pages send are explained here, as the runtime role, with the city set.
"""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from src.platform.data.base import CityOwned
from tests.bench.filling import fill
from tests.conftest import Statement, TestDatabase
from tests.site import Site
from tests.tenants.crowd import crowd

PAGES = (
    "/",
    "/?state=waiting",
    "/?category=parking",
    "/?district=obolonskyi",
    "/?period=30",
    "/?state=answered&category=parking&district=obolonskyi&period=365",
    "/?q=запитання",
    "/?q=запитання+авто&category=parking",
    "/?after={after}",
    "/?state=answered&after={after}",
    "/map/data?q=авто&category=parking",
    "/appeals/{number}",
    "/guides/parking",
    "/api/v1/appeals",
    "/api/v1/appeals?q=запитання",
    "/api/v1/appeals?state=waiting&category=parking&district=obolonskyi&from=2020-01-01&to=2099-01-01",
    "/api/v1/appeals/{number}",
    "/api/v1/appeals.geojson",
    "/api/v1/appeals.geojson?bbox=30.4,50.4,30.6,50.5&state=waiting",
    "/api/v1/figures",
)
STAFF_PAGES = ("/staff", *(f"/staff/queue?state={state}" for state in ("submitted", "published", "routed", "answered")))
OTHERS = 20_000
OWNED = {model.__tablename__ for model in CityOwned.__subclasses__()}


@pytest.fixture
async def beside_a_large_city(site: Site, poltava: Site, database: TestDatabase, statements: list[Statement]) -> list[Statement]:
    """Kyiv with 40 appeals beside Poltava with twenty thousand; what was sent to make them is forgotten."""
    for _ in range(3):
        await poltava.answered(district="shevchenkivskyi")
    await poltava.ask(district="shevchenkivskyi")
    fill(database.migrator, "poltava", OTHERS)
    with psycopg.connect(database.migrator) as connection:
        for statement in (
            (
                "INSERT INTO account (city_id, id, email, name, roles, created_at) SELECT city_id, id, id || '@b.example', '', '{}', "
                "created_at FROM appeal"
            ),
            (
                "INSERT INTO account_session (city_id, id, account_id, token_digest, method, created_at, authenticated_at, seen_at, "
                "expires_at) "
                "SELECT city_id, id, id, id::text, 'link', created_at, created_at, created_at, created_at FROM account"
            ),
            (
                "INSERT INTO follower (city_id, id, appeal_id, email, language, created_at, confirmed_at) "
                "SELECT city_id, uuidv7(), id, 'a@b.example', 'uk', created_at, created_at FROM appeal"
            ),
            (
                "INSERT INTO report (city_id, id, appeal_id, part, reason, created_at) "
                "SELECT city_id, uuidv7(), id, 'question', 'other', created_at FROM appeal"
            ),
            (
                "INSERT INTO ban (city_id, id, kind, value, reason, created_at) "
                "SELECT city_id, uuidv7(), 'email', id::text, '', created_at FROM appeal"
            ),
            "INSERT INTO photo (city_id, id, appeal_id, width, height, bytes, digest) SELECT city_id, uuidv7(), id, 1, 1, 1, '' FROM appeal",
            (
                "INSERT INTO officer (city_id, id, code, name, created_at) "
                "SELECT city_id, uuidv7(), '1', '{}', min(created_at) FROM appeal GROUP BY city_id"
            ),
            (
                "INSERT INTO direct_question (city_id, id, officer_id) "
                "SELECT a.city_id, a.id, o.id FROM appeal a JOIN officer o ON o.city_id = a.city_id"
            ),
            (
                "INSERT INTO answer_file (city_id, id, answer_id, name, media_type, bytes, digest) "
                "SELECT city_id, uuidv7(), id, '', '', 1, '' FROM answer"
            ),
        ):
            connection.execute(statement)
    await crowd(site, 40)
    await site.ask()
    await site.sign_in()
    with psycopg.connect(database.migrator, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    statements.clear()
    return statements


def steps(plan: dict[str, Any], table: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """All steps of a plan, each with the table that it reads."""
    table = plan.get("Relation Name", table)
    yield table, plan
    for part in plan.get("Plans", ()):
        yield from steps(part, table if plan["Node Type"].startswith("Bitmap") else "")


def faults(connection: psycopg.Connection[Any], sent: Statement) -> list[str]:
    """Steps of a statement's plan that would read rows of other cities: those of an index that does not begin with the city."""
    row = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sent.query}".encode(), sent.params).fetchone()
    assert row is not None
    plan = row[0][0]["Plan"]
    found = []
    for table, step in steps(plan):
        if table not in OWNED or step["Node Type"] == "Bitmap Heap Scan":
            continue
        if "Scan" in step["Node Type"] and "city_id" not in step.get("Index Cond", ""):
            found.append(f"{step['Node Type']} of {table} {step.get('Index Name', '')}")
    return [f"{fault}: {sent.query}\n{json.dumps(plan, indent=1)}" for fault in found]


def explained(address: str, city_id: UUID, statements: list[Statement]) -> list[str]:
    """The faults of all reading statements, explained in a transaction of the city."""
    found: list[str] = []
    with psycopg.connect(address) as connection:
        connection.execute("SELECT set_config('app.city_id', %s, true)", [str(city_id)])
        connection.execute("SET LOCAL enable_seqscan = off")  # a table of one page is read whole, whatever indexes it has
        for sent in {(sent.query, repr(sent.params)): sent for sent in statements}.values():
            if sent.query.lstrip("( \n").startswith(("SELECT", "WITH")) and "FOR UPDATE" not in sent.query:
                found += faults(connection, sent)
    return found


async def after_the_first_page(site: Site) -> str:
    """Where the second page begins."""
    return str((await site.get("/")).one("a[rel=next]")["href"]).split("after=")[1]


async def test_no_page_reads_another_citys_rows(site: Site, database: TestDatabase, beside_a_large_city: list[Statement]) -> None:
    statements = beside_a_large_city
    number = await site.number(await site.answered())
    after = await after_the_first_page(site)
    await site.published()  # so that the snapshot reads what changed
    statements.clear()
    for path in PAGES:
        await site.get(path.format(number=number, after=after))
    for path in STAFF_PAGES:
        await site.get(path)
    assert len(statements) > len(PAGES)
    found = explained(database.app, (await site.city()).id, statements)
    assert not found, "\n\n".join(found)


async def test_reading_a_city_for_the_first_time_reads_no_other(
    site: Site, database: TestDatabase, beside_a_large_city: list[Statement]
) -> None:
    await site.get("/map/data")
    first = [sent for sent in beside_a_large_city if "FROM appeal" in sent.query]
    assert first
    assert not explained(database.app, (await site.city()).id, first)


async def test_a_scan_over_all_cities_would_be_seen(
    site: Site, database: TestDatabase, beside_a_large_city: list[Statement]
) -> None:
    """The test of the test: the same question as a role whose policy does not add the city reads everybody's rows."""
    del beside_a_large_city
    careless = [
        Statement("SELECT id FROM appeal WHERE title ILIKE '%слово%'", None),
        Statement("SELECT id FROM appeal_word WHERE lexeme LIKE '%а'", None),
    ]
    assert len(explained(database.migrator, (await site.city()).id, careless)) == 2
