"""A whole city out of a deployment and into an empty one: the same pages, the same answers of the API, the same rows. And its end."""

import os
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select, text
from uuid_utils.compat import uuid7

from src.local_officer.demo.seeding import seed_offices
from src.models import metadata
from src.platform.data.unit_of_work import Database
from src.platform.files import images, store
from src.platform.local.errors import CannotStartError
from src.platform.people.accounts.models import AccountSession
from src.platform.people.audit.models import AuditEvent, AuditValue
from src.platform.people.audit.service import record
from src.platform.settings import get_settings
from src.platform.web.front_door import FrontDoor
from src.platform.work.jobs import enqueue
from src.tenants.answers import service as answers
from src.tenants.answers.documents import Document
from src.tenants.answers.models import Answer
from src.tenants.appeals.models import Draft, Photo
from src.tenants.archive import jobs
from src.tenants.archive.checking import ArchiveRefused
from src.tenants.archive.command import export_to, import_from
from src.tenants.archive.deletion import ENDED, delete_for_good, delete_rows
from src.tenants.archive.format import FILES_LEFT_OUT, LEFT_OUT, NOT_HERE, is_kept, tables_of
from src.tenants.archive.restoring import import_city
from src.tenants.asking import photos
from src.tenants.console.models import SupportEntry
from src.tenants.console.service import ENTERED
from src.tenants.demo.seeding import seed_city
from tests.conftest import Clock, TestDatabase
from tests.site import Site
from tests.tenants.archives import MOMENT, SCHEMA, cities, packed
from tests.tenants.walk import picture

PAGES = [
    "/", "/?state=answered", "/?q=ліхтар", "/guides", "/guides/lake", "/pages/about", "/office", "/en/guides/noise", "/map/outlines",
    "/api/v1/appeals", "/api/v1/appeals.geojson", "/api/v1/figures", "/api/v1/categories", "/api/v1/districts", "/api/v1/officers",
    "/api/v1/beats.geojson",
]  # fmt: skip
NONCE = re.compile(r'nonce="[^"]*"')
CREST_NAME = "0a" * 16 + ".svg"
CREST = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's files are."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    return tmp_path / "files"


@pytest.fixture
async def ternopil(door: FrontDoor, clock: Clock) -> Site:
    """A third city with its whole demonstration (questions, answers, officers), and what the demonstration has none of."""
    await seed_city(door.database, "ternopil", clock.now, also=[seed_offices])
    site = Site(door, "ternopil", clock)
    await fill_in(site)
    return site


SECOND_LEVEL = """
UPDATE category SET parent_id = (SELECT max(id::text)::uuid FROM category) WHERE id = (SELECT min(id::text)::uuid FROM category);
UPDATE category SET retired_at = now(), merged_into_id = (SELECT max(id::text)::uuid FROM category)
WHERE id = (SELECT id FROM category ORDER BY id LIMIT 1 OFFSET 1);
UPDATE responder SET parent_id = (SELECT max(id::text)::uuid FROM responder)
WHERE id = (SELECT min(id::text)::uuid FROM responder);
UPDATE city SET crest = '0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a.svg', domain = 'ternopil.example', domain_token = 'secret', suspended_because = 'for a day'
"""
"""Rows that point to rows after them; what belongs to this deployment."""


async def fill_in(site: Site) -> None:
    """A photo of a question and one of a draft, a file of an answer, a crest, two levels, and what stays here."""
    city, now = (await site.city()).id, site.clock.now
    made = await images.encode(picture())
    async with site.unit() as session:
        answer = (
            await session.execute(select(Answer).where(Answer.published_at.is_not(None)).order_by(Answer.id).limit(1))
        ).scalar_one()
        draft = Draft(city_id=city, id=uuid7(), key_digest="0" * 64, created_at=now, updated_at=now)
        session.add(draft)
        await session.flush()
        for of in ({"appeal_id": answer.appeal_id}, {"draft_id": draft.id}):
            key = await photos.write(city, made)
            sizes = {"width": made.width, "height": made.height, "bytes": made.bytes, "digest": made.digest}
            session.add(Photo(city_id=city, id=key, **sizes, **of))
        await answers.attach(
            session, answer, Document("план.pdf", "application/pdf", b"%PDF-1.7 plan"), by=answer.account_id, now=now
        )
        account = {"city_id": city, "account_id": answer.account_id, "created_at": now}
        session.add(SupportEntry(**account, operator="О", reason="так", token_digest="d" * 64, until=now + timedelta(hours=1)))
        session.add(
            AccountSession(
                **account,
                token_digest="s" * 64,
                method="link",
                authenticated_at=now,
                seen_at=now,
                expires_at=now + timedelta(days=1),
            )
        )
        await record(session, ENTERED, now=now, actor="operator", subject=("city", city), values={"reason": ("", "так")})
        await enqueue(session, "end_city")
        for statement in SECOND_LEVEL.split(";"):
            await session.execute(text(statement))
    await store.put(city, f"crest/{CREST_NAME}", CREST)
    await store.put(city, f"office-imports/{uuid4()}", b"work in progress")
    await store.put(city, f"past-appeals/{uuid4()}", b"work in progress")


