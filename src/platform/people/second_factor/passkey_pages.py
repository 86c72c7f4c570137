"""Passkeys: added and removed in one's account, and the way in with one. The page's script talks to the device."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.unit_of_work import Database
from src.platform.limits import rules
from src.platform.people.accounts.models import Account
from src.platform.people.accounts.queries import account_of
from src.platform.people.second_factor import passkeys, service
from src.platform.people.second_factor.going_on import (
    OVERVIEW,
    after_removal,
    change_by,
    demanded,
    go_on,
    party,
    removal_page,
    why_not,
)
from src.platform.people.second_factor.models import Passkey
from src.platform.people.second_factor.passkeys import Refused
from src.platform.people.second_factor.queries import factors_of, passkey_with
from src.platform.people.second_factor.service import NAME_AT_MOST, AlreadyThere, LastFactor, account_for_change
from src.platform.people.sign_in.arriving import NO_STORE, arrival, browser_of, let_in, way_on
from src.platform.people.sign_in.service import Entered, enter, finish_step, step_by_token
from src.platform.web.access import PUBLIC, SIGNED_IN_RECENTLY
from src.platform.web.app import Now, Uow
from src.platform.web.cookies import STEP, read_cookie
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import here
from src.platform.web.i18n import msgid
from src.platform.web.pages import page

AnyRequest = Request[Any, Any, Any]

WHY = {
    "stale": msgid("Минуло забагато часу. Спробуйте ще раз."),
    "unknown": msgid("Сайт не знає цього ключа доступу: мабуть, його вилучили. Увійдіть за посиланням на пошту."),
    "copy": msgid("Цей ключ доступу схожий на копію, тож ми його не приймаємо. Увійдіть інакше й вилучіть його."),
    "invalid": msgid("Ключ доступу не підійшов. Спробуйте ще раз або увійдіть за посиланням на пошту."),
}


def adding_page(request: AnyRequest, form: Form, next_path: str, *, status: int = 200) -> Response[Any]:
    """The page that adds a passkey."""
    return page(
        request,
        "people/passkey.html",
        status=status,
        cache="no-store",
        form=form,
        errors=form.errors,
        suggested=browser_of(request),
        name_at_most=NAME_AT_MOST,
        next_path=next_path,
    )


@get(f"{OVERVIEW}/passkey", access=SIGNED_IN_RECENTLY, include_in_schema=False)
async def offer_passkey(request: AnyRequest) -> Response[Any]:
    """Say what a passkey is, and ask what to call it."""
    return adding_page(request, Form(), way_on(request.query_params.get("next", "")))


@post(f"{OVERVIEW}/passkey/options", access=SIGNED_IN_RECENTLY, include_in_schema=False, status_code=200)
async def begin_adding(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """What the script asks the device for."""
    at = here(request)
    account = await account_for_change(uow, at.the_person.id)  # locked, so that it is still there at the end
    challenge = await passkeys.new_challenge(uow, "register", account.id, now=now)
    known = (await factors_of(uow, account.id)).passkeys
    return Response(passkeys.registration_options(party(at), account, known, challenge), headers=NO_STORE)


@post(f"{OVERVIEW}/passkey", access=SIGNED_IN_RECENTLY, include_in_schema=False, status_code=200)
async def add_passkey(request: AnyRequest, uow: Uow) -> Response[Any]:
    """Keep the passkey that the device made."""
    at = here(request)
    form = await read_form(request)
    next_path = way_on(form.line("next"))
    name = form.line("name")[:NAME_AT_MOST] or browser_of(request) or at._("Ключ доступу")
    account = await account_for_change(uow, at.the_person.id)
    try:
        made = await made_passkey(request, account, form.raw("credential"), name)
        await service.add_passkey(uow, account, made, change_by(request))
    except Refused as refusal:
        stale = WHY[refusal.why] if refusal.why == "stale" else ""
        again = at._("Ключ доступу не додано: пристрій відповів не так, як слід. Спробуйте ще раз або на іншому пристрої.")
        form.refuse("name", at._(stale) if stale else again)
        raise Redisplay(adding_page(request, form, next_path, status=422)) from None
    except AlreadyThere:
        form.refuse("name", at._("Цей ключ доступу вже додано."))
        raise Redisplay(adding_page(request, form, next_path, status=422)) from None
    return await go_on(request, uow, account, done="passkey", next_path=next_path)


async def made_passkey(request: AnyRequest, account: Account, credential: str, name: str) -> Passkey:
    """The passkey that the device made for this account, verified. Raises :class:`Refused`."""
    at = here(request)
    sent = passkeys.read_registration(credential)
    challenge, whose = await passkeys.take_challenge(
        database_of(request), at.the_tenant.id, sent.response.client_data_json, "register", now=at.now
    )
    if whose != account.id:
        raise Refused("stale")
    return passkeys.verified_registration(sent, party(at), account, challenge, name=name, now=at.now)


@get(f"{OVERVIEW}/passkeys/{{passkey_id:uuid}}/removal", access=SIGNED_IN_RECENTLY, include_in_schema=False)
async def ask_to_remove_passkey(request: AnyRequest, passkey_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """Ask before a passkey is taken away."""
    at = here(request)
    found = await service.passkey_of(uow, at.the_person.id, passkey_id)
    if found is None:
        raise NotFoundException
    last = demanded(at) and (await factors_of(uow, at.the_person.id)).count == 1
    return removal_page(request, "passkey", refused=why_not(at) if last else "", name=found.name)


@post(f"{OVERVIEW}/passkeys/{{passkey_id:uuid}}/removal", access=SIGNED_IN_RECENTLY, include_in_schema=False, status_code=303)
async def remove_passkey(request: AnyRequest, passkey_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """Take a passkey away."""
    at = here(request)
    account = await account_for_change(uow, at.the_person.id)
    try:
        if not await service.remove_passkey(uow, account, passkey_id, change_by(request)):
            raise NotFoundException
    except LastFactor:
        raise Redisplay(removal_page(request, "passkey", refused=why_not(at), status=409)) from None
    return await after_removal(request, uow, account, done="passkey-removed")


@post("/sign-in/passkey/options", access=PUBLIC, limits=rules.CODES, include_in_schema=False, status_code=200)
async def begin_sign_in(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """What the script asks the device for. Before anybody is known: any passkey of this host; at the step between the
    factors: one of that account."""  # noqa: D209
    at = here(request)
    form = await read_form(request)
    step = await step_by_token(uow, read_cookie(request, STEP), now) if form.flag("step") else None
    challenge = await passkeys.new_challenge(uow, "sign_in", step.account_id if step else None, now=now)
    allowed = (await factors_of(uow, step.account_id)).passkeys if step else []
    return Response(passkeys.sign_in_options(party(at), allowed, challenge), headers=NO_STORE)


@post("/sign-in/passkey", access=PUBLIC, limits=rules.CODES, include_in_schema=False, status_code=303)
async def enter_with_passkey(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Come in with a passkey: it is both factors, since its owner was verified by the device."""
    at = here(request)
    form = await read_form(request)
    next_path = way_on(form.line("next"))
    try:
        passkey, account = await shown_passkey(request, uow, form)
        entered = await come_in(request, uow, account, next_path)
    except Refused as refusal:
        refused = page(
            request,
            "people/passkey_refused.html",
            status=422,
            cache="no-store",
            why=at._(WHY[refusal.why]),
            next_path=next_path,
            other_language_url=None,
        )
        raise Redisplay(refused) from None
    passkey.used_at = now
    return let_in(request, entered)


