"""What it costs to find the beat of a point, at 40 and at 5,000 beats of one city: it must stay flat.

`python -m tests.bench.beats` measures this alone. Beats are cut out of Kyiv's made-up districts as the demonstration's are,
points are anywhere in the city's box. A scan over all beats is measured beside, to show what the index saves.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import date
from statistics import median
from uuid import uuid4

import shapely
from shapely import Point
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from src.local_officer.demo.shapes import shares, split
from src.local_officer.officers.office import BeatHere, Office
from src.local_officer.officers.streets import StreetRow, spelling_of
from src.tenants.demo.kit import DATA, geojson

SIZES = (40, 5_000)
POINTS = 2_000
ROUNDS = 7
FLAT = 2.0
"""How many times dearer the larger city may be."""
TODAY = date(2026, 11, 26)


def cut(count: int) -> list[BaseGeometry]:
    """Kyiv in so many beats."""
    outlines = [shape(feature["geometry"]) for feature in geojson(DATA / "kyiv" / "districts.geojson")]
    wanted = shares([outline.area for outline in outlines], count)
    return [
        cell for n, (outline, of_it) in enumerate(zip(outlines, wanted, strict=True)) for cell in split(outline, of_it, str(n))
    ]


def city(shapes: list[BaseGeometry]) -> Office:
    """An office with these beats, two streets each."""
    beats = [
        BeatHere(
            uuid4(), str(n), {"uk": str(n)}, one, (one.centroid.x, one.centroid.y), None, None, official=False, retired_on=None
        )
        for n, one in enumerate(shapes)
    ]
    names = [f"вулиця {first}{second}ська" for first in SYLLABLES for second in SYLLABLES]
    streets = [
        StreetRow(beat.id, name, spelling_of(name), "1–99 непарні")
        for n, beat in enumerate(beats)
        for name in (names[n % len(names)], names[(n * 7 + 3) % len(names)])
    ]
    return Office(1, beats=beats, streets=streets)


SYLLABLES = tuple(a + b + c for a in "бвгдзклмнп" for b in "аоуеи" for c in "рнл")


def microseconds(act: Callable[[int], object], times: int) -> float:
    """What one call costs: the median of rounds."""
    found = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for n in range(times):
            act(n)
        found.append((time.perf_counter() - begun) / times * 1e6)
    return median(found)


def figures(count: int) -> dict[str, float]:
    """Microseconds of each question to a city of so many beats."""
    dice = random.Random(7)
    shapes = cut(count)
    begun = time.perf_counter()
    office = city(shapes)
    office.at(30.5, 50.45, TODAY, in_city=True)
    built = (time.perf_counter() - begun) * 1e6
    points = [(dice.uniform(30.24, 30.83), dice.uniform(50.21, 50.59)) for _ in range(POINTS)]
    corners = [(float(x), float(y)) for x, y in (dice.choice(shapely.get_coordinates(one)) for one in shapes[:POINTS])]
    office.streets.find("вулиця")
    typed = [f"{dice.choice(office.streets_of[beat.id]).street[7:-1]}ку {n % 90}" for n, beat in enumerate(office.beats[:50])]

    def at(point: tuple[float, float]) -> object:
        return office.at(point[0], point[1], TODAY, in_city=True)

    return {
        "a point": microseconds(lambda n: at(points[n]), POINTS),
        "a corner where beats meet": microseconds(lambda n: at(corners[n]), len(corners)),
        "a mistyped street": microseconds(lambda n: office.streets.find(typed[n]), len(typed)),
        "a point by scanning": microseconds(lambda n: [one for one in shapes if one.covers(Point(points[n]))], 10),
        "making the tree": built,
    }


def main() -> int:
    """Print the table; 1 when finding a point does not stay flat."""
    small, large = (figures(count) for count in SIZES)
    sys.stdout.write(f"\n{'microseconds':28}{SIZES[0]:>12,} beats{SIZES[1]:>12,} beats\n")
    for name, cost in small.items():
        sys.stdout.write(f"{name:28}{cost:>12.1f}      {large[name]:>12.1f}      {large[name] / cost:5.1f}x\n")
    steep = [name for name in ("a point", "a corner where beats meet") if large[name] > FLAT * small[name]]
    for name in steep:
        sys.stdout.write(f"MISSED: {name} costs more than {FLAT:.0f} times as much at {SIZES[1]:,} beats\n")
    return 1 if steep else 0


if __name__ == "__main__":
    sys.exit(main())
