"""What files of past appeals on their way in say about people: whatever the other service wrote, for a week at most."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from sqlalchemy import Text, cast, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.personal_data import Erasure, Holder, Record, Subject
from src.platform.web.i18n import msgid
from src.platform.work.jobs import enqueue
from src.tenants.moving_in import service
from src.tenants.moving_in.models import PastImport, PastRow


async def named(session: AsyncSession, about: Subject) -> Sequence[PastRow]:
    """Rows in which their address stands, in whatever text."""
    query = select(PastRow).where(
        PastRow.city_id == city_id_of(session),
        or_(
            *(
                cast(column, Text).icontains(about.email, autoescape=True)
                for column in (PastRow.data, PastRow.problems, PastRow.warnings)
            )
        ),
    )
    return (await session.scalars(query.order_by(PastRow.import_id, PastRow.number))).all()


async def rows(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """Rows with their address."""
    for one in await named(session, about):
        yield {"number": one.number, "row": one.data}


async def erase(session: AsyncSession, about: Subject, how: Erasure) -> None:  # noqa: ARG001  nothing to keep
    """A file that is still on its way goes as a whole: without one of its rows it would not be what was sent. Of one that was
    moved in, the words of its rows go; the rows stay, for by them it can be taken back."""  # noqa: D209
    texts = (PastImport.samples, PastImport.headings, PastImport.found, PastImport.values, PastImport.name)
    mine = PastImport.city_id == city_id_of(session)
    said = or_(*(cast(column, Text).icontains(about.email, autoescape=True) for column in texts))
    found: set[UUID] = set(await session.scalars(select(PastImport.id).where(mine, said)))
    found |= {row.import_id for row in await named(session, about)}
    for import_id in found:
        state = await session.scalar(select(PastImport.state).where(mine, PastImport.id == import_id))
        if state in {"applying", "applied", "taking_back", "taken_back"}:
            nothing: dict[str, list[str]] = {"problems": [], "warnings": []}
            theirs = update(PastRow).where(PastRow.city_id == city_id_of(session), PastRow.import_id == import_id, PastRow.bad)
            await session.execute(theirs.values(data={}, **nothing))
            await session.execute(
                update(PastImport).where(mine, PastImport.id == import_id).values(samples=[], found={}, values={})
            )
        else:
            await service.forget(session, import_id)
            await enqueue(session, "forget_past_file", import_id)


holders = [
    Holder(
        "past_imports",
        msgid("Рядки з вашою адресою у файлах попереднього сервісу, які переносить місто. Зберігаємо їх до семи днів."),
        frozenset({"past_import", "past_import_row"}),
        rows,
        erase,
    ),
]