async def rows(site: Site) -> dict[str, list[Any]]:
    """Every row of the archive's tables."""
    found = {}
    async with site.unit() as session:
        for table in tables_of(metadata):
            result = await session.execute(select(table).order_by(table.c.id))
            found[table.name] = [dict(row) for row in result.mappings()]
    return found


async def city_row(site: Site) -> dict[str, Any]:
    """The city's own row."""
    async with site.unit() as session:
        table = metadata.tables["city"]
        return dict((await session.execute(select(table).where(table.c.slug == site.slug))).mappings().one())


async def faces(site: Site, paths: list[str]) -> dict[str, Any]:
    """Public pages, files and answers of the API, without the one thing that is different each time."""
    found = {}
    for path in paths:
        page = await site.get(path)
        found[path] = page.response.content if "text" not in page.response.headers["content-type"] else NONCE.sub("", page.text)
    return found


@pytest.fixture
async def elsewhere(
    empty: str, door: FrontDoor, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[[], FrontDoor]]:
    """Opens the application of the other deployment, whose copies in memory are its own."""
    made: list[FrontDoor] = []

    def open_it() -> FrontDoor:
        from src.local_officer.officers import queries as offices
        from src.main import build_web
        from src.tenants.board import pages as board_pages
        from src.tenants.board import snapshot as board_snapshot
        from src.tenants.cities import catalogue as city_catalogue

        monkeypatch.setenv("DATABASE_URL", empty)
        get_settings.cache_clear()
        for held in (board_snapshot, board_pages, city_catalogue, offices):
            for name in ("_held", "_copies", "_locks"):
                getattr(held, name, {}).clear()
        made.append(build_web(get_settings()))
        return made[-1]

    yield open_it
    for application in made:
        await application.database.close()


async def test_a_city_moves_to_an_empty_deployment_and_looks_the_same(
    ternopil: Site, elsewhere: Callable[[], FrontDoor], clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    listed = (await ternopil.get("/api/v1/appeals")).json()["items"]
    officer = (await ternopil.get("/api/v1/officers")).json()["items"][0]["id"]
    held, row = await rows(ternopil), await city_row(ternopil)
    photo = next(item["id"] for item in held["photo"] if item["appeal_id"])
    document = held["answer_file"][0]
    seen = [f"/photos/{photo}/large", f"/answers/{document['answer_id']}/files/{document['id']}", f"/crest/{CREST_NAME}"]
    numbers = [item["number"] for item in listed]
    seen += [f"/appeals/{number}" for number in numbers] + [f"/api/v1/appeals/{number}" for number in numbers]
    paths = [*PAGES, *seen, f"/office/officers/{officer}", f"/office/officers/{officer}/card.vcf"]
    before = await faces(ternopil, paths)
    archive = await packed(ternopil)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "other"))
    there = elsewhere()
    slug, counts = await import_city(there.database, metadata, archive, schema=SCHEMA)
    moved = Site(there, slug, clock)
    async with moved.unit() as session:
        for table in LEFT_OUT.keys() - {"usage"}:
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table
    after = await faces(moved, paths)
    for path in paths:
        assert after[path] == before[path], path
    # Every row of every table is there as it was, but for drafts' photos and the door that only opened here.
    held["photo"] = [item for item in held["photo"] if item["appeal_id"]]
    held["support_entry"][0]["token_digest"] = ""
    assert await rows(moved) == held
    assert {name: len(found) for name, found in held.items()} == counts
    assert (
        counts["appeal"] > 40 and counts["officer"] and counts["hours_rule"] and counts["audit_value"] and counts["appeal_word"]
    )
    nothing = dict.fromkeys(NOT_HERE) | {"domain_token": "", "suspended_because": ""}
    assert await city_row(moved) == row | nothing
    assert row["domain"] == "ternopil.example"
    async with moved.unit() as session:
        room = await session.scalar(text("SELECT used FROM usage WHERE kind = 'storage'"))
    assert room == sum(item["bytes"] for item in [*held["photo"], *held["answer_file"]]), "room is counted once"
    files = [key for key, _ in await store.everything((await moved.city()).id)]
    kept = [f"photos/{photo}/large.webp", f"photos/{photo}/small.webp", f"crest/{CREST_NAME}"]
    assert sorted(files) == sorted([*kept, f"answers/{document['answer_id'].hex}/{document['id'].hex}"])


