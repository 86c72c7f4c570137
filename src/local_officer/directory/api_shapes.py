"""What the API answers with about officers and beats. Only what the public may see has a place here.

The descriptions are the documentation: they appear, translated, in ``/api/`` and ``/api/openapi.json``.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from src.platform.web.i18n import msgid

Longitude = Annotated[float | None, Meta(description=msgid("Довгота, WGS 84; null, коли її не показують"), examples=[30.512])]
Latitude = Annotated[float | None, Meta(description=msgid("Широта, WGS 84; null, коли її не показують"), examples=[50.466])]
OfficerId = Annotated[str, Meta(description=msgid("Сталий ключ дільничного"), examples=["019ac1f0-6c1e-7d63-9a54-0d6b5f0a1c22"])]
OfficerName = Annotated[
    str, Meta(description=msgid("Ім’я; якщо місто імен не показує — звання й номер жетона"), examples=["Ірина Мельник"])
]


class OfficePhone(Struct, frozen=True):
    """A duty phone."""

    kind: Annotated[
        Literal["ordinary", "short"],
        Meta(description=msgid("ordinary — звичайний номер, short — короткий, як-от 102"), examples=["ordinary"]),
    ]
    number: Annotated[str, Meta(description=msgid("Номер у форматі E.164 або цифри короткого"), examples=["+380440000100"])]


class OfficeStation(Struct, frozen=True):
    """A police station."""

    name: Annotated[str, Meta(description=msgid("Назва"), examples=["Подільський відділ поліції"])]
    address: Annotated[str, Meta(description=msgid("Адреса; порожня, якщо місто її не показує"), examples=["вул. Хорива, 20"])]
    phone: Annotated[str, Meta(description=msgid("Телефон чергової частини; може бути порожнім"), examples=["+380440009000"])]
    lon: Longitude
    lat: Latitude


class OfficerRef(Struct, frozen=True, kw_only=True):
    """An officer who serves a beat today."""

    id: OfficerId
    name: OfficerName
    url: Annotated[str, Meta(description=msgid("Сторінка дільничного на сайті міста"))]
    away: Annotated[bool, Meta(description=msgid("Чи сьогодні не на службі"), examples=[False])]
    instead_of: Annotated[str | None, Meta(description=msgid("Ім’я того, замість кого служить; null, якщо не замість когось"))]
    until: Annotated[
        date | None, Meta(description=msgid("Останній день; null, якщо його не призначено"), examples=["2026-12-01"])
    ]


class BeatRef(Struct, frozen=True):
    """A beat by its number."""

    number: Annotated[str, Meta(description=msgid("Номер дільниці"), examples=["12"])]
    name: Annotated[str, Meta(description=msgid("Назва вибраною мовою"), examples=["Дільниця № 12"])]
    url: Annotated[str, Meta(description=msgid("Сторінка дільниці на сайті міста"))]


class Beat(BeatRef, frozen=True, kw_only=True):
    """A beat with those who serve it today."""

    district: Annotated[str | None, Meta(description=msgid("Ключ району з /api/v1/districts"), examples=["podilskyi"])]
    official: Annotated[bool, Meta(description=msgid("false — межі вигадано для демонстрації"), examples=[True])]
    vacant: Annotated[bool, Meta(description=msgid("Чи сьогодні дільницю не обслуговує ніхто"), examples=[False])]
    officers: Annotated[list[OfficerRef], Meta(description=msgid("Хто обслуговує сьогодні; відсутні — наприкінці"))]
    station: Annotated[OfficeStation | None, Meta(description=msgid("Чергова частина"))]


class Located(Struct, frozen=True):
    """Who answers for a point."""

    where: Annotated[
        Literal["beat", "border", "hole", "no_beat", "outside"],
        Meta(
            description=msgid(
                "beat — в одній дільниці; border — на межі кількох; hole — у вирізі всередині дільниці; "
                "no_beat — у місті, але поза дільницями; outside — за межами міста"
            ),
            examples=["beat"],
        ),
    ]
    beats: Annotated[list[Beat], Meta(description=msgid("Дільниці; для hole — ті, що довкола"))]
    station: Annotated[OfficeStation | None, Meta(description=msgid("Чергова частина, коли жодна дільниця не відповідає"))]


class Officer(Struct, frozen=True, kw_only=True):
    """An officer."""

    id: OfficerId
    code: Annotated[str, Meta(description=msgid("Номер жетона"), examples=["1400037"])]
    name: OfficerName
    title: Annotated[
        str,
        Meta(description=msgid("Посада і звання вибраною мовою"), examples=["Дільничний офіцер поліції, капітан поліції"]),
    ]
    rank: Annotated[str, Meta(description=msgid("Ключ звання; може бути порожнім"), examples=["captain"])]
    post: Annotated[str, Meta(description=msgid("Ключ посади"), examples=["officer"])]
    url: Annotated[str, Meta(description=msgid("Сторінка дільничного на сайті міста"))]
    photo_url: Annotated[str | None, Meta(description=msgid("Фото; null, якщо його немає або місто фото не показує"))]
    phones: Annotated[list[OfficePhone], Meta(description=msgid("Службові телефони"))]
    email: Annotated[str, Meta(description=msgid("Службова пошта; може бути порожньою"), examples=["officer@police.example"])]
    languages: Annotated[list[str], Meta(description=msgid("Мови, теги BCP 47"), examples=[["uk", "en"]])]
    beats: Annotated[list[BeatRef], Meta(description=msgid("Дільниці, закріплені сьогодні"))]
    away_until: Annotated[
        date | None, Meta(description=msgid("Останній день відсутності; null, якщо на службі"), examples=["2026-12-01"])
    ]
    confirmed_at: Annotated[
        datetime | None,
        Meta(description=msgid("Коли востаннє підтвердили, що все правильно"), examples=["2026-11-20T08:15:00Z"]),
    ]
    official: Annotated[bool, Meta(description=msgid("false — вигадано для демонстрації"), examples=[True])]


class Officers(Struct, frozen=True):
    """A page of officers."""

    items: Annotated[list[Officer], Meta(description=msgid("Дільничні за номером жетона"))]
    next: Annotated[str | None, Meta(description=msgid("Адреса наступної сторінки; null на останній"))]


class Reception(Struct, frozen=True, kw_only=True):
    """One reception."""

    starts_at: Annotated[datetime, Meta(description=msgid("Початок"), examples=["2026-11-26T15:00:00Z"])]
    ends_at: Annotated[datetime, Meta(description=msgid("Кінець"), examples=["2026-11-26T17:00:00Z"])]
    kind: Annotated[
        Literal["in_person", "phone", "mobile"],
        Meta(description=msgid("in_person — особисто, phone — телефоном, mobile — мобільний пункт"), examples=["in_person"]),
    ]
    place: Annotated[str, Meta(description=msgid("Де, словами вибраною мовою"), examples=["вул. Хорива, 20"])]
    lon: Longitude
    lat: Latitude
    stand_in: Annotated[str | None, Meta(description=msgid("Хто приймає замість дільничного; null, якщо він сам"))]


class Hours(Struct, frozen=True):
    """Receptions of some days."""

    items: Annotated[list[Reception], Meta(description=msgid("Прийоми за порядком"))]


class OfficerWhole(Officer, frozen=True, kw_only=True):
    """An officer with what is near in time."""

    out_of_date: Annotated[
        bool, Meta(description=msgid("Чи підтверджували так давно, що дані могли застаріти"), examples=[False])
    ]
    now: Annotated[Reception | None, Meta(description=msgid("Прийом, що триває; null, якщо зараз його немає"))]
    next: Annotated[Reception | None, Meta(description=msgid("Найближчий прийом за п’ять тижнів"))]
    opening_hours: Annotated[
        str, Meta(description=msgid("Години в синтаксисі OpenStreetMap (opening_hours)"), examples=["Tu,Th 17:00-19:00"])
    ]
    station: Annotated[OfficeStation | None, Meta(description=msgid("Станція, де служить"))]


class BeatFeature(Struct, frozen=True, tag_field="type", tag="Feature"):
    """A GeoJSON feature of one beat."""

    geometry: Annotated[
        dict[str, Any],
        Meta(
            description=msgid("Межі: Polygon або MultiPolygon, WGS 84"),
            examples=[{"type": "Polygon", "coordinates": [[[30.45, 50.46], [30.55, 50.46], [30.5, 50.52], [30.45, 50.46]]]}],
        ),
    ]
    properties: Annotated[Beat, Meta(description=msgid("Що відомо про дільницю"))]


class Beats(Struct, frozen=True, tag_field="type", tag="FeatureCollection"):
    """GeoJSON of the city's beats."""

    features: Annotated[list[BeatFeature], Meta(description=msgid("Дільниці міста"))]
