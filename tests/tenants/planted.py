"""Rows with a mark in every field, for the tests that look for what is left of somebody."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.local_officer.exchange.models import ImportRow, OfficeImport
from src.tenants.console.models import SupportEntry
from src.tenants.moving_in.models import PastImport, PastRow
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


async def plant_files(session: AsyncSession, city_id: UUID, *, email: str, mark: str, now: datetime) -> None:
    """Files with somebody in them, on their way in."""
    brought = OfficeImport(
        city_id=city_id, kind="officers", format="csv", name=f"{mark}.csv", bytes=1, state="checked", created_at=now, changed_at=now
    )  # fmt: skip
    session.add(brought)
    await session.flush()
    session.add(
        ImportRow(
            city_id=city_id, import_id=brought.id, number=2, data={"email": email, "name_uk": mark, "what": "new"},
            problems=[["bad_phone", {"text": mark}]], bad=True,
        )
    )  # fmt: skip
    moving = PastImport(
        city_id=city_id, format="csv", name=f"{mark}.csv", bytes=1, state="checked", created_at=now, changed_at=now, headings=[mark],
        samples=[[email]], found={"category": [[mark, 1]]}, values={"category": {mark: mark}},
    )  # fmt: skip
    session.add(moving)
    await session.flush()
    session.add(
        PastRow(
            city_id=city_id, import_id=moving.id, number=2, data={"said": {"details": email}}, bad=True,
            problems=[["bad_day", {"field": "asked", "text": mark}]], warnings=[["email", email]],
        )
    )  # fmt: skip