async def test_life_goes_on_in_the_new_place(ternopil: Site, elsewhere: Callable[[], FrontDoor], clock: Clock) -> None:
    archive = await packed(ternopil)
    last = max(row["last"] for row in (await rows(ternopil))["number_counter"])
    there = elsewhere()
    moved = Site(there, (await import_city(there.database, metadata, archive, schema=SCHEMA))[0], clock)
    asked = await moved.ask(category="other", district=(await moved.known()).districts[0].slug)
    assert (await moved.number(asked)).endswith(f"{last + 1:06}"), "numbers go on where they were"
    await moved.sign_in("administrator")
    await moved.get("/staff/settings")


async def test_a_copy_beside_the_original_is_another_city(ternopil: Site, clock: Clock) -> None:
    archive, database = await packed(ternopil), ternopil.door.database
    for slug, sentence in (
        ("", "There is a city at ternopil already. Give another address with --slug."),
        ("copy", "Numbers that begin with TERNOPIL belong to another city here."),
        ("Copy", "'Copy' is no address of a city"),
        ("www", "The platform itself needs the address 'www'"),
        ("apex", "The platform itself needs the address 'apex'"),
    ):
        with pytest.raises(ArchiveRefused, match=re.escape(sentence)):
            await import_city(database, metadata, archive, schema=SCHEMA, slug=slug)
    async with ternopil.unit() as session:
        await session.execute(text("UPDATE city SET number_prefix = 'OLD'"))
    before = await rows(ternopil)
    slug, _ = await import_city(database, metadata, archive, schema=SCHEMA, slug="copy")
    copy = Site(ternopil.door, slug, clock)
    original, new = (await ternopil.city()).id, (await copy.city()).id
    assert original != new
    assert {len(found) for found in (await store.everything(new), await store.everything(original))} == {4, 8}
    assert (await copy.get("/")).status == 200
    assert await rows(ternopil) == before, "the original is left alone"
    copied = await rows(copy)
    assert {name: len(found) for name, found in copied.items() if name != "photo"} == {
        name: len(found) for name, found in before.items() if name != "photo"
    }
    assert str(original) not in str(copied), "nothing names the city that it was"


