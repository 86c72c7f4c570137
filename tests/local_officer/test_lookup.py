"""From a point to its beats: the tree says what a slow look at every beat would, and every kind of point gets a clear answer."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from src.local_officer.officers.lookup import BORDER, OUTSIDE, Beats, Found, Where, parts_of
from src.local_officer.officers.models import Absence
from src.local_officer.officers.queries import office
from tests.conftest import Statement
from tests.local_officer import office as made
from tests.site import Site

TODAY = date(2026, 11, 26)


def slowly(beats: list[tuple[UUID, BaseGeometry]], lon: float, lat: float, *, in_city: bool) -> Found:
    """The same by asking every beat in turn."""
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        return OUTSIDE
    point = Point(lon, lat)
    hits = [beat_id for beat_id, shape in beats if shape.distance(point) <= BORDER]
    if hits:
        return Found(Where.BEAT if len(hits) == 1 else Where.BORDER, tuple(hits))
    around = []
    for beat_id, shape in beats:
        parts = parts_of(shape)
        if any(Polygon(hole).contains(point) for part in parts for hole in part.interiors):
            around.append(beat_id)
    if around:
        return Found(Where.HOLE, tuple(around))
    return Found(Where.NO_BEAT if in_city else Where.OUTSIDE)


# Coordinates on a coarse grid, so that corners, shared borders and points on them come up all the time.
steps = st.integers(0, 12).map(lambda n: 30.4 + n / 100)
lines = st.integers(0, 12).map(lambda n: 50.4 + n / 100)


@st.composite
def shapes(draw: Any) -> BaseGeometry:
    """A box, a box with a hole, a triangle, or two boxes in one."""
    west, south = draw(steps), draw(lines)
    width, height = draw(st.integers(2, 6)) / 100, draw(st.integers(2, 6)) / 100
    box = shapely.box(west, south, west + width, south + height)
    match draw(st.sampled_from(["box", "hole", "triangle", "two"])):
        case "hole":
            hole = shapely.box(west + width / 4, south + height / 4, west + width * 3 / 4, south + height * 3 / 4)
            return box.difference(hole)
        case "triangle":
            return Polygon([(west, south), (west + width, south), (west, south + height)])
        case "two":
            return shapely.union_all([box, translate(box, width * 2, 0.0)])
        case _:
            return box


anywhere = st.floats(30.3, 30.7)
points = st.one_of(
    st.tuples(steps, lines),  # corners and borders
    st.tuples(anywhere, st.floats(50.3, 50.7)),
    st.tuples(steps, st.floats(50.3, 50.7)),
    st.tuples(st.floats(allow_nan=True, allow_infinity=True), lines),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(shapes(), max_size=12), st.lists(points, min_size=1, max_size=20), st.booleans())
def test_the_tree_says_what_asking_every_beat_would(
    drawn: list[BaseGeometry], asked: list[tuple[float, float]], in_city: bool
) -> None:
    beats = [(uuid4(), shape) for shape in drawn]
    index = Beats(beats)
    for lon, lat in asked:
        assert index.at(lon, lat, in_city=in_city) == slowly(beats, lon, lat, in_city=in_city), (lon, lat)


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 1), st.integers(1, 9))
def test_a_point_of_a_shared_border_is_in_both_however_the_border_runs(along: float, slope: int) -> None:
    a, b = (30.5, 50.4), (30.5 + slope / 100, 50.5)
    left, right = uuid4(), uuid4()
    index = Beats([(left, Polygon([a, b, (30.4, 50.5), (30.4, 50.4)])), (right, Polygon([a, b, (30.8, 50.5), (30.8, 50.4)]))])
    lon, lat = a[0] + (b[0] - a[0]) * along, a[1] + (b[1] - a[1]) * along
    assert index.at(lon, lat) == Found(Where.BORDER, (left, right))


def test_without_beats_nothing_is_found() -> None:
    index = Beats([])
    assert index.at(30.5, 50.4).where == Where.NO_BEAT
    assert index.at(30.5, 50.4, in_city=False).where == Where.OUTSIDE
    assert index.nearest(30.5, 50.4) is None


async def test_who_serves_a_beat_follows_the_days(site: Site) -> None:
    """Assignments begin and end, whoever is away is stood in for, who left serves no more; a beat may be vacant."""
    async with site.unit() as session:
        beat = await made.beat(session)
        first = await made.officer(session, code="1", left_on=TODAY + timedelta(days=20))
        second = await made.officer(session, code="2")
        third = await made.officer(session, code="3")
        await made.assign(session, beat.id, first.id)
        await made.assign(session, beat.id, second.id, first_day=TODAY + timedelta(days=2), last_day=TODAY + timedelta(days=3))
        for officer_id, stand_in_id, after in ((first.id, third.id, 5), (third.id, second.id, 6)):
            absence = Absence(
                officer_id=officer_id,
                first_day=TODAY + timedelta(days=after),
                last_day=TODAY + timedelta(days=7),
                stand_in_id=stand_in_id,
                created_at=first.created_at,
            )
            await made.put(session, absence)
    async with site.unit() as session:
        held = await office(session)

    def on(days: int) -> list[tuple[str, bool]]:
        return [
            (held.officer[item.officer_id].code, item.present) for item in held.serving(beat.id, TODAY + timedelta(days=days))
        ]

    assert on(0) == [("1", True)]
    assert on(2) == [("1", True), ("2", True)]
    assert on(4) == [("1", True)]
    assert on(5) == [("3", True), ("1", False)], "the stand-in comes first, who is away is named too"
    assert on(6) == [("2", True), ("1", False)], "the stand-in is away as well: theirs"
    assert on(8) == [("1", True)]
    assert on(20) == []
    assert held.vacant(beat.id, TODAY + timedelta(days=20))
    assert [row.number for row, _ in held.standing_in(third.id, TODAY + timedelta(days=5))] == ["1"]
    assert held.standing_in(third.id, TODAY + timedelta(days=6)) == []
    instead = held.serving(beat.id, TODAY + timedelta(days=5))[0]
    assert (instead.instead_of, instead.last_day) == (first.id, TODAY + timedelta(days=7))


async def test_stand_ins_in_a_circle_leave_the_beat_vacant(site: Site) -> None:
    async with site.unit() as session:
        beat = await made.beat(session)
        one, other = await made.officer(session, code="1"), await made.officer(session, code="2")
        await made.assign(session, beat.id, one.id)
        for who, stand_in in ((one, other), (other, one)):
            days = {"first_day": TODAY, "last_day": TODAY}
            await made.put(session, Absence(officer_id=who.id, stand_in_id=stand_in.id, created_at=one.created_at, **days))
    async with site.unit() as session:
        held = await office(session)
    assert held.vacant(beat.id, TODAY)
    assert [item.present for item in held.serving(beat.id, TODAY)] == [False]


async def test_the_copy_is_exact_and_costs_nothing_while_nothing_changes(
    site: Site, poltava: Site, statements: list[Statement]
) -> None:
    async with site.unit() as session:
        await made.beat(session)
    async with site.unit() as session:
        assert len((await office(session)).beats) == 1
    async with site.unit() as session:
        before = len(statements)
        held = await office(session)
        assert len(statements) == before
    async with site.unit() as session:
        await made.beat(session, number="2", boundary=made.square(30.52, 50.46))
    async with site.unit() as session:
        fresh = await office(session)
    assert [row.number for row in fresh.beats] == ["1", "2"]
    assert len(held.beats) == 1
    async with poltava.unit() as session:
        assert (await office(session)).beats == [], "another city has its own"


async def test_a_beat_that_is_no_more_answers_for_nothing(site: Site) -> None:
    async with site.unit() as session:
        await made.beat(session, retired_on=TODAY)
        await made.station(session)
    async with site.unit() as session:
        held = await office(session)
    assert held.at(30.515, 50.465, TODAY - timedelta(days=1), in_city=True).where == Where.BEAT
    assert held.at(30.515, 50.465, TODAY, in_city=True) == Found(Where.NO_BEAT)
    station = held.duty_station(point=(30.515, 50.465))
    assert station is not None
    assert station.slug == "podil"
