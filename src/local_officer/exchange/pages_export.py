"""Files to take away: what is stored, and templates to fill in."""

import json
from collections.abc import Iterator
from typing import Any

from litestar import Request, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Stream

from src.local_officer.exchange import exporting, queries
from src.local_officer.exchange.columns import KINDS
from src.local_officer.officers.switch import require_office
from src.platform.web.access import Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.here import Here

AnyRequest = Request[Any, Any, Any]


def wanted(name: str) -> tuple[str, str]:
    """Kind and format of a file's name; anything else is not there."""
    kind, _, form = name.partition(".")
    if kind not in KINDS or form not in ({"geojson"} if kind == "beats" else {"csv", "xlsx"}):
        raise NotFoundException
    return kind, form


def sent(parts: Iterator[bytes], name: str, form: str) -> Stream:
    """A file to be saved."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Stream(parts, media_type=exporting.MEDIA_TYPES[form], headers=headers)


@get("/staff/offices/export/{file:str}", access=staff(Permission.MANAGE_OFFICES), include_in_schema=False)
async def export(request: AnyRequest, file: FromPath[str], uow: Uow, now: Now) -> Stream:
    """All rows of a kind; an import takes the file back and finds nothing changed."""
    at = require_office(request)
    kind, form = wanted(file)
    rows = await queries.present(uow, kind, queries.today_in(at.the_city, now))
    parts = exporting.geojson(rows) if form == "geojson" else exporting.table(kind, form, at.language.code, rows)
    return sent(parts, f"{at.the_city.slug}-{file}", form)


@get("/staff/offices/import/templates/{file:str}", access=staff(Permission.MANAGE_OFFICES), include_in_schema=False)
async def template(request: AnyRequest, file: FromPath[str]) -> Stream:
    """A file with the right columns and one row as an example."""
    at = require_office(request)
    kind, form = wanted(file)
    if form == "geojson":
        return sent(iter([beat_example(at)]), file, form)
    return sent(exporting.table(kind, form, at.language.code, [exporting.example(kind)]), file, form)


def beat_example(at: Here) -> bytes:
    """A square in the middle of the city."""
    lon, lat, half = round(at.the_city.centre_lon, 4), round(at.the_city.centre_lat, 4), 0.002
    ring = [[lon - half, lat - half], [lon + half, lat - half], [lon + half, lat + half], [lon - half, lat + half]]
    shape = {"type": "Polygon", "coordinates": [[[round(x, 4), round(y, 4)] for x, y in [*ring, ring[0]]]]}
    feature = {"type": "Feature", "properties": exporting.example("beats"), "geometry": shape}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False, indent=1).encode()


handlers = [export, template]
