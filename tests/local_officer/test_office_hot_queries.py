"""Pages of the office follow indexes of their own city, however many beats and officers another city has."""

from datetime import date, time, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import insert
from uuid_utils.compat import uuid7

from src.local_officer.office_hours.models import HoursException, HoursRule
from src.local_officer.officers.models import (
    Absence,
    Announcement,
    Assignment,
    Beat,
    BeatStreet,
    Officer,
    OfficerPhone,
    Station,
)
from tests.conftest import Statement, TestDatabase
from tests.local_officer import office as made
from tests.local_officer.test_directory import MONDAY, Podil, addresses, podil
from tests.site import Site
from tests.tenants.test_hot_queries import explained

__all__ = ["podil"]
MANY = 4_000
OURS = (Absence, Announcement, Assignment, Beat, BeatStreet, HoursException, HoursRule, Officer, OfficerPhone, Station)


async def crowded(site: Site) -> None:
    """Thousands of everything in a city."""
    city_id = (await site.city()).id
    rows: dict[type, list[dict[str, Any]]] = {}

    def put(model: type, **values: Any) -> Any:
        row = {"city_id": city_id, "id": uuid7(), **values}
        rows.setdefault(model, []).append(row)
        return row["id"]

    day = date(2026, 11, 1)
    common = {"created_at": MONDAY, "changed_at": MONDAY}
    for n in range(MANY):
        officer = put(Officer, code=str(n), name={"uk": str(n)}, created_at=MONDAY)
        put(Station, slug=str(n), name={"uk": str(n)}, address={"uk": str(n)})
        put(OfficerPhone, officer_id=officer, number="102", kind="short")
        boundary = made.square(34.5 + n / 1e6, 49.5)
        beat = put(Beat, number=str(n), name={"uk": str(n)}, boundary=boundary, label_lon=34.5, label_lat=49.5)
        put(BeatStreet, beat_id=beat, street=str(n), spelling=str(n))
        put(Assignment, beat_id=beat, officer_id=officer, first_day=day)
        put(Absence, officer_id=officer, first_day=day, last_day=day + timedelta(days=90), created_at=MONDAY)
        put(Announcement, officer_id=officer, kind="notice", words=str(n), shown_until=day + timedelta(days=90), **common)
        hours = {"starts": time(9), "ends": time(10), "changed_at": MONDAY}
        put(HoursRule, officer_id=officer, weekday=1, valid_from=day, **hours)
        put(HoursException, officer_id=officer, day=day + timedelta(days=40), kind="extra", **hours)
    async with site.unit() as session:
        for model, found in rows.items():
            await session.execute(insert(model), found)


@pytest.mark.parametrize("first", [True, False], ids=["the first time", "afterwards"])
async def test_no_page_of_the_office_reads_another_citys_rows(
    site: Site, poltava: Site, podil: Podil, database: TestDatabase, statements: list[Statement], first: bool
) -> None:
    await crowded(poltava)
    with psycopg.connect(database.migrator, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    paths = [address for address in addresses(podil) if "photo" not in address]
    if not first:
        await site.get("/office")
    statements.clear()
    for path in paths:
        await site.get(path)
    assert len(statements) > len(paths)
    tables = [f"FROM {model.__tablename__}" for model in OURS]  # other tables are small here, and have tests of their own
    ours = [sent for sent in statements if any(name in sent.query.replace("\n", " ") for name in tables)]
    assert len(ours) >= len(OURS) if first else ours
    found = explained(database.app, (await site.city()).id, ours)
    assert not found, "\n\n".join(found)
