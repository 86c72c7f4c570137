"""The first two steps: the question, and what it is about, with the guidance that says whose it is."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.web.access import PUBLIC
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import Here, here
from src.tenants.appeals.addressees import Addressee
from src.tenants.asking import service
from src.tenants.asking.answers import TITLE_AT_MOST, Answers, Step
from src.tenants.asking.flow import (
    GUIDANCE,
    MORE,
    PRIVATE,
    AnyRequest,
    Visit,
    address,
    addressee_of,
    arrive,
    flow_page,
    lost,
    take,
    visit,
    wrong,
)
from src.tenants.asking.steps import Faults, faults
from src.tenants.board import queries as board
from src.tenants.board.queries import Card, card
from src.tenants.cities.catalogue import Catalogue, InLanguage, catalogue
from src.tenants.safety.bans import refuse_banned
from src.tenants.search.queries import likely_categories

SIMILAR_AT_MOST = 3


def read_question(form: Form, before: Answers, _: Catalogue) -> Answers:
    """The question's fields."""
    return replace(before, title=form.line("title"), body=form.text("body"))


def read_category(form: Form, before: Answers, _: Catalogue) -> Answers:
    """The category's field."""
    return replace(before, category=form.line("category"))


def from_one_box(typed: str) -> Answers:
    """What was typed into the home page's only field: a sentence, or a sentence with the rest of the story."""
    line = " ".join(typed.split())
    if len(line) <= TITLE_AT_MOST:
        return Answers(title=line)
    ends = [line.find(sign) for sign in ("? ", ". ", "! ")]
    first = min((end for end in ends if 0 < end < TITLE_AT_MOST), default=-1)
    return Answers(title=line[: first + 1], body=typed)


async def alike(session: AsyncSession, at: Here, known: InLanguage, words: str) -> list[Card]:
    """Published questions that are about the same."""
    found = await board.alike(session, words, count=SIMILAR_AT_MOST)
    return [card(row, at, known) for row in found]


def start_page(
    request: AnyRequest, answers: Answers, *, status: int = 200, errors: Faults | None = None, whom: Addressee | None = None
) -> Response[str]:
    """The first page, while there is no draft yet."""
    at = here(request)
    return flow_page(
        request,
        "question",
        status=status,
        step=Step.QUESTION,
        step_number=Step.QUESTION.number,
        back=at.url("/"),
        action=at.url("/ask") + (f"?to={whom.id}" if whom else ""),
        answers=answers,
        addressee=whom,
        errors=errors or {},
        lost=False,
    )


@get("/ask", access=PUBLIC, include_in_schema=False)
async def start(request: AnyRequest, now: Now) -> Response[Any]:
    """Begin; ``title`` may come along in the address, and ``to``: whom the question is addressed to in person."""
    typed = Form({"title": [request.query_params.get("title", "")]})
    if not request.query_params.get("to"):  # addressed to the city: nothing is asked of the database
        return start_page(request, Answers(title=typed.line("title")))
    at = here(request)
    async with request.app.state.database.unit(at.the_city.id) as session:
        at.city = await request.app.state.cities.current(session, at.the_city)  # whether it takes such questions now
        whom = await addressed_to(request, session, now=now)
    return start_page(request, Answers(title=typed.line("title")), whom=whom)


async def addressed_to(request: AnyRequest, session: AsyncSession, *, now: datetime) -> Addressee | None:
    """Who the address of the first page names; none when it names nobody. Somebody who takes no questions is told in words."""
    given = request.query_params.get("to", "")
    whom = await addressee_of(request, session, given, now=now) if given else None
    if given and whom is None:
        raise Redisplay(flow_page(request, "unaddressed", status=404, action=""))
    return whom


