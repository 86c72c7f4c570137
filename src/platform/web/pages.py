"""Pages: templates, what every one of them knows, and the response they become."""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from markupsafe import Markup, escape

from src.platform.web.here import Here, here
from src.platform.web.i18n import Language
from src.platform.web.texts import linked, rendered
from src.platform.web.translating import TranslatedEnvironment

ROOT = Path(__file__).parents[2]
STATIC = Path(__file__).parent / "static"
PUBLIC_CACHE = "no-cache"

ZONE: ContextVar[str] = ContextVar("zone")
"""The time zone in which the page being rendered shows moments."""


@lru_cache(maxsize=1)
def template_folders() -> list[Path]:
    """Every slice keeps its own templates; names carry the slice's name, so none hides another."""
    return [
        Path(__file__).parent / "templates",
        *sorted(ROOT.glob("platform/people/*/templates")),
        *sorted(ROOT.glob("tenants/*/templates")),
        *sorted(ROOT.glob("local_officer/*/templates")),
    ]


@lru_cache(maxsize=1)
def manifest() -> dict[str, str]:
    """Built files by their plain names. Missing means that the front end was not built: a clear stop."""
    path = STATIC / "dist" / "manifest.json"
    if not path.exists():
        msg = f"{path} is missing: run `make assets`"
        raise FileNotFoundError(msg)
    built: dict[str, str] = json.loads(path.read_text())
    return built


def asset(name: str) -> str:
    """Address of a built file; it changes with the content, so it may be kept for ever."""
    return "/static/dist/" + manifest()[name]


def paragraphs(text: str) -> Markup:
    """Plain text as paragraphs: a blank line starts a new one, a line break stays one."""
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]
    return Markup("\n").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in b.split("\n"))) for b in blocks
    )


@lru_cache(maxsize=4)
def environment(code: str) -> Environment:
    """The template environment of a language; one each, so that the catalogue is bound once and not per page."""
    from src.platform.web.i18n import language_named  # noqa: PLC0415  avoids reading catalogues at import

    language: Language = language_named(code)
    env = TranslatedEnvironment(
        language,
        loader=FileSystemLoader(template_folders()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    # None of them takes the template's context, so that components can be imported without it: once, and not for each page.
    env.globals.update(
        asset=asset,
        url=lambda path: language.prefix + path,
        date=lambda moment: language.date(moment, ZONE.get()),
        datetime=lambda moment: language.datetime(moment, ZONE.get()),
        ago=lambda moment: language.ago(moment, ZONE.get()),
        number=language.number,
        paragraphs=paragraphs,
        lang=code,
    )
    env.filters["paragraphs"] = paragraphs
    env.filters["linked"] = linked
    env.filters["rendered"] = rendered
    return env


def other_language(at: Here) -> str:
    """The address that switches to the other language and remembers the choice; none where the city speaks one only."""
    if len(at.the_tenant.options.languages) == 1:
        return ""
    to = "uk" if at.lang == "en" else "en"
    from urllib.parse import quote  # noqa: PLC0415

    return f"/language/{to}?to={quote(at.path + ('?' + at.query if at.query else ''), safe='/')}"


def render(at: Here, template: str, context: Mapping[str, Any]) -> str:
    """The text of a template, with what every page knows."""
    zone = ZONE.set(at.city.timezone if at.city else "Europe/Kyiv")
    try:
        return (
            environment(at.lang)
            .get_template(template)
            .render(
                {
                    "here": at,
                    "city": at.in_language(),
                    "csp_nonce": at.nonce,
                    "nav": "",
                    "settings": at.settings,
                    "other_language_url": other_language(at),
                    "signed_in": at.staff,
                    "person": at.person,
                    "errors": {},
                    "refused": False,
                    **context,
                }
            )
        )
    finally:
        ZONE.reset(zone)


NOT_DONE = frozenset({409, 422})
"""Statuses of a page that comes back because what was asked for was not done; its title says so."""


def page(
    request: Request[Any, Any, Any], template: str, *, status: int = 200, cache: str = PUBLIC_CACHE, **context: object
) -> Response[str]:
    """A page of the site. ``cache`` is the Cache-Control header; staff pages and drafts pass ``no-store``."""
    return Response(
        render(here(request), template, {"refused": status in NOT_DONE, **context}),
        status_code=status,
        media_type="text/html",
        headers={"Cache-Control": f"private, {cache}" if cache == PUBLIC_CACHE and here(request).person else cache},
    )
