"""The administrator's pages of beats (who serves them, since when) and stations."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from uuid_utils.compat import uuid7

from src.local_officer.desk.pages_admin import ADMIN
from src.local_officer.desk.whose import NO_STORE, AnyRequest
from src.local_officer.desk.words import done_words
from src.local_officer.officers import records, service
from src.local_officer.officers.form import NAME_AT_MOST, day_of, id_of, read_station
from src.local_officer.officers.models import Beat, Station
from src.local_officer.officers.queries import office
from src.local_officer.officers.shown import phone_words
from src.local_officer.officers.switch import require_office
from src.platform.data.base import localized
from src.platform.limits import rules
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import Here
from src.platform.web.pages import page
from src.tenants.cities.catalogue import catalogue


def today_at(at: Here, now: datetime) -> date:
    """The day in the city."""
    return now.astimezone(ZoneInfo(at.the_city.timezone)).date()


@get("/staff/beats", access=ADMIN, include_in_schema=False)
async def beats(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """All beats by district, the vacant ones told."""
    at = require_office(request)
    source, known, today = await office(uow), (await catalogue(uow)).into(at.lang), today_at(at, now)
    only_vacant = request.query_params.get("show") == "vacant"
    by_district: dict[str, list[dict[str, Any]]] = {}
    for beat in source.beats:
        serving = [item for item in source.serving(beat.id, today) if item.present]
        if only_vacant and serving:
            continue
        district = known.district.get(beat.district_id) if beat.district_id else None
        by_district.setdefault(district.full if district else at._("Без району"), []).append(
            {
                "id": beat.id,
                "number": beat.number,
                "name": localized(beat.name, at.lang),
                "who": [localized(source.officer[item.officer_id].name, at.lang) for item in serving],
            }
        )
    return page(
        request, "officer_desk/beats.html", cache="no-store", nav="offices", districts=by_district, only_vacant=only_vacant
    )


async def beat_page(request: AnyRequest, uow: Uow, beat: Beat, form: Form, now: datetime, *, status: int = 200) -> Response[Any]:
    """A beat: its name and station, who serves it, its history."""
    at = require_office(request)
    source, today = await office(uow), today_at(at, now)
    everybody = {row.id: localized(row.name, at.lang) for row in await records.officers_of_city(uow)}
    history = await records.history_of(uow, beat.id)
    return page(
        request,
        "officer_desk/beat.html",
        status=status,
        cache="no-store",
        nav="offices",
        beat=beat,
        form=form,
        errors=form.errors,
        done=done_words(at, request.query_params.get("done", "")),
        current=[(one, everybody.get(one.officer_id, "")) for one in history if one.last_day is None or one.last_day >= today],
        past=[(one, everybody.get(one.officer_id, "")) for one in history if one.last_day is not None and one.last_day < today],
        officers=[(str(row.id), localized(row.name, at.lang)) for row in source.on_duty(today)],
        stations=[(str(row.id), localized(row.name, at.lang)) for row in source.stations],
        today=today,
    )


async def beat_here(uow: Uow, beat_id: UUID) -> Beat:
    """A beat of the city, or the 404 of a missing thing."""
    found = await records.beat_at(uow, beat_id)
    if found is None:
        raise NotFoundException
    return found


def blank(beat: Beat, today: date) -> Form:
    """The forms of a beat as they begin."""
    return Form(
        {
            "name_uk": [beat.name.get("uk", "")],
            "name_en": [beat.name.get("en", "")],
            "station": [str(beat.station_id or "")],
            "first_day": [today.isoformat()],
            "how": ["instead"],
        }
    )


@get("/staff/beats/{beat_id:uuid}", access=ADMIN, include_in_schema=False)
async def beat(request: AnyRequest, beat_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """One beat."""
    at = require_office(request)
    found = await beat_here(uow, beat_id)
    return await beat_page(request, uow, found, blank(found, today_at(at, now)), now)


@post("/staff/beats/{beat_id:uuid}", access=ADMIN, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def change_beat(request: AnyRequest, beat_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Another name or duty station."""
    at = require_office(request)
    form = await read_form(request)
    found = await beat_here(uow, beat_id)
    name = {"uk": form.line("name_uk"), "en": form.line("name_en")}
    if not name["uk"]:
        form.refuse("name_uk", at._("Напишіть назву дільниці"))
    for field, value in (("name_uk", name["uk"]), ("name_en", name["en"])):
        if len(value) > NAME_AT_MOST:
            form.refuse(field, at._("Скоротіть до %(limit)s знаків") % {"limit": NAME_AT_MOST})
    form.readable(("name_uk", "name_en"), at._("Частину знаків не вдалося прочитати. Перевірте текст"))
    station = id_of(form, "station")
    if station is not None and station not in (await office(uow)).station:
        form.refuse("station", at._("Виберіть зі списку"))
    if form.errors:
        raise Redisplay(await beat_page(request, uow, found, form, now, status=422))
    await service.change_beat(
        uow, found, name={key: value for key, value in name.items() if value}, station_id=station, by=at.the_person.id, now=now
    )
    return Redirect(at.url(f"/staff/beats/{beat_id}?done=saved"), status_code=303, headers=NO_STORE)


