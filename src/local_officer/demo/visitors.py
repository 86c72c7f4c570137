"""A few made-up visits, so that the demonstration's own officer has somebody to receive."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.local_officer.office_hours.queries import hours_of
from src.local_officer.office_hours.shown import shown_reception
from src.local_officer.officers.queries import read
from src.local_officer.visits.models import Visit
from src.platform.data.tenancy import City
from src.platform.web.i18n import language_named

VISITORS = (
    ("Олена Коваль", "Сусіди зверху заливають квартиру й не відчиняють."),
    ("Василь Іванович", "Хочу порадитися, як поставити камеру у дворі."),
    ("Марина Т.", "Потрібна довідка про втрату документів."),
)
DAYS_AHEAD = 14


async def book_visits(session: AsyncSession, city: City, officer_id: UUID, *, now: datetime) -> None:
    """Book the first slots of the next receptions in person, as far as there are any."""
    today = now.astimezone(ZoneInfo(city.timezone)).date()
    found = await hours_of(session, [officer_id], today, today + timedelta(days=DAYS_AHEAD), city=city)
    ahead = [one for one in found[officer_id] if one.starts_at > now and one.reception == "in_person" and not one.stand_in]
    source, language = await read(session, 0), language_named("uk")
    length = timedelta(minutes=city.options.visit_minutes)
    rows = [
        {
            "city_id": city.id,
            "id": uuid7(),
            "officer_id": officer_id,
            "receiver_id": officer_id,
            "starts_at": one.starts_at,
            "ends_at": one.starts_at + length,
            "seat": 1,
            "reception": one.reception,
            "place": shown_reception(source, one, city=city, language=language, whole=True).place,
            "state": "booked",
            "name": name,
            "email": f"visitor{number}@{city.slug}.example",
            "phone": "",
            "about": about,
            "language": "uk",
            "created_at": now - timedelta(hours=5),
            "held_until": now,
            "changed_at": now - timedelta(hours=4),
            "erased_at": None,
        }
        for number, (one, (name, about)) in enumerate(zip(ahead, VISITORS, strict=False), start=1)
    ]
    if rows and city.options.visits:
        await session.execute(insert(Visit), rows)
