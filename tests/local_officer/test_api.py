"""The API about officers and beats: for programs, the same as the pages tell people."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from src.local_officer.directory import api_shapes as shapes
from src.local_officer.officers.models import Absence
from src.platform.data.tenancy import catalogue_changed
from tests.conftest import Clock
from tests.local_officer import office as made
from tests.local_officer.test_directory import IN_HOLE, INSIDE, KYIV, MONDAY, NO_BEAT, ON_BORDER, Podil, podil
from tests.site import Site

__all__ = ["podil"]


async def told(site: Site, path: str, *, status: int = 200) -> Any:
    """What the API answers with."""
    return (await site.get(f"/api/v1/{path}", status=status)).json()


async def test_a_point_is_located_whatever_kind_it_is(site: Site, podil: Podil) -> None:
    async def at(point: tuple[float, float]) -> Any:
        return await told(site, f"officers/locate?lon={point[0]}&lat={point[1]}")

    inside = await at(INSIDE)
    assert inside["where"] == "beat"
    assert inside["station"] is None
    beat = inside["beats"][0]
    assert (beat["number"], beat["vacant"], beat["official"]) == ("1", False, True)
    assert [officer["id"] for officer in beat["officers"]] == [str(podil.officer)]
    assert beat["officers"][0]["url"].endswith(f"/office/officers/{podil.officer}")
    border = await at(ON_BORDER)
    assert (border["where"], [one["number"] for one in border["beats"]]) == ("border", ["1", "2"])
    assert border["beats"][1]["vacant"]
    assert border["beats"][1]["station"]["phone"] == "+380444161202"
    hole = await at(IN_HOLE)
    assert (hole["where"], hole["station"]["name"]) == ("hole", "Подільський відділ поліції")
    nowhere = await at(NO_BEAT)
    assert (nowhere["where"], nowhere["beats"], nowhere["station"]["lat"]) == ("no_beat", [], 50.466)
    assert await at((34.55, 49.58)) == {"where": "outside", "beats": [], "station": None}
    page = await site.get("/api/v1/officers/locate?lon=30.5&lat=50.4")
    assert page.response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "lat"), ("lat=50", "lon"), ("lat=x&lon=30", "lat"), ("lat=91&lon=30", "lat"), ("lat=50&lon=nan", "lon"),
        ("lat=50&lon=30&lon=31", "lon"), ("lat=50&lon=30&radius=3", "radius"), ("lat=50&lon=1e999", "lon"),
    ],
)  # fmt: skip
async def test_a_wrong_point_is_refused_in_a_sentence(site: Site, podil: Podil, query: str, parameter: str) -> None:
    found = await told(site, f"officers/locate?{query}", status=400)
    assert found["parameter"] == parameter
    assert found["detail"].startswith("Параметр")


async def test_officers_come_in_pages_with_filters(site: Site, podil: Podil) -> None:
    async with site.unit() as session:
        await made.officer(session, code="0000001", name={"uk": "Пішла", "en": "Gone"}, left_on=MONDAY.date())
    first = await told(site, "officers?limit=1")
    assert [one["code"] for one in first["items"]] == ["0001234"]
    following = await told(site, first["next"].split("/api/v1/")[1])
    assert [one["code"] for one in following["items"]] == ["0009999"]
    assert following["next"] is None
    one = first["items"][0]
    assert one["name"] == "Ірина Мельник"
    assert one["phones"] == [{"kind": "ordinary", "number": "+380671234567"}, {"kind": "short", "number": "102"}]
    assert [beat["number"] for beat in one["beats"]] == ["1"]
    assert one["languages"] == ["uk", "en"]
    assert [item["code"] for item in (await told(site, "officers?beat=1"))["items"]] == ["0001234"]
    assert (await told(site, "officers?beat=2"))["items"] == []
    assert (await told(site, "officers?district=podilskyi"))["items"] == [], "these beats are of no district"
    assert (await told(site, "officers?district=nowhere", status=400))["parameter"] == "district"
    english = await told(site, "officers?language=en")
    assert english["items"][0]["name"] == "Iryna Melnyk"


async def test_one_officer_is_told_with_what_is_next(site: Site, podil: Podil, clock: Clock) -> None:
    found = await told(site, f"officers/{podil.officer}")
    assert found["now"]["ends_at"] == "2026-11-30T09:00:00Z"
    assert found["next"]["starts_at"] == "2026-12-03T15:00:00Z"
    assert found["opening_hours"].startswith("Mo 09:00-11:00")
    assert found["out_of_date"] is False
    clock.forward(days=40)
    assert (await told(site, f"officers/{podil.officer}"))["out_of_date"] is True
    assert (await told(site, f"officers/{uuid4()}", status=404))["status"] == 404
    await told(site, "officers/not-an-id", status=404)


async def test_hours_are_occurrences_of_the_days_asked_for(site: Site, podil: Podil) -> None:
    thursday = MONDAY.date() + timedelta(days=3)
    async with site.unit() as session:
        days = {"first_day": MONDAY.date() + timedelta(days=7), "last_day": MONDAY.date() + timedelta(days=7)}
        absence = Absence(officer_id=podil.officer, stand_in_id=podil.stand_in, stand_in_receives=True, created_at=MONDAY, **days)
        await made.put(session, absence)
        await made.exception(session, podil.officer, thursday, "closed")
        await catalogue_changed(session)
    found = (await told(site, f"officers/{podil.officer}/hours?from=2026-11-30&to=2026-12-07"))["items"]
    assert [(one["starts_at"], one["kind"], one["stand_in"]) for one in found] == [
        ("2026-11-30T07:00:00Z", "in_person", None),
        ("2026-12-04T10:00:00Z", "phone", None),
        ("2026-12-07T07:00:00Z", "in_person", "Петро Ґудзь"),
    ]
    assert found[0]["place"] == "Подільський відділ поліції, вул. Хорива, 20"
    assert (found[0]["lon"], found[0]["lat"]) == (30.512, 50.466)
    usual = (await told(site, f"officers/{podil.officer}/hours"))["items"]
    starts = [datetime.fromisoformat(one["starts_at"]).astimezone(KYIV).date() for one in usual]
    assert min(starts) >= MONDAY.date()
    assert max(starts) <= MONDAY.date() + timedelta(days=27)
    past = (await told(site, f"officers/{podil.officer}/hours?to=2026-11-26"))["items"]
    assert [one["starts_at"][:10] for one in past] == ["2026-11-26"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("from=yesterday", "from"), ("from=2026-12-01&to=2026-11-01", "to"), ("from=2026-01-01&to=2026-12-31", "to"),
     ("from=20261201", "from"), ("from=9999-12-31", "from"), ("to=0000-00-00", "to")],
)  # fmt: skip
async def test_wrong_days_are_refused_in_a_sentence(site: Site, podil: Podil, query: str, parameter: str) -> None:
    assert (await told(site, f"officers/{podil.officer}/hours?{query}", status=400))["parameter"] == parameter


async def test_beats_come_as_geojson_with_a_validator(site: Site, podil: Podil, clock: Clock) -> None:
    page = await site.get("/api/v1/beats.geojson")
    assert page.response.headers["content-type"].startswith("application/geo+json")
    found = page.json()
    assert found["type"] == "FeatureCollection"
    first, second = found["features"]
    assert first["geometry"]["type"] == "Polygon"
    assert len(first["geometry"]["coordinates"]) == 2, "the hole is there"
    assert first["properties"]["number"] == "1"
    assert first["properties"]["officers"][0]["name"] == "Ірина Мельник"
    assert (second["properties"]["vacant"], second["properties"]["official"]) == (True, False)
    tag = page.response.headers["etag"]
    same = await site.get("/api/v1/beats.geojson", status=304, headers={"If-None-Match": tag})
    assert same.response.content == b""
    async with site.unit() as session:
        await made.beat(session, number="3", boundary=made.square(30.53, 50.46))
    after = await site.get("/api/v1/beats.geojson", headers={"If-None-Match": tag})
    assert len(after.json()["features"]) == 3
    clock.forward(days=1)
    await site.get("/api/v1/beats.geojson", headers={"If-None-Match": after.response.headers["etag"]})


async def test_the_list_of_officers_has_a_validator_too(site: Site, podil: Podil) -> None:
    page = await site.get("/api/v1/officers")
    tag = {"If-None-Match": page.response.headers["etag"]}
    await site.get("/api/v1/officers", status=304, headers=tag)
    await made.set_options(site, hide_names=True)
    again = await site.get("/api/v1/officers", headers=tag)
    assert "Мельник" not in again.text


async def test_it_is_described(site: Site, podil: Podil) -> None:
    """Every address is in the OpenAPI document and on its page; what the city switched off is in neither."""
    described = (await site.get("/api/openapi.json")).json()
    ours = {path for path in described["paths"] if "officers" in path or "beats" in path}
    assert ours == {
        "/api/v1/officers",
        "/api/v1/officers/locate",
        "/api/v1/officers/{officer_id}",
        "/api/v1/officers/{officer_id}/hours",
        "/api/v1/beats.geojson",
    }
    names = [item["name"] for item in described["paths"]["/api/v1/officers/locate"]["get"]["parameters"]]
    assert names == ["language", "lat", "lon"]
    page = await site.get("/api/", follow=True)
    assert "Хто мій дільничний" in page.text
    assert "%7B" not in page.text
    assert "{officer_id}" not in "".join(str(link.get("href")) for link in page.soup.select("a"))


async def test_answers_are_of_the_shapes_that_are_described(site: Site, podil: Podil) -> None:
    for path, kind in (
        ("officers", shapes.Officers),
        ("officers/locate?lon=30.512&lat=50.462", shapes.Located),
        (f"officers/{podil.officer}", shapes.OfficerWhole),
        (f"officers/{podil.officer}/hours", shapes.Hours),
        ("beats.geojson", shapes.Beats),
    ):
        page = await site.get(f"/api/v1/{path}")
        again = msgspec.json.encode(msgspec.json.decode(page.text, type=kind, strict=True))
        assert json.loads(again) == page.json(), path


async def test_other_sites_may_read_it(site: Site, podil: Podil) -> None:
    response: httpx.Response = (await site.get("/api/v1/officers")).response
    assert response.headers["access-control-allow-origin"] == "*"
    moment = json.loads(response.text)["items"][0]["confirmed_at"]
    assert datetime.fromisoformat(moment) == (MONDAY - timedelta(days=3)).astimezone(UTC)
