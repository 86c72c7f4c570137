"""The home page, the map's data, the page of an appeal."""

from collections import OrderedDict
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.base import Localized, localized
from src.platform.limits import rules
from src.platform.web.access import PUBLIC
from src.platform.web.app import Now, Uow
from src.platform.web.compression import packed, takes_gzip, unpacked
from src.platform.web.cookies import LANGUAGE, read_cookie
from src.platform.web.here import Here, here
from src.platform.web.i18n import languages
from src.platform.web.pages import page
from src.tenants.appeals.addressees import book
from src.tenants.appeals.numbers import readable_number
from src.tenants.appeals.states import State
from src.tenants.board import basemap, queries
from src.tenants.board.clusters import Features, loose, marks
from src.tenants.board.filters import PERIODS, Filters
from src.tenants.board.layers import Layer, layer
from src.tenants.board.queries import PAGE, Cursor, card
from src.tenants.board.snapshot import Rows, Snapshot, snapshot
from src.tenants.board.words import with_words
from src.tenants.cities.catalogue import InLanguage, catalogue
from src.tenants.cities.maps import map_config
from src.tenants.cities.markdown import page_html

AnyRequest = Request[Any, Any, Any]
COPIES_AT_MOST = 256


def board_map(at: Here, filters: Filters) -> dict[str, Any]:
    """The map with the marks that pass the filters."""
    return {**map_config(at), "data_url": replace(filters, path=at.url("/map/data")).url()}


