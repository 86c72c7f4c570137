"""The walk through the ask flow: which page comes next, which draft an address means, what happens when it is lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import Here, here
from src.platform.web.pages import page
from src.tenants.appeals.addressees import Addressee, book
from src.tenants.appeals.models import Draft
from src.tenants.asking import service
from src.tenants.asking.answers import Answers, Step
from src.tenants.asking.steps import Faults, faults, open_step
from src.tenants.cities.catalogue import Catalogue, CategoryHere, InLanguage, catalogue
from src.tenants.cities.extra import ExtraQuestion

AnyRequest = Request[Any, Any, Any]
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
GUIDANCE = "guidance"
MORE = "more"
"""The page of the category's extra questions, where it has some."""
SENT = "sent"


@dataclass(slots=True)
class Visit:
    """Somebody at one step of a draft."""

    request: AnyRequest
    key: str
    step: Step
    draft: Draft
    answers: Answers
    source: Catalogue
    addressee: Addressee | None = None
    form: Form = field(default_factory=Form)

    @property
    def at(self) -> Here:
        """Where the request came in."""
        return here(self.request)

    @property
    def known(self) -> InLanguage:
        """The city's lists in the reader's language."""
        return self.source.into(self.at.lang)

    @property
    def category(self) -> CategoryHere | None:
        """The chosen category."""
        return self.known.category_by_slug.get(self.answers.category)

    @property
    def extra(self) -> tuple[ExtraQuestion, ...]:
        """What the chosen category asks besides."""
        return self.category.questions if self.category else ()

    @property
    def changing(self) -> bool:
        """Whether they came from «Перевірте» to change one answer, and go back there."""
        return self.request.query_params.get("change") == "1"

    def address(self, where: str) -> str:
        """The address of a page of this draft."""
        return address(self.at, self.key, where)

    def go(self, where: str, *, change: bool = False) -> Response[Any]:
        """Send them to another page of this draft."""
        return Redirect(self.address(where) + ("?change=1" if change else ""), status_code=303, headers=PRIVATE)

    def onward(self) -> Response[Any]:
        """To the next step, or back to «Перевірте»."""
        steps = list(Step)
        return self.go(Step.CHECK if self.changing else steps[steps.index(self.step) + 1])

    def page(self, template: str, *, status: int = 200, errors: Faults | None = None, **context: object) -> Response[str]:
        """A page of this draft."""
        back = {
            Step.QUESTION: self.at.url("/"),
            Step.CATEGORY: self.address(Step.QUESTION),
            Step.PLACE: self.address(MORE if self.extra else GUIDANCE),
            Step.PHOTOS: self.address(Step.PLACE),
            Step.YOU: self.address(Step.PHOTOS),
            Step.CHECK: self.address(Step.YOU),
        }[self.step]
        return flow_page(
            self.request,
            template,
            status=status,
            **{
                "step": self.step,
                "step_number": self.step.number,
                "back": self.address(Step.CHECK) if self.changing else back,
                "action": self.address(self.step) + ("?change=1" if self.changing else ""),
                "here_at": self.address,
                "answers": self.answers,
                "addressee": self.addressee,
                "errors": errors or {},
                **context,
            },
        )


def flow_page(request: AnyRequest, template: str, *, status: int = 200, **context: object) -> Response[str]:
    """A page of the flow: kept by nobody, found by no search engine (its address is its key)."""
    response = page(request, f"asking/{template}.html", status=status, cache="no-store", **{"steps_in_all": len(Step), **context})
    response.headers.update(PRIVATE)
    return response


def address(at: Here, key: str, where: str) -> str:
    """The address of a page of a draft."""
    return at.url(f"/ask/{key}/{where}")


def lost(request: AnyRequest) -> Redisplay:
    """There is no such draft: told in words, with the way to a new one."""
    return Redisplay(flow_page(request, "lost", status=404))


async def visit(
    request: AnyRequest, session: AsyncSession, key: str, step: Step, *, now: datetime, lock: bool = False
) -> Visit | None:
    """The draft of an address at a step; none when it is lost. A question that was sent has no steps any more."""
    draft = await service.draft_at(session, key, now=now, lock=lock)
    if draft is None:
        return None
    if draft.appeal_id is not None:
        raise Redisplay(Redirect(address(here(request), key, SENT), status_code=303, headers=PRIVATE))
    answers = Answers.of(draft.data)
    whom = await addressee_of(request, session, answers.addressee, now=now)
    if answers.addressee and whom is None:
        alone = address(here(request), key, "unaddressed")
        raise Redisplay(flow_page(request, "unaddressed", status=409, action=alone))
    return Visit(request, key, step, draft, answers, await catalogue(session), whom)


async def addressee_of(request: AnyRequest, session: AsyncSession, given: str, *, now: datetime) -> Addressee | None:
    """Whom a question is addressed to in person; none when they take no questions (any more)."""
    try:
        return await book().find(session, here(request), UUID(given), now=now)
    except ValueError:
        return None


async def arrive(request: AnyRequest, session: AsyncSession, key: str, step: Step, *, now: datetime) -> Visit:
    """Somebody opens a step: sent to the first one that is not done when that lies before it."""
    found = await visit(request, session, key, step, now=now)
    if found is None:
        raise lost(request)
    require_earlier(found)
    return found


def require_earlier(found: Visit) -> None:
    """Send somebody who came too far to the step that is missing; an emergency to the page that says 102."""
    missing = open_step(found.at, found.answers, found.source, found.step)
    if missing is None:
        return
    category = found.category
    if missing is Step.CATEGORY and category is not None and (category.emergency or category.open):
        raise Redisplay(found.go(GUIDANCE if category.emergency else MORE, change=found.changing))
    raise Redisplay(found.go(missing))


async def take(
    request: AnyRequest,
    session: AsyncSession,
    key: str,
    step: Step,
    read: Callable[[Form, Answers, Catalogue], Answers],
    *,
    now: datetime,
) -> Visit | Response[Any]:
    """Somebody sends a step: the visit with its answers filled in from the form, not yet kept.

    For a lost draft it is the way to a new one, which keeps what the form brought.
    """
    form = await read_form(request)
    found = await visit(request, session, key, step, now=now, lock=True)
    if found is None:
        return await catch(request, session, read(form, Answers(), await catalogue(session)), now=now)
    found.form = form
    found.answers = read(form, found.answers, found.source)
    return found


async def catch(request: AnyRequest, session: AsyncSession, answers: Answers, *, now: datetime) -> Response[Any]:
    """Keep what came for a lost draft in a new one, and send its author to where it begins, with an explanation."""
    key = await service.begin(session, answers, now=now)
    return Redirect(address(here(request), key, Step.QUESTION) + "?lost=1", status_code=303, headers=PRIVATE)


def wrong(found: Visit) -> Faults:
    """What is wrong with the step as it was sent."""
    return faults(found.at, found.step, found.answers, found.source)
