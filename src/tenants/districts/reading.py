"""A file of districts: read in parts, each feature looked at alone, then against each other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import ijson
import shapely
from shapely import STRtree
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from src.tenants.cities.outlines import geojson_of, square_metres
from src.tenants.cities.spelling import folded, one_apostrophe
from src.tenants.districts.shapes import (
    LEAST_AREA,
    Box,
    Problem,
    area_of,
    problem,
    share,
    stored,
)

FEATURES_AT_MOST = 500
NAME_AT_MOST = 80
SLIVER = 0.01
"""Neighbours that share less than this part of the smaller one: the later one gives way. More is refused."""
HAIR = 10.0
"""Square metres of an overlap that nobody need hear of: borders rounded to seven digits share as much."""
NAMED = 3
NAMES = {
    "uk": ("name_uk", "name:uk", "назва", "назва_uk", "name", "nazva", "name_ukr", "район", "title"),
    "en": ("name_en", "name:en", "name_eng", "назва_en", "int_name"),
}
SLUGS = ("slug", "код", "code")
KIND_KEYS = ("kind", "тип", "вид", "kind_uk")
KINDS: dict[str, str] = {
    "район": "district",
    "мікрорайон": "",
    "громада": "community",
    "житловий масив": "",
    "селище": "settlement",
    "село": "village",
}
"""Kinds that are known, with the English word; where it is empty English names stand alone."""
LAST = ("район", "громада")
"""Kinds that stand after the name: «Деснянський район»; others stand before it: «мікрорайон Дружба»."""
ADDRESS = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
WGS84 = ("crs84", "4326", "wgs84", "wgs 84")


class Unreadable(Exception):  # noqa: N818
    """The file as a whole cannot be read: a code of :mod:`words`, and what the sentence names."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = {key: str(value) for key, value in values.items()}


@dataclass(slots=True)
class Found:
    """A feature, looked at: ``state`` is good, repaired, refused or skipped; ``kind`` is empty when the file names none."""

    number: int
    name: dict[str, str]
    kind: str = ""
    slug: str = ""
    state: str = "good"
    problems: list[Problem] = field(default_factory=list)
    shape: BaseGeometry | None = None

    @property
    def fit(self) -> bool:
        """Whether it can be stored."""
        return self.state in ("good", "repaired")

    def refuse(self, why: Problem) -> None:
        """It cannot be stored."""
        self.state = "refused"
        self.problems.append(why)

    def mend(self, made: BaseGeometry, why: Problem) -> None:
        """It can be stored with another shape."""
        self.state, self.shape = "repaired", made
        self.problems.append(why)

    def kept(self) -> dict[str, Any]:
        """As JSON, until it is saved."""
        return {
            "number": self.number,
            "name": self.name,
            "kind": self.kind,
            "slug": self.slug,
            "state": self.state,
            "problems": self.problems,
            "geometry": geojson_of(self.shape) if self.shape is not None else None,
        }

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Found":
        """The same again."""
        made = shape(kept["geometry"]) if kept["geometry"] else None
        return cls(kept["number"], kept["name"], kept["kind"], kept["slug"], kept["state"], kept["problems"], made)


def read(file: IO[bytes], box: Box, boundary: BaseGeometry | None = None) -> list[Found]:
    """All features of a file, looked at. ``box`` and ``boundary`` are the city's. Raises :class:`Unreadable`."""
    found = [named(number, each, box) for number, each in enumerate(features(file), start=1)]
    if not any(each.state != "skipped" for each in found):
        raise Unreadable("no_areas")
    twice(found)
    side_by_side(found)
    if boundary is not None:
        over_the_edge(found, boundary)
    return found


def features(file: IO[bytes]) -> Iterator[Any]:
    """The features of a FeatureCollection, a Feature or a bare geometry. Raises :class:`Unreadable`."""
    try:
        kind, crs = top(file)
        if crs and not any(each in crs.lower().replace("::", ":") for each in WGS84):
            raise Unreadable("other_crs", crs=crs[:60])
        file.seek(0)
        if kind == "FeatureCollection":
            for number, each in enumerate(ijson.items(file, "features.item", use_float=True), start=1):
                if number > FEATURES_AT_MOST:
                    raise Unreadable("too_many", limit=FEATURES_AT_MOST)
                yield each
        elif kind in ("Feature", "Polygon", "MultiPolygon"):
            whole = next(ijson.items(file, "", use_float=True))
            yield whole if kind == "Feature" else {"type": "Feature", "properties": {}, "geometry": whole}
        else:
            raise Unreadable("not_geojson", type=kind[:40])
    except (ijson.JSONError, UnicodeError, ValueError, StopIteration, RecursionError) as fault:
        raise Unreadable("broken_json") from fault


def top(file: IO[bytes]) -> tuple[str, str]:
    """The type of the whole and the coordinate system that it names; reads the file to its end, so that it is JSON."""
    file.seek(0)
    kind, crs = "", ""
    for prefix, event, value in ijson.parse(file, use_float=True):
        if event == "string" and prefix == "type":
            kind = str(value)
        elif event == "string" and prefix == "crs.properties.name":
            crs = str(value)
    return kind, crs


