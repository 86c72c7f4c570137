"""A drawing from outside, made anew from what is allowed: no scripts, no addresses, nothing that moves or loads."""

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from xml.etree import ElementTree as ET

from defusedxml import DefusedXmlException, DTDForbidden
from defusedxml.ElementTree import DefusedXMLParser

from src.tenants.cities.svg_allowed import (
    ANIMATIONS,
    ATTRIBUTES,
    EDITORS,
    ELEMENTS,
    FOREIGNERS,
    PAINT_SERVERS,
    PROPERTIES,
    SCRIPTS,
    SHAPES,
    SVG,
    UNTOLD_ATTRIBUTES,
    UNTOLD_VALUES,
    UNWRAPPED,
    WORDS,
    XLINK,
    XML,
    Removed,
    attribute_value,
    inner_reference,
    references,
)
from src.tenants.cities.svg_styles import Sheet

BYTES_AT_MOST = 200 * 1024
ELEMENTS_AT_MOST = 5000
DEPTH_AT_MOST = 64
CLASSES_AT_MOST = 20
DRAWN_AT_MOST = 50_000
"""Elements that a browser draws when each ``use``, pattern, mask and clip path is followed."""

UNITS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
LENGTH = re.compile(r"\s*\+?(\d{1,7}(?:\.\d{0,12})?|\.\d{1,12})(px|pt|pc|mm|cm|in|)\s*")
ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"'>]{1,40})[\"']")


class SvgFault(StrEnum):
    """Why a drawing is refused as a whole."""

    TOO_HEAVY = "svg_too_heavy"
    NOT_UTF8 = "svg_not_utf8"
    BROKEN = "svg_broken"
    NOT_SVG = "svg_not_svg"
    ENTITIES = "svg_entities"
    TOO_MANY = "svg_too_many"
    TANGLED = "svg_tangled"
    NO_SIZE = "svg_no_size"
    NOTHING_DRAWN = "svg_nothing_drawn"


