"""Settings of sign-in: the city's providers, and whether staff must have a second factor."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.base import localized
from src.platform.data.unit_of_work import Database
from src.platform.people.providers import administration
from src.platform.people.providers.administration import PROVIDERS_AT_MOST, NameTaken, TooManyProviders
from src.platform.people.providers.form import Wanted, filled, read
from src.platform.people.providers.kinds import KINDS, ProviderDown, ProviderLies, Terms
from src.platform.people.providers.models import IdentityProvider
from src.platform.people.providers.queries import all_providers, provider_of
from src.platform.people.providers.visits import way_back
from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import Here, here
from src.platform.web.i18n import msgid
from src.platform.web.pages import page

AnyRequest = Request[Any, Any, Any]
NO_STORE = {"Cache-Control": "no-store"}
SETTINGS = "/staff/settings/sign-in"

SENTENCES = (
    ("its host is not found", msgid("Такого сервера немає. Перевірте, чи правильно написано адресу")),
    ("its host is not a public", msgid("Цей сервер у внутрішній мережі. Дозволити такі адреси може лише оператор платформи")),
    ("no answer in time", msgid("Сервіс не відповів вчасно. Перевірте адресу або спробуйте за кілька хвилин")),
    ("the connection failed", msgid("З’єднатися із сервісом не вдалося. Перевірте адресу або спробуйте за кілька хвилин")),
    ("answered with status 5", msgid("Сервіс відповів, що зламався. Спробуйте за кілька хвилин")),
    ("answered with status", msgid("За цією адресою немає опису сервісу. Перевірте, чи адресу скопійовано повністю")),
    (
        "an answer that is not JSON",
        msgid("За цією адресою сторінка, а не опис сервісу. Перевірте, чи адресу скопійовано повністю"),
    ),
    (
        "its discovery document is of another issuer",
        msgid(
            "Опис за цією адресою належить іншому сервісу (issuer не збігається). Візьміть адресу з налаштувань самого сервісу"
        ),
    ),
    (
        "it offers no signature",
        msgid("Сервіс підписує відповіді так, що підпис можна підробити. Увімкніть у ньому RS256 або ES256"),
    ),
    ("it does not take PKCE", msgid("Сервіс не приймає PKCE (S256). Увімкніть його в налаштуваннях сервісу")),
    ("it has no usable key", msgid("Сервіс не показав ключів, якими підписує відповіді. Перевірте його налаштування")),
)
"""What a reason for the log means for whoever fills in the form."""
OTHERWISE = msgid("Відповідь за цією адресою не годиться для OpenID Connect. Перевірте адресу")


def settled(request: AnyRequest, done: str) -> Response[Any]:
    """Back to the list, with a word about what was done."""
    return Redirect(here(request).url(f"{SETTINGS}?done={done}"), status_code=303, headers=NO_STORE)


@get(SETTINGS, access=staff(Permission.MANAGE_SIGN_IN), include_in_schema=False)
async def settings(request: AnyRequest, uow: Uow) -> Response[Any]:
    """The providers, and the city's choice about the second factor."""
    at = here(request)
    words = {
        "saved": at._("Збережено."),
        "removed": at._("Сервіс входу вилучено."),
        "on": at._("Сервіс входу ввімкнено."),
        "off": at._("Сервіс входу вимкнено."),
    }
    return page(
        request,
        "people/sign_in_settings.html",
        cache="no-store",
        nav="sign_in",
        providers=[
            {"id": one.id, "name": localized(one.name, at.lang), "enabled": one.enabled, "create": one.create}
            for one in await all_providers(uow)
        ],
        second_factor=at.the_tenant.options.staff_second_factor,
        done=words.get(request.query_params.get("done", ""), ""),
    )


