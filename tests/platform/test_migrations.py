"""Each migration is run over the data of the releases before it, as a deployed city has it, and by the same roles.

The data of a release is written down in ``releases/<revision>.sql``: what its tables could hold, in two cities. A walk
brings a database from the first revision up to the last one and fills, at each stop, what that release added. So a
new migration is tested from the day it is written; a release that makes new tables has to say what is in them before
the next migration may come.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql
from psycopg.rows import dict_row

from src.platform.data.row_security import APP, MIGRATOR
from src.platform.local.postgres import LocalPostgres
from src.platform.local.roles import bootstrap_roles

ROOT = Path(__file__).parents[2]
RELEASES = Path(__file__).parent / "releases"
CITIES = {"kyiv": UUID("0195a000-0000-7000-8000-00000000000a"), "poltava": UUID("0195a000-0000-7000-8000-00000000000b")}

CHANGED: dict[str, set[str]] = {"0002": {"sign_in_link", "appeal_event.data"}}
"""``revision: {"table.column" or "table"}``: what a migration changes or removes in rows that were there, on purpose.
Sign-in links of 0001, which lived a quarter of an hour, are ended; words move from events to a table beside them."""

CONTRACTED: dict[str, set[str]] = {"0002": {"staff_session", "sign_in_link"}}
"""``revision: {"table.column" or "table"}``: what a migration takes away that the release before no longer used.
0002 is an exception that its text owns up to: staff sign in anew after it, and not before the new release runs."""

Row = dict[str, Any]


@dataclass
class Stop:
    """The database as a release left it."""

    revision: str
    rows: dict[str, list[Row]]
    keys: dict[str, list[str]]
    columns: dict[tuple[str, str], tuple[str, bool]]
    """Type, and whether a row can be written without naming it."""
    grants: set[tuple[str, str]] = field(default_factory=set)

    @property
    def empty(self) -> list[str]:
        """Tables that hold nothing in one of the cities, or at all."""
        return sorted(
            table
            for table, rows in self.rows.items()
            if not rows or ("city_id" in rows[0] and {row["city_id"] for row in rows} != set(CITIES.values()))
        )


class Walk:
    """A database that goes through all releases, from the first one to the head of ``scripts``."""

    def __init__(self, migrator: str, app: str, scripts: Path, releases: Path) -> None:
        self.migrator, self.app, self.releases = migrator, app, releases
        self.config = Config(ROOT / "alembic.ini")
        self.config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        self.config.attributes["url"] = migrator
        every = ScriptDirectory.from_config(self.config).walk_revisions()
        self.revisions = [each.revision for each in reversed(list(every))]
        self.stops: list[Stop] = []

    def go(self) -> list[Stop]:
        """Every release in turn: migrate to it, fill in what it added, look."""
        for revision in self.revisions:
            command.upgrade(self.config, revision)
            with psycopg.connect(self.migrator, row_factory=dict_row) as connection:
                written = self.releases / f"{revision}.sql"
                arrived = look(connection, revision)
                if self.stops:
                    compare(self.stops[-1], arrived)
                if written.exists():
                    for slug, city in CITIES.items():
                        filling = psycopg.ClientCursor(connection)
                        filling.execute(
                            written.read_text(encoding="utf-8").encode(),
                            {"city": city, "slug": slug, "prefix": slug.upper()},
                        )
                self.stops.append(look(connection, revision))
            if revision != self.revisions[-1]:
                empty = self.stops[-1].empty
                assert not empty, f"say in {written.name} what release {revision} may have written into {', '.join(empty)}"
        return self.stops


def look(connection: psycopg.Connection[Row], revision: str) -> Stop:
    """Everything the migrator sees: rows, keys, columns, and what the application may do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid, n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname IN ('public', 'dramatiq') AND c.relkind = 'r' AND c.relname <> 'alembic_version'"
        )
        tables = cursor.fetchall()
        stop = Stop(revision, {}, {}, {})
        for table in tables:
            cursor.execute(
                "SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, i.indrelid IS NOT NULL AS key, "
                "NOT a.attnotnull OR a.atthasdef OR a.attidentity <> '' AS optional "
                "FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey) "
                "WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped",
                [table["oid"]],
            )
            name = table["name"] if table["schema"] == "public" else f"{table['schema']}.{table['name']}"
            columns = cursor.fetchall()
            stop.keys[name] = [column["name"] for column in columns if column["key"]]
            stop.columns |= {(name, column["name"]): (column["type"], column["optional"]) for column in columns}
            cursor.execute(
                "SELECT privilege FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege "
                "WHERE has_table_privilege(%s, %s::oid, privilege)",
                [APP, table["oid"]],
            )
            stop.grants |= {(name, row["privilege"]) for row in cursor.fetchall()}
            if table["schema"] == "public" or table["name"] == "queue":
                cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table["schema"], table["name"])))
                stop.rows[name] = cursor.fetchall()
    return stop


