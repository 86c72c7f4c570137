"""The parameters of the API: read, checked, and described for the documentation in one place."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from math import isfinite
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.openapi.spec import OpenAPIType, Operation, Parameter, Schema

from src.platform.web.forms import REPLACEMENT, Redisplay
from src.platform.web.here import Here, here, language_of
from src.platform.web.i18n import languages, msgid
from src.tenants.cities.catalogue import Catalogue
from src.tenants.open_data.shapes import Problem

AnyRequest = Request[Any, Any, Any]
MOST = 100
USUAL = 50
WORDS_AT_MOST = 200


@dataclass(slots=True)
class Asked:
    """What was asked for. ``since`` and ``until`` bound the publication: from, inclusive; to, exclusive."""

    state: str | None = None
    categories: tuple[UUID, ...] = ()
    district_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    limit: int = USUAL
    after: tuple[datetime, UUID] | None = None
    bbox: tuple[float, float, float, float] | None = None


def refuse(at: Here, parameter: str, sentence: str) -> Redisplay:
    """The answer to a parameter that cannot be understood; to be raised."""
    detail = at._("Параметр {parameter}: {sentence}").format(parameter=parameter, sentence=sentence)
    return problem(400, detail, parameter=parameter)


def problem(status: int, detail: str, *, parameter: str | None = None) -> Redisplay:
    """An answer that says what is wrong; to be raised."""
    return Redisplay(Response(Problem(status=status, detail=detail, parameter=parameter), status_code=status))


@dataclass(frozen=True, slots=True)
class Given:
    """One parameter: how it is read into :class:`Asked` (or what a module asks with), and how it is described."""

    name: str
    read: Callable[[Here, Catalogue, str, Any], None]
    description: str
    schema: Schema = field(default_factory=lambda: Schema(type=OpenAPIType.STRING))
    example: Any = None
    required: bool = False

    def described(self) -> Parameter:
        """For the description of the API."""
        return Parameter(
            self.name, "query", schema=self.schema, description=self.description, example=self.example, required=self.required
        )


def read_state(at: Here, _: Catalogue, value: str, asked: Asked) -> None:
    """``waiting`` or ``answered``."""
    if value not in ("waiting", "answered"):
        raise refuse(at, "state", at._("напишіть waiting (чекає на відповідь) або answered (є відповідь)."))
    asked.state = value


def read_category(at: Here, known: Catalogue, value: str, asked: Asked) -> None:
    """A category's key."""
    listed = known.into(at.lang)
    found = listed.category_by_slug.get(value)
    if found is None:
        raise refuse(at, "category", at._("такої категорії немає. Перелік — за адресою /api/v1/categories."))
    asked.categories = listed.family(found)


def read_district(at: Here, known: Catalogue, value: str, asked: Asked) -> None:
    """A district's key."""
    found = known.into(at.lang).district_by_slug.get(value)
    if found is None:
        raise refuse(at, "district", at._("такого району немає. Перелік — за адресою /api/v1/districts."))
    asked.district_id = found.id


def moment(at: Here, name: str, value: str, *, end: bool) -> datetime:
    """A day in the city's zone, from its beginning or to its end, or an exact moment with its zone."""
    try:
        if len(value) == len("2026-11-24"):
            day = date.fromisoformat(value) + timedelta(days=int(end))
            return datetime.combine(day, time(), ZoneInfo(at.the_city.timezone))
        found = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        found = None
    if found is None or found.tzinfo is None:
        raise refuse(at, name, at._("напишіть дату, як-от 2026-11-24, або час із поясом, як-от 2026-11-24T10:00:00Z."))
    return found


def read_from(at: Here, _: Catalogue, value: str, asked: Asked) -> None:
    """The first day or moment."""
    asked.since = moment(at, "from", value, end=False)


def read_to(at: Here, _: Catalogue, value: str, asked: Asked) -> None:
    """The last day, or the moment before which."""
    asked.until = moment(at, "to", value, end=True)
    if asked.since is not None and asked.since >= asked.until:
        raise refuse(at, "to", at._("він раніший за from. Поміняйте їх місцями."))


def read_words(at: Here, _: Catalogue, value: str, asked: Asked) -> None:
    """Words that the text must have, in any form."""
    if len(value) > WORDS_AT_MOST or REPLACEMENT in value:
        raise refuse(at, "q", at._("напишіть слова для пошуку в UTF-8, до 200 знаків."))
    asked.words = value


def read_limit(at: Here, _: Catalogue, value: str, asked: Asked) -> None:
    """How many on a page."""
    if not (value.isascii() and value.isdigit() and len(value) < 5 and 1 <= int(value) <= MOST):  # noqa: PLR2004  digits
        raise refuse(at, "limit", at._("напишіть ціле число від 1 до 100."))
    asked.limit = int(value)


