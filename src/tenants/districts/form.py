"""The forms: a district, the boundary, the view, the basemap. What was typed, and what is wrong with it."""

import json
import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from src.platform.data.tenancy import City
from src.platform.web.forms import Form
from src.platform.web.here import Here
from src.tenants.cities.models import District
from src.tenants.cities.outlines import geojson_of, square_metres
from src.tenants.cities.spelling import folded
from src.tenants.districts.reading import KINDS, NAME_AT_MOST, SLIVER, Unreadable, features, overlap, percents
from src.tenants.districts.shapes import UKRAINE, Box, area_of, problem, share, stored, united
from src.tenants.districts.words import sentence

URL_AT_MOST, ATTRIBUTION_AT_MOST = 500, 200
HTTPS = re.compile(r"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{2,5})?/[\w!$&()*+,./:=?@~%{}-]*", re.ASCII | re.IGNORECASE)
"""An address without user, spaces, quotes or semicolons: its origin goes into a header, word for word."""
PLACEHOLDERS = ("{z}", "{x}", "{y}")
ZOOMS = (8.0, 16.0)
UKRAINIAN = re.compile(r"[а-щьюяґєії]", re.IGNORECASE)


def of_district(row: District | None) -> Form:
    """What is stored of a district."""
    if row is None:
        return Form({"kind": ["район"]})
    return Form(
        {
            "name_uk": [row.name.get("uk", "")],
            "name_en": [row.name.get("en", "")],
            "kind": [row.kind.get("uk", "")],
            "boundary": [json.dumps(row.boundary)],
        }
    )


def read_district(
    form: Form, at: Here, rows: Sequence[District], row: District | None
) -> tuple[dict[str, str], str, BaseGeometry | None, bool]:
    """Names, kind, outline and whether it was put right; what is wrong the form says."""
    name = {"uk": form.line("name_uk"), "en": form.line("name_en")}
    others = [each for each in rows if row is None or each.id != row.id]
    if not name["uk"]:
        form.refuse("name_uk", at._("Напишіть назву району"))
    elif not UKRAINIAN.search(name["uk"]):
        form.refuse("name_uk", at._("Напишіть українською"))
    elif any(folded(each.name["uk"]) == folded(name["uk"]) for each in others):
        form.refuse("name_uk", at._("Такий район уже є. Назвіть інакше"))
    for language, words in name.items():
        if len(words) > NAME_AT_MOST:
            form.refuse(f"name_{language}", at._("Скоротіть до %(limit)s знаків") % {"limit": at.language.number(NAME_AT_MOST)})
    kind = form.line("kind")
    if kind and kind not in KINDS and not (row and row.kind.get("uk") == kind):
        form.refuse("kind", at._("Виберіть зі списку"))
    made, mended = drawn(form, at, "boundary", at.the_city.box)
    if made is not None and not form.errors:
        made, cut = beside(form, at, made, others)
        mended = mended or cut
    return name, kind, made, mended


def drawn(form: Form, at: Here, field: str, box: Box) -> tuple[BaseGeometry | None, bool]:
    """The one outline of a field, and whether it was put right; what is wrong the form says."""
    text = form.text(field)
    if not text:
        form.refuse(field, at._("Намалюйте межу на карті або вставте GeoJSON"))
        return None, False
    try:
        found = [area_of(geometry_in(each), box) for each in features(BytesIO(text.encode()))]
    except Unreadable as fault:
        form.refuse(field, in_words(at, fault))
        return None, False
    if len(found) != 1:
        several = at._("Тут кілька контурів. Залиште один; багато районів одразу завантажуйте файлом")
        form.refuse(field, several if found else at._("Намалюйте межу на карті або вставте GeoJSON"))
        return None, False
    made, problems, state = found[0]
    if state not in ("good", "repaired") or made is None:
        form.refuse(field, sentence(at, problems[-1]))
        return None, False
    return made, state == "repaired"


def geometry_in(feature: Any) -> Any:  # noqa: ANN401  whatever JSON holds
    """The geometry of a feature."""
    return feature.get("geometry") if isinstance(feature, dict) else None


def in_words(at: Here, fault: Unreadable) -> str:
    """Why a file cannot be read."""
    return sentence(at, [fault.code, fault.values])


def beside(form: Form, at: Here, made: BaseGeometry, others: Sequence[District]) -> tuple[BaseGeometry, bool]:
    """An outline without what its neighbours have, and whether anything was cut; more than a sliver is refused."""
    cut = False
    for other in others:
        theirs = shape(other.boundary)
        part = overlap(made, theirs)
        if part > SLIVER:
            said = problem("overlap", name=other.name["uk"], share=percents(part))
            form.refuse("boundary", sentence(at, said))
        elif part > 0:
            cut = cut or square_metres(made.intersection(theirs)) > 10  # noqa: PLR2004  square metres nobody sees
            made = stored(made.difference(theirs))
    return made, cut


# --- the city's boundary -------------------------------------------------------------------------


def joined(file: Any, at: Here, form: Form, field: str) -> tuple[BaseGeometry | None, bool]:  # noqa: ANN401  an open file
    """All areas of a file as one, and whether anything was put right; what is wrong the form says."""
    shapes, mended = [], False
    try:
        for each in features(file):
            made, problems, state = area_of(geometry_in(each), UKRAINE)
            if state == "refused":
                form.refuse(field, sentence(at, problems[-1]))
            elif made is not None:
                shapes.append(made)
                mended = mended or state == "repaired"
    except Unreadable as fault:
        form.refuse(field, in_words(at, fault))
    if not shapes:
        form.refuse(field, sentence(at, problem("no_areas")))
    return (united(shapes) if shapes and not form.errors else None), mended


