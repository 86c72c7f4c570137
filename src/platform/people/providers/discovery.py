"""What a provider says of itself (OpenID Connect Discovery 1.0) and its keys; kept for an hour, in each process."""

import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey, import_key

from src.platform.people.providers.kinds import ProviderLies
from src.platform.people.providers.outward import acceptable, client, fetch

WELL_KNOWN = "/.well-known/openid-configuration"
KEPT_FOR = 3600.0
KEPT_AT_MOST = 256
KEYS_AT_MOST = 50
ASKED_ANEW_AT_MOST = 3
ASKED_ANEW_WITHIN = 60.0
"""How often unknown key ids may make us ask a provider for its keys, in seconds: anybody can send us such a token's name."""
ASYMMETRIC = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)  # fmt: skip
"""Signatures that only the provider can make. ``none`` and the HS* ones (keyed with what we know too) are never taken."""


@dataclass(slots=True)
class Known:
    """What is known of a provider; times are of the process's monotonic clock, in seconds."""

    issuer: str
    authorization: str
    token: str
    jwks: str
    userinfo: str
    end_session: str
    algorithms: tuple[str, ...]
    secret_in_form: bool
    names_itself: bool
    asks_anew: bool
    fetched_at: float
    keys: KeySet | None = None
    keys_at: float = 0.0
    asked_anew: deque[float] = field(default_factory=deque)


_held: OrderedDict[tuple[UUID, str], Known] = OrderedDict()


def issuers(url: str) -> tuple[str, str]:
    """The issuers that a discovery address can be of (Discovery, 4.1: a final slash is not part of the address)."""
    base = url.removesuffix(WELL_KNOWN)
    return base, base + "/"


async def about(city_id: UUID, url: str, *, anew: bool = False) -> Known:
    """What the provider at a discovery address says of itself; ``anew`` asks it even if it is known."""
    held = _held.get((city_id, url))
    if held is not None and not anew and time.monotonic() - held.fetched_at < KEPT_FOR:
        _held.move_to_end((city_id, url))
        return held
    async with client("", "") as opened:
        found = understood(url, await fetch(opened, url))
    _held[city_id, url] = found
    while len(_held) > KEPT_AT_MOST:
        _held.popitem(last=False)
    return found


def understood(url: str, said: dict[str, Any]) -> Known:
    """The discovery document, checked (Discovery, 3 and 4.3): the issuer must be the one whose document was asked for."""
    issuer = said.get("issuer")
    if not isinstance(issuer, str) or issuer not in issuers(url):
        raise ProviderLies("its discovery document is of another issuer")
    addresses = {}
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"):
        value = said.get(name, "")
        required = name in {"authorization_endpoint", "token_endpoint", "jwks_uri"}
        if not isinstance(value, str) or (required and not value) or (value and not acceptable(value)):
            raise ProviderLies(f"its discovery document has no usable {name}")
        addresses[name] = value
    algorithms = tuple(name for name in texts(said, "id_token_signing_alg_values_supported") if name in ASYMMETRIC)
    if not algorithms:
        raise ProviderLies("it offers no signature that we take")
    methods = texts(said, "token_endpoint_auth_methods_supported")
    challenges = texts(said, "code_challenge_methods_supported")
    if challenges and "S256" not in challenges:
        raise ProviderLies("it does not take PKCE with S256")
    return Known(
        issuer=issuer,
        authorization=addresses["authorization_endpoint"],
        token=addresses["token_endpoint"],
        jwks=addresses["jwks_uri"],
        userinfo=addresses["userinfo_endpoint"],
        end_session=addresses["end_session_endpoint"],
        algorithms=algorithms,
        secret_in_form=bool(methods) and "client_secret_basic" not in methods and "client_secret_post" in methods,
        asks_anew="login" in (texts(said, "prompt_values_supported") or ["login"]),
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
        fetched_at=time.monotonic(),
    )


def texts(said: dict[str, Any], name: str) -> list[str]:
    """A list of texts in a document that anybody may have written."""
    value = said.get(name)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


async def keys_of(known: Known, *, unknown: bool = False) -> KeySet:
    """The provider's keys. ``unknown``: a key that is not among them was named, so it may have made new ones."""
    now = time.monotonic()
    if known.keys is not None and not unknown and now - known.keys_at < KEPT_FOR:
        return known.keys
    if unknown:
        while known.asked_anew and now - known.asked_anew[0] > ASKED_ANEW_WITHIN:
            known.asked_anew.popleft()
        if len(known.asked_anew) >= ASKED_ANEW_AT_MOST:
            raise ProviderLies("a key that is not among its keys, too often")
        known.asked_anew.append(now)
    async with client("", "") as opened:
        said = await fetch(opened, known.jwks)
    known.keys, known.keys_at = usable(said), now
    return known.keys


def usable(said: dict[str, Any]) -> KeySet:
    """The keys that can verify a signature; others may stand beside them (RFC 7517, 5)."""
    listed = said.get("keys")
    found: list[RSAKey | ECKey | OKPKey] = []
    for data in listed[:KEYS_AT_MOST] if isinstance(listed, list) else []:
        if not isinstance(data, dict) or data.get("use", "sig") != "sig" or data.get("kty") not in {"RSA", "EC", "OKP"}:
            continue
        try:
            found.append(import_key({name: value for name, value in data.items() if name != "d"}))  # type: ignore[arg-type]
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    if not found:
        raise ProviderLies("it has no usable key")
    return KeySet(list(found))
