"""No address of one city opens anything of another: every route is walked, as everybody, with everything the other city has.

A new route falls under this by itself. A path parameter of a kind that is not known here fails the walk: say in
``PARAMETERS`` where the other city's values for it come from.
"""

import hashlib
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import psycopg
import pytest
from litestar import Litestar, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.routes import HTTPRoute
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import NoResultFound

from src import main
from src.platform.files import store
from src.platform.people.accounts.models import Account
from src.platform.people.sign_in.service import ask_for_link
from src.platform.settings import get_settings
from src.platform.web import tokens
from src.platform.web.access import PUBLIC
from src.platform.web.app import Uow
from src.platform.web.front_door import FrontDoor
from src.platform.work.jobs import JOBS
from src.tenants.safety import bans
from tests.conftest import Clock, TestDatabase
from tests.mailbox import Mailbox
from tests.platform.providing import provided
from tests.platform.test_sign_in import link_of
from tests.site import Page, Site
from tests.tenants.walk import Walk, picture

ROLES = ("nobody", "resident", "moderator", "administrator")
PARAMETER = re.compile(r"{(\w+):(\w+)}")
NOISE = re.compile(r"nonce-?[=\"']*[\w-]+|[0-9a-f]{32}|/ask/[\w-]{24}/")
"""What differs from answer to answer: the nonce, the request's id, and the key of a draft that is begun anew."""
SAMPLES = 2
CREST = f"{'a' * 32}.svg"


@dataclass(frozen=True)
class Door:
    """One way in: a method and a path with its parameters."""

    method: str
    path: str

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Names and kinds."""
        return PARAMETER.findall(self.path)

    def at(self, values: dict[str, str]) -> str:
        """The address with values in it."""
        return PARAMETER.sub(lambda found: values[found.group(1)], self.path)


def doors(application: Litestar) -> Iterator[Door]:
    """Every route that takes a parameter, each method."""
    for route in application.routes:
        if isinstance(route, HTTPRoute) and not route.path.startswith("/static"):
            for method in sorted(set(route.methods) - {"OPTIONS", "HEAD"}):
                yield Door(method, route.path_format if "{" not in route.path else route.path)


class Belongings:
    """Everything a city has that could stand in an address."""

    def __init__(self, connection: psycopg.Connection[Any], city: Any) -> None:
        self.connection = connection
        self.city = city
        self.tables = [
            row[0]
            for row in connection.execute(
                "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'id' "
                "JOIN pg_attribute o ON o.attrelid = c.oid AND o.attname = 'city_id' "
                "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1"
            )
        ]
        self.tokens: list[str] = []
        self.keys: list[str] = []

    def column(self, table: str, column: str) -> list[str]:
        """Some of a column's values."""
        query = sql.SQL("SELECT {}::text FROM {} WHERE city_id = %s LIMIT {}").format(
            sql.Identifier(column), sql.Identifier(table), SAMPLES
        )
        return [row[0] for row in self.connection.execute(query, (self.city,)) if row[0]]

    def ids(self, name: str) -> list[str]:
        """Ids that a parameter of this name may hold: of the tables it names, and of all others when it names none."""
        named = [table for table in self.tables if table.endswith(name.removesuffix("_id"))]
        return [found for table in named or self.tables for found in self.column(table, "id")]

    def values(self, name: str, kind: str) -> list[str]:
        """What the city has for a parameter."""
        if kind == "uuid":
            return self.ids(name)
        has: dict[str, Callable[[], list[str]]] = {
            "number": lambda: self.column("appeal", "number"),
            "token": lambda: self.tokens,
            "key": lambda: self.keys,
            "slug": lambda: ["only-in-kyiv"],
            "size": lambda: ["small"],
            "name": lambda: [CREST],
            "code": list,  # a language's; of no city
            "file": list,  # an export is named by its kind; of no city
        }
        found = has.get(name)
        assert found is not None, f"what does the other city have for {{{name}:{kind}}}?"
        return found()

    def missing(self, name: str, kind: str) -> str:
        """A value of the same shape that nothing has."""
        if kind == "uuid":
            return str(uuid4())
        if name == "number":
            return "KYIV-2026-999999"
        if name == "size":
            return "small"
        return {"token": tokens.sign("confirm", uuid4(), uuid4()), "key": "k" * 32}.get(name, "nothing-like-it")


