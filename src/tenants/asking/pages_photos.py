"""The fourth step: photos; and the photos themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.unit_of_work import Database
from src.platform.files import images
from src.platform.files.images import Encoded, Fault, NotAPhoto
from src.platform.limits import room, rules
from src.platform.web.access import PUBLIC, Permission
from src.platform.web.app import Now, Uow
from src.platform.web.forms import CONTROL, Form, TooLarge, Upload, read_form, swallow
from src.platform.web.here import Here, here
from src.tenants.asking import photos, service
from src.tenants.asking.answers import Answers, Step
from src.tenants.asking.flow import AnyRequest, Visit, arrive, catch, lost, visit
from src.tenants.asking.photo_answers import photo_file
from src.tenants.asking.steps import Faults
from src.tenants.safety.bans import refuse_banned

FORM_AT_MOST = photos.AT_MOST * images.BYTES_AT_MOST + 512 * 1024
SHOWN_OF_A_NAME = 40
PUBLIC_CACHE = "public, max-age=600"
"""Not longer: a photo whose owner deleted their data, or that a moderator hid, has to be gone soon from others' caches too."""
"""A day: whoever hides a photo later wants it gone."""


class Taken(NamedTuple):
    """A photo that was made anew and written down."""

    id: UUID
    photo: Encoded
    name: str


def photo_fault(at: Here, fault: Fault) -> str:
    """Why a file was not taken, and what to do."""
    return {
        Fault.EMPTY: at._("файл порожній"),
        Fault.TOO_HEAVY: at._("файл більший за 12 МБ. Зменште фото або зробіть знімок екрана з ним"),
        Fault.TOO_LARGE: at._("на фото понад 40 мільйонів точок. Зменште його"),
        Fault.HEIC: at._("це фото у форматі HEIC. Збережіть його як JPEG: в iPhone «Поділитися», «Параметри», «Найсумісніший»"),
        Fault.OTHER_KIND: at._("це не фото JPEG, PNG або WebP"),
        Fault.BROKEN: at._("фото пошкоджене або обірване. Спробуйте надіслати його ще раз"),
    }[fault]


async def photos_page(found: Visit, session: AsyncSession, *, status: int = 200, errors: Faults | None = None) -> Response[str]:
    """The page; of a sensitive category it tells why there are none."""
    category = found.known.category_by_slug.get(found.answers.category)
    there = await photos.of_draft(session, found.draft)
    overruled = found.known.district_by_slug.get(found.answers.overruled)
    return found.page(
        "photos",
        no_room=await room.full(session, found.at.the_city),
        status=status,
        errors=errors,
        photos=there,
        at_most=photos.AT_MOST,
        sensitive=category is not None and category.sensitive,
        overruled=overruled,
        district=found.known.district_by_slug.get(found.answers.district),
    )


