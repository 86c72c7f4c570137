"""Reads the demonstration's files and makes a city of them."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import City
from src.tenants.cities.models import District, Place, Responder, RoutingRule, Water
from src.tenants.cities.spelling import folded
from src.tenants.starter.kit import kit_categories, make_category, make_pages, toml, trimmed

__all__ = ["DATA", "SLUGS", "categories_of", "city_row", "geojson", "make_up", "toml", "trimmed"]

DATA = Path(__file__).parent / "data"
SLUGS = ("kyiv", "poltava", "mykolaiv", "ternopil")
KINDS = {"район": {"uk": "район", "en": "district"}, "мікрорайон": {"uk": "мікрорайон", "en": ""}}


def geojson(path: Path) -> list[dict[str, Any]]:
    """The features of a GeoJSON file."""
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    return found


def city_row(found: dict[str, Any]) -> City:
    """The city's own row."""
    contact = found.get("contact", {})
    west, south, east, north = found["box"]
    return City(
        id=uuid7(),
        slug=found["slug"],
        number_prefix=found["number_prefix"],
        name=found["name"],
        name_in=found["name_in"],
        name_of=found["name_of"],
        example=found["example"],
        centre_lon=found["centre"][0],
        centre_lat=found["centre"][1],
        zoom=found["zoom"],
        west=west,
        south=south,
        east=east,
        north=north,
        accent=found["accent"],
        accent_dark=found["accent_dark"],
        contact_phone=contact.get("phone", ""),
        contact_email=contact.get("email", ""),
        contact_name=contact.get("name", {}),
        demo=True,
        settings=found.get("settings", {}),
    )


def categories_of(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The kit's categories with the city's changes, and the city's own before «other»."""
    merged = kit_categories()
    own = {item["slug"]: item for item in found.get("category", [])}
    last = {slug: merged.pop(slug) for slug in ("emergency", "other")}
    for slug, item in own.items():
        target = last if slug in last else merged
        target[slug] = {**target.get(slug, {}), **item}
    return [*merged.values(), last["other"], last["emergency"]]


def make_district(city: City, position: int, feature: dict[str, Any]) -> District:
    """A district's row from its outline."""
    about = feature["properties"]
    return District(
        city_id=city.id,
        slug=about["slug"],
        name={"uk": about["name_uk"], "en": about["name_en"]},
        kind=KINDS[about["kind"]],
        boundary=feature["geometry"],
        label_lon=about["label"][0],
        label_lat=about["label"][1],
        position=position,
    )


def make_place(city: City, item: dict[str, Any]) -> Place:
    """A known place's row, with the spellings it is found by."""
    names = [item["name_uk"], item["name_en"], *item.get("aliases", [])]
    return Place(
        city_id=city.id,
        name={"uk": item["name_uk"], "en": item["name_en"]},
        kind=item["kind"],
        points=item["points"],
        spellings=list(dict.fromkeys(folded(name) for name in names)),
    )


async def make_up(session: AsyncSession, city: City, found: dict[str, Any]) -> None:
    """Store everything a city is made of, before its first question."""
    folder = DATA / city.slug
    categories = [make_category(city, n, item) for n, item in enumerate(categories_of(found))]
    districts = [make_district(city, n, feature) for n, feature in enumerate(geojson(folder / "districts.geojson"))]
    responders = [Responder(city_id=city.id, position=n, **{"phone": "", **item}) for n, item in enumerate(found["responder"])]
    session.add_all([*categories, *districts, *responders])
    for feature in geojson(folder / "water.geojson"):
        names = {"uk": feature["properties"]["name_uk"], "en": feature["properties"]["name_en"]}
        session.add(Water(city_id=city.id, name=names, shape=feature["geometry"]))
    session.add_all(make_place(city, item) for item in toml(folder / "places.toml")["place"])
    session.add_all(make_pages(city))
    await session.flush()
    category = {item.slug: item.id for item in categories}
    district = {item.slug: item.id for item in districts}
    responder = {item.slug: item.id for item in responders}
    for rule in found["rule"]:
        session.add(
            RoutingRule(
                city_id=city.id,
                category_id=category[rule["category"]] if "category" in rule else None,
                district_id=district[rule["district"]] if "district" in rule else None,
                responder_id=responder[rule["responder"]],
            )
        )
    await session.flush()
