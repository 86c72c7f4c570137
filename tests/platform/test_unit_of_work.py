"""One transaction a request: committed before the answer goes out, or not at all."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from src.platform.settings import get_settings
from src.platform.web.access import PUBLIC
from src.platform.web.app import Uow, front_door
from src.platform.web.forms import Redisplay
from src.platform.web.front_door import FrontDoor
from src.platform.work.jobs import enqueue
from src.tenants.open_data.documentation import API
from tests.conftest import TestDatabase
from tests.site import Site

KEPT = "INSERT INTO follower (city_id, id, appeal_id, email, created_at) VALUES (:city, :id, :appeal, :email, now())"


async def keep(request: Request[Any, Any, Any], uow: Uow, who: str) -> None:
    """Write a row and enqueue a job, as any page does. No address stands in the lines that an error shows."""
    email = f"{who}@ukr.example"
    appeal = request.query_params["appeal"]
    await uow.execute(text(KEPT), {"city": uow.info["city_id"], "id": uuid4(), "appeal": appeal, "email": email})
    await enqueue(uow, "tell_people", uuid4())


@post("/well", access=PUBLIC, include_in_schema=False)
async def well(request: Request[Any, Any, Any], uow: Uow) -> Response[str]:
    """Ends well."""
    await keep(request, uow, "well")
    return Response("written", media_type="text/plain")


@post("/refused", access=PUBLIC, include_in_schema=False)
async def refused(request: Request[Any, Any, Any], uow: Uow) -> Response[str]:
    """Shows the form again after having written."""
    await keep(request, uow, "refused")
    raise Redisplay(Response("again", status_code=422, media_type="text/plain"))


@post("/missing", access=PUBLIC, include_in_schema=False)
async def missing(request: Request[Any, Any, Any], uow: Uow) -> Response[str]:
    """Finds out late that something is not there."""
    await keep(request, uow, "missing")
    raise NotFoundException


@post("/broken", access=PUBLIC, include_in_schema=False)
async def broken(request: Request[Any, Any, Any], uow: Uow) -> Response[str]:
    """Has a defect."""
    await keep(request, uow, "broken")
    raise ZeroDivisionError


@post("/unlucky", access=PUBLIC, include_in_schema=False)
async def unlucky(request: Request[Any, Any, Any], uow: Uow) -> Response[str]:
    """Breaks a rule that the database looks at only when the transaction ends."""
    await keep(request, uow, "unlucky")
    return Response("written", media_type="text/plain")


@get("/which", access=PUBLIC, include_in_schema=False)
async def which(uow: Uow) -> Response[str]:
    """Says what the transaction is told."""
    return Response(str(await uow.scalar(text("SELECT current_setting('app.city_id', true)"))), media_type="text/plain")


@pytest.fixture
async def small(site: Site, database: TestDatabase) -> AsyncIterator[FrontDoor]:
    """The real front door with pages of this test behind it."""
    with psycopg.connect(database.migrator) as migrator:
        migrator.execute(
            "CREATE FUNCTION refuse_unlucky() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF NEW.email LIKE 'unlucky%' THEN RAISE EXCEPTION 'not at the end' USING ERRCODE = 'check_violation'; END IF; RETURN NULL; END $$"
        )
        migrator.execute(
            "CREATE CONSTRAINT TRIGGER lucky AFTER INSERT ON follower DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unlucky()"
        )
    made = front_door(
        get_settings(), city_handlers=[well, refused, missing, broken, unlucky, which], apex_handlers=[which], api=API
    )
    yield made
    await made.database.close()


async def stored(site: Site) -> tuple[list[str], int]:
    """Addresses that were kept, and jobs that wait."""
    async with site.unit() as session:
        emails = list((await session.execute(text("SELECT email FROM follower"))).scalars())
        return emails, int(await session.scalar(text("SELECT count(*) FROM dramatiq.queue")) or 0)


async def send(small: FrontDoor, path: str, host: str = "kyiv.localhost", method: str = "POST") -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=small), base_url=f"https://{host}") as client:  # type: ignore[arg-type]
        return await client.request(method, path)


async def test_a_request_that_ends_well_is_kept_with_its_job(site: Site, small: FrontDoor) -> None:
    appeal = await site.published()
    _, jobs = await stored(site)
    assert (await send(small, f"/well?appeal={appeal}")).status_code == 201
    assert await stored(site) == (["well@ukr.example"], jobs + 1)


@pytest.mark.parametrize(("path", "status"), [("/refused", 422), ("/missing", 404), ("/broken", 500), ("/unlucky", 500)])
async def test_a_refusal_an_error_and_a_failed_commit_leave_nothing(site: Site, small: FrontDoor, path: str, status: int) -> None:
    appeal = await site.published()
    before = await stored(site)
    response = await send(small, f"{path}?appeal={appeal}")
    assert response.status_code == status
    assert "written" not in response.text
    assert await stored(site) == before
    assert (await send(small, f"/well?appeal={appeal}")).status_code == 201, "the connection is as good as before"


async def test_what_a_request_wrote_is_there_before_its_answer_is(site: Site, small: FrontDoor) -> None:
    """At the very moment the answer's first byte goes out, another connection sees the row."""
    appeal = await site.published()
    seen: list[list[str]] = []

    async def out(message: Any) -> None:
        if message["type"] == "http.response.start":
            seen.append((await stored(site))[0])

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/well", "raw_path": b"/well",
        "query_string": f"appeal={appeal}".encode(), "headers": [(b"host", b"kyiv.localhost")], "scheme": "https", "root_path": "",
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    await small(scope, receive, out)  # type: ignore[arg-type]
    assert seen == [["well@ukr.example"]]


