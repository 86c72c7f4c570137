"""The board's columns in memory say what the database says, in every process, at every moment."""

import random
from collections import OrderedDict
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from src.tenants.appeals import service as appeals
from src.tenants.appeals.states import NEXT, IllegalTransition, State
from src.tenants.board import snapshot as board
from src.tenants.board.snapshot import ANSWERED, PRIVATE, WAITING, Snapshot, latitude, snapshot
from tests.conftest import Clock
from tests.site import Site
from tests.tenants.crowd import crowd
from tests.tenants.test_appeals import VERBS, answer, apply, correct, publication
from tests.tenants.test_board import tabs
from tests.tenants.test_map import counted, marks

Held = OrderedDict[UUID, Snapshot]
NAMES = {PRIVATE: None, WAITING: "waiting", ANSWERED: "answered"}


async def seen_by(process: Held, site: Site, monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    """The snapshot that a process with these copies uses for its next request."""
    monkeypatch.setattr(board, "_held", process)
    async with site.unit() as session:
        return await snapshot(session)


async def compare(session: AsyncSession, found: Snapshot, dice: random.Random, now: Any) -> None:
    """Row by row, and some counts with filters, against plain SQL."""
    stored = {row.id: row for row in await session.execute(text("SELECT * FROM appeal WHERE number IS NOT NULL"))}
    assert {found.appeal_id(place) for place in range(found.count)} == set(stored)
    assert found.count == len(stored)
    keys = {key: UUID(bytes=item) for item, key in found.keys.items()}
    for place in range(found.count):
        row = stored[found.appeal_id(place)]
        assert found.number(place) == row.number
        assert NAMES[int(found.column("state")[place])] == row.public_state
        assert keys[int(found.column("category")[place])] == row.category_id
        assert keys[int(found.column("district")[place])] == row.district_id
        x, y = found.column("x")[place], found.column("y")[place]
        assert np.isnan(x) == np.isnan(y) == (row.lon is None)
        if row.lon is not None:
            assert (x * 360 - 180, float(latitude(y))) == pytest.approx((row.lon, row.lat), abs=1e-9)
    category, district = dice.choice(list(stored.values())).category_id, dice.choice(list(stored.values())).district_id
    since, until = now - timedelta(days=dice.randrange(1, 60)), now - timedelta(days=dice.randrange(20))
    some = dice.sample(list(stored), k=len(stored) // 2)
    places = found.rows(b"".join(item.bytes for item in [*some, uuid4()]))
    assert [found.appeal_id(place) for place in places] == sorted(some, reverse=True), "newest asked first"
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "true"),
        ({"category": category}, "category_id = :category"),
        ({"district": district}, "district_id = :district"),
        ({"since": since, "until": until}, "published_at >= :since AND published_at < :until"),
        ({"category": category, "since": since}, "category_id = :category AND published_at >= :since"),
        ({"among": places}, "id = ANY(:among)"),
    ]
    for given, where in cases:
        bound = {**given, "among": some} if "among" in given else given
        counts = dict.fromkeys(("waiting", "answered"), 0)
        for row in await session.execute(
            text(f"SELECT public_state, count(*) AS n FROM appeal WHERE public_state IS NOT NULL AND {where} GROUP BY 1"), bound
        ):
            counts[row.public_state] = row.n
        tally = found.tally(found.mask(**given))
        assert (tally["waiting"], tally["answered"], tally["all"]) == (
            counts["waiting"],
            counts["answered"],
            sum(counts.values()),
        )
        for code, state in ((WAITING, "waiting"), (ANSWERED, "answered")):
            assert int(found.mask(state=code, **given).sum()) == counts[state]
    for name in ("category", "district"):
        expected = {
            row[0]: {"received": row.received, "waiting": row.waiting, "answered": row.answered}
            for row in await session.execute(
                text(
                    f"SELECT {name}_id, count(*) AS received, count(*) FILTER (WHERE public_state = 'waiting') AS waiting, "
                    f"count(*) FILTER (WHERE public_state = 'answered') AS answered FROM appeal WHERE number IS NOT NULL GROUP BY 1"
                )
            )
        }
        assert found.tally_by(name) == expected


