"""Who follows what, and letters about somebody's questions that went to others."""

from collections.abc import AsyncIterator

from sqlalchemy import and_, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.personal_data import Erasure, Holder, Record, Subject
from src.platform.web.i18n import msgid
from src.platform.work.personal_data import emptied
from src.tenants.appeals.models import Appeal
from src.tenants.appeals.states import PUBLIC
from src.tenants.subscriptions.models import Follower

LETTERS_TO_OTHERS = emptied(
    "recipient <> '' AND split_part(dedupe_key, ' ', 1) IN (SELECT e.id::text FROM appeal_event e "
    "WHERE e.city_id = :city AND e.appeal_id = ANY(:ids) AND (mail.state IN ('sent', 'refused') OR :all OR e.kind = 'reopened'))"
)
"""A letter's key begins with its event. Waiting letters about a question that stays public go out, but those that may
repeat what its author wrote do not."""


async def following(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """The questions they asked to hear of."""
    query = (
        select(Follower, Appeal.number)
        .join(Appeal, and_(Appeal.city_id == Follower.city_id, Appeal.id == Follower.appeal_id))
        .where(Follower.city_id == city_id_of(session), Follower.email == about.email)
        .order_by(Follower.id)
    )
    for one, number in await session.execute(query):
        yield {
            "question": number,
            "language": one.language,
            "created_at": one.created_at,
            "confirmed_at": one.confirmed_at,
            "stopped_at": one.stopped_at,
        }


async def erase(session: AsyncSession, about: Subject, how: Erasure) -> None:
    """No more letters, to them or about what they wrote; nobody follows what is taken down."""
    city = city_id_of(session)
    await session.execute(delete(Follower).where(Follower.city_id == city, Follower.email == about.email))
    if not about.owned:
        return
    all_of_it = how.public_questions == "remove"
    await session.execute(LETTERS_TO_OTHERS, {"city": city, "ids": sorted(about.owned), "all": all_of_it})
    if all_of_it:
        public = select(Appeal.id).where(Appeal.city_id == city, Appeal.id.in_(about.owned), Appeal.state.in_(PUBLIC))
        await session.execute(
            delete(Follower).where(Follower.city_id == city, Follower.appeal_id.in_(public)),
            execution_options={"synchronize_session": False},
        )


holders = [
    Holder(
        "following",
        msgid("Запитання, за якими ви стежите або стежили."),
        frozenset({"follower"}),
        following,
        erase,
    ),
]
