"""The API described: for people at ``/api/``, for machines at ``/api/openapi.json``. Both from the same routes and shapes.

The framework's own pages load scripts from elsewhere; this one is a page of the site like any other.
"""

import json
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.web.access import PUBLIC
from src.platform.web.here import Here, here
from src.platform.web.i18n import msgid
from src.platform.web.pages import page
from src.tenants.open_data import queries
from src.tenants.open_data.filters import Asked

AnyRequest = Request[Any, Any, Any]

API = {
    "title": msgid("Відкриті дані «Взаємодії»"),
    "version": "1",
    "description": msgid(
        "Опубліковані звернення мешканців міста, відповіді на них і числа. Лише те, що й так бачать усі на сайті: "
        "тут немає ні імен без згоди, ні електронних адрес, ні точних місць, які людина не оприлюднила."
    ),
}
TRANSLATED = frozenset({"title", "summary", "description"})


def translated(node: Any, at: Here) -> Any:  # noqa: ANN401  whatever JSON holds
    """The description in the reader's language."""
    if isinstance(node, dict):
        return {
            key: at._(value) if key in TRANSLATED and isinstance(value, str) and value else translated(value, at)
            for key, value in node.items()
        }
    return [translated(item, at) for item in node] if isinstance(node, list) else node


def described(request: AnyRequest) -> dict[str, Any]:
    """OpenAPI 3.1 of this city's API, in the reader's language."""
    at = here(request)
    found: dict[str, Any] = translated(request.app.openapi_schema.to_schema(), at)
    paths = {path: item for path, item in found["paths"].items() if at.the_city.options.office or not is_office(item)}
    return {**found, "paths": paths, "servers": [{"url": at.absolute("")}]}


def is_office(path: dict[str, Any]) -> bool:
    """Whether an address is of the local officer's office, which a city may have switched off."""
    return any("officers" in operation.get("tags", []) for operation in path.values() if isinstance(operation, dict))


@dataclass(frozen=True, slots=True)
class Line:
    """A parameter or a field: its name, what it may be, what it means."""

    name: str
    kind: str
    about: str
    refers: str = ""
    default: Any = None
    example: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """A route for the page; ``example`` is an answer in JSON, ``example_url`` an address to look at (or nothing)."""

    id: str
    path: str
    summary: str
    about: str
    parameters: list[Line]
    answers: list[Line]
    example: str
    example_url: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of object for the page."""

    name: str
    fields: list[Line]


def referred(schema: dict[str, Any]) -> str:
    """The name of the shape that a schema points at, itself or through a list or «or null»."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "items" in schema:
        return referred(schema["items"])
    return next((name for part in parts_of(schema) if (name := referred(part))), "")


def parts_of(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """What a schema is put together from; the «null» of «or null» comes last."""
    parts = schema.get("allOf") or schema.get("oneOf") or []
    return sorted(parts, key=lambda part: part.get("type") == "null")


KINDS = {
    "string": msgid("текст"),
    "integer": msgid("ціле число"),
    "number": msgid("число"),
    "boolean": msgid("так чи ні"),
    "object": msgid("об’єкт"),
    "array": msgid("перелік"),
    "null": "null",
}


def kind_of(schema: dict[str, Any], at: Here) -> str:
    """What a value may be, in a few words."""
    if parts := parts_of(schema):
        return at._(" або ").join(kind_of(part, at) for part in parts)
    if "enum" in schema:
        return ", ".join(str(item) for item in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if schema.get("format") == "date-time":
        return at._("час, ISO 8601")
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        return ", ".join(at._(KINDS[one]) for one in kind)
    return at._(KINDS[kind])


def example_of(schema: dict[str, Any], shapes: dict[str, Any]) -> Any:  # noqa: ANN401
    """An example put together from those of the fields."""
    if schema.get("examples"):
        return schema["examples"][0]
    if name := schema.get("$ref", "").rsplit("/", 1)[-1]:
        return {key: example_of(part, shapes) for key, part in shapes[name].get("properties", {}).items()}
    if parts := parts_of(schema):
        return example_of(parts[0], shapes)
    if "items" in schema:
        return [example_of(schema["items"], shapes)]
    if schema.get("enum"):
        return schema["enum"][0]
    return schema.get("const", {"string": "…", "integer": 0, "number": 0, "boolean": False}.get(schema.get("type", ""), {}))


def line(name: str, schema: dict[str, Any], at: Here, *, about: str = "", example: Any = None) -> Line:  # noqa: ANN401
    """A parameter or field for the page."""
    shown = example if example is not None else next(iter(schema.get("examples") or []), None)
    return Line(
        name=name,
        kind=kind_of(schema, at),
        about=about or schema.get("description", ""),
        refers=referred(schema),
        default=schema.get("default"),
        example="" if shown is None or isinstance(shown, (list, dict)) else str(shown),
    )


def operation_of(path: str, found: dict[str, Any], shapes: dict[str, Any], at: Here, newest: str) -> Operation:
    """A route for the page."""
    answers = []
    for status, answer in sorted(found["responses"].items()):
        content: dict[str, Any] = next(iter((answer.get("content") or {}).values()), {})
        answers.append(Line(status, "", answer["description"], referred(content.get("schema", {}))))
    return Operation(
        id=found["operationId"],
        path=path,
        summary=found["summary"],
        about=found["description"],
        parameters=[
            line(item["name"], item.get("schema", {}), at, about=item.get("description", ""), example=item.get("example"))
            for item in found.get("parameters", [])
        ],
        answers=answers,
        example=json.dumps(example_of({"$ref": answers[0].refers}, shapes), ensure_ascii=False, indent=2),
        example_url=at.url(whole) if "{" not in (whole := path.replace("{number}", newest or "{number}")) else "",
    )


@get("/api", access=PUBLIC, limits=rules.API, include_in_schema=False)
async def read_about(request: AnyRequest, uow: AsyncSession) -> Response[Any]:
    """The API on one page."""
    at, schema = here(request), described(request)
    rows = await queries.a_page(uow, Asked(limit=1))
    shapes = schema["components"]["schemas"]
    return page(
        request,
        "open_data/documentation.html",
        nav="open_data",
        operations=[
            operation_of(path, item["get"], shapes, at, rows[0].number if rows else "") for path, item in schema["paths"].items()
        ],
        shapes=[
            Shape(name, [line(key, part, at) for key, part in shape.get("properties", {}).items()])
            for name, shape in shapes.items()
        ],
        address=at.absolute("/api/v1/appeals?state=waiting&limit=10"),
    )


@get("/api/openapi.json", access=PUBLIC, limits=rules.API, include_in_schema=False)
async def read_openapi(request: AnyRequest) -> Response[Any]:
    """The description for machines (OpenAPI 3.1)."""
    return Response(described(request), media_type="application/vnd.oai.openapi+json", headers={"Cache-Control": "no-cache"})


handlers = [read_about, read_openapi]