def left_outside(made: BaseGeometry, rows: Sequence[District]) -> list[tuple[str, float]]:
    """Districts of which more than a sliver lies beyond a boundary: name, and the part of it, 0 to 1."""
    shapely.prepare(made)
    found = []
    for row in rows:
        theirs = shape(row.boundary)
        part = 0.0 if made.contains(theirs) else share(theirs.difference(made), theirs)
        if part > SLIVER:
            found.append((row.name["uk"], part))
    return found


def keeps_districts(form: Form, at: Here, field: str, made: BaseGeometry, rows: Sequence[District]) -> None:
    """A boundary that leaves a whole district outside is refused."""
    lost = [name for name, part in left_outside(made, rows) if part > 1 - SLIVER]
    if lost:
        form.refuse(field, at._("За цією межею лишилися б цілі райони: %(names)s. Перевірте межу") % {"names": ", ".join(lost)})


# --- view and basemap ----------------------------------------------------------------------------


def of_map(city: City) -> Form:
    """What the city's map is set to."""
    options = city.options
    form = Form({"view": ["own" if options.own_view else "auto"], "source": ["drawn" if city.boundary else "districts"]})
    form.values |= {"lon": [f"{city.centre_lon:.5f}"], "lat": [f"{city.centre_lat:.5f}"], "zoom": [f"{city.zoom:g}"]}
    form.values |= {"basemap": [options.basemap], "url": [options.basemap_url], "attribution": [options.basemap_attribution]}
    form.values["boundary"] = [json.dumps(city.boundary) if city.boundary else ""]
    return form


def read_view(form: Form, at: Here) -> tuple[float, float, float] | None:
    """Centre and zoom; none: computed. What is wrong the form says."""
    if form.raw("view") == "auto":
        return None
    if form.raw("view") != "own":
        form.refuse("view", at._("Виберіть, як визначити середину карти"))
        return None
    lon, lat, zoom = (form.number(name) for name in ("lon", "lat", "zoom"))
    west, south, east, north = at.the_city.box
    if lon is None or not west <= lon <= east:
        form.refuse("lon", bounded(at, west, east))
    if lat is None or not south <= lat <= north:
        form.refuse("lat", bounded(at, south, north))
    if zoom is None or not ZOOMS[0] <= zoom <= ZOOMS[1]:
        form.refuse(
            "zoom", at._("Напишіть число від %(least)s до %(most)s") % {"least": f"{ZOOMS[0]:g}", "most": f"{ZOOMS[1]:g}"}
        )
    if lon is None or lat is None or zoom is None:
        return None
    return round(lon, 5), round(lat, 5), round(zoom, 1)


def bounded(at: Here, least: float, most: float) -> str:
    """A coordinate has to lie in the city."""
    return at._("Середина має бути в місті: напишіть число від %(least)s до %(most)s") % {
        "least": f"{least:.3f}",
        "most": f"{most:.3f}",
    }


def read_basemap(form: Form, at: Here) -> dict[str, str]:
    """Choices of the settings; what is wrong the form says. The server itself never asks that address for anything."""
    kind = form.raw("basemap")
    if kind in ("deployment", "none"):
        return {"basemap": kind, "basemap_url": "", "basemap_attribution": ""}
    if kind not in ("pmtiles", "raster", "style"):
        form.refuse("basemap", at._("Виберіть, що під позначками"))
        return {}
    url, attribution = form.line("url"), form.line("attribution")
    why = wrong_address(at, kind, url)
    if why:
        form.refuse("url", why)
    if not attribution:
        form.refuse("attribution", at._("Напишіть, чия це карта: цього вимагає її ліцензія. Наприклад: © учасники OpenStreetMap"))
    elif len(attribution) > ATTRIBUTION_AT_MOST:
        limit = at.language.number(ATTRIBUTION_AT_MOST)
        form.refuse("attribution", at._("Скоротіть до %(limit)s знаків") % {"limit": limit})
    return {"basemap": kind, "basemap_url": url, "basemap_attribution": attribution}


def wrong_address(at: Here, kind: str, url: str) -> str:  # noqa: PLR0911  a sentence each
    """Why an address cannot be a basemap's; empty when it can."""
    if not url:
        return at._("Напишіть адресу карти")
    if not url.lower().startswith("https://"):
        return at._("Адреса має починатися з https://")
    if len(url) > URL_AT_MOST:
        return at._("Скоротіть до %(limit)s знаків") % {"limit": at.language.number(URL_AT_MOST)}
    if not HTTPS.fullmatch(url) or ".." in urlsplit(url).netloc or "." not in urlsplit(url).netloc:
        return at._("Це не схоже на адресу. Скопіюйте її цілком, без пробілів і лапок; кирилицю замініть латинським записом")
    braces = re.findall(r"\{[^}]*\}?|\}", url)
    if kind == "raster" and sorted(braces) != sorted(PLACEHOLDERS):
        return at._("В адресі плиток мають бути {z}, {x} та {y}, кожне один раз, і жодних інших дужок")
    if kind != "raster" and braces:
        return at._("Дужки {z}, {x}, {y} бувають лише в адресі растрових плиток. Перевірте вид карти")
    if kind == "pmtiles" and not urlsplit(url).path.endswith(".pmtiles"):
        return at._("Адреса файлу має закінчуватися на .pmtiles")
    return ""


def shapes_json(items: Sequence[tuple[BaseGeometry, dict[str, Any]]]) -> dict[str, Any]:
    """Areas with their properties as GeoJSON."""
    return {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": about, "geometry": geojson_of(made)} for made, about in items],
    }