@post("/staff/beats/{beat_id:uuid}/assignments", access=ADMIN, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def assign(  # noqa: C901  one rule after the other
    request: AnyRequest, beat_id: FromPath[UUID], uow: Uow, now: Now
) -> Response[Any]:
    """An officer serves the beat: instead of those who do, besides them, or for a while."""
    at = require_office(request)
    form = await read_form(request)
    found, today = await beat_here(uow, beat_id), today_at(at, now)
    officer_id, first, last = id_of(form, "officer"), day_of(form, "first_day", at), day_of(form, "last_day", at)
    how = form.raw("how") if form.raw("how") in {"instead", "besides", "stand_in"} else "instead"
    officer = (await office(uow)).officer.get(officer_id) if officer_id else None
    if officer is None or not officer.serves(today):
        form.refuse("officer", at._("Виберіть офіцера"))
    if first is None:
        form.refuse("first_day", at._("Напишіть перший день"))
    elif first < today:
        form.refuse("first_day", at._("Цей день уже минув. Виберіть сьогоднішній або пізніший"))
    if how == "stand_in" and last is None:
        form.refuse("last_day", at._("Напишіть, до якого дня він заміняє"))
    elif last is not None and first is not None and last < first:
        form.refuse("last_day", at._("Останній день має бути не раніше першого"))
    if officer is not None and first is not None and how != "instead":
        for one in await records.history_of(uow, beat_id):
            overlap = (one.last_day is None or one.last_day >= first) and (last is None or one.first_day <= last)
            if one.officer_id == officer.id and overlap:
                form.refuse("officer", at._("Цей офіцер уже закріплений за дільницею на ці дні"))
    if form.errors or officer is None or first is None:
        raise Redisplay(await beat_page(request, uow, found, form, now, status=422))
    by = at.the_person.id
    if how == "instead":
        await service.hand_over(uow, beat_id, officer.id, first_day=first, by=by, now=now)
    else:
        await service.assign(uow, beat_id, officer.id, first_day=first, last_day=last, stand_in=how == "stand_in", by=by, now=now)
    return Redirect(at.url(f"/staff/beats/{beat_id}?done=assigned"), status_code=303, headers=NO_STORE)


@post(
    "/staff/beats/{beat_id:uuid}/assignments/{assignment_id:uuid}/end",
    access=ADMIN, limits=rules.ANSWERS, include_in_schema=False, status_code=303,
)  # fmt: skip
async def end_assignment(
    request: AnyRequest, beat_id: FromPath[UUID], assignment_id: FromPath[UUID], uow: Uow, now: Now
) -> Response[Any]:
    """They serve the beat no more, from today on."""
    at = require_office(request)
    one = await records.assignment_at(uow, assignment_id)
    if one is None or one.beat_id != beat_id:
        raise NotFoundException
    last = today_at(at, now) - timedelta(days=1)
    await service.end_assignment(uow, one, last, by=at.the_person.id, now=now)
    return Redirect(at.url(f"/staff/beats/{beat_id}?done=unassigned"), status_code=303, headers=NO_STORE)


# --- stations ------------------------------------------------------------------------------------


async def stations_page(
    request: AnyRequest, uow: Uow, form: Form, station: Station | None, *, status: int = 200
) -> Response[Any]:
    """The stations, and one to fill in."""
    at = require_office(request)
    source = await office(uow)
    return page(
        request,
        "officer_desk/stations.html",
        status=status,
        cache="no-store",
        nav="offices",
        form=form,
        errors=form.errors,
        station=station,
        done=done_words(at, request.query_params.get("done", "")),
        stations=[
            (row.id, localized(row.name, at.lang), localized(row.address, at.lang), phone_words(row.phone))
            for row in source.stations
        ],
    )


@get("/staff/stations", access=ADMIN, include_in_schema=False)
async def stations(request: AnyRequest, uow: Uow) -> Response[Any]:
    """All stations, and a form for another."""
    return await stations_page(request, uow, Form(), None)


@get("/staff/stations/{station_id:uuid}", access=ADMIN, include_in_schema=False)
async def station(request: AnyRequest, station_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """One station to change."""
    require_office(request)
    row = await records.station_at(uow, station_id)
    if row is None:
        raise NotFoundException
    form = Form(
        {
            "name_uk": [row.name.get("uk", "")], "name_en": [row.name.get("en", "")],
            "address_uk": [row.address.get("uk", "")], "address_en": [row.address.get("en", "")], "phone": [row.phone],
            "lat": ["" if row.lat is None else str(row.lat)], "lon": ["" if row.lon is None else str(row.lon)],
        }
    )  # fmt: skip
    return await stations_page(request, uow, form, row)


async def save(request: AnyRequest, uow: Uow, row: Station | None, now: datetime) -> Response[Any]:
    """Keep a station as typed."""
    at = require_office(request)
    form = await read_form(request)
    typed = read_station(at, form)
    if form.errors:
        raise Redisplay(await stations_page(request, uow, form, row, status=422))
    slug = row.slug if row else f"station-{uuid7().hex[-10:]}"
    await service.save_station(uow, row, typed, slug=slug, by=at.the_person.id, now=now)
    return Redirect(at.url("/staff/stations?done=saved"), status_code=303, headers=NO_STORE)


@post("/staff/stations", access=ADMIN, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def add_station(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Another station."""
    return await save(request, uow, None, now)


@post("/staff/stations/{station_id:uuid}", access=ADMIN, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def change_station(request: AnyRequest, station_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """The same station, changed."""
    row = await records.station_at(uow, station_id)
    if row is None:
        raise NotFoundException
    return await save(request, uow, row, now)


handlers = [
    beats, beat, change_beat, assign, end_assignment, stations, station, add_station, change_station,
]  # fmt: skip
