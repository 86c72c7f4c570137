"""How a city looks: accents that can be told apart, a crest. Red and green of the marks are never the city's."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from src.platform.files import store
from src.platform.web.forms import Form
from src.platform.web.here import Here
from src.tenants.cities.contrast import Checked, ColourRefused, Theme, check_accent, dark_of
from src.tenants.cities.crest import Crest
from src.tenants.cities.look_words import accent_words, refusal_words

ACCENTS: Mapping[str, Theme] = {"accent": Theme.LIGHT, "accent_dark": Theme.DARK}
FRONT_AT_MOST = 2000
LANGUAGES = ("uk", "en")
KINDS = {"image/svg+xml": "svg", "image/png": "png"}
TYPES = {kind: media_type for media_type, kind in KINDS.items()}
FOLDER = "crest"


def read_look(form: Form, at: Here) -> tuple[dict[str, Any], dict[str, Checked]]:
    """Columns of the city's row and what was found about each accent; what is wrong the form says."""
    columns: dict[str, Any] = {}
    found: dict[str, Checked] = {}
    for name, theme in ACCENTS.items():
        try:
            found[name] = check_accent(form.line(name), theme)
        except ColourRefused as refusal:
            form.refuse(name, refusal_words(at, refusal.fault))
            continue
        columns[name] = found[name].colour
        if not found[name].passes:
            form.refuse(name, accent_words(at, found[name], theme))
    columns["front_text"] = {}
    for language in LANGUAGES:
        words = form.text(f"front_text_{language}")
        if len(words) > FRONT_AT_MOST:
            limit = at.language.number(FRONT_AT_MOST)
            form.refuse(f"front_text_{language}", at._("Скоротіть до %(limit)s знаків") % {"limit": limit})
        if words:
            columns["front_text"][language] = words
    form.readable(("front_text_uk", "front_text_en"), at._("Частину знаків не вдалося прочитати. Перевірте текст"))
    return columns, found


def derive_dark(form: Form) -> None:
    """Fill in a dark accent of the same hue as the light one; a light one that is no colour leaves it as it is."""
    try:
        form.values["accent_dark"] = [dark_of(form.line("accent"))]
    except ColourRefused:
        return


def crest_key(name: str) -> str:
    """Where a crest lies in the city's store; ``name`` is as in the city's row, «<digest>.svg»."""
    return f"{FOLDER}/{name}"


async def keep_crest(city_id: UUID, made: Crest) -> str:
    """Keep a crest; its name, which changes with its bytes."""
    name = f"{made.digest[:32]}.{KINDS[made.media_type]}"
    await store.put(city_id, crest_key(name), made.data)
    return name
