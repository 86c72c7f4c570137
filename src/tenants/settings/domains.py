"""A city's own domain: what its owner puts into the DNS, and whether it is there. Speaks with a name server, never within a transaction."""

import re
from dataclasses import dataclass
from secrets import token_hex

import dns.exception
import dns.resolver
from dns.asyncresolver import Resolver

from src.platform.settings import Settings

DOMAIN = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
LABEL = "_vzaiemodiia"
"""The name of the TXT record, below the domain."""
SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Found:
    """What the DNS says: whether the token is there, and whether the domain leads here."""

    owned: bool
    leads_here: bool
    answered: bool = True

    @property
    def fine(self) -> bool:
        """Whether the domain can be served."""
        return self.owned and self.leads_here


def domain_of(typed: str) -> str:
    """A domain as somebody types or copies it: without scheme, path and final dot, in the letters of the DNS; empty when it is none."""
    name = re.sub(r"^https?://", "", typed.strip().lower()).split("/", 1)[0].rstrip(".")
    try:
        ascii_name = name.encode("idna").decode() if name else ""
    except UnicodeError:
        return ""
    return ascii_name if DOMAIN.fullmatch(ascii_name) else ""


def new_token() -> str:
    """What the TXT record must hold."""
    return token_hex(16)


def resolver_of(settings: Settings) -> Resolver:
    """Asks the configured name server, or the machine's own."""
    if not settings.dns_server:
        return Resolver()
    resolver = Resolver(configure=False)
    host, _, port = settings.dns_server.partition(":")
    resolver.nameservers, resolver.port = [host], int(port or 53)
    return resolver


async def look_up(settings: Settings, domain: str, *, token: str, home: str) -> Found:
    """Ask for the TXT record and for where the domain leads. ``home`` is the city's host below the base domain."""
    resolver = resolver_of(settings)
    try:
        texts = await asked(resolver, f"{LABEL}.{domain}", "TXT")
        owned = any(text.strip('"') == token for text in texts)
        names = {name.rstrip(".").lower() for name in await asked(resolver, domain, "CNAME")}
        leads = home in names
        if not leads:
            mine = {*await asked(resolver, domain, "A"), *await asked(resolver, domain, "AAAA")}
            ours = {*await asked(resolver, home, "A"), *await asked(resolver, home, "AAAA")}
            leads = bool(mine & ours)
    except (dns.exception.Timeout, dns.resolver.NoNameservers, OSError):
        return Found(owned=False, leads_here=False, answered=False)
    return Found(owned=owned, leads_here=leads)


async def asked(resolver: Resolver, name: str, kind: str) -> list[str]:
    """The records of a kind, as text; a name without any has none."""
    try:
        answer = await resolver.resolve(name, kind, lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    return [record.to_text() for record in answer]
