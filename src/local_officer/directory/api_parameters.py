"""The parameters of the API about officers, read and described in one place, as those of appeals are."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite

from litestar.openapi.spec import OpenAPIType, Schema

from src.platform.web.here import Here
from src.platform.web.i18n import msgid
from src.tenants.cities.catalogue import Catalogue
from src.tenants.open_data.filters import USUAL, Given, refuse

DAYS_AT_MOST = 92
DAYS_USUAL = 28
CODE_AT_MOST = 40


@dataclass(slots=True)
class AskedOffice:
    """What was asked for: a point in degrees, days of the city (both included), a list's filters."""

    lon: float | None = None
    lat: float | None = None
    first: date | None = None
    last: date | None = None
    district: str = ""
    beat: str = ""
    limit: int = USUAL
    after: str = ""


def degrees(at: Here, name: str, value: str, most: float) -> float:
    """A number of degrees."""
    try:
        found = float(value)
    except ValueError:
        found = float("nan")
    if not (isfinite(found) and abs(found) <= most):
        raise refuse(
            at, name, at._("напишіть градуси десятковим дробом із крапкою, наприклад {example}.").format(example="50.45")
        )
    return found


def read_lat(at: Here, _: Catalogue, value: str, asked: AskedOffice) -> None:
    """Latitude."""
    asked.lat = degrees(at, "lat", value, 90)


def read_lon(at: Here, _: Catalogue, value: str, asked: AskedOffice) -> None:
    """Longitude."""
    asked.lon = degrees(at, "lon", value, 180)


def day(at: Here, name: str, value: str) -> date:
    """A day."""
    try:
        if len(value) != len("2026-11-24"):
            raise ValueError  # noqa: TRY301  other ways to write a day are for nobody
        return date.fromisoformat(value)
    except ValueError:
        raise refuse(at, name, at._("напишіть дату, як-от 2026-11-24.")) from None


def read_from(at: Here, _: Catalogue, value: str, asked: AskedOffice) -> None:
    """The first day."""
    asked.first = day(at, "from", value)


def read_to(at: Here, _: Catalogue, value: str, asked: AskedOffice) -> None:
    """The last day, included."""
    asked.last = day(at, "to", value)


def days_of(at: Here, asked: AskedOffice, today: date) -> tuple[date, date]:
    """The days asked for; four weeks from today or from the first day where they do not say."""
    try:
        first = asked.first or (today if asked.last is None or asked.last >= today else asked.last)
        last = asked.last or first + timedelta(days=DAYS_USUAL - 1)
    except OverflowError:
        raise refuse(at, "from", at._("напишіть дату, як-от 2026-11-24.")) from None
    if last < first:
        raise refuse(at, "to", at._("він раніший за from. Поміняйте їх місцями."))
    if (last - first).days >= DAYS_AT_MOST:
        raise refuse(at, "to", at._("за один раз можна взяти щонайбільше 92 дні."))
    return first, last


def read_beat(_: Here, __: Catalogue, value: str, asked: AskedOffice) -> None:
    """A beat's number."""
    asked.beat = value


def read_after(at: Here, _: Catalogue, value: str, asked: AskedOffice) -> None:
    """The service number after which the page begins."""
    if len(value) > CODE_AT_MOST:
        raise refuse(at, "after", at._("візьміть його без змін із поля next попередньої сторінки."))
    asked.after = value


def read_district(at: Here, known: Catalogue, value: str, asked: AskedOffice) -> None:
    """A district's key."""
    if value not in known.into(at.lang).district_by_slug:
        raise refuse(at, "district", at._("такого району немає. Перелік — за адресою /api/v1/districts."))
    asked.district = value


LAT = Given(
    "lat",
    read_lat,
    msgid("Широта, WGS 84. Обов’язкова."),
    Schema(type=OpenAPIType.NUMBER, minimum=-90, maximum=90),
    example="50.466",
    required=True,
)
LON = Given(
    "lon",
    read_lon,
    msgid("Довгота, WGS 84. Обов’язкова."),
    Schema(type=OpenAPIType.NUMBER, minimum=-180, maximum=180),
    example="30.512",
    required=True,
)
HOURS_FROM = Given("from", read_from, msgid("Перший день за часом міста; якщо не вказати — сьогодні."), example="2026-11-26")
HOURS_TO = Given(
    "to", read_to, msgid("Останній день включно; якщо не вказати — чотири тижні. Щонайбільше 92 дні."), example="2026-12-23"
)
BEAT = Given("beat", read_beat, msgid("Лише ті, що сьогодні обслуговують дільницю з цим номером."), example="12")
OFFICE_DISTRICT = Given("district", read_district, msgid("Лише ті, чиї дільниці в цьому районі."))
OFFICE_AFTER = Given("after", read_after, msgid("Місце в переліку; береться з поля next попередньої сторінки."))
