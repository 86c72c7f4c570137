"""Requests to providers: to public addresses only, within seconds, and no more bytes than an honest answer has.

Addresses of providers are written by a city's administrator and by the providers themselves. Neither may make this
server reach into its own network: a name is looked up once, every address it has must be public, and the connection goes
to the address that was looked at.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from src.platform.people.providers.kinds import ProviderDown, ProviderLies
from src.platform.settings import get_settings

SECONDS = 6.0
"""For one answer; a sign-in takes two or three of them."""
BYTES = 256 * 1024
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SERVER_ERROR = 500
OK = 200


def is_loopback(host: str) -> bool:
    """Whether a name means this very machine (RFC 6761)."""
    return host in LOOPBACK or host.endswith(".localhost")


def acceptable(url: str) -> bool:
    """Whether an address may be one of a provider: https, no user in it; plain http on loopback where we ourselves are local."""
    try:
        parts = urlsplit(url)
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        return False
    if not parts.hostname or not port_ok or parts.username is not None or parts.password is not None or parts.fragment:
        return False
    if parts.scheme == "http":
        return is_loopback(parts.hostname) and get_settings().public_scheme == "http"
    return parts.scheme == "https"


def may_reach(address: IPv4Address | IPv6Address) -> bool:
    """Whether a connection may go there: public addresses; private ones where the operator said so; loopback when local."""
    settings = get_settings()
    if address.is_loopback:
        return settings.public_scheme == "http"
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return may_reach(address.ipv4_mapped)
    private = address.is_private and not (address.is_link_local or address.is_unspecified or address.is_multicast)
    return (address.is_global and not address.is_multicast) or (private and settings.private_providers)


class Guarded(httpx2.AsyncHTTPTransport):
    """Connects to an address that was looked at, and gives no more bytes than it should."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request."""
        host = request.url.host
        if not acceptable(str(request.url)):
            raise ProviderLies("an address that is not https")
        address = await looked_up(host, request.url.port or (443 if request.url.scheme == "https" else 80))
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        response = await super().handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise ProviderLies("an answer in an encoding that was not asked for")
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = Bounded(response.stream)
        return response


class Bounded(httpx2.AsyncByteStream):
    """A body that must not be too long."""

    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self.inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        room = BYTES
        async for chunk in self.inner:
            room -= len(chunk)
            if room < 0:
                raise ProviderLies("an answer that is too large")
            yield chunk

    async def aclose(self) -> None:
        """Close the connection's side."""
        await self.inner.aclose()


async def looked_up(host: str, port: int) -> str:
    """An address of a host; raises :class:`ProviderLies` when any that it has must not be reached."""
    if is_loopback(host) and not host[0].isdigit() and ":" not in host:
        host = "127.0.0.1"
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise ProviderDown("its host is not found") from problem
    addresses = [ip_address(str(entry[4][0]).split("%", 1)[0]) for entry in found]
    if not addresses or not all(map(may_reach, addresses)):
        raise ProviderLies("its host is not a public one")
    return str(addresses[0])


@asynccontextmanager
async def client(client_id: str, client_secret: str, **options: Any) -> AsyncIterator[AsyncOAuth2Client]:  # noqa: ANN401
    """Authlib's client with these bounds; whatever goes wrong inside comes out as one of the two exceptions."""
    try:
        async with asyncio.timeout(SECONDS * 2):
            async with AsyncOAuth2Client(
                client_id=client_id,
                client_secret=client_secret or None,
                transport=Guarded(retries=0),
                timeout=httpx2.Timeout(SECONDS, connect=SECONDS / 2),
                headers={"Accept-Encoding": "identity", "Accept": "application/json"},
                follow_redirects=False,
                trust_env=False,
                **options,
            ) as opened:
                yield opened
    except (TimeoutError, httpx2.TimeoutException) as problem:
        raise ProviderDown("no answer in time") from problem
    except httpx2.HTTPStatusError as problem:
        raise refusal(problem.response) from problem
    except httpx2.HTTPError as problem:
        raise ProviderDown(f"the connection failed ({type(problem).__name__})") from problem
    except httpx2.InvalidURL as problem:
        raise ProviderLies("an address that cannot be read") from problem
    except AuthlibBaseError as problem:
        raise ProviderLies(f"refused: {word(problem.error)}") from problem


async def fetch(opened: AsyncOAuth2Client, url: str, *, with_token: bool = False) -> dict[str, Any]:
    """A JSON object from an address of the provider."""
    if not acceptable(url):
        raise ProviderLies("an address that is not https")
    answer: httpx2.Response = await opened.request("GET", url, withhold_token=not with_token)
    if answer.status_code != OK:
        raise refusal(answer)
    try:
        found = json.loads(answer.content)
    except ValueError as problem:
        raise ProviderLies("an answer that is not JSON") from problem
    if not isinstance(found, dict):
        raise ProviderLies("an answer that is not a JSON object")
    return found


def refusal(answer: httpx2.Response) -> ProviderDown | ProviderLies:
    """What a status other than 200 means: broken on its side, or not what was agreed."""
    said = f"answered with status {answer.status_code}"
    return ProviderDown(said) if answer.status_code >= SERVER_ERROR else ProviderLies(said)


def word(said: object) -> str:
    """An error's code as RFC 6749 allows it, cut short: what strangers send reaches the log as one plain word."""
    kept = "".join(sign for sign in str(said or "") if sign.isascii() and (sign.isalnum() or sign in "_-."))
    return kept[:60] or "no reason given"
