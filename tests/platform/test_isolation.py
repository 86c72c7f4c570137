"""No city ever sees another's rows, whatever a programmer forgets: the database itself refuses. Read from its catalogue."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from src.platform.data.row_security import APP, MIGRATOR
from src.tenants.appeals.states import NEXT, State
from tests.conftest import TestDatabase
from tests.site import Site

EXEMPT = {
    "city": "the cities themselves; its own policies are tested below",
    "alembic_version": "which migration the schema is at; of no city",
}
"""Tables without an owner, each with its reason. The job queue has a schema of its own; its messages carry ids only."""

Catalogue = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def catalogue(database: TestDatabase) -> Iterator[Catalogue]:
    """The database as its migrator sees it."""
    with psycopg.connect(database.migrator) as connection:
        yield connection


@pytest.fixture
def application(database: TestDatabase) -> Iterator[Catalogue]:
    """The database as the application's role sees it, without a city."""
    with psycopg.connect(database.app) as connection:
        yield connection


def texts(connection: Catalogue, query: str, *bound: object) -> list[str]:
    """The first column of a query, as texts."""
    return [str(row[0]) for row in connection.execute(query, bound)]


def owned_tables(connection: Catalogue) -> list[str]:
    """Every table but the exempted ones, whoever made it."""
    found = texts(
        connection,
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1",
    )
    assert set(EXEMPT) <= set(found)
    return [table for table in found if table not in EXEMPT]


def in_city(connection: Catalogue, city: object) -> None:
    """Say which city the transaction is of, as the unit of work does."""
    connection.execute("SELECT set_config('app.city_id', %s, true)", (str(city),))


# --- what the catalogue says -------------------------------------------------------------------


def test_there_are_no_schemas_but_ours_and_the_queues(catalogue: Catalogue) -> None:
    found = texts(
        catalogue, "SELECT DISTINCT schemaname FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    )
    assert set(found) == {"public", "dramatiq"}


def test_every_primary_key_begins_with_the_city(catalogue: Catalogue) -> None:
    for table in owned_tables(catalogue):
        key = texts(
            catalogue,
            "SELECT a.attname FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(number, place) "
            "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number "
            "WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY k.place",
            table,
        )
        assert key[:1] == ["city_id"], f"{table}: {key}"
        assert len(key) > 1, table


def test_row_level_security_is_on_and_binds_the_owner_too(catalogue: Catalogue) -> None:
    for table in [*owned_tables(catalogue), "city"]:
        row = catalogue.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", (table,)
        ).fetchone()
        assert row == (True, True), table


def test_policies_compare_with_the_city_of_the_transaction(catalogue: Catalogue) -> None:
    ours = "(city_id = (NULLIF(current_setting('app.city_id'::text, true), ''::text))::uuid)"
    for table in owned_tables(catalogue):
        policies = catalogue.execute(
            "SELECT roles::text[], cmd, permissive, qual, with_check FROM pg_policies "
            "WHERE schemaname = 'public' AND tablename = %s ORDER BY policyname",
            (table,),
        ).fetchall()
        assert policies == [
            ([MIGRATOR], "ALL", "PERMISSIVE", "true", "true"),
            ([APP], "ALL", "PERMISSIVE", ours, ours),
        ], table


def test_every_foreign_key_carries_the_city(catalogue: Catalogue) -> None:
    rows = catalogue.execute(
        "SELECT c.conname, c.conrelid::regclass::text, c.confrelid::regclass::text, "
        "(SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(c.conkey) WITH ORDINALITY AS k(number, place) "
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number), "
        "(SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(c.confkey) WITH ORDINALITY AS k(number, place) "
        " JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number) "
        "FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.contype = 'f' AND n.nspname = 'public'"
    ).fetchall()
    assert rows
    for name, table, target, columns, referred in rows:
        if target == "city":
            assert (columns, referred) == (["city_id"], ["id"]), name
        else:
            assert isinstance(columns, list), name
            assert isinstance(referred, list), name
            assert (columns[0], referred[0]) == ("city_id", "city_id"), f"{table}: {name} can point into another city"


