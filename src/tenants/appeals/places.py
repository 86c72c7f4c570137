"""From the place somebody gave to the place everybody sees."""

import re
from dataclasses import dataclass

from src.tenants.cities.geography import snapped
from src.tenants.cities.models import PRECISIONS

HOUSE = r"(?:(?:буд(?:инок|инку)?|б|д|дом|№)\.?\s*)*\d+"
HOUSE_AFTER_COMMA = re.compile(rf",\s*{HOUSE}.*$", re.IGNORECASE)
HOUSE_AT_THE_END = re.compile(rf"\s+{HOUSE}(?:\s?-?[а-яґєіїa-z])?(?:\s?[/-]\s?\d+(?:\s?-?[а-яґєіїa-z])?)?$", re.IGNORECASE)
NUMBERED_BODY = re.compile(
    r"(?:школ|ліце|гімназ|сад(?:ок|очок|к)|лікарн|поліклін|відділен|аптек|маршрут|тролейбус|трамва|автобус)\w*\s*№?\s*\d+$",
    re.IGNORECASE,
)
HOUSE_IN_FRONT = re.compile(r"^\d+(?:[-/]?[а-яґєіїa-z]|/\d+)?,?\s+(?=вул|просп|бул|пров|пл|наб|шосе|узв|[a-z])", re.IGNORECASE)
FLAT = re.compile(
    r"[,;]?\s*\(?(?<!\w)(?:кв(?:\.|арт\.?|артир[аиіу])?|помешкання|ap(?:t\.?|artment)|flat)\s*№?\s*\d+.*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """What the public may know: words, and a point or none (degrees, WGS 84)."""

    precision: str
    words: str
    lon: float | None
    lat: float | None


def public_place(*, precision: str, sensitive: bool, address: str, lon: float | None, lat: float | None) -> PublicPlace:
    """The public place of a question, computed once, at publication, and stored.

    ``exact`` keeps the point and the house (never the flat), ``near`` snaps to a fixed grid of about 100 m and drops the
    house, ``district`` has neither point nor words. A sensitive category is never more exact than its district.
    """
    if precision not in PRECISIONS:
        msg = f"no such precision: {precision}"
        raise ValueError(msg)
    if sensitive:
        precision = "district"
    if precision == "district":
        return PublicPlace("district", "", None, None)
    if precision == "exact":
        return PublicPlace("exact", without_flat(address), lon, lat)
    words = without_house(without_flat(address))
    if lon is None or lat is None:
        return PublicPlace("near", words, None, None)
    return PublicPlace("near", words, *snapped(lon, lat))


def without_flat(address: str) -> str:
    """The house at most: what the public may ever know of an address."""
    return FLAT.sub("", address).strip()


def without_house(address: str) -> str:
    """The street or landmark alone. A number inside a name stays («вул. 8 Березня»), and so does a school's or a bus's; any
    other one at the end goes.
    """
    if HOUSE_AFTER_COMMA.search(address):
        return HOUSE_AFTER_COMMA.sub("", address).strip()
    if NUMBERED_BODY.search(address):
        return address
    return HOUSE_IN_FRONT.sub("", HOUSE_AT_THE_END.sub("", address)).strip()
