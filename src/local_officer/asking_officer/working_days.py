"""Until when an answer is due. Pure."""

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WORKING_DAYS = 2
WEEKDAYS = range(5)


def due_day(
    since: datetime,
    *,
    zone: ZoneInfo,
    is_holiday: Callable[[date], bool],
    works_on: Collection[int] = WEEKDAYS,
    working_days: int = WORKING_DAYS,
) -> date:
    """The last day (in ``zone``) for the answer to what came at ``since`` (aware).

    The day it came is not counted; working days are those of ``works_on`` (0 is Monday) that are no holidays.
    """
    day = since.astimezone(zone).date()
    left = working_days
    while left:
        day += timedelta(days=1)
        if day.weekday() in works_on and not is_holiday(day):
            left -= 1
    return day
