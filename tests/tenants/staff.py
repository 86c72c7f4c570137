"""What tests of the staff area share: a browser's way with a form, and looks behind the pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import event, select

from src.tenants.appeals.models import Appeal, AppealEvent
from tests.site import Page, Site

PERSONAL = "Сусід Петро Іванович, кв. 45, дзвоніть йому 067 123 45 67. Авто АА 1234 ВВ."


def fields(page: Page, form: str) -> dict[str, Any]:
    """What a browser would send with a form of the page, unless something is changed."""
    found = page.one(f'form[action$="{form}"]')
    sent: dict[str, Any] = {}
    controls = [*found.select("[name]"), *page.all(f'[form="{found.get("id", "-")}"][name]')]
    for control in controls:
        name = str(control["name"])
        if control.name == "button" or (control.get("type") in {"checkbox", "radio"} and not control.has_attr("checked")):
            continue
        if control.name == "textarea":
            sent[name] = control.get_text().removeprefix("\n")
        elif control.name == "select":
            sent[name] = str((control.select_one("option[selected]") or control.select("option")[0])["value"])
        else:
            sent[name] = str(control.get("value", ""))
    return sent


async def opened(site: Site, appeal_id: UUID) -> Page:
    """The review page."""
    return await site.get(f"/staff/appeals/{appeal_id}")


async def act(site: Site, appeal_id: UUID, form: str, *, status: int = 303, **changes: Any) -> Page:
    """Open the page, fill its form in, send it."""
    sent = fields(await opened(site, appeal_id), form) | changes
    return await site.post(f"/staff/appeals/{appeal_id}/{form}", sent, status=status)


async def stored(site: Site, appeal_id: UUID) -> Appeal:
    """The appeal's public side."""
    async with site.unit() as session:
        return (await session.execute(select(Appeal).where(Appeal.id == appeal_id))).scalar_one()


async def kinds(site: Site, appeal_id: UUID) -> list[str]:
    """The kinds of its events in order."""
    async with site.unit() as session:
        query = select(AppealEvent.kind).where(AppealEvent.appeal_id == appeal_id).order_by(AppealEvent.id)
        return list((await session.execute(query)).scalars())


@contextmanager
def counted(site: Site) -> Iterator[list[str]]:
    """The statements that reach the database."""
    seen: list[str] = []
    engine = site.door.database.engine.sync_engine

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
