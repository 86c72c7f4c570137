"""The city's categories in the staff area: the tree, one category with a preview, retire, merge."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import Here, here
from src.tenants.categories import form as forms
from src.tenants.categories import service
from src.tenants.cities.catalogue import Catalogue, CategoryHere, InLanguage, catalogue, filled
from src.tenants.cities.extra import FIELD, ExtraQuestion
from src.tenants.cities.models import Category
from src.tenants.settings.showing import MANAGE, AnyRequest, done_of, leads_to, saved_words, settings_page

NEW = "/staff/settings/categories/new"


def done_words(at: Here, request: AnyRequest) -> str:
    """What was done, after a redirect."""
    count = request.query_params.get("count", "")
    moved = int(count) if count.isdecimal() and len(count) < 9 else 0  # noqa: PLR2004
    return done_of(
        request,
        {
            "saved": saved_words(at),
            "retired": at._("Тему закрито: нових запитань вона не приймає, попередні залишилися."),
            "revived": at._("Тему знову відкрито."),
            "merged": at.language.ngettext(
                "Теми об’єднано: перейшло %(num)s запитання.", "Теми об’єднано: перейшло %(num)s запитань.", moved
            )
            % {"num": at.language.number(moved)},
        },
    )


@get("/staff/settings/categories", access=MANAGE, include_in_schema=False)
async def tree(request: AnyRequest, uow: Uow) -> Response[Any]:
    """All categories: in use, then closed."""
    at = here(request)
    source = await catalogue(uow)
    known = source.into(at.lang)
    return settings_page(
        request,
        "categories/tree.html",
        known=known,
        counts=await service.question_counts(uow),
        closed=[item for item in known.category_list if item.retired],
        merged={row.id: known.category[row.merged_into_id] for row in source.categories if row.merged_into_id},
        answering={
            item.id: known.responder[source.cases[item.id, None]] for item in known.categories if (item.id, None) in source.cases
        },
        done=done_words(at, request),
    )


def blank() -> Form:
    """A new category, as private as can be without losing the map."""
    return Form({"precision": ["near"]})


async def category_page(
    request: AnyRequest, session: AsyncSession, row: Category | None, form: Form, *, status: int = 200, done: str = ""
) -> Response[Any]:
    """The form of a category, and beside it what residents see of it."""
    at = here(request)
    source = await catalogue(session)
    known = source.into(at.lang)
    mine = known.category.get(row.id) if row else None
    others = [item for item in known.categories if row is None or item.id != row.id]
    return settings_page(
        request,
        "categories/one.html",
        status=status,
        row=row,
        mine=mine,
        form=form,
        done=done,
        action=at.url(f"/staff/settings/categories/{row.id}" if row else NEW),
        parents=[(str(item.id), item.name) for item in headings(others)],
        responders=[(str(item.id), item.name) for item in known.responders],
        others=[(str(item.id), known.full_name(item)) for item in others if not item.heading],
        icons=icon_words(at),
        colours=colour_words(at),
        kinds=kind_words(at),
        questions=forms.question_rows(form),
        required=form.all("q_required"),
        limits=forms,
        preview=preview(at, form, known),
        questions_asked=(await service.question_counts(session)).get(row.id, 0) if row else 0,
        merged_into=known.category.get(row.merged_into_id) if row and row.merged_into_id else None,
        FIELD=FIELD,
    )


def headings(items: list[CategoryHere]) -> list[CategoryHere]:
    """What another category may stand under."""
    return [item for item in items if item.parent_id is None and not item.emergency]


def preview(at: Here, form: Form, known: InLanguage) -> dict[str, Any]:
    """What residents see, from what was typed."""
    phone = {"contact_phone": at.the_city.contact_phone or "102"}

    def words(name: str) -> str:
        return filled(form.text(f"{name}_{at.lang}") or form.text(f"{name}_uk"), phone)

    parent = next((item for item in known.categories if str(item.id) == form.line("parent")), None)
    lines = (form.text(f"now_{at.lang}") or form.text("now_uk")).split("\n")
    asked = forms.questions(Form(form.values), at)
    return {
        "name": words("name"),
        "parent": parent.name if parent else "",
        "hint": words("hint"),
        "whose": words("whose"),
        "call_102_when": words("call_102_when"),
        "now": [filled(line.strip(), phone) for line in lines if line.strip()],
        "icon": form.line("icon") if form.line("icon") in forms.ICONS else "",
        "colour": form.line("colour") if form.line("colour") in forms.COLOURS else "",
        "emergency": form.flag("emergency"),
        "questions": [(each.in_language(at.lang), answer_words(at, each), each.required) for each in asked],
    }


def answer_words(at: Here, each: ExtraQuestion) -> str:
    """What kind of an answer is asked for."""
    if each.kind == "choice":
        return " / ".join(words for _, words in each.options(at.lang))
    return dict(kind_words(at)).get(each.kind, "")


def kind_words(at: Here) -> list[tuple[str, str]]:
    """Kinds of answers."""
    return [("text", at._("текст")), ("choice", at._("вибір зі списку")), ("number", at._("число")), ("date", at._("дата"))]


def icon_words(at: Here) -> list[tuple[str, str]]:
    """Icons by name."""
    names = {
        "car": at._("авто"), "road": at._("дорога"), "sign": at._("дорожній знак"), "sound": at._("шум"), "dog": at._("собака"),
        "tree": at._("дерево"), "lamp": at._("ліхтар"), "house": at._("будинок"), "shop": at._("торгівля"),
        "scales": at._("право"), "shield": at._("безпека"), "people": at._("люди"), "water": at._("вода"), "dots": at._("інше"),
    }  # fmt: skip
    return [(key, names[key]) for key in forms.ICONS]


def colour_words(at: Here) -> list[tuple[str, str]]:
    """Colours by name."""
    names = {
        "blue": at._("синій"), "navy": at._("темно-синій"), "teal": at._("бірюзовий"), "violet": at._("фіолетовий"),
        "plum": at._("сливовий"), "brown": at._("коричневий"), "ochre": at._("вохра"), "grey": at._("сірий"),
    }  # fmt: skip
    return [(key, names[key]) for key in forms.COLOURS]


async def found(session: AsyncSession, category_id: UUID) -> Category:
    """The category, locked, or the 404 of a missing thing."""
    row = await service.category_at(session, category_id, lock=True)
    if row is None:
        raise NotFoundException
    return row


def read(form: Form, at: Here, source: Catalogue, row: Category | None) -> forms.Typed:
    """What was typed, checked against the city's other categories."""
    others = [item for item in source.categories if row is None or item.id != row.id]
    return forms.read_category(
        form,
        at,
        parents={item.id for item in others if item.parent_id is None and item.retired_at is None and not item.emergency},
        responders={item.id for item in source.responders if item.retired_at is None},
        taken={item.name.get("uk", "").lower() for item in others if item.retired_at is None},
        has_below=row is not None and any(item.parent_id == row.id and item.retired_at is None for item in others),
    )


