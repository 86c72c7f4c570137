"""Where a request came in: which city, in which language, by whom."""

from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from litestar.connection import ASGIConnection

from src.platform.data.tenancy import City, CityInLanguage
from src.platform.settings import Settings
from src.platform.web.i18n import Language, language_named

if TYPE_CHECKING:
    from src.platform.people.staff import Staff


@dataclass(slots=True)
class Here:
    """What the front door found out before any route ran. ``city`` is none at the apex host.

    ``path`` is without the language's prefix; ``client`` is the resident's address as far as it can be believed.
    """

    settings: Settings
    host: str
    path: str
    language: Language
    city: City | None = None
    client: str = ""
    query: str = ""
    request_id: str = ""
    staff: "Staff | None" = None
    nonce: str = field(default_factory=lambda: token_urlsafe(12))

    @property
    def lang(self) -> str:
        """``uk`` or ``en``."""
        return self.language.code

    @property
    def section(self) -> str:
        """The first part of the path: what a log line may say of an address, which may hold a key further on."""
        return self.path.split("/", 2)[1]

    @property
    def the_city(self) -> City:
        """The city; only routes of a city's host may ask."""
        if self.city is None:
            msg = "no city at this host"
            raise LookupError(msg)
        return self.city

    def url(self, path: str) -> str:
        """An address on this site in the reader's language."""
        return self.language.prefix + path

    def absolute(self, path: str) -> str:
        """The same with scheme and host, for mail, feeds and machine-readable data."""
        return self.settings.origin(self.host) + self.url(path)

    def in_language(self) -> CityInLanguage | None:
        """The city for templates."""
        return CityInLanguage.of(self.city, self.lang) if self.city else None

    def _(self, message: str) -> str:
        """Translate into the reader's language."""
        return self.language.gettext(message)


def here(connection: ASGIConnection[Any, Any, Any, Any]) -> Here:
    """The request's :class:`Here`."""
    found: Here = connection.scope["here"]  # type: ignore[typeddict-item]  # set by the front door
    return found


def city_host(settings: Settings, slug: str) -> str:
    """The host name of a city, without port."""
    return f"{slug}.{settings.base_domain}"


def language_of(code: str) -> Language:
    """A language by its code; Ukrainian for one that we do not speak."""
    return language_named(code)
