"""Where a request came in: which city, in which language, by whom."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from litestar.connection import ASGIConnection

from src.platform.data.tenancy import APEX, City, CityInLanguage
from src.platform.settings import Settings
from src.platform.web.i18n import Language, language_named

if TYPE_CHECKING:
    from src.platform.people.accounts.queries import Person


@dataclass(slots=True)
class Here:
    """What the front door found out before any route ran. ``city`` is none at the apex host.

    ``tenant`` is whose rows the request sees: the city, or at the apex host the platform's own row.

    ``path`` is without the language's prefix; ``client`` is the resident's address as far as it can be believed.
    """

    settings: Settings
    host: str
    path: str
    language: Language
    city: City | None = None
    tenant: City | None = None
    client: str = ""
    query: str = ""
    request_id: str = ""
    person: "Person | None" = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    nonce: str = field(default_factory=lambda: token_urlsafe(12))

    def __post_init__(self) -> None:
        """A city's own pages and letters see the city's rows."""
        self.tenant = self.tenant or self.city

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

    @property
    def the_tenant(self) -> City:
        """Whose rows the request sees."""
        if self.tenant is None:
            msg = "no tenant at this host"
            raise LookupError(msg)
        return self.tenant

    @property
    def staff(self) -> "Person | None":
        """Who is signed in, when they work here."""
        return self.person if self.person is not None and self.person.roles else None

    @property
    def the_person(self) -> "Person":
        """Who is signed in; only routes that ask for it may."""
        if self.person is None:
            msg = "nobody is signed in"
            raise LookupError(msg)
        return self.person

    @property
    def second_factor_demanded(self) -> bool:
        """Whether staff of this host must show two factors: the operator always, a city's when it says so."""
        tenant = self.the_tenant
        return tenant.kind == "platform" or tenant.options.staff_second_factor

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
    """The host name of a city, without port; the platform's own is the base domain."""
    return settings.base_domain if slug == APEX else f"{slug}.{settings.base_domain}"


def host_of(settings: Settings, city: City) -> str:
    """Where the city's letters lead: its own verified domain, or its name below the base domain."""
    return city.domain if city.domain and city.domain_verified_at else city_host(settings, city.slug)


def language_of(code: str) -> Language:
    """A language by its code; Ukrainian for one that we do not speak."""
    return language_named(code)
