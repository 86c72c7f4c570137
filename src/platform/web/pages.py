"""Pages: templates, what every one of them knows, and the response they become."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar import Request, Response
from markupsafe import Markup, escape

from src.platform.web.here import Here, here
from src.platform.web.i18n import Language
from src.platform.web.translating import TranslatedEnvironment

ROOT = Path(__file__).parents[2]
STATIC = Path(__file__).parent / "static"
PUBLIC_CACHE = "no-cache"

HERE = "here"


@lru_cache(maxsize=1)
def template_folders() -> list[Path]:
    """Every slice keeps its own templates; names carry the slice's name, so none hides another."""
    return [
        Path(__file__).parent / "templates",
        *sorted(ROOT.glob("platform/people/templates")),
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


def _here(context: Context) -> Here:
    found: Here = context[HERE]
    return found


def _zone(at: Here) -> str:
    return at.city.timezone if at.city else "Europe/Kyiv"


@pass_context
def show_date(context: Context, moment: datetime | date) -> str:
    """«12 листопада» in the city's zone."""
    at = _here(context)
    return at.language.date(moment, _zone(at))


@pass_context
def show_datetime(context: Context, moment: datetime) -> str:
    """«12 листопада, 14:10» in the city's zone."""
    at = _here(context)
    return at.language.datetime(moment, _zone(at))


@pass_context
def show_ago(context: Context, moment: datetime) -> str:
    """«3 дні тому»."""
    at = _here(context)
    return at.language.ago(moment, _zone(at))


@pass_context
def show_number(context: Context, value: float) -> str:
    """Digits grouped as the language groups them."""
    return _here(context).language.number(value)


@pass_context
def url(context: Context, path: str) -> str:
    """An address on this site in the reader's language."""
    return _here(context).url(path)


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
    env.globals.update(
        asset=asset,
        url=url,
        date=show_date,
        datetime=show_datetime,
        ago=show_ago,
        number=show_number,
        paragraphs=paragraphs,
        lang=code,
    )
    env.filters["paragraphs"] = paragraphs
    return env


def other_language(at: Here) -> str:
    """The address that switches to the other language and remembers the choice."""
    to = "uk" if at.lang == "en" else "en"
    from urllib.parse import quote  # noqa: PLC0415

    return f"/language/{to}?to={quote(at.path + ('?' + at.query if at.query else ''), safe='/')}"


def render(at: Here, template: str, context: Mapping[str, Any]) -> str:
    """The text of a template, with what every page knows."""
    return (
        environment(at.lang)
        .get_template(template)
        .render(
            {
                HERE: at,
                "city": at.in_language(),
                "csp_nonce": at.nonce,
                "nav": "",
                "settings": at.settings,
                "other_language_url": other_language(at),
                "signed_in": at.staff,
                "errors": {},
                **context,
            }
        )
    )


def page(
    request: Request[Any, Any, Any], template: str, *, status: int = 200, cache: str = PUBLIC_CACHE, **context: object
) -> Response[str]:
    """A page of the site. ``cache`` is the Cache-Control header; staff pages and drafts pass ``no-store``."""
    return Response(
        render(here(request), template, context),
        status_code=status,
        media_type="text/html",
        headers={"Cache-Control": cache},
    )
