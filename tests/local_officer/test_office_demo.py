"""The demonstration's offices: made up, and marked so, in all four cities."""

import time
from datetime import UTC, datetime

import pytest
import shapely
from sqlalchemy import func, select

from src.local_officer.demo.seeding import HOW_MANY, seed_offices, sign_in
from src.local_officer.officers.models import Announcement, Beat, Officer
from src.local_officer.officers.office import Office
from src.local_officer.officers.queries import office
from src.local_officer.visits.models import Visit
from src.platform.data.tenancy import City
from src.platform.data.unit_of_work import Database
from src.tenants.cities.catalogue import catalogue
from src.tenants.demo.kit import SLUGS
from src.tenants.demo.seeding import seed_city
from tests.conftest import TestDatabase
from tests.site import Site


async def offices_of(site: Site) -> Office:
    """The demonstration put into a city of the tests."""
    async with site.unit() as session:
        await seed_offices(session, await site.city(), site.clock.now)
    async with site.unit() as session:
        return await office(session)


def test_all_cities_have_offices() -> None:
    assert set(HOW_MANY) == set(SLUGS)


async def test_beats_of_a_district_cover_it_and_do_not_overlap(poltava: Site) -> None:
    held = await offices_of(poltava)
    assert len(held.beats) == 40
    async with poltava.unit() as session:
        known = await catalogue(session)
    for district in known.districts:
        outline = shapely.geometry.shape(district.boundary)
        own = [beat.shape for beat in held.beats if beat.district_id == district.id]
        assert all(shape.is_valid for shape in own)
        assert shapely.union_all(own).symmetric_difference(outline).area < outline.area * 1e-4
        assert sum(shape.area for shape in own) == pytest.approx(outline.area, rel=1e-4)
    for beat in held.beats:
        assert beat.shape.contains(shapely.Point(beat.label))
        assert not beat.official


async def test_the_office_lives(poltava: Site) -> None:
    """Somebody serves most beats, some are vacant, some officers are away, streets are found, nobody's phone can be real."""
    held = await offices_of(poltava)
    today = poltava.clock.now.date()
    vacant = [beat for beat in held.beats if held.vacant(beat.id, today)]
    assert 0 < len(vacant) < len(held.beats) / 4
    assert all(held.duty_station(beat=beat) is not None for beat in vacant)
    assert any(len(held.beats_of(officer.id, today)) > 1 for officer in held.officers)
    assert len({officer.code for officer in held.officers}) == len(held.officers)
    assert len({officer.name["uk"] for officer in held.officers}) == len(held.officers)
    for officer in held.officers:
        assert officer.email.endswith(".example")
        assert all(number.number == "102" or number.number.startswith("+3805320") for number in officer.phones)
    found = held.streets.find("соборности 1")
    assert found[0].street == "вулиця Соборності"
    assert len(found[0].beats) == 1
    async with poltava.unit() as session:
        kinds = (await session.execute(select(Announcement.kind).distinct())).scalars().all()
    assert set(kinds) == {"notice", "meeting"}


async def test_an_account_keeps_one_of_the_offices(poltava: Site) -> None:
    held = await offices_of(poltava)
    await poltava.sign_in_as(sign_in("poltava").split()[0])
    own = [officer for officer in held.officers if officer.account_id]
    assert len(own) == 1
    assert held.beats_of(own[0].id, poltava.clock.now.date())
    async with poltava.unit() as session:
        visits = (await session.execute(select(Visit.officer_id, Visit.starts_at, Visit.place))).all()
    assert visits
    assert all(visit.officer_id == own[0].id and visit.starts_at > poltava.clock.now and visit.place for visit in visits)


async def test_kyiv_takes_about_a_second(site: Site) -> None:
    begun = time.perf_counter()
    held = await offices_of(site)
    assert len(held.beats) == 420
    assert time.perf_counter() - begun < 15, "some one second here; the bound is for a machine that does other things"


async def test_seeding_a_city_fills_its_offices_in_the_same_transaction(database: TestDatabase) -> None:
    pool = Database(database.app, pool_size=1)
    try:
        await seed_city(pool, "ternopil", datetime.now(UTC), also=[seed_offices])
        async with pool.unit() as session:
            city_id = (await session.execute(select(City.id).where(City.slug == "ternopil"))).scalar_one()
        async with pool.unit(city_id) as session:
            assert await session.scalar(select(func.count()).select_from(Beat)) == HOW_MANY["ternopil"]
    finally:
        await pool.close()


async def test_the_tests_own_cities_have_no_offices(site: Site) -> None:
    async with site.unit() as session:
        assert await session.scalar(select(func.count()).select_from(Officer)) == 0
