"""Until when an answer is due. Pure."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WORKING_DAYS = 2
SATURDAY = 5


def due_day(since: datetime, *, zone: ZoneInfo, is_holiday: Callable[[date], bool], working_days: int = WORKING_DAYS) -> date:
    """The last day (in ``zone``) for the answer to what came at ``since`` (aware).

    The day it came is not counted; Saturdays, Sundays and holidays are not working days.
    """
    day = since.astimezone(zone).date()
    left = working_days
    while left:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and not is_holiday(day):
            left -= 1
    return day