def test_every_table_points_at_its_city(catalogue: Catalogue) -> None:
    pointing = texts(
        catalogue, "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND confrelid = 'city'::regclass"
    )
    assert sorted(pointing) == owned_tables(catalogue)


def test_every_index_begins_with_the_city(catalogue: Catalogue) -> None:
    for table in owned_tables(catalogue):
        rows = catalogue.execute(
            "SELECT i.indexrelid::regclass::text, a.attname FROM pg_index i "
            "LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indrelid = %s::regclass",
            (table,),
        ).fetchall()
        for index, first in rows:
            assert first == "city_id", f"{index} of {table} begins with {first}"


def test_the_runtime_role_owns_nothing_and_is_nobody_special(catalogue: Catalogue) -> None:
    row = catalogue.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, oid FROM pg_roles WHERE rolname = %s", (APP,)
    ).fetchone()
    assert row is not None
    assert not any(row[:5])
    assert texts(catalogue, "SELECT relname FROM pg_class WHERE relowner = %s", row[5]) == []
    assert texts(catalogue, "SELECT nspname FROM pg_namespace WHERE nspowner = %s", row[5]) == []
    assert texts(catalogue, "SELECT proname FROM pg_proc WHERE proowner = %s", row[5]) == []
    assert texts(catalogue, "SELECT datname FROM pg_database WHERE datdba = %s", row[5]) == []
    assert texts(catalogue, "SELECT roleid::regrole FROM pg_auth_members WHERE member = %s", row[5]) == []


def test_nothing_runs_or_reads_with_somebody_elses_rights(catalogue: Catalogue) -> None:
    definers = (
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef AND n.nspname = 'public'"
    )
    assert texts(catalogue, definers) == []
    views = (
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('v', 'm') AND n.nspname = 'public'"
    )
    assert texts(catalogue, views) == []


def test_the_timeline_can_only_grow(catalogue: Catalogue) -> None:
    granted = texts(
        catalogue,
        "SELECT privilege_type FROM information_schema.table_privileges WHERE table_name = 'appeal_event' AND grantee = %s",
        APP,
    )
    assert sorted(granted) == ["INSERT", "SELECT"]


def test_the_runtime_role_can_change_no_table_as_a_whole(catalogue: Catalogue) -> None:
    for table in [*owned_tables(catalogue), "city"]:
        granted = set(
            texts(
                catalogue,
                "SELECT privilege_type FROM information_schema.table_privileges "
                "WHERE table_name = %s AND grantee IN (%s, 'PUBLIC')",
                table,
                APP,
            )
        )
        assert granted <= {"SELECT", "INSERT", "UPDATE", "DELETE"}, f"{table}: {granted}"


# --- what the application's role can do --------------------------------------------------------


async def test_without_a_city_there_is_nothing(site: Site, application: Catalogue) -> None:
    await site.answered()
    for table in owned_tables(application):
        assert application.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone() == (0,), table


async def test_a_query_that_forgets_the_city_sees_only_its_own(site: Site, poltava: Site, application: Catalogue) -> None:
    await site.answered()
    await poltava.answered()
    cities = {(await site.city()).id, (await poltava.city()).id}
    with_rows: dict[UUID, set[str]] = {}
    for city in cities:
        in_city(application, city)
        for table in owned_tables(application):
            seen = {row[0] for row in application.execute(sql.SQL("SELECT city_id FROM {}").format(sql.Identifier(table)))}
            assert seen <= {city}, table
            if seen:
                with_rows.setdefault(city, set()).add(table)
        application.rollback()
    assert {"appeal", "submission", "answer", "appeal_event", "appeal_word", "account"} <= set.intersection(*with_rows.values())


async def test_nothing_can_be_written_for_another_city(site: Site, poltava: Site, application: Catalogue) -> None:
    mine, other = (await site.city()).id, (await poltava.city()).id
    for table in owned_tables(application):
        in_city(application, mine)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            application.execute(sql.SQL("INSERT INTO {} (city_id) VALUES (%s)").format(sql.Identifier(table)), (other,))
        application.rollback()


