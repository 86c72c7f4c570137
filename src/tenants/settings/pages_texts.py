"""The city's own pages in the staff area: about, privacy, accessibility, and whatever else it writes; Markdown, shown beforehand."""

import re
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.base import localized
from src.platform.data.tenancy import catalogue_changed, city_id_of
from src.platform.limits import rules
from src.platform.people.audit.service import action, record
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, read_form
from src.platform.web.here import Here, here
from src.platform.web.i18n import msgid
from src.tenants.cities.markdown import page_html
from src.tenants.cities.models import CityPage
from src.tenants.cities.spelling import slug_of
from src.tenants.settings.showing import MANAGE, AnyRequest, done_of, leads_to, saved_words, settings_page

LANGUAGES = ("uk", "en")
TITLE_AT_MOST = 120
BODY_AT_MOST = 50_000
NEEDED = frozenset({"about", "privacy", "accessibility"})
"""Pages that every page's foot leads to."""
WRITTEN = action("page.written", msgid("Змінено сторінку міста"))
REMOVED = action("page.removed", msgid("Прибрано сторінку міста"))
NEW = "new"


async def row_of(session: AsyncSession, slug: str) -> CityPage | None:
    """A page by its address, locked."""
    query = select(CityPage).where(CityPage.city_id == city_id_of(session), CityPage.slug == slug)
    return (await session.execute(query.with_for_update())).scalar_one_or_none()


@get("/staff/settings/pages", access=MANAGE, include_in_schema=False)
async def all_pages(request: AnyRequest, uow: Uow) -> Response[Any]:
    """The pages there are."""
    at = here(request)
    query = select(CityPage).where(CityPage.city_id == city_id_of(uow)).order_by(CityPage.position, CityPage.slug)
    words = {"saved": saved_words(at), "removed": at._("Сторінку прибрано.")}
    found = [(row.slug, localized(row.title, at.lang)) for row in await uow.scalars(query)]
    done = done_of(request, words)
    return settings_page(request, "settings/pages.html", pages=found, done=done)


def page_form(request: AnyRequest, slug: str, form: Form, *, status: int = 200) -> Response[Any]:
    """The form of a page and what it will look like."""
    at = here(request)
    body = form.text(f"body_{at.lang}") or form.text("body_uk")
    return settings_page(
        request,
        "settings/page.html",
        status=status,
        slug=slug,
        form=form,
        needed=slug in NEEDED,
        preview=page_html(body[:BODY_AT_MOST], at.the_city.contact_phone, at.host),
        title_shown=form.line(f"title_{at.lang}") or form.line("title_uk"),
        body_at_most=BODY_AT_MOST,
    )


@get("/staff/settings/pages/{slug:str}", access=MANAGE, include_in_schema=False)
async def one_page(request: AnyRequest, slug: FromPath[str], uow: Uow) -> Response[Any]:
    """A page as it is; «new» is an empty one."""
    row = await row_of(uow, slug)
    if row is None and slug != NEW:
        raise NotFoundException
    form = Form()
    for language in LANGUAGES:
        form.values[f"title_{language}"] = [row.title.get(language, "") if row else ""]
        form.values[f"body_{language}"] = [row.body.get(language, "") if row else ""]
    return page_form(request, slug, form)


def read_page(form: Form, at: Here) -> tuple[dict[str, str], dict[str, str]]:
    """Title and text in both languages; what is wrong the form says."""
    title = {language: form.line(f"title_{language}") for language in LANGUAGES}
    body = {language: form.text(f"body_{language}") for language in LANGUAGES}
    if not title["uk"]:
        form.refuse("title_uk", at._("Напишіть назву сторінки"))
    if not body["uk"]:
        form.refuse("body_uk", at._("Напишіть текст сторінки"))
    for language in LANGUAGES:
        if len(title[language]) > TITLE_AT_MOST:
            form.refuse(f"title_{language}", at._("Скоротіть до %(limit)s знаків") % {"limit": at.language.number(TITLE_AT_MOST)})
        if len(body[language]) > BODY_AT_MOST:
            form.refuse(f"body_{language}", at._("Текст довший за 50 000 знаків. Скоротіть його або поділіть на дві сторінки"))
    names = [f"{name}_{language}" for name in ("title", "body") for language in LANGUAGES]
    form.readable(names, at._("Частину знаків не вдалося прочитати. Перевірте текст"))
    return title, body


@post("/staff/settings/pages/{slug:str}", access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def write_page(request: AnyRequest, slug: FromPath[str], uow: Uow, now: Now) -> Response[Any]:
    """Store a page; «Показати» shows it and stores nothing."""
    at = here(request)
    form = await read_form(request)
    row = await row_of(uow, slug)
    if row is None and slug != NEW:
        raise NotFoundException
    if row is not None and form.flag("remove") and slug not in NEEDED:
        await uow.delete(row)
        await uow.flush()
        await record(uow, REMOVED, now=now, by=at.the_person.id, subject=("page", row.id), values={"slug": (slug, "")})
        await catalogue_changed(uow)
        return leads_to(request, "/staff/settings/pages?done=removed")
    title, body = read_page(form, at)
    address = slug if row else slug_of(title["en"] or title["uk"])
    if row is None and title["uk"] and (not re.search("[a-z]", address) or address == NEW):
        form.refuse("title_uk", at._("З цієї назви не скласти адреси. Додайте літер"))
    elif row is None and address and await row_of(uow, address) is not None:
        form.refuse("title_uk", at._("Сторінка з такою назвою вже є"))
    if form.errors or form.flag("preview"):
        raise Redisplay(page_form(request, slug, form, status=422 if form.errors else 200))
    if row is None:
        last = await uow.scalar(select(func.max(CityPage.position)).where(CityPage.city_id == city_id_of(uow)))
        row = CityPage(city_id=city_id_of(uow), id=uuid7(), slug=address, position=(last or 0) + 1)
        uow.add(row)
    row.title, row.body = title, body
    await uow.flush()
    await record(uow, WRITTEN, now=now, by=at.the_person.id, subject=("page", row.id), fields=["title", "body"])
    await catalogue_changed(uow)
    return leads_to(request, "/staff/settings/pages?done=saved")


handlers = [all_pages, one_page, write_page]
