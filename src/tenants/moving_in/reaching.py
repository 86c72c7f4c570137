"""What the pages share: the import of an address, where it stands, which page shows that."""

from typing import Any
from uuid import UUID

from litestar import Request
from litestar.exceptions import NotFoundException
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.web.here import Here
from src.tenants.moving_in import queries
from src.tenants.moving_in.models import PastImport

AnyRequest = Request[Any, Any, Any]
NO_STORE = {"Cache-Control": "no-store"}
ROOT = "/staff/settings/import"


async def import_of(session: AsyncSession, import_id: UUID, *, lock: bool = False) -> PastImport:
    """An import of this city; else it is not there."""
    row = await queries.import_at(session, import_id, lock=lock)
    if row is None:
        raise NotFoundException
    return row


def onward(at: Here, row: PastImport) -> Redirect:
    """The way to where an import stands."""
    step = {"columns": "/columns", "values": "/values"}.get(row.state, "")
    return Redirect(at.url(f"{ROOT}/{row.id}{step}"), status_code=303, headers=NO_STORE)
