"""Reads the starter kit and makes rows of it: categories with guidance, pages. Good Ukrainian text, ready to work."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from src.platform.data.tenancy import City
from src.tenants.cities.extra import ExtraQuestion
from src.tenants.cities.models import Category, CityPage
from src.tenants.cities.spelling import one_apostrophe

DATA = Path(__file__).parent / "data"
DEMONSTRATION = re.compile(r"\n## (?:Це демонстрація|This is a demonstration)\n.*?(?=\n## |\Z)", re.DOTALL)
"""A part of a page that only a demonstration has."""


@cache
def toml(path: Path) -> dict[str, Any]:
    """A TOML file; read once, so do not change what is found."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def kit_categories() -> dict[str, dict[str, Any]]:
    """The kit's categories by slug, in their order; a new dictionary each time."""
    return {item["slug"]: item for item in toml(DATA / "kit.toml")["category"]}


def trimmed(text: Any) -> Any:  # noqa: ANN401  whatever TOML holds
    """Texts without the line ends of their quotes."""
    if isinstance(text, str):
        return text.strip()
    if isinstance(text, dict):
        return {key: trimmed(value) for key, value in text.items()}
    return text


def make_category(city: City, position: int, item: dict[str, Any]) -> Category:
    """A category's row."""
    return Category(
        city_id=city.id,
        slug=item["slug"],
        name=item["name"],
        hint=item["hint"],
        emergency=item.get("emergency", False),
        sensitive=item.get("sensitive", False),
        precision=item.get("precision", "near"),
        whose=trimmed(item["whose"]),
        now=item["now"],
        call_102_when=trimmed(item["call_102_when"]),
        keywords=sorted({one_apostrophe(word).lower() for word in item.get("keywords", [])}),
        icon=item.get("icon", ICONS.get(item["slug"], "")),
        colour=item.get("colour", ""),
        questions=[ExtraQuestion.of(each).data() for each in item.get("questions", [])],
        position=position,
    )


ICONS = {
    "traffic": "car", "illegal-trade": "shop", "road-use": "road", "parking": "car", "drugs": "shield", "noise": "sound",
    "dogs": "dog", "road-signs": "sign", "patrols": "shield", "public-space": "lamp", "legal": "scales", "domestic": "house",
    "other": "dots", "parks": "tree", "heritage": "house", "metro": "people", "water": "water", "lake": "water",
}  # fmt: skip
"""By the slugs of the kit's categories and of the demonstration's own."""


def make_pages(city: City) -> list[CityPage]:
    """Rows of the pages: about, privacy, accessibility."""
    found = []
    for position, item in enumerate(toml(DATA / "pages.toml")["page"]):
        body = {}
        for language, words in item["body"].items():
            kept = words if city.demo else DEMONSTRATION.sub("", "\n" + words)
            body[language] = kept.strip().replace("{contact_email}", city.contact_email)
        found.append(CityPage(city_id=city.id, slug=item["slug"], title=item["title"], body=body, position=position))
    return found