def compare(before: Stop, after: Stop) -> None:
    """No row is lost or changed, and the release before can go on writing, but for what the migration says it does."""
    meant, left = CHANGED.get(after.revision, set()), CONTRACTED.get(after.revision, set())
    for table, rows in before.rows.items():
        if table in meant or table in left:
            continue
        assert table in after.rows, f"{after.revision} drops the table {table}"
        key = before.keys[table]
        now = {tuple(row[name] for name in key): row for row in after.rows[table]}
        for row in rows:
            found = now.get(tuple(row[name] for name in key))
            assert found is not None, f"{after.revision} loses a row of {table}"
            for name, value in row.items():
                if name in found and f"{table}.{name}" not in meant:
                    assert found[name] == value, f"{after.revision} changes {table}.{name}"
    for (table, name), (kind, optional) in before.columns.items():
        if table in left or f"{table}.{name}" in left:
            continue
        assert (table, name) in after.columns, f"{after.revision} takes {table}.{name} from the release that still runs"
        new_kind, still_optional = after.columns[table, name]
        assert new_kind == kind, f"{after.revision} makes {table}.{name} a {new_kind}"
        assert still_optional or not optional, f"{after.revision} demands {table}.{name}, which the release before leaves out"
    for (table, name), (_, optional) in after.columns.items():
        if table in before.rows and table not in left and (table, name) not in before.columns:
            assert optional, f"{after.revision} adds {table}.{name}, which the release before does not know, without a default"
    lost = {grant for grant in before.grants - after.grants if grant[0] not in left}
    assert not lost, f"{after.revision} takes rights from the release that still runs: {sorted(lost)}"


@pytest.fixture
def empty_database(postgres: LocalPostgres) -> Iterator[tuple[str, str]]:
    """A database with roles and nothing else, as a server has it before the first migration."""
    name = f"m_{uuid4().hex[:12]}"
    admin = postgres.dsn("postgres", "postgres")
    bootstrap_roles(admin, name, postgres.password(MIGRATOR), postgres.password(APP))
    yield postgres.dsn(MIGRATOR, name), postgres.dsn(APP, name)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_data_of_every_release_survives_all_later_migrations(empty_database: tuple[str, str]) -> None:
    migrator, app = empty_database
    walk = Walk(migrator, app, ROOT / "migrations", RELEASES)
    stops = walk.go()
    assert {path.stem for path in RELEASES.glob("*.sql")} <= set(walk.revisions)
    assert stops[0].empty == [], "the first release's file leaves tables empty"
    # The application sees of each city what the migrator sees of it, and nothing without a city.
    last = stops[-1]
    owned = {table: rows for table, rows in last.rows.items() if (table, "city_id") in last.columns}
    with psycopg.connect(app) as connection:
        for city in (*CITIES.values(), None):
            connection.execute("SELECT set_config('app.city_id', %s, true)", [str(city or "")])
            for table, rows in owned.items():
                seen = connection.execute(sql.SQL("SELECT city_id FROM {}").format(sql.Identifier(table))).fetchall()
                assert len(seen) == sum(row["city_id"] == city for row in rows), table
                assert all(row == (city,) for row in seen), table
            connection.rollback()


