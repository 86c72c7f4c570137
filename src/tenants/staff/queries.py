"""Who works for the city, and who was asked to."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.accounts.models import Account, AccountSession
from src.tenants.appeals.models import Appeal
from src.tenants.appeals.states import State
from src.tenants.staff.models import ResponderPerson, StaffInvitation

WAITING = (State.ROUTED, State.REOPENED)
LISTED_AT_MOST = 200


async def people(session: AsyncSession) -> Sequence[Row[*tuple[Any, ...]]]:
    """Everybody with a role, by name, those who left last: account, body, when last seen."""
    city = city_id_of(session)
    seen = (
        select(AccountSession.account_id, func.max(AccountSession.seen_at).label("seen_at"))
        .where(AccountSession.city_id == city)
        .group_by(AccountSession.account_id)
        .subquery()
    )
    query = (
        select(
            Account.id, Account.name, Account.email, Account.roles, Account.active, ResponderPerson.responder_id, seen.c.seen_at
        )
        .outerjoin(ResponderPerson, and_(ResponderPerson.city_id == Account.city_id, ResponderPerson.account_id == Account.id))
        .outerjoin(seen, seen.c.account_id == Account.id)
        .where(Account.city_id == city, func.cardinality(Account.roles) > 0, ~Account.roles.contains(["support"]))
        .order_by(Account.active.desc(), Account.name, Account.email)
    )
    return (await session.execute(query)).all()


async def invitations(session: AsyncSession) -> list[StaffInvitation]:
    """Invitations that nobody has taken yet, newest first."""
    query = select(StaffInvitation).where(StaffInvitation.city_id == city_id_of(session))
    return list(await session.scalars(query.order_by(StaffInvitation.created_at.desc())))


async def invitation_at(session: AsyncSession, invitation_id: UUID) -> StaffInvitation | None:
    """An invitation by its id, locked."""
    query = select(StaffInvitation).where(StaffInvitation.city_id == city_id_of(session), StaffInvitation.id == invitation_id)
    return (await session.execute(query.with_for_update())).scalar_one_or_none()


async def body_of(session: AsyncSession, account_id: UUID) -> UUID | None:
    """For which body somebody answers."""
    query = select(ResponderPerson.responder_id).where(
        ResponderPerson.city_id == city_id_of(session), ResponderPerson.account_id == account_id
    )
    found: UUID | None = await session.scalar(query)
    return found


async def waiting_at(session: AsyncSession, responder_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """Published questions that a body has not answered, oldest first; no words of their authors but what everybody sees."""
    query = (
        select(
            Appeal.id,
            Appeal.number,
            Appeal.title,
            Appeal.body,
            Appeal.place,
            Appeal.state,
            Appeal.category_id,
            Appeal.district_id,
        )
        .add_columns(Appeal.published_at, Appeal.version)
        .where(Appeal.city_id == city_id_of(session), Appeal.responder_id == responder_id, Appeal.state.in_(WAITING))
        .order_by(Appeal.published_at, Appeal.id)
        .limit(LISTED_AT_MOST)
    )
    return (await session.execute(query)).all()
