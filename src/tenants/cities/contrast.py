"""Whether a city's colour can be read everywhere it is used: WCAG 2.2, level AA, in both themes.

A city has two accents: one for the light theme, one for the dark. Where they meet other colours is said by
tokens.css and the style sheets; the list below is kept equal to tokens.css by a test.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from math import floor

from coloraide import Color

TEXT, PART = 4.5, 3.0
"""WCAG 2.2, 1.4.3 and 1.4.11: how many times lighter a text, and a part of a control or of the map, must be."""

LIKE_A_MARK = 0.07
"""A distance in OKLab up to which an accent is taken for the red or the green of a mark."""

HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")


class Theme(StrEnum):
    """Which accent is meant."""

    LIGHT = "light"
    DARK = "dark"


class Mark(StrEnum):
    """Colours that say what became of a question; never themed."""

    WAITING = "waiting"
    ANSWERED = "answered"


class Use(StrEnum):
    """How an accent is used where it cannot be told apart."""

    LINK = "link"
    BUTTON = "button"
    ASK = "ask"
    CHOSEN = "chosen"
    PART = "part"
    MAP = "map"


class ColourFault(StrEnum):
    """Why a text is no colour for us."""

    EMPTY = "colour_empty"
    NOT_HEX = "colour_not_hex"


class ColourRefused(Exception):  # noqa: N818  the domain's word
    """The text names no colour."""

    def __init__(self, fault: ColourFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Around:
    """What of a theme an accent meets, by the names of tokens.css; ``under_soft`` is what accent-soft is mixed into."""

    links_on: dict[str, str]
    parts_on: dict[str, str]
    map_on: dict[str, str]
    on_accent: str
    inks: dict[str, str]
    marks: dict[Mark, str]
    strong: tuple[str, float]
    soft: tuple[str, float]
    ask: tuple[str, float]


AROUND = {
    Theme.LIGHT: Around(
        links_on={
            "paper": "#faf9f6",
            "surface": "#ffffff",
            "sunken": "#f1efe9",
            "note": "#fff5d1",
            "accent-soft:plain": "#e6eef7",
        },
        parts_on={"line": "#dfdbd1"},
        map_on={"land": "#f6f4ee", "beyond": "#e9e7df", "water": "#bcd3e6", "road": "#ffffff", "green": "#e6ecd9"},
        on_accent="#ffffff",
        inks={"ink": "#17202b", "ink-2": "#4a5563"},
        marks={Mark.WAITING: "#b9301c", Mark.ANSWERED: "#1b6e48"},
        strong=("#000000", 0.76),
        soft=("#ffffff", 0.11),
        ask=("#15171a", 0.82),
    ),
    Theme.DARK: Around(
        links_on={
            "paper": "#15171a",
            "surface": "#1d2024",
            "sunken": "#101214",
            "note": "#2e2814",
            "accent-soft:plain": "#1f2c3b",
        },
        parts_on={"line": "#34383d"},
        map_on={"land": "#23272b", "beyond": "#181b1e", "water": "#1c3a50", "road": "#32373c", "green": "#24301f"},
        on_accent="#12161b",
        inks={"ink": "#eeebe4", "ink-2": "#bcbab3"},
        marks={Mark.WAITING: "#ff8a73", Mark.ANSWERED: "#5cc28f"},
        strong=("#ffffff", 0.70),
        soft=("#15171a", 0.17),
        ask=("", 0.0),
    ),
}
"""``strong``, ``soft`` and ``ask``: mixed with what, and how much of the accent (0 to 1), in OKLab.

The large field for asking is of the light accent in both themes, so it is checked with the light one.
``accent-soft:plain`` is what browsers without ``color-mix()`` show.
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two colours that meet, and how many times one must be lighter than the other."""

    use: Use
    beside: str
    fore: str
    back: str
    ratio: float
    needed: float

    @property
    def passes(self) -> bool:
        """Not rounded: 4.499 is less than 4.5."""
        return self.ratio >= self.needed

    @property
    def shown(self) -> str:
        """The ratio with two digits, rounded down, so that what fails never reads as enough."""
        return f"{floor(self.ratio * 100) / 100:.2f}"


@dataclass(frozen=True, slots=True)
class Checked:
    """A colour as ``#rrggbb``, where it fails, the nearest that passes (itself if it does), and the mark it resembles."""

    colour: str
    failures: tuple[Pair, ...]
    nearest: str
    like_a_mark: Mark | None = None

    @property
    def passes(self) -> bool:
        """Whether it may be saved."""
        return not self.failures

    @property
    def worst(self) -> Pair | None:
        """The pair that is furthest from what it needs."""
        return min(self.failures, key=lambda pair: pair.ratio / pair.needed, default=None)


def parsed(text: str) -> str:
    """``#rgb`` or ``#rrggbb`` as lower-case ``#rrggbb``. Raises :class:`ColourRefused`."""
    value = text.strip().lower()
    if not value:
        raise ColourRefused(ColourFault.EMPTY)
    if not HEX.fullmatch(value):
        raise ColourRefused(ColourFault.NOT_HEX)
    return value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])  # noqa: PLR2004  #rrggbb