async def test_the_snapshot_is_one_moment(ternopil: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from src.tenants.archive import exporting

    write = exporting.add_rows

    async def meanwhile(archive: Any, name: str, lines: Any) -> Any:
        if name == "tables/appeal.jsonl":
            async with ternopil.unit() as session:
                await session.execute(text("DELETE FROM appeal"))
        return await write(archive, name, lines)

    monkeypatch.setattr(exporting, "add_rows", meanwhile)
    archive = await packed(ternopil)
    with zipfile.ZipFile(archive) as found:
        assert len(found.read("tables/appeal.jsonl").splitlines()) > 40
        assert found.read("tables/answer.jsonl")


async def test_a_file_that_goes_meanwhile_is_left_out(ternopil: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = store.everything

    async def stale(city_id: Any) -> Any:
        return [*await everything(city_id), ("officers/gone.webp", MOMENT)]

    monkeypatch.setattr(store, "everything", stale)
    with zipfile.ZipFile(await packed(ternopil)) as found:
        assert "files/officers/gone.webp" not in found.namelist()


async def test_files_go_again_when_an_import_fails_after_them(
    ternopil: Site, empty: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    archive, put_file = await packed(ternopil), store.put_file
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "other"))
    get_settings.cache_clear()

    async def full(city_id: Any, key: str, file: Any) -> None:
        if key.startswith("photos"):
            raise OSError(28, "No space left on device")
        await put_file(city_id, key, file)

    monkeypatch.setattr(store, "put_file", full)
    database = Database(empty, pool_size=1)
    try:
        with pytest.raises(OSError, match="No space left"):
            await import_city(database, metadata, archive, schema=SCHEMA)
        assert await cities(database) == []
    finally:
        await database.close()
    assert await store.everything((await ternopil.city()).id) == []


def test_every_table_of_a_city_is_in_the_archive_or_left_out_with_a_reason() -> None:
    owned = {table.name for table in metadata.sorted_tables if "city_id" in table.columns}
    assert set(LEFT_OUT) <= owned
    assert all(LEFT_OUT.values())
    known = {
        name.removeprefix("tables/").removesuffix(".jsonl")
        for name in re.findall(r"`(tables/\w+\.jsonl)`", Path("docs/archive.md").read_text())
    }
    assert known == {table.name for table in tables_of(metadata)}, "say in docs/archive.md which tables there are"


async def test_every_folder_of_files_is_in_the_archive_or_left_out_with_a_reason() -> None:
    assert all(FILES_LEFT_OUT.values())
    key = uuid4()
    assert [is_kept(name, {key}) for name in (f"photos/{key}/large.webp", f"photos/{uuid4()}/large.webp", "photos/x")] == [
        True,
        False,
        False,
    ]
    assert is_kept("crest/a.svg", ()) and not is_kept("office-imports/x", ())


# --- the command ----------------------------------------------------------------------------


async def test_the_command_writes_a_file_for_its_owner_alone_and_reads_it(
    poltava: Site, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "poltava.zip"
    words = await export_to(get_settings(), metadata, schema=SCHEMA, slug="poltava", to=to)
    assert re.fullmatch(rf"{re.escape(str(to))}: \d+ rows and 0 files of poltava\.", words)
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("poltava*")] == ["poltava.zip"]
    monkeypatch.setenv("DATABASE_URL", empty)
    get_settings.cache_clear()
    words = await import_from(get_settings(), metadata, schema=SCHEMA, path=to, slug="second")
    assert re.match(r"second: \d+ rows are here now", words)
    for path, slug, sentence in (
        (to, "second", "There is a city at second already"),
        (tmp_path / "none.zip", "", "none.zip cannot be read or written: No such file or directory"),
        (tmp_path, "", "cannot be read or written: Is a directory"),
    ):
        with pytest.raises(CannotStartError, match=re.escape(sentence)):
            await import_from(get_settings(), metadata, schema=SCHEMA, path=path, slug=slug)
    for slug, where, sentence in (
        ("nowhere", to, "--slug: there is no city at nowhere"),
        ("apex", to, "--slug: there is no city at apex"),
        ("second", tmp_path / "none" / "x.zip", "cannot be written: No such file or directory"),
        ("second", tmp_path, "cannot be written: "),
    ):
        with pytest.raises(CannotStartError, match=re.escape(sentence)):
            await export_to(get_settings(), metadata, schema=SCHEMA, slug=slug, to=where)
    assert zipfile.is_zipfile(to), "what was there is not lost"


def test_the_command_line(database: TestDatabase, empty: str, tmp_path: Path) -> None:
    def run(address: str, *given: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"DATABASE_URL": address, "DATA_DIR": str(tmp_path)}
        return subprocess.run(
            [sys.executable, "-m", "src", "city", *given], env=environment, capture_output=True, text=True, check=False
        )

    to = str(tmp_path / "kyiv.zip")
    done = run(database.app, "export", "--slug", "kyiv", "--to", to)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{to}: ")
    done = run(empty, "import", to)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("kyiv: ")
    done = run(empty, "import", to)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "There is a city at kyiv already. Give another address with --slug.\n"


# --- the end of a city ------------------------------------------------------------------------


async def condemn(site: Site) -> None:
    """The city's waiting period is over."""
    async with site.unit() as session:
        await session.execute(text("UPDATE city SET suspended_at = now(), delete_after = now() - interval '1 minute'"))


async def test_a_city_ends_with_all_its_rows_and_files_and_no_others(
    ternopil: Site, site: Site, database: TestDatabase, clock: Clock
) -> None:
    await site.answered()
    await ternopil.get("/")
    city, db = (await ternopil.city()).id, ternopil.door.database
    await ternopil.sign_in()
    kept = await rows(site)
    await store.put((await site.city()).id, "crest/other.svg", CREST)
    assert not await delete_for_good(db, city, metadata, now=clock.now)
    await condemn(ternopil)
    assert await delete_for_good(db, city, metadata, now=datetime.now(UTC))
    with psycopg.connect(database.migrator) as connection:
        for table in metadata.sorted_tables:
            column = "city_id" if "city_id" in table.columns else "id"
            query = sql.SQL("SELECT count(*) FROM {} WHERE {} = %s").format(sql.Identifier(table.name), sql.Identifier(column))
            assert connection.execute(query, (city,)).fetchone() == (0,), table.name
    with psycopg.connect(database.app) as connection:
        jobs = "SELECT count(*) FROM dramatiq.queue WHERE message->'kwargs'->>'city' = %s"
        assert connection.execute(jobs, (str(city),)).fetchone() == (0,)
    assert await store.everything(city) == []
    assert await rows(site) == kept
    assert len(await store.everything((await site.city()).id)) == 1
    # This process still knew the city, and somebody was signed in there.
    await ternopil.get("/", status=404)
    await ternopil.get("/staff", status=404)
    apex = Site(ternopil.door, "", clock)
    async with apex.unit() as session:
        line = (await session.execute(select(AuditEvent).where(AuditEvent.action == ENDED))).scalars().one()
        value = (await session.execute(select(AuditValue).where(AuditValue.event_id == line.id))).scalars().one()
    assert (line.actor, line.subject_id, value.before) == ("system", city, "ternopil")


async def test_another_city_at_the_address_of_one_that_ended_is_found(ternopil: Site, clock: Clock) -> None:
    archive = await packed(ternopil)
    await ternopil.get("/")
    city, db = (await ternopil.city()).id, ternopil.door.database
    await condemn(ternopil)
    await delete_for_good(db, city, metadata, now=datetime.now(UTC))
    await ternopil.get("/", status=404)
    slug, _ = await import_city(db, metadata, archive, schema=SCHEMA)
    assert "Тернопіль" in (await Site(ternopil.door, slug, clock).get("/")).words


async def test_files_that_were_left_when_the_process_ended_go_with_the_next_attempt(
    ternopil: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, db = (await ternopil.city()).id, ternopil.door.database
    await condemn(ternopil)
    with monkeypatch.context() as patched:

        async def away(*_: Any) -> None:
            raise OSError(5, "the store is away")

        patched.setattr(store, "delete", away)
        with pytest.raises(OSError, match="the store is away"):
            await jobs.end(db, city)
    assert await store.everything(city)
    await jobs.end(db, city)
    assert await store.everything(city) == []


@pytest.mark.parametrize(
    "when", ["suspended_at = NULL, delete_after = NULL", "suspended_at = now(), delete_after = now() + interval '1 minute'"]
)
async def test_the_database_itself_refuses_before_the_time(ternopil: Site, site: Site, when: str, clock: Clock) -> None:
    city = (await ternopil.city()).id
    async with ternopil.unit() as session:
        await session.execute(text(f"UPDATE city SET {when}"))
    before = await rows(ternopil)
    with pytest.raises(LookupError, match="keeps a city whose time is not over"):
        async with ternopil.unit() as session:
            await delete_rows(session, city, metadata)
    async with ternopil.unit() as session:
        gone = await session.execute(text("DELETE FROM city WHERE id = :id RETURNING id"), {"id": city})
        assert gone.all() == []
    await condemn(ternopil)
    async with site.unit() as session:  # nor does another city end it
        gone = await session.execute(text("DELETE FROM city WHERE id = :id RETURNING id"), {"id": city})
        assert gone.all() == []
    assert await rows(ternopil) == before


async def test_the_platform_itself_never_ends(door: FrontDoor, clock: Clock) -> None:
    apex = await Site(door, "", clock).city()
    assert not await delete_for_good(door.database, apex.id, metadata, now=clock.now)
