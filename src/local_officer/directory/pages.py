"""«Мій дільничний»: the directory, finding one's officer, the pages of a beat and of an officer."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.directory import finding, pages_api, pages_files, queries
from src.local_officer.directory.finding import Answer, Kind
from src.local_officer.directory.geocoder import located
from src.local_officer.directory.maps import beats_map
from src.local_officer.directory.seen import Seeing, question_address, visit_address
from src.local_officer.directory.taken_away import TakenAway
from src.local_officer.office_hours.queries import AHEAD, made_of, next_of, rows_of
from src.local_officer.office_hours.times import status_of
from src.local_officer.officers import shown
from src.local_officer.officers.lookup import is_on_earth
from src.local_officer.officers.office import BeatHere
from src.local_officer.officers.queries import office
from src.local_officer.officers.switch import require_office
from src.platform.limits import rules
from src.platform.web.access import PUBLIC
from src.platform.web.app import Now, Uow
from src.platform.web.forms import REPLACEMENT, Form
from src.platform.web.pages import page
from src.tenants.board.queries import card
from src.tenants.cities.catalogue import catalogue

AnyRequest = Request[Any, Any, Any]
NO_STORE = {"Cache-Control": "no-store"}
WEEKS = 4
EVERYTHING_AT_MOST = 80
"""Beats that one page lists; a city with more is listed by district."""
STREETS_AT_ONCE = 12


async def seeing(request: AnyRequest, uow: AsyncSession, now: datetime) -> Seeing:
    """The city's office as this reader sees it."""
    at = require_office(request)
    return Seeing(at, await office(uow), await catalogue(uow), now)


