"""An officer's office as JSON-LD (schema.org): given only what the public may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from src.local_officer.office_hours.models import HoursRule
from src.local_officer.office_hours.times import Reception, days_between, falls_on

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class OfficeData:
    """What is told; empty parts are left out. ``point`` is (latitude, longitude), ``languages`` BCP 47 tags."""

    url: str
    name: str
    area: str
    city: str
    officer_name: str
    job_title: str
    photo_url: str
    phones: tuple[str, ...]
    email: str
    address: str
    point: tuple[float, float] | None
    languages: tuple[str, ...]


def linked_data(
    about: OfficeData,
    rules: Sequence[HoursRule],
    coming: Sequence[Reception],
    *,
    today: date,
    last: date,
) -> dict[str, Any]:
    """The office with its officer. ``coming`` are all receptions from ``today`` to ``last``.

    Weekly hours are ``openingHoursSpecification``; what schema.org cannot say as a week (every other week, first Mondays,
    single days) is spelled out day by day in ``specialOpeningHoursSpecification``.
    """
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "GovernmentOffice",
        "@id": about.url,
        "url": about.url,
        "name": about.name,
        "areaServed": {"@type": "AdministrativeArea", "name": about.area},
        "employee": person(about),
        "openingHoursSpecification": [weekly(rule) for rule in rules if is_weekly(rule, today)],
        "specialOpeningHoursSpecification": special(rules, coming, today=today, last=last),
    }
    if about.phones:
        found["telephone"] = list(about.phones)
    if about.email:
        found["email"] = about.email
    if about.address:
        found["address"] = {
            "@type": "PostalAddress", "streetAddress": about.address, "addressLocality": about.city, "addressCountry": "UA",
        }  # fmt: skip
    if about.point:
        found["geo"] = {"@type": "GeoCoordinates", "latitude": about.point[0], "longitude": about.point[1]}
    if about.languages:
        found["availableLanguage"] = list(about.languages)
    return found


def person(about: OfficeData) -> dict[str, Any]:
    """The officer."""
    found: dict[str, Any] = {"@type": "Person", "name": about.officer_name, "jobTitle": about.job_title}
    if about.photo_url:
        found["image"] = about.photo_url
    return found


def is_weekly(rule: HoursRule, today: date) -> bool:
    """Whether a rule is a plain week's that still holds or will."""
    return rule.pattern == "weekly" and (rule.valid_to is None or rule.valid_to >= today)


def weekly(rule: HoursRule) -> dict[str, Any]:
    """A weekly rule."""
    found: dict[str, Any] = {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": f"https://schema.org/{DAYS[rule.weekday]}",
        "opens": f"{rule.starts:%H:%M}",
        "closes": f"{rule.ends:%H:%M}",
        "validFrom": rule.valid_from.isoformat(),
    }
    if rule.valid_to is not None:
        found["validThrough"] = rule.valid_to.isoformat()
    return found


def special(rules: Sequence[HoursRule], coming: Sequence[Reception], *, today: date, last: date) -> list[dict[str, Any]]:
    """Days that differ from the plain week, each with its hours, or 00:00–00:00 for a day without any."""
    plain = {rule.id for rule in rules if is_weekly(rule, today)}
    happening = {(one.source_id, one.day) for one in coming}
    days = {one.day for one in coming if one.source_id not in plain}
    for rule in rules:
        if rule.id in plain:
            days |= {day for day in ruled_days(rule, today, last) if (rule.id, day) not in happening}
    found = []
    for day in sorted(days):
        hours = [one for one in coming if one.day == day]
        found += [closed(day)] if not hours else [open_(one) for one in hours]
    return found


def ruled_days(rule: HoursRule, first: date, last: date) -> set[date]:
    """Days on which a rule would hold."""
    return {day for day in days_between(first, last) if falls_on(rule, day)}


def open_(one: Reception) -> dict[str, Any]:
    """One reception of one day."""
    return {
        "@type": "OpeningHoursSpecification",
        "opens": f"{one.starts_at:%H:%M}",
        "closes": f"{one.ends_at:%H:%M}",
        "validFrom": one.day.isoformat(),
        "validThrough": one.day.isoformat(),
    }


def closed(day: date) -> dict[str, Any]:
    """A day without a reception: as search engines want it told."""
    return {
        "@type": "OpeningHoursSpecification",
        "opens": "00:00",
        "closes": "00:00",
        "validFrom": day.isoformat(),
        "validThrough": day.isoformat(),
    }
