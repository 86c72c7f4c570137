"""Between the first factor and the second: a code of the app, a recovery code, or a passkey."""

from typing import Any

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.unit_of_work import Database
from src.platform.limits import rules
from src.platform.people.accounts.queries import account_of
from src.platform.people.second_factor import codes, service
from src.platform.people.second_factor.codes import Verdict
from src.platform.people.second_factor.queries import factors_of
from src.platform.people.sign_in.arriving import arrival, let_in
from src.platform.people.sign_in.models import SignInStep
from src.platform.people.sign_in.service import NoTriesLeft, begin_try, finish_step, step_by_token
from src.platform.web.access import PUBLIC
from src.platform.web.app import Now, Uow
from src.platform.web.cookies import STEP, drop_cookie, read_cookie
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import Here, here
from src.platform.web.pages import page

AnyRequest = Request[Any, Any, Any]
STEP_PATH = "/sign-in/second-factor"


async def step_page(
    request: AnyRequest, uow: AsyncSession, step: SignInStep, form: Form, *, recovery: bool, status: int = 200
) -> Response[Any]:
    """The page that asks for the second factor: with the app's code, or with a recovery code."""
    factors = await factors_of(uow, step.account_id)
    return page(
        request,
        "people/step.html",
        status=status,
        cache="no-store",
        form=form,
        errors=form.errors,
        recovery=recovery or factors.totp is None,
        factors=factors,
        next_path=step.next_path,
    )


def over_page(request: AnyRequest, *, too_many: bool = False) -> Response[Any]:
    """The step is over: its time, or its tries. The way to begin anew."""
    answer = page(
        request,
        "people/step_over.html",
        status=429 if too_many else 404,
        cache="no-store",
        too_many=too_many,
        other_language_url=None,
    )
    drop_cookie(answer, STEP)
    return answer


@get(STEP_PATH, access=PUBLIC, include_in_schema=False)
async def ask_for_second(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Ask for the second factor."""
    step = await step_by_token(uow, read_cookie(request, STEP), now)
    if step is None:
        return over_page(request)
    return await step_page(request, uow, step, Form(), recovery=request.query_params.get("with") == "recovery")


@post(STEP_PATH, access=PUBLIC, limits=rules.CODES, include_in_schema=False, status_code=303)
async def show_second(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Take a code and come in. Each try counts before it is looked at, and is not given back."""
    at = here(request)
    form = await read_form(request)
    step = await step_by_token(uow, read_cookie(request, STEP), now)
    if step is None:
        raise Redisplay(over_page(request))
    recovery = "recovery" in form.values
    code = codes.typed_recovery_code(form.line("recovery")) if recovery else codes.typed_code(form.line("code"))
    if not code:
        form.refuse("recovery" if recovery else "code", malformed(at, recovery=recovery))
        raise Redisplay(await step_page(request, uow, step, form, recovery=recovery, status=422))
    database: Database = request.app.state.database
    try:
        left = await begin_try(database, step, now=now)
    except NoTriesLeft:
        raise Redisplay(over_page(request, too_many=True)) from None
    account = await account_of(uow, step.account_id)
    if account is None:
        raise Redisplay(over_page(request))
    if recovery:
        verdict = await service.use_recovery_code(uow, account, code, tenant=at.the_tenant, now=now)
    else:
        verdict = await service.use_totp(uow, account.id, code, now=now)
    if verdict is Verdict.RIGHT:
        entered = await finish_step(uow, step, arrival(request, method=step.method, next_path=step.next_path), now=now)
        if entered is None:
            raise Redisplay(over_page(request))
        return let_in(request, entered)
    if not left:
        async with database.unit(at.the_tenant.id) as own:  # the refusal rolls the request back; this must stay
            await service.tell(own, account, service.TRIES_OVER, tenant=at.the_tenant, now=now)
        raise Redisplay(over_page(request, too_many=True))
    form.refuse("recovery" if recovery else "code", wrong(at, verdict, left, recovery=recovery))
    raise Redisplay(await step_page(request, uow, step, form, recovery=recovery, status=422))


def malformed(at: Here, *, recovery: bool) -> str:
    """What to say to what cannot be a code; such a thing is not counted."""
    if recovery:
        return at._("Введіть резервний код повністю: шістнадцять літер і цифр")
    return at._("Введіть шість цифр, які показує застосунок")


def wrong(at: Here, verdict: Verdict, left: int, *, recovery: bool) -> str:
    """What to say to a code that is not right."""
    tries = at._("Залишилося спроб: {left}.").format(left=left)
    if recovery:
        words = at._("Такого коду немає або ним уже скористалися. Перевірте літери чи візьміть інший.")
    elif verdict is Verdict.USED:
        words = at._("Цим кодом уже скористалися. Дочекайтеся наступного, це до 30 секунд.")
    else:
        words = at._("Код не підійшов. Перевірте, чи на телефоні точний час, і введіть код, який видно зараз.")
    return f"{words} {tries}"


handlers = [ask_for_second, show_second]