@get("/", access=PUBLIC, limits=rules.HOME_SEARCH, include_in_schema=False)
async def home(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """What is this, how do I ask, what do others ask."""
    at = here(request)
    chosen = read_cookie(request, LANGUAGE)
    if at.lang == "uk" and chosen in languages() and chosen != "uk" and not at.query:
        return Redirect(
            languages()[chosen].prefix + "/", status_code=302, headers={"Vary": "Cookie", "Cache-Control": "no-store"}
        )
    number = readable_number(request.query_params.get("q", ""))
    if number and await queries.one(uow, number) is not None:
        return Redirect(at.url(f"/appeals/{number}"), status_code=302)
    known = (await catalogue(uow)).into(at.lang)
    filters = Filters.of(request.query_params, known, path=at.url("/"))
    found = await snapshot(uow)
    among = await with_words(uow, found, filters.q) if filters.q else None
    figures = found.tally(filters.mask(found, known, now, among, state=False))
    after = Cursor.read(request.query_params.get("after", ""))
    if among is None:
        rows = list(await listed(uow, filters, known, now, after))
    else:
        passed = among[filters.mask(found, known, now, among)[among]]
        rows = await queries.by_id(uow, page_of(found, passed, after))
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    following = str(Cursor(rows[-1].published_at, rows[-1].id)) if more else ""
    address = filters.url()
    return page(
        request,
        "home.html",
        nav="appeals",
        figures=figures,
        filters=filters,
        front=front_text(at.the_city.front_text, at) if not filters.active else "",
        categories=[item for item in known.categories if not item.emergency],
        districts=known.districts,
        periods=periods(at),
        cards=[card(row, at, known) for row in rows],
        next_url=f"{address}{'&' if '?' in address else '?'}after={following}" if following else None,
        prev_url=address if after else None,
        map_config=board_map(at, filters),
    )


@lru_cache(maxsize=512)
def rendered_front(words: str, phone: str, host: str) -> Markup:
    """The city's text as HTML; kept, for every reader of the home page sees the same."""
    return page_html(words, phone, host)


def front_text(words: Localized, at: Here) -> Markup | str:
    """What the city says below its list; mostly nothing."""
    said = localized(words, at.lang)
    return rendered_front(said, at.the_city.contact_phone, at.host) if said else ""


def periods(at: Here) -> list[dict[str, str]]:
    """The choices of time."""
    return [
        {"key": key, "label": at.language.ngettext("%(num)s день", "%(num)s днів", int(key)) % {"num": key}} for key in PERIODS
    ]


async def listed(session: AsyncSession, filters: Filters, known: InLanguage, now: datetime, after: Cursor | None) -> Any:  # noqa: ANN401
    """A page of the list without words."""
    return await queries.newest(
        session,
        state=filters.state,
        category=filters.categories(known),
        district=known.district_by_slug[filters.district].id if filters.district else None,
        since=filters.since(now),
        after=after,
    )


def page_of(found: Snapshot, passed: Rows, after: Cursor | None) -> list[UUID]:
    """The ids of a page of what words found, one more than shown; the order is of asking, newest first."""
    ids = map(found.appeal_id, passed)
    later = ids if after is None else (item for item in ids if item < after.id)
    return list(islice(later, PAGE + 1))


_copies: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()


@get("/map/data", access=PUBLIC, limits=rules.HOME_SEARCH, include_in_schema=False)
async def map_data(request: AnyRequest, uow: Uow, now: Now) -> Response[bytes]:
    """Marks of a view. A copy is used only for the very revision it was made at, so it is never out of date."""
    at = here(request)
    found = await snapshot(uow)
    key = (at.the_city.id, at.lang, found.revision, uow.info["catalogue_revision"], at.query, now.date())
    body = _copies.get(key)
    if body is None:
        body = packed(await make_map_data(request, uow, now))
        _copies[key] = body
        if len(_copies) > COPIES_AT_MOST:
            _copies.popitem(last=False)
    if not takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(unpacked(body), media_type="application/geo+json", headers={"Cache-Control": "no-cache"})
    headers = {"Cache-Control": "no-cache", "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(body, media_type="application/geo+json", headers=headers)


async def make_map_data(request: AnyRequest, session: AsyncSession, now: datetime) -> bytes:
    """The same without copies."""
    at = here(request)
    known = (await catalogue(session)).into(at.lang)
    filters = Filters.of(request.query_params, known, path="/")
    found = await snapshot(session)
    layer = await layer_of(session, found, filters, known, now)
    box = read_box(request.query_params.get("bbox", "")) or at.the_city.box
    features = marks(found, layer, box, read_zoom(request.query_params.get("zoom", ""), at.the_city.zoom))
    return msgspec.json.encode(Features([*features, *loose(found, layer, known)]))


async def layer_of(session: AsyncSession, found: Snapshot, filters: Filters, known: InLanguage, now: datetime) -> Layer:
    """The appeals that pass the filters, ready for the map; kept until the snapshot changes."""
    name, revision = (filters, filters.since(now)), found.revision
    held: Layer | None = found.made(name)
    if held is None:
        among = await with_words(session, found, filters.q) if filters.q else None
        held = layer(found, filters.mask(found, known, now, among))
        if found.revision == revision:  # it may have gone on while the database was asked for words
            found.keep(name, held, held.size)
    return held


def read_box(typed: str) -> tuple[float, float, float, float] | None:
    """West, south, east, north of an address; none when it is not a box."""
    try:
        west, south, east, north = (float(part) for part in typed.split(","))
    except ValueError:
        return None
    return (west, south, east, north) if west < east and south < north else None


def read_zoom(typed: str, otherwise: float) -> float:
    """A zoom level of an address."""
    try:
        value = float(typed)
    except ValueError:
        return otherwise
    return value if 0 <= value <= 24 else otherwise  # noqa: PLR2004


@get("/map/outlines", access=PUBLIC, include_in_schema=False)
async def outlines(request: AnyRequest, uow: Uow) -> Response[bytes]:
    """Districts and water of the city's own map; the address carries the revision, so it may be kept."""
    body = (await catalogue(uow)).outlines(here(request).lang)
    keep = "public, max-age=604800, immutable" if request.query_params.get("v") else "no-cache"
    return Response(body, media_type="application/geo+json", headers={"Cache-Control": keep})


def event_label(at: Here, known: InLanguage, event: dict[str, Any]) -> str:
    """A public line of the timeline in words."""
    if event["kind"] == "routed":
        responder = known.responder.get(UUID(event["responder"])) if event["responder"] else None
        if responder:
            return at._("Передано: %(who)s") % {"who": responder.name_to}
    if event["kind"] == "moved_in" and event["old"]:
        return at._("Перенесено з попереднього сервісу, № %(number)s") % {"number": event["old"]}
    return {
        "published": at._("Опубліковано"),
        "moved_in": at._("Перенесено з попереднього сервісу"),
        "answered": at._("Є відповідь"),
        "reopened": at._("Автор пише, що не вирішено"),
        "routed": at._("Передано відповідачеві"),
        "redacted": at._("Модератор змінив текст"),
    }.get(event["kind"], str(event["kind"]))


@get("/appeals/{number:str}", access=PUBLIC, include_in_schema=False)
async def appeal_page(request: AnyRequest, number: FromPath[str], uow: Uow) -> Response[Any]:
    """A question, its answers, what to do next, its history."""
    at = here(request)
    wanted = readable_number(number)
    if wanted is None:
        raise NotFoundException
    if wanted != number:
        return Redirect(at.url(f"/appeals/{wanted}"), status_code=301)
    row = await queries.one(uow, wanted)
    if row is not None and row.state == State.REMOVED:
        taken_back = any(item["kind"] == "taken_back" for item in row.events or [])
        return page(request, "removed.html", status=410, cache="no-store", number=row.number, taken_back=taken_back)
    if row is None or (row.public_state is None and row.merged_into is None):
        raise NotFoundException
    if row.public_state is None:
        return Redirect(at.url(f"/appeals/{row.merged_into}"), status_code=302)
    known = (await catalogue(uow)).into(at.lang)
    alike = await queries.alike(uow, f"{row.title} {row.place}", count=4, but=row.id)
    addressed = (await book().of(uow, at, [row.id])).get(row.id)
    return page(
        request,
        "appeal.html",
        nav="appeals",
        appeal=shown(row, known),
        answers=[shown_answer(item, at, known) for item in row.answers or []],
        events=[
            {"label": event_label(at, known, item), "at": datetime.fromisoformat(item["at"]), "kind": item["kind"]}
            for item in row.events or []
        ],
        followers=row.followers,
        addressed=addressed,
        follow_url=at.url(f"/appeals/{row.number}/followers"),
        similar=[card(item, at, known) for item in alike],
        map_config=board_map(at, Filters()),
    )


def shown(row: Any, known: InLanguage) -> dict[str, Any]:  # noqa: ANN401
    """The question itself for its page."""
    category, district = known.category[row.category_id], known.district[row.district_id]
    days = (row.answered_at - row.confirmed_at).days if row.answered_at else None
    return {
        "number": row.number,
        "title": row.title,
        "body": row.body,
        "state": row.state,
        "status": row.public_state,
        "category": {"name": category.name, "slug": category.slug},
        "district": {"name": district.full, "slug": district.slug},
        "place": row.place,
        "precision": row.precision,
        "lon": row.lon,
        "lat": row.lat,
        "asked_at": row.confirmed_at,
        "published_at": row.published_at,
        "author_display": row.author or None,
        "days_to_answer": days,
        "photos": [
            {
                "thumb_url": f"/photos/{photo['id']}/small",
                "url": f"/photos/{photo['id']}/large",
                "width": photo["width"],
                "height": photo["height"],
                "alt": "",
                "id": photo["id"],
            }
            for photo in row.photos or []
        ],
    }


def shown_answer(item: dict[str, Any], at: Here, known: InLanguage) -> dict[str, Any]:
    """An answer for the page."""
    responder = known.responder[UUID(item["responder"])]
    return {
        "responder": responder.name,
        "initials": responder.initials,
        "short": item["short"],
        "body": item["body"],
        "published_at": datetime.fromisoformat(item["published_at"]),
        "steps": item["steps"] or [],
        "files": [
            {"name": file["name"], "size": file["size"], "url": at.url(f"/answers/{item['id']}/files/{file['id']}")}
            for file in item["files"] or []
        ],
    }


handlers = [home, map_data, outlines, appeal_page, *basemap.handlers]
