"""Reports and a ban of the demonstration, so that the staff's pages of them are not empty."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import City
from src.tenants.safety.models import Ban, Report


async def watch(
    session: AsyncSession, city: City, found: dict[str, Any], ids: Mapping[str, UUID], *, moderator: UUID, now: datetime
) -> None:
    """Store what the file tells, each so many days before today."""
    for item in found.get("report", []):
        asked = now - timedelta(days=item["days_ago"])
        settled = item.get("settled")
        session.add(
            Report(
                city_id=city.id,
                appeal_id=ids[item["appeal"]],
                part=item["part"],
                reason=item["reason"],
                words=item["words"],
                email=item.get("email", ""),
                state=settled or "open",
                note=item.get("note", ""),
                created_at=asked,
                settled_at=asked + timedelta(days=item["settled_after"]) if settled else None,
                settled_by=moderator if settled else None,
            )
        )
    for item in found.get("ban", []):
        made = now - timedelta(days=item["days_ago"])
        until = made + timedelta(days=item["lasts"])
        session.add(
            Ban(
                city_id=city.id,
                kind=item["kind"],
                value=item["value"],
                reason=item["reason"],
                until=until,
                made_by=moderator,
                created_at=made,
            )
        )
    await session.flush()