async def test_no_row_can_be_moved_to_another_city(site: Site, poltava: Site, application: Catalogue) -> None:
    await site.published()
    in_city(application, (await site.city()).id)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        application.execute("UPDATE submission SET city_id = %s", ((await poltava.city()).id,))


async def test_a_change_that_forgets_the_city_reaches_only_its_own(site: Site, poltava: Site, application: Catalogue) -> None:
    theirs = await poltava.published(title="Полтавське запитання")
    mine = await site.published()
    in_city(application, (await site.city()).id)
    assert application.execute("DELETE FROM appeal_word").rowcount > 0
    assert application.execute("UPDATE appeal SET title = 'Інше'").rowcount == 1
    assert application.execute("UPDATE city SET demo = demo").rowcount == 1
    application.commit()
    async with poltava.unit() as session:
        assert await session.scalar(text("SELECT title FROM appeal WHERE id = :id"), {"id": theirs}) == "Полтавське запитання"
        assert await session.scalar(text("SELECT count(*) FROM appeal WHERE id = :id"), {"id": mine}) == 0


async def test_a_unit_of_work_of_no_city_sees_no_rows_and_of_an_unknown_one_does_not_begin(site: Site) -> None:
    await site.published()
    async with site.door.database.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM appeal")) == 0
    with pytest.raises(LookupError):
        async with site.door.database.unit(uuid4()):
            pass


async def test_the_city_is_forgotten_when_the_transaction_ends(site: Site) -> None:
    await site.published()
    async with site.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM appeal")) == 1
    for _ in range(12):  # every connection of the pool
        async with site.door.database.unit() as session:
            assert await session.scalar(text("SELECT count(*) FROM appeal")) == 0


async def test_the_timeline_refuses_to_be_changed(site: Site) -> None:
    await site.published()
    for statement in ("UPDATE appeal_event SET kind = 'x'", "DELETE FROM appeal_event", "TRUNCATE appeal_event"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with site.unit() as session:
                await session.execute(text(statement))


# --- the life of an appeal, and the schema -----------------------------------------------------

PUBLIC = {State.PUBLISHED, State.ROUTED, State.ANSWERED, State.REOPENED}


async def test_the_database_allows_exactly_the_steps_of_the_model(site: Site, application: Catalogue) -> None:
    known, city = await site.known(), (await site.city()).id
    in_city(application, city)
    allowed: set[tuple[State, State]] = set()
    reasons: set[tuple[State, State, str]] = set()
    for before, after in product(State, State):
        appeal = uuid4()
        application.execute("SAVEPOINT step")
        application.execute(
            "INSERT INTO appeal (city_id, id, number, state, category_id, district_id, created_at, confirmed_at, published_at, "
            "answered_at, title, merged_into_id) VALUES (%s, %s, %s, %s, %s, %s, now(), now(), now(), now(), %s, %s)",
            (
                city, appeal, appeal.hex, before, known.categories[0].id, known.districts[0].id,
                "Запитання" if before in PUBLIC else "", appeal if before is State.MERGED else None,
            ),
        )  # fmt: skip
        try:
            application.execute(
                "UPDATE appeal SET state = %s, title = %s, merged_into_id = %s WHERE id = %s",
                (after, "Запитання" if after in PUBLIC else "", appeal if after is State.MERGED else None, appeal),
            )
            allowed.add((before, after))
        except psycopg.errors.CheckViolation as refused:
            reasons.add((before, after, str(refused).splitlines()[0]))
        application.execute("ROLLBACK TO SAVEPOINT step")
    assert all(words == f"an appeal that is {before} cannot become {after}" for before, after, words in reasons)
    staying = {(state, state) for state in State}  # a change that is no step
    assert allowed - staying == {(before, after) for before, steps in NEXT.items() for after in steps} - staying


def test_the_tables_are_what_the_models_say(database: TestDatabase, tmp_path: Path) -> None:
    with (tmp_path / "said").open("w", encoding="utf-8") as said:
        config = Config("alembic.ini", stdout=said)
        config.attributes["url"] = database.migrator
        command.check(config)
