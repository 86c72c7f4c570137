"""What protects one's own way in: an overview, the app for codes, recovery codes. Passkeys have pages of their own."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from src.platform.people.second_factor import codes, service
from src.platform.people.second_factor.codes import Verdict
from src.platform.people.second_factor.going_on import (
    OVERVIEW,
    after_removal,
    change_by,
    codes_page,
    demanded,
    go_on,
    party,
    removal_page,
    why_not,
)
from src.platform.people.second_factor.queries import factors_of
from src.platform.people.second_factor.service import AlreadyThere, LastFactor, account_for_change
from src.platform.people.sign_in.arriving import NO_STORE, way_on
from src.platform.web.access import SIGNED_IN, SIGNED_IN_RECENTLY
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import here
from src.platform.web.i18n import msgid
from src.platform.web.pages import page

AnyRequest = Request[Any, Any, Any]

DONE = {
    "totp": msgid("Тепер під час входу ми питатимемо код із застосунку."),
    "totp-removed": msgid("Коди із застосунку вимкнено."),
    "passkey": msgid("Ключ доступу додано."),
    "passkey-removed": msgid("Ключ доступу вилучено."),
}


@get(OVERVIEW, access=SIGNED_IN, include_in_schema=False)
async def overview(request: AnyRequest, uow: Uow) -> Response[Any]:
    """What there is besides the e-mail, and what to add."""
    at = here(request)
    done = DONE.get(request.query_params.get("done", ""), "")
    return page(
        request,
        "people/second_factor.html",
        cache="no-store",
        nav="account",
        factors=await factors_of(uow, at.the_person.id),
        demanded=demanded(at),
        next_path=way_on(request.query_params.get("next", "")),
        done=at._(done) if done else "",
    )


def totp_page(request: AnyRequest, form: Form, secret: str, next_path: str, *, status: int = 200) -> Response[Any]:
    """The picture, the secret in words, and the field for the first code."""
    at = here(request)
    address = codes.address_for_app(secret, email=at.the_person.email, issuer=party(at).name)
    return page(
        request,
        "people/totp.html",
        status=status,
        cache="no-store",
        form=form,
        errors=form.errors,
        picture=codes.picture(address),
        address=address,
        groups=codes.in_groups(secret),
        offer=codes.sealed_offer(secret, at.the_person.id, now=at.now),
        next_path=next_path,
    )


@get(f"{OVERVIEW}/totp", access=SIGNED_IN_RECENTLY, include_in_schema=False)
async def offer_totp(request: AnyRequest) -> Response[Any]:
    """Offer a secret for an app. Nothing is stored until a code of it comes back."""
    return totp_page(request, Form(), codes.new_secret(), way_on(request.query_params.get("next", "")))


@post(f"{OVERVIEW}/totp", access=SIGNED_IN_RECENTLY, include_in_schema=False, status_code=200)
async def set_totp(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Take the app whose code came back."""
    at = here(request)
    form = await read_form(request)
    next_path = way_on(form.line("next"))
    secret = codes.opened_offer(form.raw("offer"), at.the_person.id, now=now)
    if not secret:
        form.refuse("code", at._("Минуло забагато часу, тож малюнок тут новий. Додайте його в застосунок і введіть код."))
        raise Redisplay(totp_page(request, form, codes.new_secret(), next_path, status=422))
    code = codes.typed_code(form.line("code"))
    if not code:
        form.refuse("code", at._("Введіть шість цифр, які показує застосунок"))
        raise Redisplay(totp_page(request, form, secret, next_path, status=422))
    account = await account_for_change(uow, at.the_person.id)
    try:
        verdict = await service.set_totp(uow, account, secret, code, change_by(request))
    except AlreadyThere:
        return Redirect(at.url(f"{OVERVIEW}?done=totp"), status_code=303, headers=NO_STORE)
    if verdict is not Verdict.RIGHT:
        form.refuse("code", at._("Код не підійшов. Перевірте, чи на телефоні точний час, і введіть код, який видно зараз"))
        raise Redisplay(totp_page(request, form, secret, next_path, status=422))
    return await go_on(request, uow, account, done="totp", next_path=next_path)


@get(f"{OVERVIEW}/totp/removal", access=SIGNED_IN_RECENTLY, include_in_schema=False)
async def ask_to_remove_totp(request: AnyRequest, uow: Uow) -> Response[Any]:
    """Ask before the app is taken away."""
    at = here(request)
    factors = await factors_of(uow, at.the_person.id)
    if factors.totp is None:
        raise NotFoundException
    return removal_page(request, "totp", refused=why_not(at) if demanded(at) and factors.count == 1 else "")


@post(f"{OVERVIEW}/totp/removal", access=SIGNED_IN_RECENTLY, include_in_schema=False, status_code=303)
async def remove_totp(request: AnyRequest, uow: Uow) -> Response[Any]:
    """Take the app away."""
    at = here(request)
    account = await account_for_change(uow, at.the_person.id)
    try:
        if not await service.remove_totp(uow, account, change_by(request)):
            raise NotFoundException
    except LastFactor:
        raise Redisplay(removal_page(request, "totp", refused=why_not(at), status=409)) from None
    return await after_removal(request, uow, account, done="totp-removed")


@get(f"{OVERVIEW}/codes", access=SIGNED_IN_RECENTLY, include_in_schema=False)
async def ask_for_codes(request: AnyRequest, uow: Uow) -> Response[Any]:
    """Ask before new codes put the former ones out of use."""
    factors = await factors_of(uow, here(request).the_person.id)
    if not factors.count:
        raise NotFoundException
    return page(request, "people/new_codes.html", cache="no-store", factors=factors)


@post(f"{OVERVIEW}/codes", access=SIGNED_IN_RECENTLY, include_in_schema=False, status_code=200)
async def make_codes(request: AnyRequest, uow: Uow) -> Response[Any]:
    """Make new codes and show them, once."""
    account = await account_for_change(uow, here(request).the_person.id)
    if not (await factors_of(uow, account.id)).count:
        raise NotFoundException
    return codes_page(request, await service.make_codes(uow, account, change_by(request)), next_path="")


handlers = [overview, offer_totp, set_totp, ask_to_remove_totp, remove_totp, ask_for_codes, make_codes]
