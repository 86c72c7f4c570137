"""What a city writes on its pages, in Markdown, as HTML that can do no harm.

Plain texts of before (paragraphs, ``## `` headings, ``- `` lists) are Markdown too and come out as they did: a line
stays a line, e-mail addresses and emergency numbers are links.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from src.platform.web.texts import linked

CHARACTERS_AT_MOST = 50_000
OPEN_AT_MOST = 5_000
"""Brackets that a parser must remember: more are no text."""

TAGS = frozenset(
    "a blockquote br code em h2 h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul div".split()  # noqa: SIM905
)
ATTRIBUTES = {
    "a": {"href", "rel"},
    "ol": {"start"},
    "div": {"class", "tabindex"},
    "table": {"class"},
    "th": {"class"},
    "td": {"class"},
}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
UNSAFE = re.compile(r"[\x00-\x20\x7f\\<>\"]")
IN_SITE = re.compile(r"/(?!/|%5c)", re.IGNORECASE)
ITEM = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])[ \t]+\S")
FENCE = re.compile(r" {0,3}(?:```|~~~)")
ALIGNED = {"text-align:right": "num"}
SAFE_VALUES = {
    "rel": re.compile(r"noopener nofollow"),
    "class": re.compile(r"num|table|table-wrap"),
    "tabindex": re.compile(r"0"),
    "start": re.compile(r"\d{1,9}"),
}


class TextTooLong(Exception):  # noqa: N818  the domain's word
    """More than :data:`CHARACTERS_AT_MOST` characters; ``code`` as in ``look_words``."""

    code = "text_too_long"


def page_html(body: str, contact_phone: str = "", host: str = "") -> Markup:
    """A page's body as HTML whose headings begin at ``h2``. Raises :class:`TextTooLong`.

    ``host`` is the city's own: links to it are no outside links. ``contact_phone`` becomes a link wherever it stands.
    """
    if len(body) > CHARACTERS_AT_MOST:
        raise TextTooLong
    text = body.replace("\r\n", "\n").replace("\x00", "")
    if text.count("[") > OPEN_AT_MOST:
        text = text.replace("[", "\\[")
    text = _lists_ended(text)
    env = {"phone": contact_phone, "host": host.lower()}
    parser = _parser()
    tokens = parser.parse(text, env)
    _rank_headings(tokens)
    _mark_plain(tokens)
    made = parser.renderer.render(tokens, parser.options, env)
    return Markup(  # noqa: S704  this is what the cleaning is for
        nh3.clean(
            made,
            tags=set(TAGS),
            attributes=ATTRIBUTES,
            attribute_filter=_only_safe,
            url_schemes=set(SCHEMES),
            link_rel=None,
            strip_comments=True,
        ).strip()
    )


def allowed_link(address: str) -> bool:
    """Whether a link may lead there: a page of this site (``/…``), the web, an e-mail address or a telephone."""
    if not address or UNSAFE.search(address):
        return False
    if IN_SITE.match(address):
        return True
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme not in SCHEMES:
        return False
    if parts.scheme in ("http", "https"):
        return bool(host) and "@" not in parts.netloc
    return bool(parts.path) and not parts.netloc


def leads_outside(address: str, host: str) -> bool:
    """Whether a link leaves the city's own host."""
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and (parts.hostname or "") != host.partition(":")[0]


def _only_safe(tag: str, name: str, value: str) -> str | None:
    """The second look, by another program: what an attribute may say."""
    if name == "href":
        return value if tag == "a" and allowed_link(value) else None
    known = SAFE_VALUES.get(name)
    return value if known and known.fullmatch(value) else None


class _Parser(MarkdownIt):
    """Markdown with our rule for addresses: what it refuses stays as the text that was typed."""

    def validateLink(self, url: str) -> bool:  # noqa: N802  the library's name
        return allowed_link(url)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False, "linkify": False, "typographer": False, "breaks": True})
    parser.enable(["table", "strikethrough"])
    # No code by indentation and no underlined headings, which plain texts would become by chance.
    parser.disable(["code", "lheading", "html_block", "html_inline"])
    for name, rule in {
        "text": _text,
        "link_open": _link_open,
        "image": _image,
        "th_open": _cell_open,
        "td_open": _cell_open,
        "table_open": _table_open,
        "table_close": _table_close,
    }.items():
        parser.add_render_rule(name, rule)
    return parser


def _lists_ended(text: str) -> str:
    """An unindented line after an item begins a paragraph, as it did before Markdown; there it would run on in the item."""
    lines: list[str] = []
    fenced = listed = False
    for line in text.split("\n"):
        fenced ^= bool(FENCE.match(line))
        item = bool(ITEM.match(line))
        if listed and not fenced and not item and line[:1].strip():
            lines.append("")
        listed = item or (listed and line[:1] in (" ", "\t"))
        lines.append(line)
    return "\n".join(lines)


def _rank_headings(tokens: Sequence[Token]) -> None:
    """The page's title is its one ``h1``: what is used of ``#`` to ``######`` becomes ``h2`` and on, without gaps."""
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    ranks = {tag: min(rank, 6) for rank, tag in enumerate(sorted({token.tag for token in headings}), start=2)}
    for token in headings:
        token.tag = f"h{ranks[token.tag]}"


def _mark_plain(tokens: Sequence[Token]) -> None:
    """Words of headings and of links stay words: no link is made of an address or a number in them."""
    heading = False
    for token in tokens:
        heading = token.nesting == 1 if token.type.startswith("heading_") else heading
        within = 0
        for part in token.children or ():
            within += part.nesting if part.type.startswith("link_") else 0
            part.meta["plain"] = heading or within > 0


def _text(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:  # noqa: ANN401, ARG001
    token = tokens[at]
    return str(escape(token.content) if token.meta.get("plain") else linked(token.content, env["phone"]))


def _link_open(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:  # noqa: ANN401
    tokens[at].attrs.pop("title", None)
    if leads_outside(str(tokens[at].attrs.get("href", "")), env["host"]):
        tokens[at].attrSet("rel", "noopener nofollow")
    return self.renderToken(tokens, at, options, env)


def _image(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:  # noqa: ANN401, ARG001
    """No pictures from anywhere: a picture becomes a link to it, or in a link the words that stand for it."""
    token = tokens[at]
    address = str(token.attrs.get("src", ""))
    if token.meta.get("plain"):
        return str(escape(token.content))
    rel = Markup(' rel="noopener nofollow"') if leads_outside(address, env["host"]) else ""
    return str(Markup('<a href="{}"{}>{}</a>').format(address, rel, token.content or address))


def _cell_open(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:  # noqa: ANN401
    """Alignment by a class: styles in attributes are not let through."""
    known = ALIGNED.get(str(tokens[at].attrs.pop("style", "")))
    if known:
        tokens[at].attrSet("class", known)
    return self.renderToken(tokens, at, options, env)


def _table_open(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:  # noqa: ANN401, ARG001
    return '<div class="table-wrap" tabindex="0"><table class="table">'


def _table_close(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:  # noqa: ANN401, ARG001
    return "</table></div>"