@post(SETTINGS, access=staff(Permission.MANAGE_SIGN_IN, recent=True), include_in_schema=False, status_code=303)
async def save_settings(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Say whether staff must have a second factor."""
    at = here(request)
    form = await read_form(request)
    await administration.demand_second_factor(
        uow,
        before=at.the_tenant.options.staff_second_factor,
        after=form.flag("staff_second_factor"),
        by=at.the_person.id,
        now=now,
    )
    return settled(request, "saved")


def form_page(request: AnyRequest, form: Form, provider: IdentityProvider | None, *, status: int = 200) -> Response[Any]:
    """The form of a provider; a secret that was typed is not sent back."""
    at = here(request)
    form.values.pop("client_secret", None)
    slug = provider.slug if provider else form.line("slug") or "…"
    return page(
        request,
        "people/provider_form.html",
        status=status,
        cache="no-store",
        nav="sign_in",
        form=form,
        errors=form.errors,
        provider=provider,
        name=localized(provider.name, at.lang) if provider else "",
        has_secret=bool(provider and provider.client_secret),
        action=f"{SETTINGS}/providers/{provider.id if provider else 'new'}",
        callback=way_back(at, slug),
        after_sign_out=at.settings.origin(at.host) + "/",
    )


async def wanted_from(request: AnyRequest, form: Form, provider: IdentityProvider | None) -> Wanted:
    """What the form asks for, tried at the provider itself; raises the form again."""
    at = here(request)
    wanted = read(form, provider, at._)
    if wanted is not None and (provider is None or trying_anew(provider, wanted)):
        await try_out(at, form, provider, wanted)
    if wanted is None or form.errors:
        raise Redisplay(form_page(request, form, provider, status=422))
    return wanted


def trying_anew(provider: IdentityProvider, wanted: Wanted) -> bool:
    """Whether a change can break what worked; the name of a button cannot."""
    return any(getattr(provider, name) != wanted.fields[name] for name in ("discovery_url", "client_id", "scopes"))


async def try_out(at: Here, form: Form, provider: IdentityProvider | None, wanted: Wanted) -> None:
    """Ask the provider about itself; what is wrong with its answer is said at its address."""
    terms = Terms(
        city_id=at.the_tenant.id,
        discovery_url=wanted.fields["discovery_url"],
        client_id=wanted.fields["client_id"],
        client_secret="",
        scopes=wanted.fields["scopes"],
        claims=wanted.fields["claims"],
    )
    try:
        await KINDS[provider.kind if provider else "oidc"](terms).check()
    except (ProviderDown, ProviderLies) as problem:
        said = next((words for beginning, words in SENTENCES if str(problem).startswith(beginning)), OTHERWISE)
        form.refuse("discovery_url", at._(said))


@get(f"{SETTINGS}/providers/new", access=staff(Permission.MANAGE_SIGN_IN, recent=True), include_in_schema=False)
async def new_provider(request: AnyRequest) -> Response[Any]:
    """An empty form."""
    return form_page(request, filled(None), None)


@post(
    f"{SETTINGS}/providers/new",
    access=staff(Permission.MANAGE_SIGN_IN, recent=True),
    include_in_schema=False,
    status_code=303,
)
async def add_provider(request: AnyRequest, now: Now) -> Response[Any]:
    """Add a provider: tried first, without a transaction, then stored."""
    at = here(request)
    form = await read_form(request)
    wanted = await wanted_from(request, form, None)
    database: Database = request.app.state.database
    try:
        async with database.unit(at.the_tenant.id) as session:
            await administration.add(session, wanted, by=at.the_person.id, now=now)
    except NameTaken:
        form.refuse("slug", at._("Таку коротку назву вже має інший сервіс. Напишіть іншу"))
    except TooManyProviders:
        form.refuse("slug", at._("У міста вже %(most)s сервісів входу. Вилучіть зайвий") % {"most": PROVIDERS_AT_MOST})
    if form.errors:
        return form_page(request, form, None, status=422)
    return settled(request, "saved")


async def the_provider(session: AsyncSession, provider_id: UUID, *, lock: bool = False) -> IdentityProvider:
    """A provider of this city, or the 404 of a missing page."""
    found = await provider_of(session, provider_id, lock=lock)
    if found is None:
        raise NotFoundException
    return found


@get(
    f"{SETTINGS}/providers/{{provider_id:uuid}}",
    access=staff(Permission.MANAGE_SIGN_IN, recent=True),
    include_in_schema=False,
)
async def edit_provider(request: AnyRequest, provider_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """The form as it stands."""
    provider = await the_provider(uow, provider_id)
    return form_page(request, filled(provider), provider)


@post(
    f"{SETTINGS}/providers/{{provider_id:uuid}}",
    access=staff(Permission.MANAGE_SIGN_IN, recent=True),
    include_in_schema=False,
    status_code=303,
)
async def change_provider(request: AnyRequest, provider_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Change a provider, switch it on or off, or take it away; the button that was pressed says which."""
    database: Database = request.app.state.database
    tenant_id = here(request).the_tenant.id
    form = await read_form(request)
    do = form.line("do")
    async with database.unit(tenant_id) as session:
        provider = await the_provider(session, provider_id)
    wanted = None if do in {"on", "off", "remove"} else await wanted_from(request, form, provider)
    async with database.unit(tenant_id) as session:
        provider = await the_provider(session, provider_id, lock=True)
        return settled(request, await carry_out(request, session, provider, do, wanted, now))


async def carry_out(
    request: AnyRequest, session: AsyncSession, provider: IdentityProvider, do: str, wanted: Wanted | None, now: datetime
) -> str:
    """Do it; the word for what was done."""
    by = here(request).the_person.id
    if wanted is not None:
        await administration.change(session, provider, wanted, by=by, now=now)
        return "saved"
    if do == "remove":
        await administration.remove(session, provider, by=by, now=now)
        return "removed"
    await administration.switch(session, provider, on=do == "on", by=by, now=now)
    return do


handlers = [settings, save_settings, new_provider, add_provider, edit_provider, change_provider]