def fingerprint(connection: psycopg.Connection[Any], city: Any, tables: list[str]) -> dict[str, str]:
    """What every table of a city holds, in short."""
    found = {}
    for table in tables:
        query = sql.SQL("SELECT coalesce(string_agg(t::text, '|' ORDER BY t.id), '') FROM {} t WHERE city_id = %s")
        row = connection.execute(query.format(sql.Identifier(table)), (city,)).fetchone()
        assert row is not None
        found[table] = hashlib.sha256(row[0].encode()).hexdigest()
    return found


def answer_of(page: Page, *values: str) -> tuple[int, str, str]:
    """What somebody sees: status, content and where it leads, without what is different each time."""
    content, location = page.text, page.location
    for value in values:
        content, location = content.replace(value, ""), location.replace(value, "")
    return page.status, NOISE.sub("", content), NOISE.sub("", location)


@pytest.fixture
async def kyiv(site: Site, mail: Mailbox, database: TestDatabase, clock: Clock) -> AsyncIterator[Belongings]:
    """A city with something of everything in it."""
    await site.answered()
    await site.ask()
    await site.ask(confirmed=False)
    walk = await Walk(site).to_the_end(picture())
    followed = await site.number(await site.published(title="За яким стежать"))
    await site.post(f"/appeals/{followed}/followers", {"email": "follower@ukr.example"})
    await site.post(f"/appeals/{followed}/report", {"what": "question", "reason": "false"})
    await provided(site, "https://idp.example/.well-known/openid-configuration", slug="only-in-kyiv")
    for role in ("moderator", "administrator"):
        other = site.another_browser()
        await other.sign_in(role)
    async with site.unit() as session:
        by = await site.moderator()
        await bans.add(session, kind="email", value="b@b.example", reason="Реклама.", until=None, by=by, now=clock.now)
        link = await ask_for_link(session, await site.city(), email="a@b.example", browser="b", next_path="/", now=clock.now)
    await mail.deliver()
    city = (await site.city()).id
    await store.put(city, f"crest/{CREST}", b"<svg/>")
    with psycopg.connect(database.migrator, autocommit=True) as connection:
        for table in ("category", "city_page"):
            connection.execute(
                sql.SQL(
                    "UPDATE {0} SET slug = 'only-in-kyiv' WHERE city_id = %s AND id = (SELECT min(id::text)::uuid FROM {0} WHERE city_id = %s)"
                ).format(sql.Identifier(table)),
                (city, city),
            )
        connection.execute("UPDATE city SET catalogue_revision = catalogue_revision + 1 WHERE id = %s", (city,))
    assert link is not None
    with psycopg.connect(database.migrator, autocommit=True) as connection:
        found = Belongings(connection, city)
        subjects = [*found.column("appeal", "id"), *found.column("follower", "id")]
        purposes = ("confirm", "author", "follow", "stop")
        found.tokens = [link.token, *(tokens.sign(purpose, city, one) for purpose in purposes for one in subjects)]
        found.keys = [walk.key]
        yield found


async def visitors(city: Site) -> dict[str, Site]:
    """One browser for each kind of person of a city."""
    found = {}
    for role in ROLES:
        browser = city.another_browser()
        if role == "resident":
            async with city.unit() as session:
                session.add(
                    Account(city_id=(await city.city()).id, email="r@ukr.example", name="", roles=[], created_at=city.clock.now)
                )
            await browser.sign_in_as("r@ukr.example")
        elif role != "nobody":
            await browser.sign_in(role)
        found[role] = browser
    return found


async def test_every_route_answers_as_if_the_other_city_were_not_there(door: FrontDoor, poltava: Site, kyiv: Belongings) -> None:
    people = await visitors(poltava)
    before = fingerprint(kyiv.connection, kyiv.city, kyiv.tables)
    assert isinstance(door.city, Litestar)
    tried = 0
    for way in doors(door.city):
        if not way.parameters:
            continue
        kyiv.connection.execute(
            "DELETE FROM rate_count WHERE city_id <> %s", (kyiv.city,)
        )  # nobody knocks at so many doors in ten minutes
        choices = [kyiv.values(*parameter) for parameter in way.parameters]
        names = [name for name, _ in way.parameters]
        missing = {name: kyiv.missing(name, kind) for name, kind in way.parameters}
        for role, browser in people.items():
            expected = answer_of(await knock(browser, way, way.at(missing)), *missing.values())
            assert expected[0] in {303, 403, 404}, f"{role} {way.method} {way.at(missing)}: {expected[0]}"
            for values in product(*choices):
                there = dict(zip(names, values, strict=True))
                seen = answer_of(await knock(browser, way, way.at(there)), *values)
                assert seen == expected, f"{role} {way.method} {way.at(there)}"
                tried += 1
    assert tried > 300
    assert fingerprint(kyiv.connection, kyiv.city, kyiv.tables) == before


