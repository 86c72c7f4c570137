"""What files on their way in say about people: officers, for a week at most."""

from collections.abc import AsyncIterator

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.exchange import service
from src.local_officer.exchange.models import ImportRow, OfficeImport
from src.platform.data.tenancy import city_id_of
from src.platform.people.personal_data import Erasure, Holder, Record, Subject
from src.platform.web.i18n import msgid
from src.platform.work.jobs import enqueue


async def rows(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """Rows with their address."""
    for one in await session.scalars(theirs(session, about).order_by(ImportRow.import_id, ImportRow.number)):
        yield {"number": one.number, **{key: str(value) for key, value in one.data.items() if key != "what"}}


def theirs(session: AsyncSession, about: Subject) -> Select[ImportRow]:
    """Rows that name somebody by their address."""
    of_officers = select(OfficeImport.id).where(OfficeImport.city_id == city_id_of(session), OfficeImport.kind == "officers")
    return select(ImportRow).where(
        ImportRow.city_id == city_id_of(session),
        ImportRow.import_id.in_(of_officers),
        ImportRow.data["email"].astext == about.email,
    )


async def erase(session: AsyncSession, about: Subject, how: Erasure) -> None:  # noqa: ARG001  nothing to keep
    """The whole import goes, with its file: a file without one of its rows would not be what was sent."""
    for import_id in {row.import_id for row in await session.scalars(theirs(session, about))}:
        await service.forget(session, import_id)
        await enqueue(session, "forget_import", import_id)


holders = [
    Holder(
        "office_imports",
        msgid("Рядки про вас у файлах з даними дільничних, які надіслав адміністратор. Зберігаємо їх до семи днів."),
        frozenset({"office_import", "office_import_row"}),
        rows,
        erase,
    ),
]