def pairs(colour: str, theme: Theme) -> Iterator[Pair]:
    """All that an accent (``#rrggbb``) meets in a theme, with the ratios."""
    around = AROUND[theme]
    soft, strong = _mixed(colour, *around.soft), _mixed(colour, *around.strong)
    for name, back in (around.links_on | {"accent-soft": soft}).items():
        yield _pair(Use.LINK, name, (colour, back), TEXT)
        yield _pair(Use.LINK, f"{name}:hover", (strong, back), TEXT)
    yield _pair(Use.BUTTON, "on-accent", (around.on_accent, colour), TEXT)
    yield _pair(Use.BUTTON, "on-accent:hover", (around.on_accent, strong), TEXT)
    if theme is Theme.LIGHT:
        yield _pair(Use.ASK, "on-ask", ("#ffffff", colour), TEXT)
        yield _pair(Use.ASK, "on-ask:dark", ("#ffffff", _mixed(colour, *around.ask)), TEXT)
    for name, ink in around.inks.items():
        yield _pair(Use.CHOSEN, name, (ink, soft), TEXT)
    for name, back in around.parts_on.items():
        yield _pair(Use.PART, name, (colour, back), PART)
    for name, back in around.map_on.items():
        yield _pair(Use.MAP, name, (colour, back), PART)


@lru_cache(maxsize=256)
def check_accent(text: str, theme: Theme) -> Checked:
    """Check an accent of a theme as somebody typed it. Raises :class:`ColourRefused` for what is no colour."""
    colour = parsed(text)
    failures = tuple(pair for pair in pairs(colour, theme) if not pair.passes)
    nearest = _nearest(colour, theme) if failures else colour
    return Checked(colour, failures, nearest, _like(colour, theme))


def dark_of(text: str) -> str:
    """An accent for the dark theme that goes with a light one: the same hue, light and a little paler; it passes."""
    lightness, chroma, hue = _lch(parsed(text))
    colour = _hex(max(0.77, lightness), min(chroma * 0.85, 0.12), hue)
    return check_accent(colour, Theme.DARK).nearest


def distance(one: str, other: str) -> float:
    """How far apart two colours look: Euclidean, in OKLab; black and white are 1 apart."""
    return float(Color(one).delta_e(other, method="ok"))


def _like(colour: str, theme: Theme) -> Mark | None:
    near = {mark: distance(colour, own) for mark, own in AROUND[theme].marks.items()}
    closest = min(near, key=lambda mark: near[mark])
    return closest if near[closest] <= LIKE_A_MARK else None


def _nearest(colour: str, theme: Theme) -> str:
    """The passing colour of the same hue that looks most like this one.

    Black in the light theme and white in the dark one pass everywhere. Between them and the colour lies the border,
    found by halving for the colour as vivid as it is and for paler ones; ``good`` always holds what was seen to pass.
    """
    lightness, chroma, hue = _lch(colour)
    best = "#000000" if theme is Theme.LIGHT else "#ffffff"
    for vivid in (1.0, 0.9, 0.75, 0.5, 0.0):
        bad, good = lightness, 0.0 if theme is Theme.LIGHT else 1.0
        while abs(bad - good) > 1 / 1024:  # a quarter of a step of eight bits
            middle = (bad + good) / 2
            tried = _hex(middle, chroma * vivid, hue)
            if all(pair.passes for pair in pairs(tried, theme)):
                good = middle
                if distance(tried, colour) < distance(best, colour):
                    best = tried
            else:
                bad = middle
    return best


def _lch(colour: str) -> tuple[float, float, float]:
    """Lightness (0 to 1), chroma and hue (degrees; 0 for greys) in OKLCH."""
    lightness, chroma, hue = Color(colour).convert("oklch").coords(nans=False)
    return lightness, chroma, hue


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """The colour as a screen can show it: paler where it would be too vivid."""
    made = Color("oklch", [lightness, chroma, hue]).convert("srgb").fit(method="oklch-chroma", jnd=0)
    return str(made.to_string(hex=True, fit=False))


def _mixed(colour: str, other: str, part: float) -> str:
    """``color-mix(in oklab, colour part, other)`` in eight bits."""
    return str(Color(other).mix(colour, part, space="oklab").convert("srgb").to_string(hex=True))


def _pair(use: Use, beside: str, colours: tuple[str, str], needed: float) -> Pair:
    fore, back = colours
    lighter, darker = sorted((_luminance(fore), _luminance(back)), reverse=True)
    return Pair(use, beside, fore, back, (lighter + 0.05) / (darker + 0.05), needed)


@cache
def _channel(value: int) -> float:
    """One of the eight-bit values of sRGB as light (WCAG 2.2, «relative luminance»)."""
    part = value / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  the standard's numbers


def _luminance(colour: str) -> float:
    red, green, blue = (_channel(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
