"""An A4 poster for a stairwell: who the officer is, how to reach them, when they receive, and a QR code to the page.

Given only what the public may see. Set in the site's own typeface, whose files the front end's build left beside the style
sheets; without them (a machine without a front end) :class:`NoTypeface` is raised.
"""

import io
import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

import segno
from fontTools.merge import Merger, Options
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos

from src.platform.settings import get_settings

DIST = Path(__file__).parents[2] / "platform" / "web" / "static" / "dist"
SUBSETS = ("cyrillic", "latin")
FAMILY = "commissioner"
SHAPING = ["GSUB", "GPOS", "GDEF", "STAT", "BASE", "gasp"]
"""Tables that a PDF of plain lines has no use for, and that subsets do not share."""
WEIGHTS = {"": 400, "B": 700}
MARGIN = 18
"""Millimetres."""
WIDTH = 210 - 2 * MARGIN
QR = 58
"""Millimetres: read from two metres."""
FOOT_AT = 297 - MARGIN - QR - 16
"""Where the code begins."""
SCALES = (1, 0.9, 0.8, 0.7)
"""Sizes to try; below them a poster is not read from where one stands."""


class NoTypeface(Exception):  # noqa: N818
    """The front end has not been built, so there is no typeface to set a poster in."""


@dataclass(frozen=True, slots=True)
class Poster:
    """What stands on it, all of it in words already, from top to bottom. ``hours`` are lines, (when, where)."""

    language: str
    city: str
    heading: str
    beat: str
    name: str
    title: str
    contacts_heading: str
    phones: tuple[str, ...]
    email: str
    hours_heading: str
    hours: tuple[tuple[str, str], ...]
    no_hours: str
    url: str
    scan: str
    emergency: str
    printed: str
    demo: str = ""


@lru_cache(maxsize=1)
def typeface() -> dict[str, Path]:
    """Files of the typeface that a PDF can hold, by style; made once out of the variable web font and its subsets.

    The subsets are made one font: with the other as a fallback, the PDF library mixes up which of them a line is set in.
    """
    folder = get_settings().data_dir / "typeface"
    folder.mkdir(parents=True, exist_ok=True)
    sources = [next(iter(sorted(DIST.glob(f"commissioner-{subset}-wght-normal-*.woff2"))), None) for subset in SUBSETS]
    found = [source for source in sources if source is not None]
    if len(found) < len(SUBSETS):
        raise NoTypeface
    mark = "-".join(source.stem.rsplit("-", 1)[-1] for source in found)
    made = {style: folder / f"commissioner-{mark}-{weight}.ttf" for style, weight in WEIGHTS.items()}
    for style, target in made.items():
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=folder) as work:
                parts = [str(static(source, WEIGHTS[style], Path(work))) for source in found]
                whole = Path(work) / "whole.ttf"
                Merger(Options(drop_tables=SHAPING)).merge(parts).save(whole)
                os.replace(whole, target)  # noqa: PTH105  whole or not at all
    return made


def static(source: Path, weight: int, folder: Path) -> Path:
    """One weight of one subset as a plain TrueType file."""
    font = instancer.instantiateVariableFont(TTFont(source), {"wght": weight})
    font.flavor = None
    for table in SHAPING:
        if table in font:
            del font[table]
    target = folder / f"{source.stem}.ttf"
    font.save(target)
    return target


def poster(what: Poster) -> bytes:
    """The poster as a PDF of one page."""
    pdf = FPDF(format="A4")
    pdf.set_margins(MARGIN, MARGIN)
    pdf.set_auto_page_break(auto=False)
    for style, path in typeface().items():
        pdf.add_font(FAMILY, style, path)
    pdf.set_title(f"{what.heading}: {what.name}")
    pdf.set_lang(what.language)
    pdf.set_creator("Vzaiemodiia")
    pdf.add_page()
    fitting(pdf, what)
    foot(pdf, Text(pdf), what)
    return bytes(pdf.output())


def fitting(pdf: FPDF, what: Poster) -> None:
    """The body as large as there is room above the code; when even the smallest is too large, the last hours are left out: the
    code leads to all of them."""  # noqa: D209
    hours = len(what.hours)
    while hours >= 0:
        for scale in SCALES:
            trial = Text(pdf, scale, draws=False)
            body(trial, what, hours)
            if trial.height <= FOOT_AT - MARGIN - 4 or (hours == 0 and scale == SCALES[-1]):
                body(Text(pdf, scale), what, hours)
                return
        hours -= 1


def body(text: "Text", what: Poster, hours: int) -> None:
    """Who, how to reach them, when they receive: so many of the hours."""
    text.line(what.city, 13, colour=90)
    text.line(what.heading, 30, bold=True)
    text.line(what.beat, 17)
    text.gap(5)
    text.line(what.name, 26, bold=True)
    text.line(what.title, 14, colour=90)
    if what.phones or what.email:
        text.gap(5)
        text.line(what.contacts_heading, 13, colour=90)
        for phone in what.phones:
            text.line(phone, 24, bold=True)
        text.line(what.email, 15)
    text.gap(5)
    text.line(what.hours_heading, 13, colour=90)
    for when, where in what.hours[:hours]:
        text.line(when, 16, bold=True)
        text.line(where, 13)
    if not what.hours:
        text.line(what.no_hours, 14)


def foot(pdf: FPDF, text: "Text", what: Poster) -> None:
    """The code and what it is for; the emergency line last, where the eye ends."""
    pdf.set_xy(MARGIN, FOOT_AT)
    code = io.BytesIO()
    segno.make(what.url, error="m").save(code, kind="png", scale=10, border=2)
    pdf.image(code, x=210 - MARGIN - QR, y=FOOT_AT, w=QR, h=QR, alt_text=what.url)
    text.line(what.scan, 15, bold=True, width=WIDTH - QR - 8)
    text.line(what.url.removeprefix("https://").removeprefix("http://"), 11, colour=90, width=WIDTH - QR - 8)
    text.gap(3)
    text.line(what.printed, 11, colour=90, width=WIDTH - QR - 8)
    if what.demo:
        text.line(what.demo, 11, bold=True, width=WIDTH - QR - 8)
    pdf.set_xy(MARGIN, 297 - MARGIN - 11)
    text.line(what.emergency, 17, bold=True)


class Text:
    """Lines one below the other, smaller by a scale; or only how high they would be (millimetres)."""

    def __init__(self, pdf: FPDF, scale: float = 1, *, draws: bool = True) -> None:
        self.pdf, self.scale, self.draws = pdf, scale, draws
        self.height = 0.0

    def line(self, words: str, size: float, *, bold: bool = False, colour: int = 20, width: float = WIDTH) -> None:
        """A paragraph of one size (points)."""
        if not words:
            return
        size *= self.scale
        self.pdf.set_font(FAMILY, "B" if bold else "", size)
        if not self.draws:
            high = self.pdf.multi_cell(width, size * 0.46, words, dry_run=True, output=MethodReturnValue.HEIGHT)
            self.height += cast("float", high)
            return
        self.pdf.set_text_color(colour)
        self.pdf.multi_cell(width, size * 0.46, words, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def gap(self, millimetres: float) -> None:
        """Room."""
        self.height += millimetres * self.scale
        if self.draws:
            self.pdf.ln(millimetres * self.scale)
