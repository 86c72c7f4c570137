"""The third step: where. By a point on the map, by an address that is looked up, or by the district alone."""

from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from src.platform.limits import rules
from src.platform.web.access import PUBLIC
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay
from src.platform.web.here import Here, here
from src.tenants.asking import service
from src.tenants.asking.answers import Answers, Step
from src.tenants.asking.flow import AnyRequest, Visit, arrive, take, wrong
from src.tenants.asking.places import (
    address_with,
    district_of,
    left_behind,
    near_words,
    place_by_key,
    suggestions,
)
from src.tenants.asking.steps import Faults
from src.tenants.cities.catalogue import Catalogue, catalogue
from src.tenants.cities.maps import map_config
from src.tenants.cities.neighbours import Neighbour, neighbour_at


def read_place(form: Form, before: Answers, source: Catalogue) -> Answers:
    """The place's fields.

    A known place that was chosen from the list gives its point. A point that stood for a known place goes when the
    address, changed since, names another one: without scripts nobody could take it off the map.
    """
    address, district = form.line("address"), form.line("district")
    lon, lat = form.number("lon"), form.number("lat")
    chosen = place_by_key(source, form.text("pick"))
    if chosen is not None:
        lon, lat = chosen.middle
        address = address_with(chosen.name["uk"], address)
    elif lon is None or lat is None or form.flag("forget_point") or outdated(before, (lon, lat), address, source):
        lon = lat = None
    return settled(replace(before, address=address, lon=lon, lat=lat, district=district, overruled=""), source)


def outdated(before: Answers, point: tuple[float, float], address: str, source: Catalogue) -> bool:
    """Whether a point was there before and belongs to the address of before only."""
    return point == before.point and address != before.address and left_behind(source, point, address)


def settled(answers: Answers, source: Catalogue) -> Answers:
    """The same with the district that the point is in, whatever was chosen by hand."""
    if answers.point is None:
        return answers
    found = source.geography.district_at(*answers.point)
    if found is None:
        return answers
    slug = source.into("uk").district[found].slug
    overruled = answers.district if answers.district not in {"", slug} else ""
    return replace(answers, district=slug, overruled=overruled)


def place_page(
    found: Visit,
    *,
    status: int = 200,
    errors: Faults | None = None,
    look_up: bool = False,
    neighbour: Neighbour | None = None,
) -> Response[str]:
    """The page; ``look_up`` lists the known places that the address may mean, ``neighbour`` is the city that the point is in."""
    at, answers = found.at, found.answers
    point = answers.point
    category = found.known.category_by_slug.get(answers.category)
    return found.page(
        "place",
        status=status,
        errors=errors,
        district_options=[(item.slug, item.full) for item in found.known.districts],
        matches=[
            (item.key, item.name, item.district) for item in (suggestions(at, found.source, answers.address) if look_up else [])
        ],
        looked_up=look_up,
        near=near_words(at, found.source, *point) if point else "",
        sensitive=category is not None and category.sensitive,
        map_config=map_config(at),
        neighbour=neighbour,
        neighbour_url=neighbour.ask(answers.title) if neighbour else "",
    )


def elsewhere(at: Here, neighbour: Neighbour) -> str:
    """A point of another city, in words."""
    return at._("Ця точка вже %(in_city)s: там відповідають інші служби. Поставте це запитання там або позначте інше місце") % {
        "in_city": neighbour.name_in
    }


@get("/ask/{key:str}/place", access=PUBLIC, include_in_schema=False)
async def place(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Say where."""
    return place_page(await arrive(request, uow, key, Step.PLACE, now=now))


@post("/ask/{key:str}/place", access=PUBLIC, limits=rules.ASKING, include_in_schema=False, status_code=303)
async def keep_place(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Keep the place; «Знайти» only looks the address up and keeps nothing."""
    found = await take(request, uow, key, Step.PLACE, read_place, now=now)
    if isinstance(found, Response):
        return found
    if found.form.flag("find"):
        nothing = {} if found.answers.address else {"address": found.at._("Напишіть вулицю або місце, яке шукаєте")}
        raise Redisplay(place_page(found, status=422 if nothing else 200, errors=nothing, look_up=not nothing))
    errors = wrong(found)
    if errors:
        point = found.answers.point
        neighbour = None
        if point is not None and district_of(found.at, found.source, *point) is None:
            neighbour = await neighbour_at(uow, found.at, *point)
        if neighbour is not None:
            errors |= {"address": elsewhere(found.at, neighbour)}
        unclear = bool(found.answers.address) and found.answers.point is None
        raise Redisplay(place_page(found, status=422, errors=errors, look_up=unclear, neighbour=neighbour))
    await service.keep(uow, found.draft, found.answers, now=now)
    return found.onward()


@get("/places/search", access=PUBLIC, limits=rules.SEARCH, include_in_schema=False)
async def search_places(request: AnyRequest, uow: Uow) -> Response[Any]:
    """Known places by name, for suggestions while an address is typed."""
    at = here(request)
    typed = Form({"q": [request.query_params.get("q", "")]}).line("q")[:200]
    found = suggestions(at, await catalogue(uow), typed)
    body = {"places": [{"name": p.name, "district": p.district, "lon": p.lon, "lat": p.lat} for p in found]}
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


@get("/places/near", access=PUBLIC, limits=rules.SEARCH, include_in_schema=False)
async def near_place(request: AnyRequest, uow: Uow) -> Response[Any]:
    """What is near a point, in words; ``inside`` tells whether it is in the city."""
    at = here(request)
    typed = Form({name: [request.query_params.get(name, "")] for name in ("lon", "lat")})
    lon, lat = typed.number("lon"), typed.number("lat")
    source = await catalogue(uow)
    words = near_words(at, source, lon, lat) if lon is not None and lat is not None else ""
    district = source.geography.district_at(lon, lat) if words and lon is not None and lat is not None else None
    neighbour = await neighbour_at(uow, at, lon, lat) if not words and lon is not None and lat is not None else None
    outside = elsewhere(at, neighbour) + "." if neighbour else at._("Ця точка за межами міста. Виберіть місце на карті міста.")
    body = {
        "text": words or outside,
        "ask": {"url": neighbour.ask(), "words": at._("Запитати %(in_city)s") % {"in_city": neighbour.name_in}}
        if neighbour
        else None,
        "district": source.into(at.lang).district[district].slug if district else None,
        "inside": bool(words),
    }
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


handlers = [place, keep_place, search_places, near_place]
