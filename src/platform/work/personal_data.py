"""Letters to somebody."""

from collections.abc import AsyncIterator

from sqlalchemy import TextClause, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.personal_data import Erasure, Holder, Record, Subject
from src.platform.web.i18n import msgid
from src.platform.work.models import Mail


def emptied(which: str) -> TextClause:
    """A statement that empties the letters of a city (``:city``) that meet a condition; what was not sent yet will not be."""
    return text(
        "UPDATE mail SET recipient = '', subject = '', text = '', html = '', headers = '{}', last_error = '', "  # noqa: S608  its parts are our own
        "state = CASE WHEN state = 'sent' THEN 'sent' ELSE 'refused' END WHERE city_id = :city AND " + which
    )


TO_THEM = emptied("recipient = :email")


async def letters(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """What was written to them lately."""
    query = select(Mail).where(Mail.city_id == city_id_of(session), Mail.recipient == about.email).order_by(Mail.id)
    async for one in await session.stream_scalars(query.execution_options(yield_per=100)):
        yield {"subject": one.subject, "text": one.text, "created_at": one.created_at, "sent_at": one.sent_at}


async def erase(session: AsyncSession, about: Subject, _: Erasure) -> None:
    """Empty the letters; those that wait do not go out any more."""
    await session.execute(TO_THEM, {"city": city_id_of(session), "email": about.email})


holders = [
    Holder(
        "letters",
        msgid("Листи, які ми вам написали за останні 30 днів. Тексти давніших ми вже стерли."),
        frozenset({"mail"}),
        letters,
        erase,
    ),
]
