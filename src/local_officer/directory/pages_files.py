"""An officer's photo, and what can be taken away: calendar, card, poster."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.directory import queries
from src.local_officer.directory.seen import Seeing
from src.local_officer.directory.taken_away import TakenAway
from src.local_officer.office_hours.queries import rows_of, since_ever
from src.local_officer.officers import photos, shown
from src.local_officer.officers.queries import office
from src.local_officer.officers.switch import require_office
from src.platform.files import store
from src.platform.limits import rules
from src.platform.web.access import PUBLIC
from src.platform.web.app import Now, Uow
from src.tenants.cities.catalogue import catalogue

AnyRequest = Request[Any, Any, Any]
FEED_BACK = timedelta(days=35)
FEED_AHEAD = timedelta(days=400)
"""What a calendar is told of before today and after it."""


async def serving_officer(request: AnyRequest, uow: AsyncSession, officer_id: UUID, now: datetime) -> TakenAway:
    """An officer who serves today; anybody else is a missing page."""
    at = require_office(request)
    see = Seeing(at, await office(uow), await catalogue(uow), now)
    row = see.source.officer.get(officer_id)
    if row is None or not row.serves(see.today):
        raise NotFoundException
    return TakenAway(see, row)


def file(content: bytes, media_type: str, name: str, *, inline: bool = False) -> Response[bytes]:
    """A file that is asked for anew each time, since hours change; its name may have any letters (RFC 6266)."""
    how = "inline" if inline else "attachment"
    headers = {"Cache-Control": "no-cache", "Content-Disposition": f"{how}; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type=media_type, headers=headers)


@get("/office/officers/{officer_id:uuid}/photo", access=PUBLIC, include_in_schema=False, exclude_from_compression=True)
async def photo(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """The photo; missing where there is none and where the city hides photos."""
    found = await serving_officer(request, uow, officer_id, now)
    photo_at = shown.officer_photo(found.row, found.see.options)
    if photo_at is None:
        raise NotFoundException
    headers = {
        "Cache-Control": "no-cache",
        "ETag": f'"{int(photo_at.timestamp())}"',
    }  # asked anew each time: it may be hidden by then
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(b"", status_code=304, headers=headers, media_type="image/webp")
    try:
        content = await store.get(found.at.the_city.id, photos.photo_key(officer_id, photo_at))
    except FileNotFoundError:
        raise NotFoundException from None
    return Response(content, media_type="image/webp", headers=headers)


@get("/office/officers/{officer_id:uuid}/calendar.ics", access=PUBLIC, limits=rules.API, include_in_schema=False)
async def calendar(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Hours and meetings for a calendar that subscribes (RFC 5545)."""
    found = await serving_officer(request, uow, officer_id, now)
    first, last = found.see.today - FEED_BACK, found.see.today + FEED_AHEAD
    hours, first = await since_ever(uow, officer_id, first, last)
    meetings = await queries.meetings(uow, officer_id, since=now - FEED_BACK)
    return file(
        found.calendar(hours, meetings, first, last), "text/calendar; charset=utf-8", f"{found.row.code}.ics", inline=True
    )


@get("/office/officers/{officer_id:uuid}/card.vcf", access=PUBLIC, limits=rules.API, include_in_schema=False)
async def card(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """The contact for an address book (RFC 6350)."""
    found = await serving_officer(request, uow, officer_id, now)
    return file(found.card(), "text/vcard; charset=utf-8", f"{found.row.code}.vcf")


@get("/office/officers/{officer_id:uuid}/poster.pdf", access=PUBLIC, limits=rules.API, include_in_schema=False)
async def poster(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """The poster; setting it takes a processor's while, so it is done in a thread."""
    found = await serving_officer(request, uow, officer_id, now)
    hours = await rows_of(uow, [officer_id], found.see.today, found.see.today)
    content = await asyncio.to_thread(found.poster, hours)
    return file(content, "application/pdf", f"{found.row.code}.pdf", inline=True)


handlers = [photo, calendar, card, poster]
