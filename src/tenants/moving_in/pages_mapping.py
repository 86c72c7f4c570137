"""What the columns of a file are, and what its words mean."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import Here, here
from src.platform.web.pages import page
from src.tenants.cities.catalogue import InLanguage, catalogue
from src.tenants.moving_in import service
from src.tenants.moving_in.fields import BY_KEY, FIELDS, MAPPED, folded, letters
from src.tenants.moving_in.models import PastImport
from src.tenants.moving_in.reaching import ROOT, AnyRequest, import_of, onward
from src.tenants.moving_in.words import STATE_WORDS, trouble

Options = dict[str, list[tuple[str, str]]]


def column_name(at: Here, row: PastImport, column: int) -> str:
    """A column by its heading, or by its letters when it has none."""
    return row.headings[column] or at._("стовпець %(letters)s без заголовка") % {"letters": letters(column)}


def columns_page(request: AnyRequest, row: PastImport, form: Form, *, told: str = "", status: int = 200) -> Response[Any]:
    """A choice of column for each field of ours."""
    at = here(request)
    names = [(column, column_name(at, row, column)) for column in range(len(row.headings))]
    return page(
        request,
        "moving_in/columns.html",
        status=status,
        cache="no-store",
        nav="settings",
        row=row,
        form=form,
        errors=form.errors,
        told=told or trouble(at, row.trouble),
        fields=FIELDS,
        options=[(str(column), name) for column, name in names],
        columns=[
            {"letters": letters(column), "name": name, "samples": row.samples[column] if column < len(row.samples) else []}
            for column, name in names
        ],
    )


@get(ROOT + "/{import_id:uuid}/columns", access=staff(Permission.MANAGE_CITY), include_in_schema=False)
async def show_columns(request: AnyRequest, import_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """«Які це стовпці?», as guessed or as said before."""
    row = await import_of(uow, import_id)
    if row.state not in service.OPEN:
        return onward(here(request), row)
    return columns_page(request, row, Form({f"column-{key}": [str(column)] for key, column in row.columns.items()}))


@post(
    ROOT + "/{import_id:uuid}/columns",
    access=staff(Permission.MANAGE_CITY),
    limits=rules.IMPORTS,
    include_in_schema=False,
    status_code=303,
)
async def say_columns(request: AnyRequest, import_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Keep what the columns are, and look which words stand in them."""
    at = here(request)
    form = await read_form(request)
    row = await import_of(uow, import_id, lock=True)
    if row.state not in service.OPEN:
        return onward(at, row)
    columns = chosen_columns(at, row, form)
    if form.errors:
        raise Redisplay(columns_page(request, row, form, status=422))
    await service.set_columns(uow, row, columns, now=now)
    return onward(at, row)


def chosen_columns(at: Here, row: PastImport, form: Form) -> dict[str, int]:
    """A column for each field; what is wrong the form says."""
    columns: dict[str, int] = {}
    taken: dict[int, str] = {}
    for field in FIELDS:
        name = f"column-{field.key}"
        typed = form.raw(name)
        if not typed:
            if field.needed:
                form.refuse(name, at._("Виберіть стовпець для поля «%(field)s»") % {"field": at._(field.label)})
            continue
        if not typed.isdecimal() or len(typed) > 2 or int(typed) >= len(row.headings):  # noqa: PLR2004  no more than 60 columns
            form.refuse(name, at._("Такого стовпця у файлі немає. Виберіть зі списку"))
            continue
        column = int(typed)
        if column in taken:
            both = {"column": column_name(at, row, column), "field": at._(BY_KEY[taken[column]].label)}
            form.refuse(name, at._("Стовпець «%(column)s» уже вибрано для поля «%(field)s»") % both)
            continue
        taken[column] = field.key
        columns[field.key] = column
    for one, other in (("lat", "lon"), ("lon", "lat")):
        if one in columns and other not in columns and f"column-{other}" not in form.errors:
            form.refuse(
                f"column-{other}", at._("Точка на карті — це широта й довгота разом. Виберіть обидва стовпці або жодного")
            )
    if "answered" not in columns and columns.keys() & {"short", "answer", "state"}:
        form.refuse("column-answered", at._("Виберіть, у якому стовпці дата відповіді: без неї не порахувати, скільки чекали"))
    return columns