async def shown_passkey(request: AnyRequest, uow: AsyncSession, form: Form) -> tuple[Passkey, Account]:
    """The passkey that was shown and whose it is, verified. Raises :class:`Refused`."""
    at = here(request)
    sent = passkeys.read_sign_in(form.raw("credential"))
    database = database_of(request)
    challenge, whose = await passkeys.take_challenge(
        database, at.the_tenant.id, sent.response.client_data_json, "sign_in", now=at.now
    )
    passkey = await passkey_with(uow, sent.id)
    account = await account_of(uow, passkey.account_id) if passkey else None
    if passkey is None or account is None or whose not in {None, account.id}:
        raise Refused("unknown")
    try:
        passkey.sign_count = passkeys.verify_sign_in(sent, party(at), passkey, challenge)
    except Refused as refusal:
        if refusal.why == "copy":
            async with database.unit(at.the_tenant.id) as own:  # what follows rolls the request back; this must stay
                await service.tell(
                    own,
                    account,
                    service.PASSKEY_COPIED,
                    tenant=at.the_tenant,
                    now=at.now,
                    subject=("passkey", passkey.id),
                    name=passkey.name,
                )
        raise
    return passkey, account


async def come_in(request: AnyRequest, uow: AsyncSession, account: Account, next_path: str) -> Entered:
    """Begin a session; a step of the same account that was under way ends with it."""
    at = here(request)
    way = arrival(request, method="passkey", next_path=next_path, two_in_one=True)
    step = await step_by_token(uow, read_cookie(request, STEP), at.now)
    entered = None
    if step is not None and step.account_id == account.id:
        entered = await finish_step(uow, step, way, now=at.now)
    entered = entered or await enter(uow, account, way, now=at.now)
    if entered is None:
        raise Refused("unknown")
    return entered


def database_of(request: AnyRequest) -> Database:
    """The pool, for what must stay when the request is rolled back."""
    database: Database = request.app.state.database
    return database


handlers = [
    offer_passkey,
    begin_adding,
    add_passkey,
    ask_to_remove_passkey,
    remove_passkey,
    begin_sign_in,
    enter_with_passkey,
]
