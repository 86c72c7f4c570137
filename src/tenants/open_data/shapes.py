"""What the API answers with. Only the public side of an appeal has a place here: nothing else could slip in.

The descriptions are the documentation: they appear, translated, in ``/api/`` and ``/api/openapi.json``.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from src.platform.web.i18n import msgid

PublicState = Literal["waiting", "answered"]
Instant = Annotated[datetime, Meta(examples=["2026-11-03T08:15:00Z"])]
Count = Annotated[int, Meta(ge=0, examples=[120])]


class Named(Struct, frozen=True):
    """A category, a district or a responder: its lasting key and its name in the language asked for."""

    slug: Annotated[str, Meta(description=msgid("Сталий ключ; його приймають фільтри"), examples=["parking"])]
    name: Annotated[str, Meta(description=msgid("Назва вибраною мовою"), examples=["Паркування"])]


class Appeal(Struct, frozen=True, kw_only=True):
    """A public question."""

    number: Annotated[str, Meta(description=msgid("Номер звернення"), examples=["KYIV-2026-000403"])]
    url: Annotated[
        str,
        Meta(
            description=msgid("Сторінка звернення на сайті міста"),
            examples=["https://kyiv.example.org/appeals/KYIV-2026-000403"],
        ),
    ]
    state: Annotated[
        PublicState,
        Meta(
            description=msgid("waiting — чекає на відповідь (червона позначка), answered — є відповідь (зелена)"),
            examples=["answered"],
        ),
    ]
    title: Annotated[
        str, Meta(description=msgid("Запитання одним рядком"), examples=["Хто прибере авто з тротуару на Саксаганського?"])
    ]
    body: Annotated[
        str,
        Meta(
            description=msgid("Повний текст так, як його опублікував модератор; абзаци розділяє порожній рядок"),
            examples=["Щодня стоять на тротуарі біля аптеки, з візочком не пройти."],
        ),
    ]
    category: Annotated[Named, Meta(description=msgid("Про що запитання"))]
    district: Annotated[Named, Meta(description=msgid("Район або мікрорайон"))]
    place: Annotated[
        str,
        Meta(description=msgid("Місце словами; порожнє, коли видно лише район"), examples=["вулиця Саксаганського"]),
    ]
    precision: Annotated[
        Literal["exact", "near", "district"],
        Meta(
            description=msgid(
                "Наскільки точне місце: exact — точка, near — приблизно 100 метрів, district — лише район, без точки"
            ),
            examples=["near"],
        ),
    ]
    lon: Annotated[float | None, Meta(description=msgid("Довгота, WGS 84; null, коли точки немає"), examples=[30.50775])]
    lat: Annotated[float | None, Meta(description=msgid("Широта, WGS 84; null, коли точки немає"), examples=[50.4375])]
    author: Annotated[
        str | None,
        Meta(
            description=msgid("Ім’я в скороченому вигляді, якщо людина на це погодилася; інакше null"),
            examples=["Марія Т."],
        ),
    ]
    asked_at: Annotated[Instant, Meta(description=msgid("Коли запитання підтвердили"))]
    published_at: Annotated[Instant, Meta(description=msgid("Коли його опублікували"))]
    answered_at: Annotated[
        Instant | None,
        Meta(
            description=msgid("Коли опублікували останню відповідь; null, якщо її не було"),
            examples=["2026-11-10T12:40:00Z"],
        ),
    ]
    answer_short: Annotated[
        str | None,
        Meta(
            description=msgid("Коротка частина останньої відповіді; null, якщо відповіді не було"),
            examples=["Так паркуватися не можна. Інспектори перевірили вулицю й виписали сім постанов."],
        ),
    ]


class AppealPage(Struct, frozen=True):
    """One page of questions, newest publication first."""

    items: Annotated[list[Appeal], Meta(description=msgid("Звернення, нові спочатку"))]
    next: Annotated[
        str | None,
        Meta(
            description=msgid("Адреса наступної сторінки з тими самими фільтрами; null на останній"),
            examples=["https://kyiv.example.org/api/v1/appeals?after=WyIyMDI2LTExLTAzIl0"],
        ),
    ]


class Step(Struct, frozen=True):
    """A next step for the resident."""

    action: Annotated[str, Meta(description=msgid("Що зробити"), examples=["Сфотографуйте авто разом зі знаком"])]
    contact: Annotated[str, Meta(description=msgid("До кого звернутися; може бути порожнім"), examples=["1551"])]


class Answer(Struct, frozen=True):
    """A published answer."""

    responder: Annotated[Named, Meta(description=msgid("Хто відповів"))]
    published_at: Annotated[Instant, Meta(description=msgid("Коли відповідь опублікували"))]
    short: Annotated[str, Meta(description=msgid("Коротка відповідь"), examples=["Так паркуватися не можна."])]
    body: Annotated[
        str, Meta(description=msgid("Повна відповідь; може бути порожньою"), examples=["Інспектори перевірили вулицю."])
    ]
    steps: Annotated[list[Step], Meta(description=msgid("Що робити далі, по черзі"))]


class Event(Struct, frozen=True):
    """A public line of the timeline."""

    kind: Annotated[
        Literal["published", "routed", "answered", "reopened", "redacted", "moved_in"],
        Meta(
            description=msgid(
                "published — опубліковано, routed — передано відповідачеві, answered — опубліковано відповідь, "
                "reopened — автор каже, що не вирішено; redacted — модератор змінив текст; "
                "moved_in — перенесено з попереднього сервісу"
            ),
            examples=["routed"],
        ),
    ]
    at: Annotated[Instant, Meta(description=msgid("Коли це сталося"))]
    responder: Annotated[Named | None, Meta(description=msgid("Кому передано; null для інших подій"))]


class AppealWhole(Appeal, frozen=True, kw_only=True):
    """A public question with its answers and its timeline."""

    answers: Annotated[list[Answer], Meta(description=msgid("Опубліковані відповіді, старіші спочатку"))]
    events: Annotated[list[Event], Meta(description=msgid("Публічна історія звернення, старіше спочатку"))]


class Point(Struct, frozen=True, tag_field="type", tag="Point"):
    """A GeoJSON point (RFC 7946)."""

    coordinates: Annotated[
        tuple[float, float], Meta(description=msgid("Довгота й широта, WGS 84"), examples=[[30.50775, 50.4375]])
    ]


class MarkProperties(Struct, frozen=True, kw_only=True):
    """What is known of a mark."""

    number: Annotated[str, Meta(description=msgid("Номер звернення"), examples=["KYIV-2026-000403"])]
    url: Annotated[str, Meta(description=msgid("Сторінка звернення на сайті міста"))]
    title: Annotated[str, Meta(description=msgid("Запитання одним рядком"))]
    state: Annotated[PublicState, Meta(description=msgid("waiting або answered"), examples=["waiting"])]
    category: Annotated[str, Meta(description=msgid("Ключ категорії"), examples=["parking"])]
    district: Annotated[str, Meta(description=msgid("Ключ району"), examples=["shevchenkivskyi"])]
    precision: Annotated[Literal["exact", "near"], Meta(description=msgid("exact — точка, near — приблизно 100 метрів"))]
    published_at: Annotated[Instant, Meta(description=msgid("Коли запитання опублікували"))]


class Mark(Struct, frozen=True, tag_field="type", tag="Feature"):
    """A GeoJSON feature of one question."""

    geometry: Annotated[Point, Meta(description=msgid("Публічна точка звернення"))]
    properties: Annotated[MarkProperties, Meta(description=msgid("Що відомо про звернення"))]


class Marks(Struct, frozen=True, tag_field="type", tag="FeatureCollection"):
    """GeoJSON of questions that have a public point."""

    features: Annotated[list[Mark], Meta(description=msgid("Звернення з точкою, нові спочатку, щонайбільше 2000"))]
    truncated: Annotated[bool, Meta(description=msgid("Чи лишилися ще: тоді звузьте bbox або фільтри"), examples=[False])]
    without_point: Annotated[
        int,
        Meta(description=msgid("Скільки звернень за тими самими фільтрами (без bbox) не мають точки"), examples=[17]),
    ]


class Tally(Struct, frozen=True):
    """How many."""

    received: Annotated[Count, Meta(description=msgid("Усі підтверджені запитання, хоч що з ними було далі"), examples=[403])]
    waiting: Annotated[Count, Meta(description=msgid("Опубліковані, що чекають на відповідь"), examples=[118])]
    answered: Annotated[Count, Meta(description=msgid("Опубліковані, що мають відповідь"), examples=[262])]


class TallyOf(Tally, frozen=True):
    """How many of one category or district."""

    slug: Annotated[str, Meta(description=msgid("Сталий ключ"), examples=["parking"])]
    name: Annotated[str, Meta(description=msgid("Назва вибраною мовою"), examples=["Паркування"])]


class Figures(Tally, frozen=True):
    """The city's counts."""

    by_category: Annotated[list[TallyOf], Meta(description=msgid("Те саме за категоріями"))]
    by_district: Annotated[list[TallyOf], Meta(description=msgid("Те саме за районами"))]


