"""A city's own texts as HTML: paragraphs, ``## `` headings, ``- `` lists. Nothing else; everything escaped."""

import re

from markupsafe import Markup, escape

NUMBERED = r"(?:статт\w*|ст\.|пункт\w*|п\.|№|article|paragraph)\s*[\d.,\s]*$"
BEFORE = 40
"""Characters before a number in which «стаття» is looked for; all of a long text for each number would take seconds."""

LINKS = re.compile(r"(?<![\w.+-])(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)|(?<![\w.:/-])(?P<phone>10[1-4]|112)(?![\w%:/-]|[.,]\d)")


def linked(text: str, contact_phone: str = "") -> Markup:
    """Text with its e-mail addresses, emergency numbers and the city's own number as links; «стаття 102» stays words."""
    own = contact_phone.strip()
    pattern = re.compile(f"{LINKS.pattern}|(?<![\\w.-])(?P<own>{re.escape(own)})(?!\\w)") if own else LINKS
    parts: list[Markup] = []
    last = 0
    for found in pattern.finditer(text):
        if found["phone"] and re.search(NUMBERED, text[max(0, found.start() - BEFORE) : found.start()], re.IGNORECASE):
            continue
        parts.append(escape(text[last : found.start()]))
        words = found.group()
        address = f"mailto:{words}" if found["mail"] else "tel:" + re.sub(r"[^\d+]", "", words)
        parts.append(Markup('<a href="{}">{}</a>').format(address, words))
        last = found.end()
    return Markup("").join([*parts, escape(text[last:])])


def rendered(body: str, contact_phone: str = "") -> Markup:
    """A page's body: a line that begins with ``## `` is a heading, ``- `` an item of a list, others run into paragraphs."""
    blocks: list[tuple[str, list[str]]] = []
    for line in [part.strip() for part in body.replace("\r\n", "\n").split("\n")]:
        kind = "h2" if line.startswith("## ") else "ul" if line.startswith("- ") else "p" if line else ""
        words = line[3:] if kind == "h2" else line[2:] if kind == "ul" else line
        if kind in ("ul", "p") and blocks and blocks[-1][0] == kind:
            blocks[-1][1].append(words)
        else:
            blocks.append((kind, [words]))
    made = {
        "h2": lambda lines: Markup("<h2>{}</h2>").format(lines[0]),
        "ul": lambda lines: Markup("<ul>{}</ul>").format(
            Markup("").join(Markup("<li>{}</li>").format(linked(line, contact_phone)) for line in lines)
        ),
        "p": lambda lines: Markup("<p>{}</p>").format(Markup("<br>").join(linked(line, contact_phone) for line in lines)),
    }
    return Markup("\n").join(made[kind](lines) for kind, lines in blocks if kind)
