"""What the pages of second factors share: who changes what, what they say afterwards, and where they lead."""

from typing import Any

from litestar import Request, Response
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.base import localized
from src.platform.people.accounts.models import Account
from src.platform.people.accounts.service import renew_session
from src.platform.people.second_factor import service
from src.platform.people.second_factor.passkeys import Party
from src.platform.people.second_factor.queries import factors_of
from src.platform.people.second_factor.service import Change
from src.platform.people.sign_in.arriving import NO_STORE, browser_of, keep_session
from src.platform.web.here import Here, here
from src.platform.web.pages import page

AnyRequest = Request[Any, Any, Any]
OVERVIEW = "/account/second-factor"


def demanded(at: Here) -> bool:
    """Whether whoever is signed in must have a second factor."""
    return at.second_factor_demanded and bool(at.the_person.roles)


def change_by(request: AnyRequest) -> Change:
    """Who changes what protects their account, and from where."""
    at = here(request)
    return Change(at.the_tenant, at.the_person.session_id, browser_of(request), demanded(at), at.now)


def party(at: Here) -> Party:
    """Whose passkeys they are: this host's."""
    name = at._("Взаємодія")
    city = localized(at.city.name, at.lang) if at.city else ""
    return Party(at.host, f"{name}, {city}" if city else name, at.settings.origin(at.host))


async def go_on(request: AnyRequest, uow: AsyncSession, account: Account, *, done: str, next_path: str) -> Response[Any]:
    """After a factor was added: this session has shown it, and gets a new cookie. The first time, recovery codes are shown."""
    at = here(request)
    session = await renew_session(uow, account, at.the_person.session_id, second_factor=True, now=at.now)
    if (await factors_of(uow, account.id)).codes_left:
        answer: Response[Any] = Redirect(at.url(next_path or f"{OVERVIEW}?done={done}"), status_code=303, headers=NO_STORE)
    else:
        answer = codes_page(request, await service.make_codes(uow, account, change_by(request)), next_path=next_path)
    keep_session(request, answer, session)
    return answer


async def after_removal(request: AnyRequest, uow: AsyncSession, account: Account, *, done: str) -> Response[Any]:
    """After a factor was removed: a session without any has shown none."""
    at = here(request)
    answer = Redirect(at.url(f"{OVERVIEW}?done={done}"), status_code=303, headers=NO_STORE)
    if not (await factors_of(uow, account.id)).count:
        session = await renew_session(uow, account, at.the_person.session_id, second_factor=False, now=at.now)
        keep_session(request, answer, session)
    return answer


def codes_page(request: AnyRequest, made: list[str], *, next_path: str) -> Response[Any]:
    """The only page that ever shows recovery codes; it cannot be opened a second time."""
    at = here(request)
    where = at.settings.origin(at.host)
    head = at._("Резервні коди для входу на {where}, кожен діє один раз:").format(where=where)
    return page(
        request,
        "people/recovery_codes.html",
        cache="no-store",
        made=made,
        file="\r\n".join([head, "", *made, ""]),
        next_path=next_path,
        other_language_url=None,
    )


def removal_page(request: AnyRequest, what: str, *, refused: str = "", name: str = "", status: int = 200) -> Response[Any]:
    """Ask before a factor is taken away, or say why it cannot be."""
    return page(request, "people/factor_removal.html", status=status, cache="no-store", what=what, name=name, why_not=refused)


def why_not(at: Here) -> str:
    """Why the last factor stays."""
    return at._("Це єдиний ваш захист, а без нього тут працювати не можна. Спершу додайте інший, тоді вилучіть цей.")