def test_what_people_wrote_leaves_the_timeline_and_lies_beside_it(empty_database: tuple[str, str]) -> None:
    walk = Walk(*empty_database, ROOT / "migrations", RELEASES)
    stops = {stop.revision: stop for stop in walk.go()}
    assert all(set(row["data"]) <= {"words", "marked"} for row in stops["0002"].rows["appeal_event"])
    kept = [(row["city_id"], row["words"]) for row in stops["0002"].rows["appeal_event_words"]]
    assert sorted(kept) == [(city, {"why": "Знову темно, я Олена"}) for city in sorted(CITIES.values())]


# --- the walk itself notices what it is for -----------------------------------------------------

NEXT = """
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for statement in {statements!r}:
        op.execute(statement)
"""


def first_release(folder: Path) -> Path:
    """A folder that knows the first release's data and no later one's, which are not made up."""
    releases = folder / "releases"
    releases.mkdir()
    shutil.copy(RELEASES / "0001.sql", releases / "0001.sql")
    return releases


@pytest.fixture
def after_the_first(empty_database: tuple[str, str], tmp_path: Path) -> Callable[..., Walk]:
    """A walk from release 0001 through a second migration that a test makes up."""
    scripts = tmp_path / "migrations"
    (scripts / "versions").mkdir(parents=True)
    for name in ("env.py", "script.py.mako", "versions/0001_foundation.py"):
        shutil.copy(ROOT / "migrations" / name, scripts / name)
    releases = first_release(tmp_path)

    def make(*statements: str) -> Walk:
        (scripts / "versions" / "0002_next.py").write_text(NEXT.format(statements=statements), encoding="utf-8")
        return Walk(*empty_database, scripts, releases)

    return make


def test_a_careful_migration_passes_and_its_backfill_reaches_the_rows_of_all_cities(after_the_first: Callable[..., Walk]) -> None:
    walk = after_the_first(
        "ALTER TABLE appeal ADD COLUMN mood text NOT NULL DEFAULT ''",
        "UPDATE appeal SET mood = 'calm' WHERE state = 'answered'",
    )
    moods = [(row["city_id"], row["mood"]) for row in walk.go()[-1].rows["appeal"] if row["state"] == "answered"]
    assert sorted(moods) == [(city, "calm") for city in sorted(CITIES.values())]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM mail WHERE state = 'sent'", "0002 loses a row of mail"),
        ("UPDATE follower SET email = lower(email) || '.ua'", "0002 changes follower.email"),
        ("ALTER TABLE submission DROP COLUMN author_name", "0002 takes submission.author_name"),
        ("ALTER TABLE answer ALTER COLUMN published_at TYPE text", "0002 (changes|makes) answer.published_at"),
        ("DROP TABLE water", "0002 drops the table water"),
        ("TRUNCATE dramatiq.queue", "0002 loses a row of dramatiq.queue"),
        (f"REVOKE UPDATE ON draft FROM {APP}", "0002 takes rights"),
    ],
)
def test_a_careless_migration_is_told_on(after_the_first: Callable[..., Walk], statement: str, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        after_the_first(statement).go()


def test_a_column_that_the_running_release_cannot_fill_is_told_on(after_the_first: Callable[..., Walk]) -> None:
    walk = after_the_first(
        "ALTER TABLE photo ADD COLUMN taken_by text",
        "UPDATE photo SET taken_by = 'somebody'",
        "ALTER TABLE photo ALTER COLUMN taken_by SET NOT NULL",
    )
    with pytest.raises(AssertionError, match=r"adds photo\.taken_by"):
        walk.go()


def test_a_release_that_says_nothing_of_its_new_table_holds_up_the_next(
    after_the_first: Callable[..., Walk], tmp_path: Path
) -> None:
    walk = after_the_first("CREATE TABLE visit (city_id uuid, id uuid, PRIMARY KEY (city_id, id))")
    third = NEXT.format(statements=["SELECT 1"]).replace('"0002"', '"0003"').replace('"0001"', '"0002"')
    (tmp_path / "migrations" / "versions" / "0003_third.py").write_text(third, encoding="utf-8")
    with pytest.raises(AssertionError, match=r"say in 0002\.sql what release 0002 may have written into visit"):
        Walk(walk.migrator, walk.app, tmp_path / "migrations", tmp_path / "releases").go()