class SvgRefused(Exception):  # noqa: N818  the domain's word
    """The drawing is refused."""

    def __init__(self, fault: SvgFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class TakenOut:
    """Something that was left out of a drawing, by its name there, and how often."""

    what: Removed
    name: str
    times: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A safe drawing; width and height are those of its view box."""

    text: str
    width: float
    height: float
    taken_out: tuple[TakenOut, ...]


def sanitised(data: bytes) -> Drawing:
    """Make a drawing anew. Raises :class:`SvgRefused`."""
    source = _parsed(data)
    if _named(source.tag) not in ((SVG, "svg"), ("", "svg")):
        raise SvgRefused(SvgFault.NOT_SVG)
    work = _Work()
    for element in source.iter():
        if _named(element.tag)[1] == "style":
            work.sheet.read("".join(element.itertext()))
    made = work.element(source)
    if made is None or not any(element.tag in SHAPES for element in made.iter()):
        raise SvgRefused(SvgFault.NOTHING_DRAWN)
    width, height = _sized(made, source)
    _Cost(made).check()
    made.set("xmlns", SVG)
    text = ET.tostring(made, encoding="unicode")
    if len(text.encode()) > 2 * BYTES_AT_MOST:  # rules of a style sheet were written on very many elements
        raise SvgRefused(SvgFault.TOO_HEAVY)
    counted = Counter(work.removed + work.sheet.removed)
    return Drawing(text, width, height, tuple(TakenOut(what, name, times) for (what, name), times in counted.items()))


class _Parser(DefusedXMLParser):  # type: ignore[misc]  # it publishes no types
    """Lets pass a bare ``<!DOCTYPE svg PUBLIC …>``, which editors write and nothing reads; nothing may be declared in it."""

    def defused_start_doctype_decl(self, name: str, sysid: str, pubid: str, has_internal_subset: int) -> None:
        if has_internal_subset:
            raise DTDForbidden(name, sysid, pubid)


class _Bounded(ET.TreeBuilder):
    """Stops as soon as there is too much."""

    def __init__(self) -> None:
        super().__init__()
        self.elements = self.depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        self.elements += 1
        self.depth += 1
        if self.elements > ELEMENTS_AT_MOST:
            raise SvgRefused(SvgFault.TOO_MANY)
        if self.depth > DEPTH_AT_MOST:
            raise SvgRefused(SvgFault.TANGLED)
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        self.depth -= 1
        return super().end(tag)


def _parsed(data: bytes) -> ET.Element:
    if len(data) > BYTES_AT_MOST:
        raise SvgRefused(SvgFault.TOO_HEAVY)
    declared = ENCODING.search(data[:400])
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise SvgRefused(SvgFault.NOT_UTF8) from None
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        raise SvgRefused(SvgFault.NOT_UTF8)
    parser = _Parser(target=_Bounded(), encoding="utf-8", forbid_dtd=True)
    try:
        parser.feed(data)
        root: ET.Element = parser.close()
    except SvgRefused:
        raise
    except DefusedXmlException:
        raise SvgRefused(SvgFault.ENTITIES) from None
    except Exception as problem:  # expat and the builder raise whatever the bytes make them raise
        raise SvgRefused(SvgFault.BROKEN) from problem
    return root


def _named(tag: str) -> tuple[str, str]:
    """Namespace and name."""
    space, brace, name = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
    return (space, name) if brace else ("", tag)


@dataclass(slots=True)
class _Work:
    """One drawing under way: its style sheet, and what has been left out so far."""

    sheet: Sheet = field(default_factory=Sheet)
    removed: list[tuple[Removed, str]] = field(default_factory=list)

    def element(self, source: ET.Element) -> ET.Element | None:
        """The element made anew with all that it holds; none if it may not stay."""
        space, name = _named(source.tag)
        if name == "style":
            return None  # read already
        if space not in (SVG, "") or name not in ELEMENTS | UNWRAPPED:
            self.removed.append((_kind_of_element(space, name), name[:60]))
            return None
        made = ET.Element("g" if name in UNWRAPPED else name, self._attributes(source, name))
        made.text = source.text if name in WORDS else None
        for child in source:
            kept = self.element(child)
            if kept is not None:
                kept.tail = child.tail if name in WORDS else None
                made.append(kept)
            elif name in WORDS and child.tail:  # what stood after a thing left out
                if len(made):
                    made[-1].tail = (made[-1].tail or "") + child.tail
                else:
                    made.text = (made.text or "") + child.tail
        return made

    def _attributes(self, source: ET.Element, tag: str) -> dict[str, str]:
        kept: dict[str, str] = {}
        for full, value in source.attrib.items():
            space, name = _named(full)
            name = f"xml:{name}" if space == XML else name
            if name == "href" and space in ("", XLINK):
                continue
            if space not in ("", XML):
                self.removed.append((Removed.EDITOR, name[:60]))
            elif name in ATTRIBUTES | PROPERTIES and (fine := attribute_value(name, value)) is not None:
                kept[name] = fine
            elif name not in UNTOLD_ATTRIBUTES | {"class", "style"}:
                self._tell_of_attribute(name, value)
        classes = source.get("class", "").split()[:CLASSES_AT_MOST]
        kept |= self.sheet.of(tag, classes, kept.get("id", ""), source.get("style", ""))
        return kept | self._reference(source, tag)

    def _reference(self, source: ET.Element, tag: str) -> dict[str, str]:
        """Where it points within the drawing, as a plain ``href``."""
        value = source.get("href", source.get(f"{{{XLINK}}}href"))
        if value is None:
            return {}
        found = inner_reference(value)
        if found is None or tag in UNWRAPPED:
            self.removed.append((Removed.OUTSIDE, "href"))
            return {}
        return {"href": f"#{found}"}

    def _tell_of_attribute(self, name: str, value: str) -> None:
        low = name.lower()
        if low.startswith("on"):
            what = Removed.EVENT
        elif low == "filter" or low.startswith(("flood", "lighting")):
            what = Removed.FILTER
        elif "url" in value.lower() or "\\" in value or low in ("xml:base", "src", "data", "action", "formaction"):
            what = Removed.OUTSIDE
        elif value.strip().lower() in UNTOLD_VALUES or low.startswith("data-"):
            what = Removed.EDITOR
        else:
            what = Removed.OTHER
        self.removed.append((what, name[:60]))


def _kind_of_element(space: str, name: str) -> Removed:
    for names, what in ((SCRIPTS, Removed.SCRIPT), (FOREIGNERS, Removed.FOREIGN), (ANIMATIONS, Removed.ANIMATION)):
        if name.lower() in {known.lower() for known in names}:
            return what
    if space not in (SVG, "") or name in EDITORS:
        return Removed.EDITOR
    if name in ("image", "feImage"):
        return Removed.IMAGE
    return Removed.FILTER if name == "filter" or name.startswith("fe") else Removed.OTHER


def _sized(made: ET.Element, source: ET.Element) -> tuple[float, float]:
    """Width and height of the view box, which is made from the drawing's own size where there is none."""
    box = made.get("viewBox")
    if box is not None:
        try:
            _, _, width, height = (float(part) for part in re.split(r"[\s,]+", box.strip()))
        except ValueError:
            raise SvgRefused(SvgFault.NO_SIZE) from None
        if not all(isfinite(part) and 0 < part <= 1e7 for part in (width, height)):  # noqa: PLR2004  pixels
            raise SvgRefused(SvgFault.NO_SIZE)
    else:
        width, height = _length(source.get("width")), _length(source.get("height"))
        made.set("viewBox", f"0 0 {width:g} {height:g}")
    for side in ("width", "height"):
        if not LENGTH.fullmatch(made.get(side, "")):
            made.attrib.pop(side, None)  # «100%» of what, a page says by itself
    return width, height


def _length(text: str | None) -> float:
    """A length in pixels."""
    found = LENGTH.fullmatch(text or "")
    if not found or not (value := float(found[1]) * UNITS[found[2]]):
        raise SvgRefused(SvgFault.NO_SIZE)
    return value


class _Cost:
    """How much a browser would draw: a few nested ``use`` can make a billion of one."""

    def __init__(self, root: ET.Element) -> None:
        self.root = root
        self.by_id: dict[str, ET.Element] = {}
        for element in root.iter():
            self.by_id.setdefault(element.get("id", ""), element)
        self.known: dict[ET.Element, int] = {}
        self.open: set[ET.Element] = set()

    def check(self) -> None:
        """Refuse what draws too much, or itself."""
        if self._of(self.root, 0) > DRAWN_AT_MOST:
            raise SvgRefused(SvgFault.TANGLED)

    def _of(self, element: ET.Element, depth: int) -> int:
        if element in self.known:
            return self.known[element]
        if element in self.open or depth > 3 * DEPTH_AT_MOST:
            raise SvgRefused(SvgFault.TANGLED)
        self.open.add(element)
        cost = 1 + sum(self._of(child, depth + 1) for child in element)
        cost += self._of_id(element.get("href", "")[1:], depth)
        for name in ("fill", "stroke", "clip-path", "mask"):
            for found in references(element.get(name, "")):
                followed = self._of_id(found, depth)
                # Paint is inherited: a pattern may be drawn for each thing within.
                pattern = name in ("fill", "stroke") and self.by_id[found].tag not in PAINT_SERVERS if followed else False
                cost += followed * cost if pattern else followed
        self.open.discard(element)
        self.known[element] = min(cost, DRAWN_AT_MOST + 1)
        return self.known[element]

    def _of_id(self, name: str, depth: int) -> int:
        found = self.by_id.get(name) if name else None
        return 0 if found is None else self._of(found, depth + 1)
