"""The page contract: what every page that any test fetches must keep."""

import re
from typing import Any

import html5lib
import httpx

VOID_OK = frozenset({"expected-doctype-but-got-chars"})
LABELLED = {"input", "select", "textarea"}
UNLABELLED_TYPES = {"hidden", "submit", "button", "image", "reset"}
NONCE = re.compile(r"'nonce-([\w-]+)'")


def check_page(response: httpx.Response) -> None:
    """Valid HTML, unique ids, title, language, one h1, labels, no inline script or style without the page's nonce."""
    where = str(response.request.url)
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    tree: Any = parser.parse(response.text)
    errors = [(position, code) for position, code, _ in parser.errors]
    assert not errors, f"{where}: invalid HTML {errors[:5]}\n{excerpt(response.text, errors)}"
    assert tree.get("lang") == ("en" if f"{response.request.url.path}/".startswith("/en/") else "uk"), f"{where}: language"
    assert (tree.findtext("head/title") or "").strip(), f"{where}: no title"
    headings = tree.findall(".//h1")
    assert len(headings) == 1, f"{where}: {len(headings)} h1"
    assert "".join(headings[0].itertext()).strip(), f"{where}: empty h1"
    ids = [element.get("id") for element in tree.iter() if isinstance(element.tag, str) and element.get("id")]
    assert len(ids) == len(set(ids)), f"{where}: ids twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    check_labels(where, tree, set(ids))
    check_policy(where, response, tree)


def check_labels(where: str, tree: Any, ids: set[str]) -> None:
    """Every control has a label, and everything that refers to an id finds it."""
    labelled = {label.get("for") for label in tree.iter("label")}
    wrapped = {id(control) for label in tree.iter("label") for control in label.iter() if control.tag in LABELLED}
    for control in (element for element in tree.iter() if element.tag in LABELLED):
        if control.get("type") in UNLABELLED_TYPES:
            continue
        named = control.get("aria-label") or control.get("aria-labelledby") or control.get("id") in labelled
        assert named or id(control) in wrapped, f"{where}: no label for {control.get('name')}"
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            for target in (element.get(attribute) or "").split():
                assert target in ids, f"{where}: {attribute}={target} points at nothing"


def check_policy(where: str, response: httpx.Response, tree: Any) -> None:
    """Nothing inline that the page's own policy would refuse."""
    found = NONCE.search(response.headers.get("content-security-policy", ""))
    nonce = found.group(1) if found else None
    for tag in ("script", "style"):
        for element in tree.iter(tag):
            if element.get("src") or element.get("type") in {"application/json", "application/ld+json"}:
                continue
            assert nonce and element.get("nonce") == nonce, f"{where}: inline {tag} without nonce"
    for element in tree.iter():
        if isinstance(element.tag, str):
            assert element.get("style") is None, f"{where}: style attribute on {element.tag}"
            assert not any(str(name).startswith("on") for name in element.attrib), f"{where}: handler attribute"


def excerpt(text: str, errors: list[tuple[tuple[int, int], str]]) -> str:
    """The lines around the first error."""
    line = errors[0][0][0]
    lines = text.splitlines()
    return "\n".join(lines[max(0, line - 2) : line + 1])
