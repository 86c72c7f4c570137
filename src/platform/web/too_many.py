"""What somebody sees who did something too often: when to try again, and what they typed."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response

from src.platform.limits.service import TooMany
from src.platform.web.here import Here, here
from src.platform.web.pages import page

AnyRequest = Request[Any, Any, Any]
NOT_SHOWN_AGAIN = frozenset({"code", "credential", "seen", "mark"})
SHOWN_AT_MOST = 20_000
TOO_MANY = 429


def seconds_of(wait: timedelta) -> int:
    """Whole seconds, rounded up, at least one (RFC 9110, 10.2.3)."""
    return max(1, -int(-wait.total_seconds() // 1))


def wait_words(at: Here, seconds: int) -> str:
    """How long, in words."""
    minutes = -(-seconds // 60)
    if minutes <= 1:
        return at._("за хвилину")
    if minutes < 120:  # noqa: PLR2004
        return at.language.ngettext("за %(num)s хвилину", "за %(num)s хвилин", minutes) % {"num": minutes}
    hours = -(-minutes // 60)
    return at.language.ngettext("за %(num)s годину", "за %(num)s годин", hours) % {"num": hours}


def on_too_many(request: AnyRequest, problem: TooMany) -> Response[Any]:
    """429 with Retry-After: JSON for machines, a page for people. A form's words come back, ready to be sent again."""
    at = here(request)
    seconds = seconds_of(problem.wait)
    if at.path.startswith(("/api/", "/places/")):
        answer: Response[Any] = Response(
            {"status": TOO_MANY, "detail": "Too many requests; try again later.", "retry_after": seconds}, status_code=TOO_MANY
        )
        answer.headers["Cache-Control"] = "no-store"
    else:
        answer = page(
            request,
            "too_many.html",
            status=TOO_MANY,
            cache="no-store",
            wait=wait_words(at, seconds),
            again_at=at.now + timedelta(seconds=seconds),
            same_day=seconds < 12 * 3600,
            action=at.url(at.path) + (f"?{at.query}" if at.query else ""),
            posted=request.method == "POST",
            files=problem.files,
            sent=[(name, value) for name, values in problem.typed.items() for value in values],
            words=words_of(problem.typed),
        )
        answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Retry-After"] = str(seconds)
    return answer


def words_of(typed: dict[str, list[str]]) -> list[str]:
    """What of a form somebody wrote themselves: what reads like words, not what the page put in."""
    given = [value for name, values in typed.items() if name not in NOT_SHOWN_AGAIN for value in values]
    return [value[:SHOWN_AT_MOST] for value in given if " " in value.strip() or "@" in value]
