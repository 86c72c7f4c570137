"""What is asked for: pages and data as a browser or a program would ask."""

import random
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import psycopg

MANY = 4000
PANE = (1100, 800)
"""Pixels of the map beside the list, on a laptop."""
CENTRE = (30.5234, 50.4501)


@dataclass(frozen=True)
class Load:
    """One line of the table."""

    name: str
    paths: list[str] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)


def views(dice: random.Random, zoom: float, wander: float) -> list[str]:
    """Addresses of the map's data for a pane at a zoom level, each a different view, so that no copy serves twice."""
    width, height = (pixels * 360 / (512 * 2**zoom) for pixels in PANE)
    height *= 0.64  # a degree of latitude is that much taller here
    found = []
    for _ in range(MANY * 3):
        lon, lat = (middle + dice.uniform(-wander, wander) for middle in CENTRE)
        box = (lon - width / 2, lat - height / 2, lon + width / 2, lat + height / 2)
        found.append(f"/map/data?bbox={','.join(f'{edge:.5f}' for edge in box)}&zoom={zoom}")
    return found


ASKING: list[dict[str, Any]] = [
    {"method": "POST", "step": "", "status": 303, "body": {"title": "Чому на розі вимкнено світлофор, {n}?", "body": "Вже тиждень."}},
    {"method": "POST", "step": "category", "status": 303, "body": {"category": "parking"}},
    {"method": "POST", "step": "place", "status": 303, "body": {"address": "вул. Глибочицька, 17", "lon": "30.5009", "lat": "50.4565"}},
    {"method": "POST", "step": "photos", "status": 303, "body": {"onward": "1"}},
    {"method": "POST", "step": "you", "status": 303, "body": {"name": "Олена", "email": "olena@ukr.example", "signature": "name"}},
    {"method": "GET", "step": "check", "status": 200, "body": None},
    {"method": "POST", "step": "check", "status": 303, "body": {"seen": "{seen}"}},
]  # fmt: skip


def loads(address: str, page_two: str) -> list[Load]:
    """All lines, the bare route first. Reads numbers and words from the database at ``address``."""
    dice = random.Random(7)
    with psycopg.connect(address) as connection:
        city = connection.execute("SELECT id FROM city WHERE slug = 'kyiv'").fetchone()
        connection.execute("SELECT setseed(0.5)")
        numbers = connection.execute(
            "SELECT number FROM appeal WHERE city_id = %s AND public_state IS NOT NULL ORDER BY random() LIMIT %s",
            [*(city or ()), MANY],
        ).fetchall()
        # Words as often as they are written, so the usual ones are asked for most.
        words = connection.execute(
            "SELECT lexeme FROM appeal_word WHERE city_id = %s AND length(lexeme) > 3 AND id IN "
            "(SELECT id FROM appeal WHERE public_state IS NOT NULL ORDER BY random() LIMIT 300) ORDER BY random() LIMIT %s",
            [*(city or ()), MANY],
        ).fetchall()
    filters = [
        "category=parking", "category=traffic&state=answered", "district=pecherskyi", "state=waiting&period=365", "state=answered",
        "category=illegal-trade&district=podilskyi", "period=30", "district=obolonskyi&state=waiting",
    ]  # fmt: skip
    whole = views(dice, 10.3, 0.01)
    steps = [{**step, "body": urlencode(step["body"], safe="{}") if step["body"] else None} for step in ASKING]
    return [
        Load("bare route", [f"/bare?number={number}" for (number,) in numbers]),
        Load("home", ["/"]),
        Load("home, page 2", [page_two]),
        Load("home, filtered", [f"/?{query}" for query in filters]),
        Load("search", [f"/?q={quote(word)}" for (word,) in words]),
        Load("map data, city", whole),
        Load("map data, district", views(dice, 12.6, 0.08)),
        Load("map data, street", views(dice, 16.5, 0.08)),
        Load("map data, copies", whole[:20]),
        Load("appeal", [f"/appeals/{number}" for (number,) in numbers]),
        Load("API list", ["/api/v1/appeals"]),
        Load("API geojson", ["/api/v1/appeals.geojson?bbox=30.50,50.43,30.55,50.46"]),
        Load("API figures", ["/api/v1/figures"]),
        Load("asking, whole", steps=steps),
    ]