def named(number: int, given: Any, box: Box) -> Found:  # noqa: ANN401  whatever JSON holds
    """One feature: its names, and its shape or what is wrong with it."""
    about = given if isinstance(given, dict) else {}
    properties = about.get("properties")
    said = {
        str(key).strip().lower(): one_apostrophe(" ".join(str(value).split()))
        for key, value in (properties if isinstance(properties, dict) else {}).items()
        if isinstance(value, str | int) and not isinstance(value, bool)
    }
    name = {language: first(said, keys)[: NAME_AT_MOST * 2] for language, keys in NAMES.items()}
    plain, kind = apart(name["uk"])
    stated = first(said, KIND_KEYS).lower()
    found = Found(number, {"uk": plain, "en": name["en"]}, stated if stated in KINDS else kind)
    slug = first(said, SLUGS).lower()
    found.slug = slug if ADDRESS.fullmatch(slug) else ""
    found.shape, found.problems, found.state = area_of(about.get("geometry"), box)
    if found.fit and not plain:
        found.refuse(problem("no_name"))
    elif found.fit and max(map(len, found.name.values())) > NAME_AT_MOST:
        found.refuse(problem("long_name", limit=NAME_AT_MOST))
    return found


def first(said: dict[str, str], keys: tuple[str, ...]) -> str:
    """The first of several properties that says something."""
    return next((said[key] for key in keys if said.get(key)), "")


def apart(name: str) -> tuple[str, str]:
    """A name without its kind, and the kind: «Деснянський район», «мікрорайон Дружба»."""
    words = name.split()
    if len(words) > 1 and words[-1].lower() in LAST:
        return " ".join(words[:-1]), words[-1].lower()
    for kind in KINDS:
        if kind not in LAST and name.lower().startswith(kind + " ") and name[len(kind) + 1 :].strip():
            return name[len(kind) + 1 :].strip(' «»"') or name, kind
    return name, ""


def twice(found: list[Found]) -> None:
    """A name or a slug that two features have is refused at the later one."""
    names: dict[str, int] = {}
    slugs: dict[str, int] = {}
    for each in found:
        if not each.fit:
            continue
        name = folded(each.name["uk"])
        if name in names:
            each.refuse(problem("same_name", name=each.name["uk"], other=names[name]))
        elif each.slug and each.slug in slugs:
            each.refuse(problem("same_slug", slug=each.slug, other=slugs[each.slug]))
        else:
            names[name] = each.number
            if each.slug:
                slugs[each.slug] = each.number


def side_by_side(found: list[Found]) -> None:
    """Overlaps of neighbours: what is more than a sliver is refused on both sides; a sliver is cut from the later one and said."""
    good = [each for each in found if each.fit]
    tree = STRtree([each.shape for each in good if each.shape is not None])  # what fits has one
    pairs = [
        (good[other], each)
        for index, each in enumerate(good)
        for other in sorted(int(hit) for hit in tree.query(each.shape, predicate="intersects"))
        if other < index
    ]
    for earlier, later in pairs:
        part = overlap(earlier.shape, later.shape)
        if part > SLIVER:
            later.refuse(problem("overlap", name=earlier.name["uk"], other=earlier.number, share=percents(part)))
            earlier.refuse(problem("overlap", name=later.name["uk"], other=later.number, share=percents(part)))
    for earlier, later in pairs:
        if earlier.fit and later.fit:
            give_way(earlier, later)


def overlap(one: BaseGeometry | None, other: BaseGeometry | None) -> float:
    """Which part of the smaller of two areas they share, 0 to 1."""
    if one is None or other is None:
        return 0.0
    return share(one.intersection(other), min(one, other, key=lambda each: float(each.area)))


def give_way(earlier: Found, later: Found) -> None:
    """The later of two neighbours keeps what the earlier one does not have."""
    if earlier.shape is None or later.shape is None:
        return
    common = earlier.shape.intersection(later.shape)
    if common.area <= 0:
        return
    part = overlap(earlier.shape, later.shape)
    trimmed = stored(later.shape.difference(earlier.shape))
    if square_metres(trimmed) < LEAST_AREA:
        later.refuse(problem("too_small", area=round(square_metres(trimmed))))
    elif square_metres(common) > HAIR:
        later.mend(trimmed, problem("sliver", name=earlier.name["uk"], other=earlier.number, share=percents(part)))
    else:
        later.shape = trimmed


def over_the_edge(found: list[Found], boundary: BaseGeometry) -> None:
    """What lies beyond the city's boundary: all of it is refused, a part is said."""
    shapely.prepare(boundary)
    for each in found:
        if not each.fit or each.shape is None or boundary.contains(each.shape):
            continue
        part = share(each.shape.difference(boundary), each.shape)
        if part > 1 - SLIVER:
            each.refuse(problem("beyond"))
        elif part > SLIVER:
            each.problems.append(problem("partly_beyond", share=percents(part)))


def percents(part: float) -> str:
    """A part of one as per cent; little is said with two signs."""
    return f"{part * 100:.2g}".replace(".", ",") if part < 0.01 else f"{part * 100:.0f}"  # noqa: PLR2004