@get(NEW, access=MANAGE, include_in_schema=False)
async def new(request: AnyRequest, uow: Uow) -> Response[Any]:
    """An empty form."""
    return await category_page(request, uow, None, blank())


@post(NEW, access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def make(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Add a category; «Показати» shows it and stores nothing."""
    at = here(request)
    form = await read_form(request)
    typed = read(form, at, await catalogue(uow), None)
    if form.errors or form.flag("preview"):
        raise Redisplay(await category_page(request, uow, None, form, status=422 if form.errors else 200))
    await service.make(uow, typed.columns, typed.responder_id, by=at.the_person.id, now=now)
    return leads_to(request, "/staff/settings/categories?done=saved")


@get("/staff/settings/categories/{category_id:uuid}", access=MANAGE, include_in_schema=False)
async def one(request: AnyRequest, category_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """A category as it is."""
    row = await service.category_at(uow, category_id)
    if row is None:
        raise NotFoundException
    responder = (await catalogue(uow)).cases.get((row.id, None))
    return await category_page(request, uow, row, forms.of_category(row, responder), done=done_words(here(request), request))


@post(
    "/staff/settings/categories/{category_id:uuid}",
    access=MANAGE,
    limits=rules.ANSWERS,
    include_in_schema=False,
    status_code=303,
)
async def change(request: AnyRequest, category_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Change a category; «Показати» shows it and stores nothing."""
    at = here(request)
    form = await read_form(request)
    row = await found(uow, category_id)
    typed = read(form, at, await catalogue(uow), row)
    if form.errors or form.flag("preview"):
        raise Redisplay(await category_page(request, uow, row, form, status=422 if form.errors else 200))
    await service.change(uow, row, typed.columns, typed.responder_id, by=at.the_person.id, now=now)
    return leads_to(request, f"/staff/settings/categories/{row.id}?done=saved")


@post(
    "/staff/settings/categories/{category_id:uuid}/place",
    access=MANAGE,
    limits=rules.ANSWERS,
    include_in_schema=False,
    status_code=303,
)
async def move(request: AnyRequest, category_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """One up or one down."""
    at = here(request)
    form = await read_form(request)
    await service.move(uow, await found(uow, category_id), up=form.line("way") == "up", by=at.the_person.id, now=now)
    return leads_to(request, f"/staff/settings/categories#category-{category_id}")


@post(
    "/staff/settings/categories/{category_id:uuid}/retirement",
    access=MANAGE,
    limits=rules.ANSWERS,
    include_in_schema=False,
    status_code=303,
)
async def retire(request: AnyRequest, category_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Close a category to new questions, or open it again."""
    at = here(request)
    form = await read_form(request)
    row = await found(uow, category_id)
    back = form.line("way") == "back"
    try:
        await (service.revive if back else service.retire)(uow, row, by=at.the_person.id, now=now)
    except service.MergeRefused:
        raise NotFoundException from None
    done = "revived" if back else "retired"
    return leads_to(request, f"/staff/settings/categories?done={done}")


@post(
    "/staff/settings/categories/{category_id:uuid}/merger",
    access=MANAGE,
    limits=rules.ANSWERS,
    include_in_schema=False,
    status_code=303,
)
async def merge(request: AnyRequest, category_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Make two categories one."""
    at = here(request)
    form = await read_form(request)
    row = await found(uow, category_id)
    chosen = forms.chosen(
        form, "into", set((await catalogue(uow)).into(at.lang).category), at._("Виберіть, із якою темою об’єднати")
    )
    into = await service.category_at(uow, chosen, lock=True) if chosen else None
    if into is None:
        form.refuse("into", at._("Виберіть, із якою темою об’єднати"))
    elif not form.flag("sure"):
        form.refuse("sure", at._("Об’єднання не скасувати. Позначте, що ви цього хочете"))
    moved = 0
    if into is not None and not form.errors:
        try:
            moved = await service.merge(uow, row, into, by=at.the_person.id, now=now)
        except service.MergeRefused as refusal:
            form.refuse("into", merge_words(at)[refusal.why])
    if form.errors:
        shown = forms.of_category(row, (await catalogue(uow)).cases.get((row.id, None)))
        shown.values |= form.values
        shown.errors = form.errors
        raise Redisplay(await category_page(request, uow, row, shown, status=422))
    return leads_to(request, f"/staff/settings/categories?done=merged&count={moved}")


def merge_words(at: Here) -> dict[str, str]:
    """Why two categories cannot be one."""
    return {
        "itself": at._("Це та сама тема. Виберіть іншу"),
        "retired": at._("Цю тему закрито. Виберіть відкриту"),
        "emergency": at._("Екстрена тема не приймає запитань, тож об’єднати їх не можна"),
        "heading": at._("У розділу є підтеми. Спершу перенесіть або закрийте їх"),
    }


handlers = [tree, new, make, one, change, move, retire, merge]
