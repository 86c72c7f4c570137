"""What the rest of the house knows of a provider: two calls to sign somebody in, one to try it, one to leave it.

A service with a shape of its own becomes one more class with these four methods, registered under its kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


class ProviderDown(Exception):  # noqa: N818
    """The provider does not answer, or answers that it cannot. The text is for the log: no token, no address of a person."""


class ProviderLies(Exception):  # noqa: N818
    """What came is not what an honest provider sends. The text is for the log: no token, no address of a person."""


class Declined(Exception):  # noqa: N818
    """The provider says that there is no sign-in: the person pressed «cancel», or it does not let them in here."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A provider as configured, apart from the database, so that no transaction waits while it is spoken with."""

    city_id: UUID
    discovery_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str
    claims: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way there and back.

    ``state``, ``nonce`` and ``verifier`` are this attempt's secrets; ``back`` the address that the provider sends the browser to;
    ``fresh`` asks that the person show themselves anew, whatever session they have at the provider.
    """

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    back: str
    language: str
    fresh: bool
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for. ``subject`` is its own name for them and is never given to another.

    ``claims`` is all it said; ``second_factor`` whether it says that two factors were shown this time.
    """

    subject: str
    email: str
    email_verified: bool
    name: str
    claims: Mapping[str, Any]
    second_factor: bool


class Kind(Protocol):
    """A provider that can be spoken with.

    Every method raises :class:`ProviderDown` or :class:`ProviderLies` and may take seconds: never call one in a transaction.
    """

    async def begin(self, attempt: Attempt) -> str:
        """Where to send the browser."""
        ...

    async def finish(self, answer: Mapping[str, str], attempt: Attempt, *, now: datetime) -> Vouched:
        """Whom the provider vouches for, from what the browser came back with. Raises :class:`Declined` too."""
        ...

    async def check(self) -> None:
        """Try what can be tried without a person."""
        ...

    async def leave(self, back: str) -> str:
        """Where to send the browser to end the provider's own session; nothing when it has no such place."""
        ...


KINDS: dict[str, Callable[[Terms], Kind]] = {}
"""By ``IdentityProvider.kind``."""


def kind(name: str) -> Callable[[Callable[[Terms], Kind]], Callable[[Terms], Kind]]:
    """Register a class under the name of its kind."""

    def note(made: Callable[[Terms], Kind]) -> Callable[[Terms], Kind]:
        KINDS[name] = made
        return made

    return note


def claim(claims: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401  whatever the provider put there
    """A claim by its name; dots lead into objects (Keycloak's ``realm_access.roles``), a name with dots is tried first."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