@post("/ask", access=PUBLIC, limits=rules.STARTING, include_in_schema=False, status_code=303)
async def begin(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Make the draft: from this page's fields, or from the home page's box; a sentence too short is shown on this page."""
    at, form = here(request), await read_form(request)
    await refuse_banned(request, uow, now=now)
    source = await catalogue(uow)
    whom = await addressed_to(request, uow, now=now)
    from_home = "text" in form.values
    answers = from_one_box(form.text("text")) if from_home else read_question(form, Answers(), source)
    if from_home and answers == Answers():
        return Redirect(at.url("/ask"), status_code=303, headers=PRIVATE)
    answers = replace(answers, addressee=str(whom.id) if whom else "")
    errors = faults(at, Step.QUESTION, answers, source)
    if errors and (not from_home or "body" in errors):  # too long to be kept whole: nothing is stored, nothing is cut off
        raise Redisplay(start_page(request, answers, status=422, errors=errors, whom=whom))
    key = await service.begin(uow, answers, now=now)
    return Redirect(address(at, key, Step.QUESTION if errors else Step.CATEGORY), status_code=303, headers=PRIVATE)


@get("/ask/similar", access=PUBLIC, limits=rules.SEARCH, include_in_schema=False)
async def similar_fragment(request: AnyRequest, uow: Uow) -> Response[Any]:
    """A piece of a page: published questions like what is being typed; empty when there are none."""
    at = here(request)
    known = (await catalogue(uow)).into(at.lang)
    typed = Form({"q": [request.query_params.get("q", "")]}).text("q")
    return flow_page(request, "similar", cards=await alike(uow, at, known, typed[:500]))


@get("/ask/thanks", access=PUBLIC, include_in_schema=False)
async def thanks(request: AnyRequest) -> Response[Any]:
    """After «Це відповіло на моє запитання»."""
    return flow_page(request, "thanks")


@get("/ask/{key:str}/question", access=PUBLIC, include_in_schema=False)
async def question(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """The question again, to change it."""
    found = await arrive(request, uow, key, Step.QUESTION, now=now)
    return found.page("question", lost=request.query_params.get("lost") == "1")


@post("/ask/{key:str}/question", access=PUBLIC, limits=rules.ASKING, include_in_schema=False, status_code=303)
async def keep_question(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Keep the question."""
    found = await take(request, uow, key, Step.QUESTION, read_question, now=now)
    if isinstance(found, Response):
        return found
    errors = wrong(found)
    if errors:
        raise Redisplay(found.page("question", status=422, errors=errors, lost=False))
    await service.keep(uow, found.draft, found.answers, now=now)
    return found.onward()


async def category_page(found: Visit, session: AsyncSession, *, status: int = 200, errors: Faults | None = None) -> Response[str]:
    """The categories, the likely ones first; above them what has been asked already."""
    words = f"{found.answers.title} {found.answers.body}"
    likely = likely_categories(found.source, words)
    known = found.known
    chosen = known.category_by_slug.get(found.answers.category)
    return found.page(
        "category",
        status=status,
        errors=errors,
        likely=[known.category[item] for item in likely],
        others=[item for item in known.categories if item.id not in likely],
        gone=bool(found.answers.category) and (chosen is None or not chosen.open) and not errors,
        cards=await alike(session, found.at, known, found.answers.title),
    )


@post("/ask/{key:str}/unaddressed", access=PUBLIC, limits=rules.ASKING, include_in_schema=False, status_code=303)
async def unaddressed(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Go on with the draft as a question to nobody in person; such a question is public."""
    draft = await service.draft_at(uow, key, now=now, lock=True)
    if draft is None:
        raise lost(request)
    if draft.appeal_id is None:
        await service.keep(uow, draft, replace(Answers.of(draft.data), addressee="", private=False), now=now)
    return Redirect(address(here(request), key, Step.CHECK), status_code=303, headers=PRIVATE)


@get("/ask/{key:str}/category", access=PUBLIC, include_in_schema=False)
async def category(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Choose the category."""
    return await category_page(await arrive(request, uow, key, Step.CATEGORY, now=now), uow)


@post("/ask/{key:str}/category", access=PUBLIC, limits=rules.ASKING, include_in_schema=False, status_code=303)
async def keep_category(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Keep the category and show its guidance; an emergency is kept too, and stops there."""
    found = await take(request, uow, key, Step.CATEGORY, read_category, now=now)
    if isinstance(found, Response):
        return found
    chosen = found.known.category_by_slug.get(found.answers.category)
    if chosen is None or not chosen.open:
        raise Redisplay(await category_page(found, uow, status=422, errors=wrong(found)))
    await service.keep(uow, found.draft, found.answers, now=now)
    return found.go(GUIDANCE, change=found.changing)


@get("/ask/{key:str}/guidance", access=PUBLIC, include_in_schema=False)
async def guidance(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Who answers for such things, what to do now, when it is 102. An emergency has no way on."""
    found = await arrive(request, uow, key, Step.CATEGORY, now=now)
    chosen = found.known.category_by_slug.get(found.answers.category)
    if chosen is None or not chosen.open:
        return found.go(Step.CATEGORY)
    change = "?change=1" if found.changing else ""
    return found.page(
        "emergency" if chosen.emergency else "guidance",
        category=chosen,
        back=found.address(Step.CATEGORY) + change,
        onward=found.address(MORE) + change if found.extra else found.address(Step.CHECK if found.changing else Step.PLACE),
    )


@post("/ask/{key:str}/answered", access=PUBLIC, limits=rules.LIGHT, include_in_schema=False, status_code=303)
async def answered(request: AnyRequest, key: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """The guidance was the answer: forget the draft, say thanks."""
    found = await visit(request, uow, key, Step.CATEGORY, now=now, lock=True)
    if found is not None:
        await service.drop(uow, found.draft)
    return Redirect(here(request).url("/ask/thanks"), status_code=303, headers=PRIVATE)


handlers = [
    start, begin, similar_fragment, thanks, question, keep_question, category, keep_category, guidance, answered,
    unaddressed,
]  # fmt: skip