class Category(Struct, frozen=True, kw_only=True):
    """A category with its guidance."""

    slug: Annotated[str, Meta(description=msgid("Сталий ключ; його приймають фільтри"), examples=["parking"])]
    name: Annotated[str, Meta(description=msgid("Назва вибраною мовою"), examples=["Паркування"])]
    hint: Annotated[str, Meta(description=msgid("Один рядок про те, що сюди належить"))]
    emergency: Annotated[bool, Meta(description=msgid("Чи це випадок для 102: таких запитань сайт не приймає"), examples=[False])]
    whose: Annotated[str, Meta(description=msgid("Хто за що відповідає; абзаци розділяє порожній рядок"))]
    now: Annotated[
        list[str], Meta(description=msgid("Що робити зараз"), examples=[["Зробіть два фото: номер авто і чому воно тут зайве."]])
    ]
    call_102_when: Annotated[str, Meta(description=msgid("Коли телефонувати 102"))]
    url: Annotated[str, Meta(description=msgid("Сторінка категорії на сайті міста"))]


class Categories(Struct, frozen=True):
    """The city's categories in its order."""

    items: Annotated[list[Category], Meta(description=msgid("Категорії в порядку міста"))]


class DistrictProperties(Struct, frozen=True):
    """What is known of a district."""

    slug: Annotated[str, Meta(description=msgid("Сталий ключ; його приймають фільтри"), examples=["podilskyi"])]
    name: Annotated[str, Meta(description=msgid("Назва вибраною мовою"), examples=["Подільський"])]
    label: Annotated[
        tuple[float, float],
        Meta(description=msgid("Точка для підпису всередині меж: довгота, широта"), examples=[[30.5, 50.48]]),
    ]


class District(Struct, frozen=True, tag_field="type", tag="Feature"):
    """A GeoJSON feature of one district."""

    geometry: Annotated[
        dict[str, Any],
        Meta(
            description=msgid("Межі: Polygon або MultiPolygon, WGS 84"),
            examples=[{"type": "Polygon", "coordinates": [[[30.45, 50.46], [30.55, 50.46], [30.5, 50.52], [30.45, 50.46]]]}],
        ),
    ]
    properties: Annotated[DistrictProperties, Meta(description=msgid("Що відомо про район"))]


class Districts(Struct, frozen=True, tag_field="type", tag="FeatureCollection"):
    """GeoJSON of the city's districts."""

    features: Annotated[list[District], Meta(description=msgid("Райони або мікрорайони міста"))]


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong, in a sentence."""

    status: Annotated[int, Meta(description=msgid("Код відповіді HTTP"), examples=[400])]
    detail: Annotated[
        str,
        Meta(
            description=msgid("Речення про те, що не так і що зробити"),
            examples=["Параметр limit має бути цілим числом від 1 до 100."],
        ),
    ]
    parameter: Annotated[str | None, Meta(description=msgid("Назва параметра, якщо справа в ньому"), examples=["limit"])] = None
