"""The first page of an office's desk, and what is changed with one tap from it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from src.local_officer.asking_officer.queries import waiting
from src.local_officer.desk.whose import AnyRequest, Desk, desk_of
from src.local_officer.desk.words import done_words
from src.local_officer.office_hours.queries import hours_of
from src.local_officer.office_hours.shown import shown_reception
from src.local_officer.officers import records, service
from src.local_officer.officers.form import contacts_values, read_announcement, read_contacts
from src.local_officer.officers.photos import keep
from src.local_officer.officers.switch import require_office
from src.local_officer.officers.words import LANGUAGES
from src.local_officer.visits.queries import booked, visit_at
from src.local_officer.visits.service import call_off
from src.platform.files.images import Encoded, NotAPhoto, encode
from src.platform.limits import rules
from src.platform.people.audit.service import action, record_once
from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import here
from src.platform.web.i18n import msgid

MAY = staff(Permission.KEEP_OFFICE, Permission.MANAGE_OFFICES)
SEEN = action("visit.seen", msgid("Переглянуто, хто записався на прийом"))
VISITS_SHOWN = timedelta(days=14)
WEEK = timedelta(days=6)
PHOTO_AT_MOST = 12 * 1024 * 1024


@get("/staff/office", access=staff(Permission.KEEP_OFFICE), include_in_schema=False)
async def own_office(request: AnyRequest, uow: Uow) -> Response[Any]:
    """To one's own office."""
    at = require_office(request)
    officer = await records.officer_of_account(uow, at.the_person.id)
    if officer is None:
        raise NotFoundException
    return Redirect(at.url(f"/staff/offices/{officer.id}"), status_code=303, headers={"Cache-Control": "no-store"})