async def test_a_request_that_is_cancelled_leaves_nothing(site: Site, small: FrontDoor) -> None:
    appeal = await site.published()
    before = await stored(site)
    for wait in (0.0, 0.002, 0.01):
        sending = asyncio.create_task(send(small, f"/broken?appeal={appeal}"))
        await asyncio.sleep(wait)
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sending
    assert await stored(site) == before
    assert (await send(small, f"/well?appeal={appeal}")).status_code == 201


async def test_the_transaction_knows_its_city_and_the_apex_has_the_platforms_own_row(
    site: Site, poltava: Site, small: FrontDoor
) -> None:
    for each in (site, poltava):
        assert (await send(small, "/which", f"{each.slug}.localhost", "GET")).text == str((await each.city()).id)
    platform = str((await Site(small, "", site.clock).city()).id)
    assert (await send(small, "/which", "localhost", "GET")).text == platform


async def test_a_job_enqueued_and_rolled_back_is_no_job(site: Site) -> None:
    with pytest.raises(RuntimeError):
        async with site.unit() as session:
            await enqueue(session, "tell_people", uuid4())
            raise RuntimeError
    assert (await stored(site))[1] == 0


async def test_without_a_city_a_transaction_sees_and_writes_no_citys_rows(site: Site) -> None:
    appeal = await site.published()
    async with site.door.database.unit() as session:
        for table in ("appeal", "submission", "appeal_event", "category"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    with pytest.raises(DBAPIError):
        async with site.door.database.unit() as session:
            await session.execute(text(KEPT), {"city": (await site.city()).id, "id": uuid4(), "appeal": appeal, "email": "x"})


async def test_the_next_user_of_a_connection_inherits_no_city(site: Site, database: TestDatabase) -> None:
    from src.platform.data.unit_of_work import Database

    one = Database(database.app, pool_size=1)
    async with one.unit((await site.city()).id) as session:
        assert await session.scalar(text("SELECT count(*) FROM category")) > 0
    async with one.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM category")) == 0
    with pytest.raises(LookupError):
        async with one.unit(uuid4()):
            pass
    await one.close()