async def knock(browser: Site, way: Door, address: str) -> Page:
    """Try an address, with an empty form where it takes one."""
    if way.method == "GET":
        return await browser.get(address, status=None)
    return await browser.post(address, {"x": "y"}, status=None)


async def test_the_operator_finds_nothing_of_any_city(door: FrontDoor, kyiv: Belongings, clock: Clock) -> None:
    apex = Site(door, "", clock)
    await apex.sign_in_as("operator@vzaiemodiia.example", second_factor=True)
    before = fingerprint(kyiv.connection, kyiv.city, kyiv.tables)
    assert isinstance(door.apex, Litestar)
    tried = 0
    for way in doors(door.apex):
        for values in product(*(kyiv.values(*parameter) for parameter in way.parameters)) if way.parameters else ():
            page = await knock(apex, way, way.at(dict(zip([name for name, _ in way.parameters], values, strict=True))))
            assert page.status == 404, way
            tried += 1
    assert tried > 3
    assert fingerprint(kyiv.connection, kyiv.city, kyiv.tables) == before


async def test_a_session_of_one_city_is_none_in_another(site: Site, poltava: Site) -> None:
    await site.sign_in("administrator")
    for name, value in site.client.cookies.items():
        poltava.client.cookies.set(name, value, domain="poltava.localhost", path="/")
    assert (await poltava.get("/staff", status=303)).location == "/sign-in?next=/staff"


async def test_no_unsafe_request_of_another_site_gets_in(door: FrontDoor, site: Site) -> None:
    await site.sign_in("administrator")
    for application in (door.city, door.apex):
        assert isinstance(application, Litestar)
        found = [way for way in doors(application) if way.method != "GET"]
        assert found
        for way in found:
            address = way.at({name: str(uuid4()) for name, _ in way.parameters})
            for headers in (
                {"sec-fetch-site": "cross-site"},
                {"sec-fetch-site": "same-site", "origin": "https://poltava.localhost"},
                {"sec-fetch-site": "", "origin": "https://evil.example"},
                {"sec-fetch-site": "", "origin": "null"},
            ):
                page = await site.post(address, {"x": "y"}, status=403, headers=headers)
                assert "set-cookie" not in page.response.headers


async def test_every_route_says_who_may_come_in_and_staff_addresses_look_alike(door: FrontDoor, site: Site) -> None:
    """To the anonymous every staff address, real or not, is the same way to the sign-in page."""
    assert isinstance(door.city, Litestar)
    real = [way for way in doors(door.city) if way.path.startswith("/staff")]
    assert len(real) > 8
    for way in real:
        address = way.at({name: str(uuid4()) for name, _ in way.parameters})
        page = await knock(site, way, address)
        if way.method == "GET":
            assert (page.status, page.location.split("?")[0]) == (303, "/sign-in"), address
            assert page.response.content == b""
        else:  # what was typed comes back, to be sent again after signing in
            unreal = await site.post("/staff/nothing-of-the-kind", {"x": "y"}, status=403)
            assert answer_of(page, address) == answer_of(unreal, "/staff/nothing-of-the-kind"), address
    unreal = await site.get("/staff/nothing-of-the-kind", status=303)
    assert unreal.location == "/sign-in?next=/staff/nothing-of-the-kind"


# --- a programmer forgets ----------------------------------------------------------------------


@get("/forgotten", access=PUBLIC, include_in_schema=False)
async def forgotten(uow: Uow) -> list[str]:
    """A page whose author forgot which city it is for, and that who asked is nobody's business."""
    rows = await uow.execute(text("SELECT title FROM appeal UNION ALL SELECT author_email FROM submission"))
    return [row[0] for row in rows if row[0]]


@get("/forgotten/{appeal_id:uuid}", access=PUBLIC, include_in_schema=False)
async def forgotten_one(appeal_id: FromPath[UUID], uow: Uow) -> int:
    """A page that changes whatever id it is given."""
    changed = await uow.execute(text("UPDATE submission SET author_name = 'Інший' WHERE id = :id"), {"id": appeal_id})
    return int(changed.rowcount)  # type: ignore[attr-defined]