@get("/ask/{key:str}/photos", access=PUBLIC, include_in_schema=False)
async def show_photos(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Add photos, or go on without."""
    return await photos_page(await arrive(request, uow, key, Step.PHOTOS, now=now), uow)


@post("/ask/{key:str}/photos", access=PUBLIC, limits=rules.UPLOADS, include_in_schema=False, status_code=303)
async def add_photos(request: AnyRequest, key: FromPath[str], now: Now) -> Response[Any]:
    """Take photos in: the good ones stay, whatever is wrong with others.

    Transactions of its own, short ones: a slow upload and the decoding of large pictures hold no connection.
    """
    try:
        form = await read_form(request, bytes_at_most=FORM_AT_MOST)
    except TooLarge:
        await swallow(request)
        sentence = here(request)._("Разом ці фото завеликі. Надсилайте їх по одному, кожне до 12 МБ")
        form = Form(errors={"photos": sentence})
    try:
        return await take_photos(request, key, form, now)
    finally:
        form.drop_uploads()


async def take_photos(request: AnyRequest, key: str, form: Form, now: datetime) -> Response[Any]:
    """Look whether there is such a draft, make its photos anew, put them down."""
    at = here(request)
    database: Database = request.app.state.database
    async with database.unit(at.the_city.id) as session:
        await refuse_banned(request, session, now=now)
        found = await visit(request, session, key, Step.PHOTOS, now=now)
        if found is None:
            return await catch(request, session, Answers(), now=now)
        category = found.known.category_by_slug.get(found.answers.category)
        no_room = await room.full(session, at.the_city)
    if category is not None and category.sensitive:
        return found.onward()
    uploads = form.uploads.get("photos", [])
    taken, refused = ([], [no_room_words(at)] * bool(uploads)) if no_room else await take_in(at, uploads)
    async with database.unit(at.the_city.id) as session:
        found = await visit(request, session, key, Step.PHOTOS, now=now, lock=True)
        if found is None:
            return await catch(request, session, Answers(), now=now)
        refused += await put_down(session, found, taken)
        await service.keep(session, found.draft, found.answers, now=now)
        faults = form.errors or ({"photos": " ".join(refused)} if refused else {})
        if faults:
            return await photos_page(found, session, status=422, errors=faults)
        return found.go(Step.PHOTOS, change=found.changing) if form.flag("add") else found.onward()


async def take_in(at: Here, uploads: Sequence[Upload]) -> tuple[list[Taken], list[str]]:
    """Make the photos anew and write them down; and a sentence for each file that is none, or one too many."""
    taken: list[Taken] = []
    refused: list[str] = []
    for position, upload in enumerate(uploads):
        name = CONTROL.sub("", upload.name)[:SHOWN_OF_A_NAME]
        if position >= photos.AT_MOST:
            refused.append(too_many(at, name))
            continue
        try:
            photo = await images.encode(upload.file.read(images.BYTES_AT_MOST + 1))
        except NotAPhoto as problem:
            refused.append(f"«{name}»: {photo_fault(at, problem.fault)}.")
        else:
            taken.append(Taken(await photos.write(at.the_city.id, photo), photo, name))
    return taken, refused


def too_many(at: Here, name: str) -> str:
    """A photo that does not fit in."""
    return at._("«%(name)s» не додано: можна не більше п’яти фото.") % {"name": name}


def no_room_words(at: Here) -> str:
    """The city's room for photos is full: what somebody can do all the same."""
    return at._("Зараз ми не приймаємо фото: місце для них скінчилося. Запитання можна надіслати без фото.")


async def put_down(session: AsyncSession, found: Visit, taken: Sequence[Taken]) -> list[str]:
    """Put the photos to the draft; a sentence for each that is one too many, or one for all when they have no room."""
    size = sum(item.photo.bytes for item in taken)
    if taken and await room.full(session, found.at.the_city, more=size):
        await photos.delete_files(found.draft.city_id, [str(item.id) for item in taken])
        return [no_room_words(found.at)]
    return [too_many(found.at, item.name) for item in taken if not await photos.add(session, found.draft, item.id, item.photo)]


@post(
    "/ask/{key:str}/photos/{photo_id:uuid}/removal", access=PUBLIC, limits=rules.ASKING, include_in_schema=False, status_code=303
)
async def remove_photo(request: AnyRequest, key: FromPath[str], photo_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Take a photo away; taking it away twice does nothing."""
    found = await visit(request, uow, key, Step.PHOTOS, now=now, lock=True)
    if found is None:
        raise lost(request)
    await photos.remove(uow, found.draft, photo_id)
    await service.keep(uow, found.draft, found.answers, now=now)
    return found.go(Step.PHOTOS, change=found.changing)


@get("/ask/{key:str}/photos/{photo_id:uuid}/{size:str}", access=PUBLIC, include_in_schema=False, exclude_from_compression=True)
async def draft_photo(
    request: AnyRequest, key: FromPath[str], photo_id: FromPath[UUID], size: FromPath[str], uow: Uow, now: Now
) -> Response[Any]:
    """A photo of a draft, for whoever has the draft's key."""
    draft = await service.draft_at(uow, key, now=now)
    photo = await photos.one_of_draft(uow, draft, photo_id) if draft is not None and size in photos.SIZES else None
    if photo is None:
        raise NotFoundException
    return await photo_file(request, photo_id, size, digest=photo.digest, cache="private, max-age=3600")


@get("/photos/{photo_id:uuid}/{size:str}", access=PUBLIC, include_in_schema=False, exclude_from_compression=True)
async def photo(request: AnyRequest, photo_id: FromPath[UUID], size: FromPath[str], uow: Uow) -> Response[Any]:
    """A photo of an appeal: everybody's when the public sees it, else only theirs who see the queue."""
    found = await photos.of_appeal(uow, photo_id) if size in photos.SIZES else None
    person = here(request).staff
    sees_all = person is not None and Permission.SEE_QUEUE in person.permissions
    if found is None or not (found.public or sees_all):
        raise NotFoundException
    cache = PUBLIC_CACHE if found.public else "private, no-cache"
    return await photo_file(request, photo_id, size, digest=found.digest, cache=cache)


handlers = [show_photos, add_photos, remove_photo, draft_photo, photo]