async def a_step(site: Site, dice: random.Random, ids: list[UUID]) -> None:
    """One verb on one appeal, sometimes illegal, sometimes rolled back, sometimes a new appeal."""
    if dice.random() < 0.15 or not ids:
        ids.append(await site.ask(confirmed=dice.random() < 0.7))
        return
    chosen = dice.choice(ids)
    async with site.unit() as session:
        state = State((await appeals.for_change(session, chosen)).state)
    possible = sorted(NEXT[state])
    after = dice.choice(possible) if possible and dice.random() < 0.9 else dice.choice(list(VERBS))
    try:
        async with site.unit() as session:
            if state == State.UNCONFIRMED and after == State.SUBMITTED:
                await appeals.confirm(session, await site.city(), chosen, now=site.clock.now)
            elif after == State.SUBMITTED:
                await correct(site, session, chosen)
            elif after == State.PUBLISHED:
                category = dice.choice((await site.known()).categories[:6])
                what = await publication(
                    site,
                    category_id=category.id,
                    sensitive=category.sensitive,
                    precision=dice.choice(("near", "exact", "district")),
                )
                await appeals.publish(session, chosen, what, by=await site.moderator(), now=site.clock.now)
            else:
                await VERBS[after](site, session, chosen)
            if dice.random() < 0.15:
                await session.rollback()
    except (IllegalTransition, LookupError):
        pass


@pytest.mark.parametrize("seed", [1, 2])
async def test_two_processes_agree_with_the_database_after_any_history(
    site: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = random.Random(seed)
    first: Held = OrderedDict()
    second: Held = OrderedDict()
    ids = await crowd(site, 8, seed=seed)
    for n in range(70):
        clock.forward(hours=dice.randrange(1, 20))
        await a_step(site, dice, ids)
        looking = [first] if n % 7 else [first, second, OrderedDict()]
        for process in looking:
            found = await seen_by(process, site, monkeypatch)
            if n % 7 == 0 or n % 3 == 0:
                async with site.unit() as session:
                    await compare(session, found, dice, clock.now)
    assert first is not second
    (one,), (other,) = first.values(), second.values()
    assert one is not other


async def test_a_request_that_began_earlier_loses_nothing_for_the_later_ones(site: Site) -> None:
    """A change is committed between a request's first statement and its look at the columns."""
    appeal_id = await site.routed()
    async with site.unit() as early:
        assert early.info["published_revision"]
        await apply(site, answer, appeal_id)
        await snapshot(early)
    async with site.unit() as late:
        found = await snapshot(late)
        assert found.tally() == {"all": 1, "waiting": 0, "answered": 1, "received": 1}
        assert found.revision == late.info["published_revision"]


async def test_an_uncommitted_change_is_seen_by_nobody(site: Site) -> None:
    appeal_id = await site.routed()
    async with site.door.database.session((await site.city()).id) as writing, writing.begin() as whole:
        await answer(site, writing, appeal_id)
        assert tabs(await site.get("/")) == {"all": 1, "waiting": 1, "answered": 0}
        await whole.rollback()
    assert tabs(await site.get("/")) == {"all": 1, "waiting": 1, "answered": 0}


async def test_a_published_answer_is_seen_at_once_everywhere(site: Site) -> None:
    appeal_id = await site.routed()
    number = await site.number(appeal_id)
    before = counted(await marks(site, "zoom=12"))
    assert before == {"all": 1, "waiting": 1, "answered": 0}
    await apply(site, answer, appeal_id)
    assert counted(await marks(site, "zoom=12")) == tabs(await site.get("/")) == {"all": 1, "waiting": 0, "answered": 1}
    assert "відповідає місто" in (await site.get(f"/appeals/{number}")).text
    assert (await site.get("/?q=місто&state=answered")).all("#results .appeal-item")


async def test_two_cities_keep_their_own_columns(site: Site, poltava: Site) -> None:
    await site.published()
    await poltava.answered(district="shevchenkivskyi")
    assert tabs(await site.get("/")) == {"all": 1, "waiting": 1, "answered": 0}
    assert tabs(await poltava.get("/")) == {"all": 1, "waiting": 0, "answered": 1}


def test_columns_grow_without_losing_rows() -> None:
    found, category, district = Snapshot(), uuid4().bytes, uuid4().bytes
    for start in range(0, 2500, 100):
        found.put(
            [
                (
                    UUID(int=n).bytes,
                    f"KYIV-2026-{n:06d}",
                    WAITING if n % 2 else PRIVATE,
                    category,
                    district,
                    30.5,
                    None if n % 5 else 50.4,
                    n,
                )
                for n in range(start, start + 100)
            ]
        )
    assert found.tally() == {"all": 1250, "waiting": 1250, "answered": 0, "received": 2500}
    assert found.column("published").tolist() == list(range(2500))
    assert int(np.isnan(found.column("y")).sum()) == 2000
    assert found.rows(UUID(int=7).bytes + UUID(int=2400).bytes + UUID(int=9999).bytes).tolist() == [2400, 7]