async def values_page(
    request: AnyRequest, session: AsyncSession, row: PastImport, form: Form, *, told: str = "", status: int = 200
) -> Response[Any]:
    """A choice of meaning for each word of the file."""
    at = here(request)
    options = meanings(at, (await catalogue(session)).into(at.lang))
    return page(
        request,
        "moving_in/values.html",
        status=status,
        cache="no-store",
        nav="settings",
        row=row,
        form=form,
        errors=form.errors,
        told=told,
        seen=seen(row),
        groups=[
            {
                "key": field,
                "label": at._(BY_KEY[field].label),
                "options": options[field],
                "words": [
                    {"name": f"{field}-{n}", "word": word, "count": count} for n, (word, count) in enumerate(row.found[field])
                ],
            }
            for field in MAPPED
            if row.found.get(field)
        ],
    )


def meanings(at: Here, known: InLanguage) -> Options:
    """What words may mean: categories that take questions, responders (retired ones last), both states."""
    responders = sorted(known.responder_list, key=lambda one: one.retired)
    return {
        "category": [(str(one.id), known.full_name(one)) for one in known.open_categories()],
        "responder": [(str(one.id), one.name) for one in responders],
        "state": [(code, at._(words)) for code, words in STATE_WORDS.items()],
    }


def seen(row: PastImport) -> str:
    """Names the list of words a form was made of."""
    return row.changed_at.isoformat()


@get(ROOT + "/{import_id:uuid}/values", access=staff(Permission.MANAGE_CITY), include_in_schema=False)
async def show_values(request: AnyRequest, import_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """«Що означають слова?», as guessed or as said before."""
    row = await import_of(uow, import_id)
    if row.state not in service.OPEN - {"columns"}:
        return onward(here(request), row)
    return await values_page(request, uow, row, kept(row))


def kept(row: PastImport) -> Form:
    """The form as it opens: what is known of each word."""
    known: Mapping[str, Mapping[str, str]] = row.values
    return Form(
        {
            f"{field}-{n}": [known.get(field, {}).get(folded(word), "")]
            for field in MAPPED
            for n, (word, _) in enumerate(row.found.get(field, []))
        }
    )


@post(
    ROOT + "/{import_id:uuid}/values",
    access=staff(Permission.MANAGE_CITY),
    limits=rules.IMPORTS,
    include_in_schema=False,
    status_code=303,
)
async def say_values(request: AnyRequest, import_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Keep what the words mean, and have every row checked."""
    at = here(request)
    form = await read_form(request)
    row = await import_of(uow, import_id, lock=True)
    if row.state not in service.OPEN - {"columns"}:
        return onward(at, row)
    if form.raw("seen") != seen(row):
        told = at._("Файл тим часом прочитали ще раз, тому список слів міг змінитися. Перевірте його й надішліть знову")
        raise Redisplay(await values_page(request, uow, row, kept(row), told=told, status=422))
    allowed = meanings(at, (await catalogue(uow)).into(at.lang))
    values = chosen_values(at, row, form, allowed)
    if form.errors:
        raise Redisplay(await values_page(request, uow, row, form, status=422))
    await service.set_values(uow, row, values, now=now)
    return onward(at, row)


def chosen_values(at: Here, row: PastImport, form: Form, allowed: Options) -> dict[str, dict[str, str]]:
    """A meaning for each word; what is wrong the form says."""
    values: dict[str, dict[str, str]] = {}
    for field in MAPPED:
        codes = {code for code, _ in allowed[field]}
        for n, (word, _) in enumerate(row.found.get(field, [])):
            name = f"{field}-{n}"
            said = form.raw(name)
            if said in codes:
                values.setdefault(field, {})[folded(word)] = said
            elif not said:
                form.refuse(name, at._("Виберіть, що означає «%(word)s»") % {"word": word})
            else:
                form.refuse(name, at._("Такого вибору вже немає. Виберіть зі списку, що означає «%(word)s»") % {"word": word})
    return values


handlers = [show_columns, say_columns, show_values, say_values]
