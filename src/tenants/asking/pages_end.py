"""The last steps: who you are, check your answers, look into your mail."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.base import localized
from src.platform.limits import rules
from src.platform.limits.guard import for_email
from src.platform.limits.rules import By, Limit
from src.platform.limits.service import take as take_counts
from src.platform.web.access import PUBLIC
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, email_address, read_form
from src.platform.web.here import Here, here
from src.platform.web.too_many import seconds_of, wait_words
from src.tenants.appeals import service as appeals
from src.tenants.appeals.models import Photo
from src.tenants.appeals.personal import looks_personal, shown_name
from src.tenants.appeals.places import public_place
from src.tenants.asking import photos, service
from src.tenants.asking.answers import Answers, Step
from src.tenants.asking.flow import (
    PRIVATE,
    SENT,
    AnyRequest,
    Visit,
    address,
    arrive,
    flow_page,
    lost,
    require_earlier,
    take,
    visit,
    wrong,
)
from src.tenants.asking.places import near_words
from src.tenants.asking.steps import Faults
from src.tenants.cities.catalogue import Catalogue
from src.tenants.cities.extra import kept, rows
from src.tenants.safety.bans import refuse_banned


def read_you(form: Form, before: Answers, _: Catalogue) -> Answers:
    """The fields about the author. Not a word about the name means that it is not shown."""
    return replace(
        before,
        name=form.line("name"),
        email=form.line("email"),
        publish_name=form.line("signature") == "name",
        private=bool(before.addressee) and form.line("publicity") == "private",
    )


@get("/ask/{key:str}/you", access=PUBLIC, include_in_schema=False)
async def you(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Say who you are."""
    found = await arrive(request, uow, key, Step.YOU, now=now)
    person, answers = found.at.person, found.answers
    if person is not None and not answers.name and not answers.email:
        found.answers = answers = replace(answers, name=await service.name_of(uow, person), email=person.email)
    return you_page(found)


def you_page(found: Visit, *, status: int = 200, errors: Faults | None = None) -> Response[str]:
    """Who asks. Whoever is signed in need not confirm a question asked from their own address."""
    return found.page(
        "you",
        status=status,
        errors=errors,
        signature=shown_name(found.answers.name),
        sign_by_default=found.at.the_city.options.sign_by_default,
        known_address=own_address(found.at, found.answers),
    )


def own_address(at: Here, answers: Answers) -> bool:
    """Whether the question comes from the very address with which somebody is signed in here: it was confirmed then."""
    return at.person is not None and email_address(answers.email) == at.person.email


@post("/ask/{key:str}/you", access=PUBLIC, limits=rules.ASKING, include_in_schema=False, status_code=303)
async def keep_you(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Keep who they are."""
    found = await take(request, uow, key, Step.YOU, read_you, now=now)
    if isinstance(found, Response):
        return found
    errors = wrong(found)
    if errors:
        raise Redisplay(you_page(found, status=422, errors=errors))
    await service.keep(uow, found.draft, found.answers, now=now)
    return found.onward()


def fingerprint(answers: Answers, there: Sequence[Photo]) -> str:
    """Of what was shown for checking; a draft that was changed in another tab has another one."""
    whole = json.dumps([answers.data(), [str(photo.id) for photo in there]], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


async def check_page(
    found: Visit, session: AsyncSession, *, status: int = 200, changed: bool = False, wait: str = ""
) -> Response[str]:
    """The question as the public will see it, and apart from it what the public will not.

    ``wait`` is when the city takes questions again, when it has taken enough for a day.
    """
    answers, known, at = found.answers, found.known, found.at
    category, district = known.category_by_slug[answers.category], known.district_by_slug[answers.district]
    there = await photos.of_draft(session, found.draft)
    lon, lat = answers.point or (None, None)
    public = public_place(precision=category.precision, sensitive=category.sensitive, address=answers.address, lon=lon, lat=lat)
    return found.page(
        "check",
        status=status,
        moderation_rules=localized(at.the_city.options.moderation_rules, at.lang),
        category=category,
        district=district,
        public=public,
        public_near="" if public.lon is None or public.lat is None else near_words(at, found.source, public.lon, public.lat),
        extra=rows(kept(category.questions, answers.extra), at.lang),
        signature=shown_name(answers.name) if answers.publish_name else "",
        photos=[] if category.sensitive else there,
        left_out=len(there) if category.sensitive else 0,
        near=near_words(at, found.source, *answers.point) if answers.point else "",
        overruled=known.district_by_slug.get(answers.overruled),
        personal=[item.words for item in looks_personal(f"{answers.title}\n{answers.body}")],
        seen=fingerprint(answers, there),
        changed=changed,
        wait=wait,
        at_once=own_address(at, answers),
    )


@get("/ask/{key:str}/check", access=PUBLIC, include_in_schema=False)
async def check(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Check the answers."""
    return await check_page(await arrive(request, uow, key, Step.CHECK, now=now), uow)


@post("/ask/{key:str}/check", access=PUBLIC, limits=rules.SENDING, include_in_schema=False, status_code=303)
async def send(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Send the question, once. What was changed since it was shown is shown again first."""
    form = await read_form(request)
    await refuse_banned(request, uow, now=now)
    found = await visit(request, uow, key, Step.CHECK, now=now, lock=True)
    if found is None:
        raise lost(request)
    require_earlier(found)
    if form.line("seen") != fingerprint(found.answers, await photos.of_draft(uow, found.draft)):
        raise Redisplay(await check_page(found, uow, status=409, changed=True))
    await for_email(request, uow, rules.SENDING, found.answers.email, form, now=now)
    await within_the_day(found, uow, now)
    appeal_id = await service.send(
        uow,
        found.draft,
        found.answers,
        category=found.known.category_by_slug[found.answers.category],
        district=found.known.district_by_slug[found.answers.district],
        language=found.at.lang,
        now=now,
    )
    if own_address(found.at, found.answers):
        await appeals.confirm(uow, found.at.the_city, appeal_id, now=now)
        await service.keep_name(uow, found.at.the_person, found.answers.name)
    return found.go(SENT)


async def within_the_day(found: Visit, session: AsyncSession, now: datetime) -> None:
    """Count the question as one of the city's day; one too many is told to come back, and the draft keeps everything."""
    if found.at.settings.limits == "off":
        return
    limit = Limit("questions", By.CITY, found.at.the_city.options.questions_per_day, rules.DAY)
    ((used, until),) = (await take_counts(session, [(limit, "")], now=now)).values()
    if used > limit.most:
        seconds = seconds_of(until - now)
        response = await check_page(found, session, status=429, wait=wait_words(found.at, seconds))
        response.headers["Retry-After"] = str(seconds)
        raise Redisplay(response)


@get("/ask/{key:str}/sent", access=PUBLIC, include_in_schema=False)
async def sent(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Look into your mail."""
    draft = await service.draft_at(uow, key, now=now)
    if draft is None:
        raise lost(request)
    if draft.appeal_id is None:
        return Redirect(address(here(request), key, Step.CHECK), status_code=303, headers=PRIVATE)
    answers = Answers.of(draft.data)
    mine = own_address(here(request), answers)
    number = (await appeals.for_change(uow, draft.appeal_id)).number if mine else None
    if number:
        return flow_page(request, "received", number=number, appeal_id=draft.appeal_id)
    return flow_page(request, "sent", email=answers.email)


handlers = [you, keep_you, check, send, sent]
