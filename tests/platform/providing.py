"""What the tests of sign-in with a provider share."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Self
from urllib.parse import urlsplit

from sqlalchemy import text
from structlog.testing import capture_logs

from src.platform.people import vault
from src.platform.people.accounts.queries import account_with
from src.platform.people.providers.models import IdentityProvider
from tests.oidc.liar import CLIENT, SECRET, Liar
from tests.site import Page, Site


async def provided(site: Site, url: str, **changes: Any) -> IdentityProvider:
    """A provider of the city, as if an administrator had configured it."""
    asked: dict[str, Any] = {
        "slug": "liar",
        "name": {"uk": "Пошта міста", "en": "City mail"},
        "discovery_url": url,
        "client_id": CLIENT,
        "client_secret": vault.seal(SECRET),
        "claims": {"name": "name", "email": "email", "verified": "email_verified"},
        "create": "residents",
        "created_at": site.clock.now,
    }
    provider = IdentityProvider(city_id=(await site.city()).id, **(asked | changes))
    async with site.unit() as session:
        session.add(provider)
    return provider


async def go(site: Site, slug: str = "liar", *, to: str = "") -> str:
    """Press the provider's button; the address that the page leads to."""
    page = await site.post(f"/sign-in/with/{slug}", {"next": to}, status=200)
    address = str(page.one("main a.primary")["href"])
    assert page.one("meta[http-equiv=refresh]")["content"] == f"0; url={address}"
    return address


async def there_and_back(
    site: Site, liar: Liar, lies: Mapping[str, str | None] | None = None, *, to: str = "", status: int = 303
) -> Page:
    """Sign in at the provider and come back; ``lies`` are what the liar changes in the way back."""
    return await site.get(liar.authorize(await go(site, to=to), **(lies or {})), status=status)


async def sessions(site: Site) -> int:
    """How many sessions there are in the city."""
    async with site.unit() as session:
        return int(await session.scalar(text("SELECT count(*) FROM account_session")) or 0)


async def account(site: Site, email: str) -> Any:
    """An account as it is stored."""
    async with site.unit() as session:
        return await account_with(session, email)


class Heard:
    """Log lines about sign-in with providers, while it is entered."""

    def __init__(self) -> None:
        self.lines: list[Any] = []
        self.listening = ExitStack()

    def __enter__(self) -> Self:
        """Begin to listen."""
        self.lines = self.listening.enter_context(capture_logs())
        return self

    def __exit__(self, *problem: object) -> None:
        """Stop."""
        self.listening.close()

    @property
    def one(self) -> Any:
        """The only line that says that something failed; it names nobody."""
        (line,) = [line for line in self.lines if line["log_level"] != "info"]
        for secret in ("@", "the-access-token", SECRET, "code-1", "liar-1"):
            assert secret not in str(line), line
        return line


def path_of(address: str) -> str:
    """The path and query of an address."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
