"""Pages of the mail catcher. In Ukrainian, for developers; reachable from this machine alone."""

import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from litestar import Litestar, MediaType, Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import Parameter
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.template.config import TemplateConfig
from markupsafe import Markup, escape

from src.platform.local.mailbox import Mail, Mailbox

HERE = Path(__file__).parent / "templates"
_ON_A_PAGE = 50
_LOOKED_THROUGH = 2000
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# Mail is somebody else's HTML: nothing runs, nothing is fetched, only links open (in a tab of their own).
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
_ADDRESS = re.compile(r"https?://[^\s<>\"»]+[^\s<>\"».,;:!?)\]]")


def make_app(mailbox: Mailbox) -> Litestar:
    """The pages over one mailbox."""

    @get("/", sync_to_thread=True)
    def show_list(
        q: Annotated[str, Parameter(query="q", max_length=200)] = "",
        before: Annotated[str, Parameter(query="before", max_length=60)] = "",
    ) -> Template:
        ids = [each for each in mailbox.ids() if not before or each < before]
        mails: list[Mail] = []
        for id_ in ids[:_LOOKED_THROUGH]:
            mail = mailbox.get(id_)
            if mail is not None and mail.mentions(q):
                mails.append(mail)
            if len(mails) > _ON_A_PAGE:
                break
        older = mails[_ON_A_PAGE - 1].id if len(mails) > _ON_A_PAGE else ""
        return Template(
            "list.html",
            context={
                "mails": mails[:_ON_A_PAGE],
                "q": q,
                "before": before,
                "older_url": f"/?q={quote(q)}&before={older}" if older else "",
            },
        )

    @get("/messages/{id_:str}", sync_to_thread=True)
    def show_message(id_: str) -> Template:
        return Template("message.html", context={"mail": _get(mailbox, id_), "linked": linked})

    @get("/messages/{id_:str}/html", sync_to_thread=True)
    def show_html(id_: str) -> Response[str]:
        html = _get(mailbox, id_).html
        if html is None:
            raise NotFoundException
        return Response(_opening_links_outside(html), media_type=MediaType.HTML, headers=_headers(_MAIL_POLICY))

    @get("/messages/{id_:str}/source", sync_to_thread=True)
    def show_source(id_: str) -> Response[bytes]:
        return Response(_get(mailbox, id_).source, media_type="text/plain; charset=utf-8")

    @get("/messages/{id_:str}/attachments/{index:int}", sync_to_thread=True)
    def download(id_: str, index: int) -> Response[bytes]:
        attachments = _get(mailbox, id_).attachments
        if not 0 <= index < len(attachments):
            raise NotFoundException
        disposition = f"attachment; filename*=UTF-8''{quote(attachments[index].name, safe='')}"
        return Response(
            attachments[index].content,
            media_type="application/octet-stream",
            headers={"Content-Disposition": disposition},
        )

    @get("/mail.css", sync_to_thread=True)
    def style() -> Response[bytes]:
        return Response((HERE / "mail.css").read_bytes(), media_type="text/css")

    return Litestar(
        [show_list, show_message, show_html, show_source, download, style],
        exception_handlers={NotFoundException: _show_missing},
        before_request=_refuse_other_names,
        after_request=_add_headers,
        template_config=TemplateConfig(directory=HERE, engine=JinjaTemplateEngine),
        openapi_config=None,
        logging_config=None,
    )


def linked(text: str) -> Markup:
    """Plain text as HTML in which addresses can be clicked."""
    found = Markup()
    end = 0
    for match in _ADDRESS.finditer(text):
        address = match[0]
        found += escape(text[end : match.start()])
        found += Markup('<a href="{0}">{0}</a>').format(address)
        end = match.end()
    return found + escape(text[end:])


def _get(mailbox: Mailbox, id_: str) -> Mail:
    mail = mailbox.get(id_)
    if mail is None:
        raise NotFoundException
    return mail


def _opening_links_outside(html: str) -> str:
    base = '<base target="_blank">'
    head = re.search(r"<head[^>]*>", html, re.IGNORECASE)
    return html[: head.end()] + base + html[head.end() :] if head else base + html


def _refuse_other_names(request: Request[Any, Any, Any]) -> Response[str] | None:
    """A page elsewhere could point its own name at 127.0.0.1 and read the mail (DNS rebinding)."""
    if request.url.hostname in {"localhost", "127.0.0.1"}:
        return None
    return Response("Only as localhost.", status_code=421, media_type=MediaType.TEXT)


def _show_missing(_request: Request[Any, Any, Any], _error: NotFoundException) -> Template:
    return Template("missing.html", status_code=404, headers=_headers(_PAGE_POLICY))


def _headers(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


def _add_headers(response: Response[object]) -> Response[object]:
    for name, value in _headers(_PAGE_POLICY).items():
        response.headers.setdefault(name, value)
    return response