@get("/office", access=PUBLIC, include_in_schema=False)
async def directory(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Find mine; all beats by district and on a map."""
    see = await seeing(request, uow, now)
    beats = [beat for beat in see.source.beats if beat.stands(see.today)]
    chosen = see.known.district_by_slug.get(request.query_params.get("district", ""))
    whole = len(beats) <= EVERYTHING_AT_MOST
    districts = []
    for district in see.known.districts:
        own = [beat for beat in beats if beat.district_id == district.id]
        listed = whole if chosen is None else chosen.id == district.id
        if own:
            station = see.station(see.source.duty_station(district_id=district.id, point=district.label))
            districts.append(
                {
                    "district": district,
                    "count": len(own),
                    "station": station,
                    "beats": [see.beat(beat) for beat in own] if listed else [],
                }
            )
    loose = [see.beat(beat) for beat in beats if beat.district_id not in see.known.district]
    return page(
        request,
        "directory/all.html",
        nav="office",
        districts=districts,
        loose=loose,
        chosen=chosen,
        count=len(beats),
        demo=any(not beat.official for beat in beats),
        names_hidden=see.options.hide_names,
        q="",
        map_config=beats_map(
            see.at, box=box_of([beat.shape.bounds for beat in beats if chosen and beat.district_id == chosen.id])
        ),
    )


@get("/office/elsewhere", access=PUBLIC, limits=rules.SEARCH, include_in_schema=False)
async def elsewhere(request: AnyRequest) -> Response[Any]:
    """Ask the configured geocoder, while no connection to the database waits for it; then back to what is known."""
    at = require_office(request)
    typed = Form({"q": [request.query_params.get("q", "")]}).line("q")[: finding.LONGEST]
    point = await located(at.settings, at.the_city, typed, language=at.lang) if typed and at.settings.geocoder_url else None
    found = f"lat={point[1]:.6f}&lon={point[0]:.6f}" if point else f"q={quote(typed)}&asked=1"
    return Redirect(at.url(f"/office/find?{found}"), status_code=303, headers=NO_STORE)


@get("/office/find", access=PUBLIC, limits=rules.SEARCH, include_in_schema=False)
async def find(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Who answers for an address, a point, or is called so."""
    see = await seeing(request, uow, now)
    given = {name: [request.query_params.get(name, "")] for name in ("q", "lon", "lat")}
    form = Form(given)
    typed, lon, lat = form.line("q"), form.number("lon"), form.number("lat")
    errors: dict[str, str] = {}
    answer: Answer | None = None
    if given["lon"][0] or given["lat"][0]:
        if lon is None or lat is None or not is_on_earth(lon, lat):
            errors["q"] = see.at._("Не зрозуміли, де ви. Спробуйте ще раз або напишіть адресу.")
        else:
            answer = finding.by_point(see.source, (await catalogue(uow)), see.at.the_city, lon, lat, see.today)
    elif not typed or REPLACEMENT in typed:
        errors["q"] = see.at._("Напишіть вулицю й номер будинку або прізвище дільничного")
    else:
        answer = finding.by_words(
            see.source, await catalogue(uow), typed, see.today, language=see.at.lang, by_name=not see.options.hide_names
        )
    ask_outside = bool(see.at.settings.geocoder_url) and "asked" not in request.query_params
    if answer is not None and answer.kind is Kind.NOTHING and ask_outside:
        return Redirect(see.at.url(f"/office/elsewhere?q={quote(typed)}"), status_code=303, headers=NO_STORE)
    beats = answer.beats if answer else []
    statuses = await next_of(uow, see.officers_of(beats), city=see.at.the_city, now=now)
    return page(
        request,
        "directory/found.html",
        nav="office",
        status=422 if errors else 200,
        cache="no-store",
        errors=errors,
        q=typed,
        by_point=lon is not None and lat is not None,
        kind=answer.kind if answer else Kind.NOTHING,
        beats=[see.beat(beat, statuses) for beat in beats],
        streets=[{"name": item.name, "beats": [see.beat(beat) for beat in item.beats]} for item in answer.streets]
        if answer
        else [],
        officers=[
            {"officer": see.officer(row), "beats": [see.beat(beat) for beat in see.source.beats_of(row.id, see.today)]}
            for row in (answer.officers if answer else [])
        ],
        station=see.station(answer.station) if answer else None,
        names_hidden=see.options.hide_names,
        map_config=beats_map(
            see.at,
            [beat.number for beat in beats],
            box=box_of([beat.shape.bounds for beat in beats]),
            point=(lon, lat) if answer and lon and lat else None,
        ),
    )


async def answered_cards(see: Seeing, uow: AsyncSession, beats: list[BeatHere]) -> list[Any]:
    """Answered public questions of some beats."""
    return [card(row, see.at, see.known) for row in await queries.answered_in(uow, [beat.shape for beat in beats])]


@get("/office/beats/{number:str}", access=PUBLIC, include_in_schema=False)
async def beat_page(request: AnyRequest, number: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """A beat: who serves it, its streets, its station, what was answered there."""
    see = await seeing(request, uow, now)
    found = see.source.beat_by_number.get(number)
    if found is None or not found.stands(see.today):
        raise NotFoundException
    statuses = await next_of(uow, see.officers_of([found]), city=see.at.the_city, now=now)
    return page(
        request,
        "directory/beat.html",
        nav="office",
        beat=see.beat(found, statuses),
        streets=see.source.streets_of.get(found.id, []),
        district=see.known.district.get(found.district_id) if found.district_id else None,
        answered=await answered_cards(see, uow, [found]),
        map_config=beats_map(see.at, [found.number], box=found.shape.bounds),
    )


@get("/office/officers/{officer_id:uuid}", access=PUBLIC, include_in_schema=False)
async def officer_page(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """An officer: contacts, beats, hours for four weeks, notices, meetings, answered questions of their beats."""
    see = await seeing(request, uow, now)
    row = see.source.officer.get(officer_id)
    if row is None:
        raise NotFoundException
    if not row.serves(see.today):
        return page(request, "directory/gone.html", nav="office", status=410, cache="no-store")
    last = see.today + timedelta(days=7 * WEEKS - 1)
    ahead = see.today + AHEAD
    hours = await rows_of(uow, [row.id], see.today, ahead)
    receptions = made_of(hours, row.id, see.today, ahead, city=see.at.the_city)
    told = await queries.announcements(uow, row.id, today=see.today, now=now)
    beats = see.source.beats_of(row.id, see.today)
    instead = see.source.standing_in(row.id, see.today)
    absence = see.source.away(row.id, see.today)
    stand_in = see.source.officer.get(see.source.stand_in(absence, see.today) or row.id) if absence else None
    seen = see.officer(row, status=status_of(receptions, now))
    taken = TakenAway(see, row)
    coming = [one for one in receptions if one.day <= last and one.ends_at > now]
    shapes = [beat.shape.bounds for beat in beats]
    return page(
        request,
        "directory/officer.html",
        nav="office",
        officer=seen,
        beats=[see.beat(beat) for beat in beats],
        standing_in=[
            {"beat": see.beat(beat), "name": see.name(see.source.officer[away.officer_id]), "until": away.last_day}
            for beat, away in instead
        ],
        stand_in=see.officer(stand_in) if stand_in and stand_in.id != row.id else None,
        station=taken.station,
        confirmed_at=row.confirmed_at,
        out_of_date=see.out_of_date(row),
        weeks=weeks_of(see, coming),
        meetings=[
            {"row": item, "place": shown.meeting_place(item.place, see.options, see.at.lang)}
            for item in told
            if item.kind == "meeting"
        ],
        notices=[item for item in told if item.kind == "notice"],
        answered=await answered_cards(see, uow, beats),
        visits=see.options.visits,
        visit_path=visit_address(row.id),
        question_path=question_address(row.id),
        questions=see.options.direct_questions,
        demo=taken.demo,
        linked_data=taken.linked_data(hours),
        opening_hours=taken.opening_hours(hours),
        map_config=beats_map(see.at, [beat.number for beat in beats], box=box_of(shapes)),
    )


def box_of(boxes: list[tuple[float, float, float, float]]) -> tuple[float, float, float, float] | None:
    """What holds all boxes: west, south, east, north."""
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return (min(west), min(south), max(east), max(north))


def weeks_of(see: Seeing, receptions: list[Any]) -> list[dict[str, Any]]:
    """Receptions by week, each with its first and last day; weeks without any are there too."""
    monday = see.today - timedelta(days=see.today.weekday())
    weeks: list[dict[str, Any]] = []
    for number in range(WEEKS + int(see.today.weekday() > 0)):
        first: date = monday + timedelta(days=7 * number)
        last = first + timedelta(days=6)
        own = [see.reception(one) for one in receptions if first <= one.day <= last]
        weeks.append({"first": max(first, see.today), "last": last, "receptions": own})
    return weeks[:WEEKS] if not weeks[-1]["receptions"] else weeks


handlers = [directory, find, elsewhere, beat_page, officer_page, *pages_files.handlers, *pages_api.handlers]
