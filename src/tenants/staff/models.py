"""Tables of a city's staff."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from src.platform.data.base import CityOwned, Instant, within_city


class StaffInvitation(CityOwned):
    """Somebody asked to work here, with the roles they will have. The link of the letter is signed over ``id``; one an address.

    ``responder_id`` is the body for which somebody with the role of a responder will answer. ``invited_by`` is none for a
    city's first administrator, whom the operator invites.
    """

    __tablename__ = "staff_invitation"
    __table_args__ = (
        UniqueConstraint("city_id", "email"),
        within_city("invited_by", "account"),
        within_city("responder_id", "responder", ondelete="CASCADE"),
        CheckConstraint(
            "cardinality(roles) > 0 AND roles <@ ARRAY['moderator', 'administrator', 'responder', 'analyst']", name="roles"
        ),
    )

    email: Mapped[str]
    name: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    responder_id: Mapped[UUID | None]
    invited_by: Mapped[UUID | None]
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]


class ResponderPerson(CityOwned):
    """Somebody who answers for a body; an account does so for one body."""

    __tablename__ = "responder_person"
    __table_args__ = (
        UniqueConstraint("city_id", "account_id"),
        within_city("account_id", "account", ondelete="CASCADE"),
        within_city("responder_id", "responder", ondelete="CASCADE"),
        Index("ix_responder_person_responder", "city_id", "responder_id"),
    )

    account_id: Mapped[UUID]
    responder_id: Mapped[UUID]