@get("/staff/offices/{officer_id:uuid}", access=MAY, include_in_schema=False)
async def first_page(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """What is asked of the officer now: confirm, this week, who comes, what waits."""
    desk = await desk_of(request, uow, officer_id, now=now)
    at, city = desk.at, desk.city
    week = (await hours_of(uow, [officer_id], desk.today, desk.today + WEEK, city=city))[officer_id]
    visits = await booked(uow, city, officer_id, desk.today, desk.today + VISITS_SHOWN)
    if visits:
        await record_once(
            uow, SEEN, of=desk.today.isoformat(), now=now, by=desk.by, subject=("officer", officer_id),
            fields=["name", "email", "phone", "about"],
        )  # fmt: skip
    old = now - timedelta(days=city.options.office_confirm_days)
    return desk.page(
        "first",
        done=done_words(at, request.query_params.get("done", "")),
        stale=desk.officer.confirmed_at is None or desk.officer.confirmed_at < old,
        beats=desk.source.beats_of(officer_id, desk.today),
        standing_in=desk.source.standing_in(officer_id, desk.today),
        week=[shown_reception(desk.source, one, city=city, language=at.language, whole=True) for one in week],
        visits=visits,
        questions=await waiting(uow, officer_id),
        absences=await records.absences_from(uow, officer_id, desk.today),
        announcements=await records.announcements_of(uow, officer_id, day=desk.today),
    )


@post(
    "/staff/offices/{officer_id:uuid}/confirmation",
    access=MAY, limits=rules.ANSWERS, include_in_schema=False, status_code=303,
)  # fmt: skip
async def confirm(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Everything is still true."""
    desk = await desk_of(request, uow, officer_id, now=now, lock=True)
    await service.confirm(uow, desk.officer, by=desk.by, now=now)
    return desk.back(done="confirmed")


@post(
    "/staff/offices/{officer_id:uuid}/visits/{visit_id:uuid}/calling-off",
    access=MAY, limits=rules.ANSWERS, include_in_schema=False, status_code=303,
)  # fmt: skip
async def call_off_visit(
    request: AnyRequest, officer_id: FromPath[UUID], visit_id: FromPath[UUID], uow: Uow, now: Now
) -> Response[Any]:
    """One visit will not take place; its visitor is told."""
    desk = await desk_of(request, uow, officer_id, now=now, lock=True)
    visit = await visit_at(uow, visit_id, lock=True)
    if visit is None or officer_id not in {visit.officer_id, visit.receiver_id} or visit.starts_at <= now:
        raise NotFoundException
    await call_off(uow, desk.city, visit, by=desk.by, now=now)
    return desk.back(done="visit")


# --- contacts and photo --------------------------------------------------------------------------


async def contacts_page(desk: Desk, form: Form, *, status: int = 200, done: str = "") -> Response[Any]:
    """The contacts that the public sees, and the photo."""
    return desk.page(
        "contacts", status=status, form=form, done=done, languages=[(code, desk.at._(word)) for code, word in LANGUAGES.items()]
    )


@get("/staff/offices/{officer_id:uuid}/contacts", access=MAY, include_in_schema=False)
async def contacts(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """E-mail, phones, languages, photo."""
    desk = await desk_of(request, uow, officer_id, now=now)
    form = Form(contacts_values(desk.officer, await records.phones_of(uow, officer_id)))
    return await contacts_page(desk, form, done=done_words(desk.at, request.query_params.get("done", "")))


@post(
    "/staff/offices/{officer_id:uuid}/contacts",
    access=MAY, limits=rules.ANSWERS, include_in_schema=False, status_code=303,
)  # fmt: skip
async def change_contacts(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Other contacts from now on."""
    form = await read_form(request)
    desk = await desk_of(request, uow, officer_id, now=now, lock=True)
    typed = read_contacts(desk.at, form)
    if form.errors:
        raise Redisplay(await contacts_page(desk, form, status=422))
    await service.change_contacts(uow, desk.officer, typed, by=desk.by, now=now)
    return desk.back(done="contacts")


@post(
    "/staff/offices/{officer_id:uuid}/photo",
    access=MAY, limits=rules.UPLOADS, include_in_schema=False, status_code=303,
)  # fmt: skip
async def change_photo(request: AnyRequest, officer_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Another photo, or none. Decoding takes long, so it is done between two short transactions."""
    database, city_id = request.app.state.database, here(request).the_city.id
    form = await read_form(request, bytes_at_most=PHOTO_AT_MOST)
    try:
        async with database.unit(city_id) as session:
            await desk_of(request, session, officer_id, now=now)
        made = None if form.flag("remove") else await taken(form)
        photo_at = await keep(city_id, officer_id, made, now=now) if made else None
        async with database.unit(city_id) as session:
            desk = await desk_of(request, session, officer_id, now=now, lock=True)
            if photo_at is None and not form.flag("remove"):
                shown = Form(contacts_values(desk.officer, await records.phones_of(session, officer_id)))
                shown.refuse("photo", desk.at._("Виберіть фото у форматі JPEG, PNG або WebP, до 10 МБ"))
                raise Redisplay(await contacts_page(desk, shown, status=422))
            await service.set_photo(session, desk.officer, photo_at, by=desk.by, now=now)
            return desk.back("/contacts", done="photo")
    finally:
        form.drop_uploads()


async def taken(form: Form) -> Encoded | None:
    """The photo that came, made anew; none when none came or it is no picture."""
    uploads = form.uploads.get("photo", [])
    try:
        return await encode(uploads[0].file.read()) if uploads else None
    except NotAPhoto:
        return None


# --- notices and meetings ------------------------------------------------------------------------


async def announcements_page(uow: Uow, desk: Desk, form: Form, *, status: int = 200) -> Response[Any]:
    """What is on the page now, and a form for more."""
    return desk.page(
        "announcements",
        status=status,
        form=form,
        announcements=await records.announcements_of(uow, desk.officer.id, day=desk.today),
        done=done_words(desk.at, desk.request.query_params.get("done", "")),
    )


@get("/staff/offices/{officer_id:uuid}/announcements", access=MAY, include_in_schema=False)
async def announcements(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Notices and meetings."""
    desk = await desk_of(request, uow, officer_id, now=now)
    form = Form({"kind": ["notice"], "shown_until": [(desk.today + timedelta(days=14)).isoformat()]})
    return await announcements_page(uow, desk, form)


@post(
    "/staff/offices/{officer_id:uuid}/announcements",
    access=MAY, limits=rules.ANSWERS, include_in_schema=False, status_code=303,
)  # fmt: skip
async def announce(request: AnyRequest, officer_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Put it on the page."""
    form = await read_form(request)
    desk = await desk_of(request, uow, officer_id, now=now)
    typed = read_announcement(desk.at, form, now=now)
    if form.errors:
        raise Redisplay(await announcements_page(uow, desk, form, status=422))
    await service.announce(uow, officer_id, typed, by=desk.by, now=now)
    return desk.back("/announcements", done="announced")


@post(
    "/staff/offices/{officer_id:uuid}/announcements/{announcement_id:uuid}/removal",
    access=MAY, limits=rules.ANSWERS, include_in_schema=False, status_code=303,
)  # fmt: skip
async def take_back(
    request: AnyRequest, officer_id: FromPath[UUID], announcement_id: FromPath[UUID], uow: Uow, now: Now
) -> Response[Any]:
    """A notice goes, a meeting is called off."""
    desk = await desk_of(request, uow, officer_id, now=now)
    one = await records.announcement_of(uow, officer_id, announcement_id)
    if one is None or one.cancelled_at is not None:
        raise NotFoundException
    await service.take_back(uow, one, by=desk.by, now=now)
    return desk.back("/announcements", done="taken_back")


handlers = [
    own_office, first_page, confirm, call_off_visit, contacts, change_contacts, change_photo, announcements, announce, take_back,
]  # fmt: skip
