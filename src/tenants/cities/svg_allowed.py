"""What an SVG of a city may be made of: elements, attributes, values. All else is left out."""

import re
from enum import StrEnum

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"


class Removed(StrEnum):
    """Kinds of things that were left out of a drawing."""

    SCRIPT = "svg_script"
    EVENT = "svg_event"
    FOREIGN = "svg_foreign"
    OUTSIDE = "svg_outside"
    IMAGE = "svg_image"
    ANIMATION = "svg_animation"
    FILTER = "svg_filter"
    STYLE = "svg_style"
    EDITOR = "svg_editor"
    OTHER = "svg_other"


SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "use"})
WORDS = frozenset({"text", "tspan", "textPath", "title", "desc"})
"""Elements whose text is kept."""

PAINT_SERVERS = frozenset({"linearGradient", "radialGradient", "stop"})
ELEMENTS = SHAPES | WORDS | PAINT_SERVERS | frozenset({"svg", "g", "defs", "symbol", "switch", "clipPath", "mask", "pattern"})

UNWRAPPED = frozenset({"a"})
"""Left out themselves, but what they hold stays, in a group."""

SCRIPTS = frozenset({"script", "handler", "listener"})
FOREIGNERS = frozenset({"foreignObject", "iframe", "object", "embed", "html", "body", "audio", "video", "canvas"})
ANIMATIONS = frozenset({"animate", "animateColor", "animateMotion", "animateTransform", "discard", "mpath", "set"})
EDITORS = frozenset({"metadata"})

PROPERTIES = frozenset(
    """baseline-shift clip-path clip-rule color color-interpolation color-rendering direction display dominant-baseline
    fill fill-opacity fill-rule font-family font-size font-stretch font-style font-variant font-weight letter-spacing
    mask opacity overflow paint-order shape-rendering stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset
    stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor text-decoration
    text-rendering vector-effect visibility word-spacing writing-mode""".split()  # noqa: SIM905  a list of words
)
"""CSS that SVG 1.1 knows as attributes too: styles are written as these, so that no style sheet is left."""

ATTRIBUTES = frozenset(
    """clipPathUnits cx cy d dx dy fr fx fy gradientTransform gradientUnits height id lengthAdjust maskContentUnits
    maskUnits offset pathLength patternContentUnits patternTransform patternUnits points preserveAspectRatio r
    requiredExtensions rotate rx ry spreadMethod startOffset systemLanguage textLength transform viewBox width
    x x1 x2 xml:lang xml:space y y1 y2""".split()  # noqa: SIM905  a list of words
)
UNTOLD_ATTRIBUTES = frozenset(
    """baseProfile contentScriptType contentStyleType enable-background version xml:id zoomAndPan type media""".split()  # noqa: SIM905  a list of words
)
"""Left out without a word: they change nothing that is seen."""

UNTOLD_VALUES = frozenset({"none", "normal", "auto", "inherit", "initial", "0", "accumulate", ""})
"""Values with which a property that we do not keep says nothing."""

VALUE_AT_MOST = 300
"""Characters of a property's value."""

NAME = re.compile(r"[\w.:-]{1,120}")
GEOMETRY = re.compile(r"[A-Za-z0-9\s.,()+%_-]*")
STYLED = re.compile(r"[\w\s#%.,()+'\"/-]*")
INSIDE = re.compile(r"url\(\s*(['\"]?)#([\w.:-]{1,120})\1\s*\)")
CALLED = re.compile(r"([\w-]*)\(")
FUNCTIONS = frozenset({"rgb", "rgba", "hsl", "hsla"})


def property_value(value: str) -> str | None:
    """A property's value if it may stay, ``url()`` only to a part of the same drawing; none otherwise."""
    value = value.strip()
    if len(value) > VALUE_AT_MOST:
        return None
    rest = INSIDE.sub(" ", value)
    if not STYLED.fullmatch(rest) or "//" in rest or "/*" in rest:
        return None
    if any(name.lower() not in FUNCTIONS for name in CALLED.findall(rest)):
        return None
    return INSIDE.sub(r"url(#\2)", value)


def attribute_value(name: str, value: str) -> str | None:
    """An attribute's value if it may stay; none otherwise."""
    if name in PROPERTIES:
        return property_value(value)
    if name == "id":
        return value if NAME.fullmatch(value) else None
    if name == "requiredExtensions":  # names an editor's own additions; any value means «not for us»
        return "none"
    return value if GEOMETRY.fullmatch(value) else None


def inner_reference(value: str) -> str | None:
    """The id that an ``href`` points to in the same drawing; none for any other address."""
    value = value.strip()
    return value[1:] if value.startswith("#") and NAME.fullmatch(value[1:]) else None


def references(value: str) -> list[str]:
    """Ids that a value paints, clips or masks with."""
    return [found[1] for found in INSIDE.findall(value)]
