"""Rows with a mark in every field, for the tests that look for what is left of somebody."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.tenants.console.models import SupportEntry
from src.tenants.staff.models import StaffInvitation


def plant_work(session: AsyncSession, city_id: UUID, account_id: UUID, *, email: str, mark: str, now: datetime) -> None:
    """Somebody asked to work here, who also came as support."""
    session.add_all(
        [
            StaffInvitation(
                city_id=city_id, email=email, name=f"Олена {mark}", roles=["analyst"], created_at=now, expires_at=now
            ),
            SupportEntry(
                city_id=city_id,
                account_id=account_id,
                operator=f"Оператор {mark}",
                reason=f"Причина {mark}",
                created_at=now,
                until=now.replace(year=now.year + 1),
            ),
        ]
    )