async def test_a_forgotten_where_shows_and_changes_nothing_of_another_city(
    site: Site, poltava: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = await site.published(title="Київське запитання", author_email="kyianka@ukr.example")
    mine = await poltava.published(title="Полтавське запитання", author_email="poltavka@ukr.example")
    monkeypatch.setattr(main, "CITY_HANDLERS", [*main.CITY_HANDLERS, forgotten, forgotten_one])
    careless = main.build_web(get_settings())
    try:
        here = Site(careless, "poltava", clock)
        assert (await here.get("/forgotten")).json() == ["Полтавське запитання", "poltavka@ukr.example"]
        assert (await here.get(f"/forgotten/{mine}")).json() == 1
        assert (await here.get(f"/forgotten/{theirs}")).json() == 0
        apex = Site(careless, "", clock)
        await apex.get("/forgotten", status=404)
    finally:
        await careless.database.close()
    async with site.unit() as session:
        assert await session.scalar(text("SELECT author_name FROM submission WHERE id = :id"), {"id": theirs}) == "Олена Коваль"


async def test_a_job_of_one_city_does_nothing_to_another(
    site: Site, poltava: Site, mail: Mailbox, database: TestDatabase
) -> None:
    """Every job, given every id of another city: it ends, or finds nothing, and leaves that city as it was."""
    await site.answered()
    await site.post("/sign-in", {"email": "olena@ukr.example"})
    theirs, mine = (await site.city()).id, (await poltava.city()).id
    with psycopg.connect(database.migrator, autocommit=True) as connection:
        has = Belongings(connection, theirs)
        before = fingerprint(connection, theirs, has.tables)
        assert has.column("mail", "id")
        tried = 0
        for job in JOBS.values():
            for given in (found for table in has.tables for found in has.column(table, "id")):
                with suppress(LookupError, TypeError, NoResultFound, NotFoundException):
                    await job.run(site.door.database, mine, given)
                tried += 1
        assert tried > 20
        assert fingerprint(connection, theirs, has.tables) == before
    assert mail.messages == []


async def test_files_of_one_city_lie_apart_from_anothers(site: Site, poltava: Site) -> None:
    theirs, mine = (await site.city()).id, (await poltava.city()).id
    await store.put(theirs, "photos/one", b"kyiv")
    assert await store.get(theirs, "photos/one") == b"kyiv"
    with pytest.raises(FileNotFoundError):
        await store.get(mine, "photos/one")
    for outside in (f"../{theirs}/photos/one", f"photos/../../{theirs}/photos/one", "/photos/one"):
        with pytest.raises(ValueError):  # noqa: PT011  whatever it says, nothing is read
            await store.get(mine, outside)
    assert await store.listed(mine, "photos") == []


# --- cookies and addresses ---------------------------------------------------------------------


async def test_cookies_of_a_session_are_bound_to_this_host(site: Site, mail: Mailbox) -> None:
    await site.post("/sign-in", {"email": "olena@ukr.example"})
    (letter,) = await mail.deliver()
    page = await site.post(link_of(letter))
    (cookie,) = [value for value in page.response.headers.get_list("set-cookie") if value.startswith("__Host-session=")]
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts
    assert not any(part.startswith("domain") for part in parts)


async def test_behind_tls_a_cookie_that_a_neighbour_could_set_is_not_read(
    site: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.sign_in()
    token = site.client.cookies["__Host-session"]
    monkeypatch.setenv("PUBLIC_SCHEME", "https")
    get_settings.cache_clear()
    behind_tls = main.build_web(get_settings())
    try:
        for name, status in (("session", 303), ("__Host-session", 200)):
            browser = Site(behind_tls, "kyiv", clock)
            browser.client.cookies.set(name, token, domain="kyiv.localhost", path="/")
            await browser.get("/staff", status=status)
    finally:
        await behind_tls.database.close()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/sign-out",
    ],
)
async def test_no_way_on_leads_to_another_site(site: Site, mail: Mailbox, elsewhere: str) -> None:
    await site.post("/sign-in", {"email": "moderator@kyiv.example", "next": elsewhere})
    (letter,) = await mail.deliver()
    entered = await site.post(link_of(letter))
    back = await site.get("/language/uk?" + urlencode({"to": elsewhere}), status=302)
    for page in (entered, back):
        assert re.match(r"/(?:[\w%][\w%/.-]*)?$", page.location), page.location
    assert entered.location != "/sign-out"
