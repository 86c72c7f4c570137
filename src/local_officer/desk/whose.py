"""Whose office a page of the desk is about: an officer's own, or any for an administrator. Anything else is not there."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.exceptions import NotFoundException
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.officers.models import Officer
from src.local_officer.officers.office import Office
from src.local_officer.officers.queries import office
from src.local_officer.officers.records import officer_at
from src.local_officer.officers.switch import require_office
from src.platform.data.base import localized
from src.platform.data.tenancy import City
from src.platform.web.access import Permission
from src.platform.web.forms import Form
from src.platform.web.here import Here, here
from src.platform.web.pages import page

AnyRequest = Request[Any, Any, Any]
NO_STORE = {"Cache-Control": "no-store"}


@dataclass(slots=True)
class Desk:
    """An office that somebody may change, and who they are. ``today`` is the day in the city."""

    request: AnyRequest
    officer: Officer
    source: Office
    now: datetime
    today: date
    own: bool

    @property
    def at(self) -> Here:
        """Where the request came in."""
        return here(self.request)

    @property
    def city(self) -> City:
        """The city."""
        return self.at.the_city

    @property
    def by(self) -> UUID:
        """Who changes it."""
        return self.at.the_person.id

    @property
    def address(self) -> str:
        """The path of this desk."""
        return f"/staff/offices/{self.officer.id}"

    def back(self, where: str = "", *, done: str = "") -> Response[Any]:
        """To a page of this desk, which says what was done."""
        path = self.address + where + (f"?done={done}" if done else "")
        return Redirect(self.at.url(path), status_code=303, headers=NO_STORE)

    def page(self, template: str, *, status: int = 200, form: Form | None = None, **context: object) -> Response[str]:
        """A page of this desk."""
        shown = form or Form()
        return page(
            self.request,
            f"officer_desk/{template}.html",
            status=status,
            cache="no-store",
            nav="office" if self.own else "offices",
            desk=self,
            officer=self.officer,
            name=localized(self.officer.name, self.at.lang),
            form=shown,
            errors=shown.errors,
            **context,
        )


async def desk_of(request: AnyRequest, session: AsyncSession, officer_id: UUID, *, now: datetime, lock: bool = False) -> Desk:
    """The desk of an office: for whoever keeps it, and for an administrator. Raises the 404 of a missing thing for all others."""
    at = require_office(request)
    person = at.the_person
    officer = await officer_at(session, officer_id, lock=lock)
    if officer is None:
        raise NotFoundException
    own = officer.account_id == person.id
    if not own and Permission.MANAGE_OFFICES not in person.permissions:
        raise NotFoundException
    today = now.astimezone(ZoneInfo(at.the_city.timezone)).date()
    if own and officer.left_on is not None and officer.left_on <= today:
        raise NotFoundException
    return Desk(request, officer, await office(session), now, today, own)


def others(desk: Desk) -> list[tuple[str, str]]:
    """Officers who may stand in, to choose from."""
    return [
        (str(row.id), localized(row.name, desk.at.lang)) for row in desk.source.on_duty(desk.today) if row.id != desk.officer.id
    ]


def stations(desk: Desk) -> list[tuple[str, str]]:
    """Stations to choose from."""
    return [(str(row.id), localized(row.name, desk.at.lang)) for row in desk.source.stations]
