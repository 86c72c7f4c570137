"""Styles of a drawing turned into attributes.

Editors write colours into ``style`` attributes and style sheets; both can also load and hide things, and neither is
let through by a strict content security policy. What a rule says of an element is therefore written on the element.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from src.tenants.cities.svg_allowed import PROPERTIES, UNTOLD_VALUES, Removed, property_value

SELECTOR = re.compile(r"(?P<tag>\*|[A-Za-z]+)?(?:\.(?P<cls>[\w-]+)|#(?P<id>[\w.:-]+))?")
SELECTORS_AT_MOST = 5000
"""Of all style sheets of a drawing: many selectors times many properties take minutes."""

Key = tuple[str, str, str]
"""Element's name, class, id; empty for any."""


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """One property as a rule sets it; the greatest one holds (CSS Cascade 4, 6)."""

    important: bool
    weight: tuple[int, int, int]
    order: int
    value: str = field(compare=False)


@dataclass(slots=True)
class Sheet:
    """Rules of a drawing's style sheets by what they are for: an element's name, a class, an id, or two of these."""

    rules: dict[Key, dict[str, Said]] = field(default_factory=dict)
    removed: list[tuple[Removed, str]] = field(default_factory=list)
    count: int = 0
    selectors: int = 0

    def read(self, css: str) -> None:
        """Add a style sheet. At-rules and selectors that look further than one element are left out and noted."""
        for selectors, body in _rules(_without_comments(css), self.removed):
            found = _last_of_each(declarations(body, self.removed))
            for selector in dict.fromkeys(selectors.split(",")):
                self.selectors += 1
                if self.selectors > SELECTORS_AT_MOST:
                    self.removed.append((Removed.STYLE, "…"))
                    return
                match = SELECTOR.fullmatch(selector.strip())
                if match is None or not match.group():
                    self.removed.append((Removed.STYLE, selector.strip()[:60]))
                    continue
                tag, cls, id_ = ("" if part in (None, "*") else part for part in match.group("tag", "cls", "id"))
                known = self.rules.setdefault((tag, cls, id_), {})
                for name, value, important in found:
                    self.count += 1
                    said = Said(important, (bool(id_), bool(cls), bool(tag)), self.count, value)
                    known[name] = max(said, known.get(name, said))

    def of(self, tag: str, classes: Iterable[str], id_: str, style: str) -> dict[str, str]:
        """Properties that rules and the element's own style give it."""
        keys = [("", "", ""), (tag, "", "")]
        keys += [key for cls in set(classes) for key in (("", cls, ""), (tag, cls, ""))]
        keys += [("", "", id_), (tag, "", id_)] if id_ else []
        found: dict[str, Said] = {}
        for key in keys:
            for name, said in self.rules.get(key, {}).items():
                found[name] = max(said, found.get(name, said))
        for name, value, important in declarations(_without_comments(style), self.removed):
            self.count += 1
            said = Said(important, (2, 0, 0), self.count, value)
            found[name] = max(said, found.get(name, said))
        return {name: said.value for name, said in found.items()}


def declarations(body: str, removed: list[tuple[Removed, str]]) -> Iterator[tuple[str, str, bool]]:
    """Name, value and whether it is important, of each declaration that may stay."""
    for part in body.split(";"):
        name, colon, value = part.partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon:
            if name:
                removed.append((Removed.STYLE, name[:60]))
            continue
        plain = re.sub(r"\s*!\s*important$", "", value[-400:] if len(value) > 400 else value, flags=re.IGNORECASE)  # noqa: PLR2004
        if name in PROPERTIES and (kept := property_value(plain)) is not None:
            yield name, kept, plain != value
        elif plain.lower() not in UNTOLD_VALUES and not name.startswith("-"):
            outside = "url" in value.lower() or "\\" in value
            what = Removed.FILTER if name == "filter" else Removed.OUTSIDE if outside else Removed.STYLE
            removed.append((what, name[:60]))


def _last_of_each(found: Iterable[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    """Of a rule's declarations of one property only the last can hold, or the last important one."""
    kept = {(name, important): (name, value, important) for name, value, important in found}
    return list(kept.values())


def _rules(css: str, removed: list[tuple[Removed, str]]) -> Iterator[tuple[str, str]]:
    """Selectors and bodies of plain rules, in one pass."""
    depth, start, head, skipping = 0, 0, "", False
    for found in re.finditer(r"[{};]", css):
        sign = found.group()
        if sign == "{":
            depth += 1
            if depth == 1:
                head, start = css[start : found.start()].strip(), found.end()
                skipping = head.startswith("@")
            else:
                skipping = True
        elif sign == "}" and depth:
            depth -= 1
            if depth == 0:
                if skipping:
                    removed.append((_of_rule(head), head[:60]))
                else:
                    yield head, css[start : found.start()]
                start = found.end()
        elif depth == 0:
            if words := css[start : found.start()].strip():
                removed.append((_of_rule(words), words[:60]))
            start = found.end()


def _of_rule(head: str) -> Removed:
    return Removed.OUTSIDE if head.lower().startswith(("@import", "@font-face")) else Removed.STYLE


def _without_comments(css: str) -> str:
    """The text without ``/* */`` and without the signs that hid style sheets from browsers of 1996."""
    parts, at = [], 0
    while (opened := css.find("/*", at)) >= 0:
        parts.append(css[at:opened])
        closed = css.find("*/", opened + 2)
        if closed < 0:
            return " ".join(parts)
        at = closed + 2
    parts.append(css[at:])
    return " ".join(parts).replace("<!--", " ").replace("-->", " ")