def cursor(published_at: datetime, appeal_id: UUID) -> str:
    """The place in the list after a question, for the address of the next page."""
    place = json.dumps([published_at.astimezone(UTC).isoformat(), appeal_id.hex])
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def read_after(at: Here, _: Catalogue, value: str, asked: Asked) -> None:
    """The cursor of the page before."""
    try:
        published_at, appeal_id = json.loads(base64.urlsafe_b64decode(value.encode() + b"=" * (-len(value) % 4)))
        asked.after = (datetime.fromisoformat(published_at).astimezone(UTC), UUID(appeal_id))
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error, RecursionError):
        raise refuse(at, "after", at._("візьміть його без змін із поля next попередньої сторінки.")) from None


def read_bbox(at: Here, _: Catalogue, value: str, asked: Asked) -> None:
    """West, south, east, north."""
    try:
        west, south, east, north = (float(part) for part in value.split(","))
        good = all(map(isfinite, (west, south, east, north))) and -180 <= west <= east <= 180 and -90 <= south <= north <= 90  # noqa: PLR2004
    except ValueError:
        good = False
    if not good:
        sentence = at._("напишіть чотири числа через кому: захід, південь, схід, північ у градусах, наприклад {example}.")
        raise refuse(at, "bbox", sentence.format(example="30.4,50.4,30.6,50.5"))
    asked.bbox = (west, south, east, north)


def read_language(at: Here, _: Catalogue, value: str, __: Asked) -> None:
    """The language of names and sentences."""
    if value not in languages():
        raise refuse(at, "language", at._("напишіть uk або en."))
    at.language = language_of(value)


LANGUAGE = Given(
    "language",
    read_language,
    msgid("Мова назв і речень: uk або en. Те саме робить /en на початку адреси."),
    Schema(type=OpenAPIType.STRING, enum=["uk", "en"], default="uk"),
)
STATE = Given(
    "state",
    read_state,
    msgid("Лише ті, що чекають на відповідь (waiting), або лише ті, що її мають (answered)."),
    Schema(type=OpenAPIType.STRING, enum=["waiting", "answered"]),
)
CATEGORY = Given("category", read_category, msgid("Ключ категорії з /api/v1/categories."), example="parking")
DISTRICT = Given("district", read_district, msgid("Ключ району з /api/v1/districts."))
FROM = Given(
    "from",
    read_from,
    msgid("Опубліковані від цього дня (за часом міста) або моменту з поясом."),
    example="2026-11-01",
)
TO = Given("to", read_to, msgid("Опубліковані до цього дня включно або до моменту з поясом."), example="2026-11-30")
WORDS = Given(
    "q",
    read_words,
    msgid("Слова, що мають бути в запитанні чи відповіді, у будь-якій формі."),
    Schema(type=OpenAPIType.STRING, max_length=WORDS_AT_MOST),
    example="самокат",
)
LIMIT = Given(
    "limit",
    read_limit,
    msgid("Скільки звернень на сторінці."),
    Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=MOST, default=USUAL),
)
AFTER = Given("after", read_after, msgid("Місце в переліку; береться з поля next попередньої сторінки."))
BBOX = Given(
    "bbox",
    read_bbox,
    msgid("Прямокутник на карті: захід, південь, схід, північ у градусах (WGS 84) через кому."),
    example="30.4,50.4,30.6,50.5",
)


def read(request: AnyRequest, known: Catalogue, takes: tuple[Given, ...]) -> Asked:
    """What was asked for; see :func:`read_into`."""
    asked = Asked()
    read_into(request, known, takes, asked)
    return asked


def read_into(request: AnyRequest, known: Catalogue, takes: tuple[Given, ...], asked: Any) -> None:  # noqa: ANN401
    """Read the parameters into ``asked``; a name that nobody knows, a name given twice or a wrong value is refused in a sentence.

    The language is read first, so that the sentence is in it. An empty value is one that was not given.
    """
    at = here(request)
    given = request.query_params.dict()
    for parameter in takes:
        values = given.pop(parameter.name, [])
        if len(values) > 1:
            raise refuse(at, parameter.name, at._("подано більше ніж один раз."))
        if values and (value := values[0].strip()):
            parameter.read(at, known, value, asked)
    for name in given:
        raise refuse(at, name[:40], at._("такого тут немає. Є: {names}.").format(names=", ".join(p.name for p in takes)))


def takes(*parameters: Given) -> type[Operation]:
    """The description of a route with these parameters, for ``operation_class``."""

    class Described(Operation):
        """An operation with our parameters beside those that its address has."""

        def __init__(self, **parts: Any) -> None:  # noqa: ANN401  the framework's own
            super().__init__(**parts)
            self.parameters = [*(self.parameters or []), *(parameter.described() for parameter in parameters)]

    return Described
