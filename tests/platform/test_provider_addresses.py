"""Where our server may be sent by whoever names a provider: never into its own network, never to another than asked for."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from src.platform.people.providers import outward
from src.platform.people.providers.kinds import ProviderDown, ProviderLies
from src.platform.settings import get_settings
from tests.oidc.liar import Liar


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.example/", "ftp://evil.example/", "https://user:word@evil.example/", "https:///x", "https://[::1", "https://a:0/",
        "https://evil.example/#x", "file:///etc/passwd", "", "http://localhost.evil.example/",
    ],
)  # fmt: skip
def test_addresses_that_no_provider_has(url: str) -> None:
    assert not outward.acceptable(url)


@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.1.1", "169.254.169.254", "::", "::ffff:10.0.0.1", "fe80::1", "100.64.0.1"])
async def test_this_servers_own_network_is_out_of_reach(host: str) -> None:
    with pytest.raises(ProviderLies):
        await outward.looked_up(host, 443)


async def test_a_certificate_must_be_of_the_name_that_was_asked_for(liar: Liar, tmp_path: Path) -> None:
    server, trusting = certified("idp.localhost", tmp_path)
    liar.server.socket = server.wrap_socket(liar.server.socket, server_side=True)
    port = liar.server.server_address[1]
    async with httpx2.AsyncClient(transport=outward.Guarded(verify=trusting), trust_env=False) as browser:
        assert (await browser.get(f"https://idp.localhost:{port}/jwks")).status_code == 200
        with pytest.raises(httpx2.ConnectError, match="certificate"):
            await browser.get(f"https://other.localhost:{port}/jwks")
    with pytest.raises(ProviderDown, match="the connection failed"):
        async with outward.client("", "") as opened:  # trusts what the system trusts, and nobody else
            await outward.fetch(opened, f"https://idp.localhost:{port}/jwks")


def certified(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's certificate for a name, by itself; and what a client needs to trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    certificate = builder.sign(key, SHA256()).public_bytes(Encoding.PEM)
    both = folder / "both.pem"
    both.write_bytes(certificate + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(both)
    return server, ssl.create_default_context(cadata=certificate.decode())


async def test_loopback_is_for_local_use_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert outward.acceptable("http://localhost:9000/")
    assert await outward.looked_up("keycloak.localhost", 80) == "127.0.0.1"
    monkeypatch.setenv("PUBLIC_SCHEME", "https")
    get_settings.cache_clear()
    assert not outward.acceptable("http://localhost:9000/")
    for host in ("localhost", "127.0.0.1", "::1"):
        with pytest.raises(ProviderLies):
            await outward.looked_up(host, 443)
    monkeypatch.setenv("PRIVATE_PROVIDERS", "1")
    get_settings.cache_clear()
    assert await outward.looked_up("10.0.0.1", 443) == "10.0.0.1"
    for host in ("127.0.0.1", "169.254.169.254", "::"):
        with pytest.raises(ProviderLies):
            await outward.looked_up(host, 443)
    get_settings.cache_clear()
