"""A provider of identities that is honest until a test makes it lie, in one way at a time."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from authlib.oidc.core.util import create_half_hash
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import RSAKey

CLIENT = "vzaiemodiia"
SECRET = "the-clients-secret-of-thirty-two-bytes"
Answer = tuple[int, str, bytes]
Change = Callable[[dict[str, Any]], None]


def as_json(said: object, status: int = 200) -> Answer:
    """A JSON answer."""
    return status, "application/json", json.dumps(said).encode()


def base64url(data: bytes) -> bytes:
    """RFC 7515, 2."""
    return base64.urlsafe_b64encode(data).rstrip(b"=")


@lru_cache(maxsize=1)
def first_key() -> RSAKey:
    """The key that every liar begins with: making one takes longer than most tests."""
    return RSAKey.generate_key(2048, parameters={"kid": "first", "use": "sig"})


@dataclass
class Liar:
    """What it says, each part open to change. ``answers`` replaces a whole answer by its path."""

    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    discovery: Change = lambda _: None
    id_token: Change = lambda _: None
    header: Change = lambda _: None
    token: Change = lambda _: None
    answers: dict[str, Callable[[], Answer]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    forms: list[dict[str, str]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Listen on a free port."""
        self.claims = {"sub": "liar-1", "email": "olena@ukr.example", "email_verified": True, "name": "Олена Коваль"}
        self.key = first_key()
        self.published = [self.key]
        self.codes: dict[str, dict[str, str]] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    @property
    def url(self) -> str:
        """Its discovery address."""
        return f"{self.issuer}/.well-known/openid-configuration"

    def stop(self) -> None:
        """Stop listening; twice is once."""
        self.released.set()
        if self.thread.is_alive():
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()

    def rotate(self, kid: str = "second") -> None:
        """Sign with a new key, and publish it."""
        self.key = RSAKey.generate_key(2048, parameters={"kid": kid, "use": "sig"})
        self.published = [self.key]

    def hang(self) -> Answer:
        """Answer nothing for as long as the test runs."""
        self.released.wait()
        return as_json({})

    # --- what a browser meets there -----------------------------------------------------------

    def authorize(self, address: str, **changes: str | None) -> str:
        """Somebody is sent here and signs in: the path and query that they come back to; ``changes`` are the liar's."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert address.startswith(f"{self.issuer}/authorize?")
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes) + 1}"
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer} | changes
        return f"{urlsplit(asked['redirect_uri']).path}?{urlencode({k: v for k, v in back.items() if v is not None})}"

    # --- what our server asks -------------------------------------------------------------------

    def answer(self, path: str, form: dict[str, str], authorization: str) -> Answer:
        """An answer to our server."""
        self.asked[path] += 1
        if path in self.answers:
            return self.answers[path]()
        if path == "/.well-known/openid-configuration":
            said = {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "end_session_endpoint": f"{self.issuer}/end",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "authorization_response_iss_parameter_supported": True,
                "code_challenge_methods_supported": ["S256"],
            }
            self.discovery(said)
            return as_json(said)
        if path == "/jwks":
            return as_json({"keys": [key.as_dict(private=False) for key in self.published]})
        if path == "/token":
            return self.exchange(form, authorization)
        if path == "/userinfo":
            return as_json(self.userinfo if authorization == "Bearer the-access-token" else {"error": "invalid_token"})
        return as_json({"error": "not_found"}, 404)

    def exchange(self, form: dict[str, str], authorization: str) -> Answer:
        """The token endpoint; as strict as an honest one."""
        self.forms.append(form)
        asked = self.codes.pop(form.get("code", ""), None)
        expected = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64url(digest).decode()
        if asked is None or authorization != f"Basic {expected}" or challenge != asked["code_challenge"]:
            return as_json({"error": "invalid_grant"}, 400)
        if form["redirect_uri"] != asked["redirect_uri"]:
            return as_json({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            "at_hash": create_half_hash("the-access-token", "RS256").decode(), **self.claims,
        }  # fmt: skip
        self.id_token(claims)
        header = {"alg": "RS256", "kid": self.key.kid}
        self.header(header)
        said = {"access_token": "the-access-token", "token_type": "Bearer", "id_token": self.signed(header, claims)}
        self.token(said)
        return as_json(said)

    def signed(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """An id token, put together by hand: no library of honest people makes some of these.

        With ``alg`` none it has no signature, with HS256 one that the client's secret makes.
        """
        data = b".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        if header["alg"] == "none":
            signature = b""
        elif header["alg"] == "HS256":
            signature = hmac.digest(SECRET.encode(), data, "sha256")
        else:
            signature = self.key.private_key.sign(data, PKCS1v15(), SHA256())
        return (data + b"." + base64url(signature)).decode()


def handler_of(liar: Liar) -> type[BaseHTTPRequestHandler]:
    """How the standard library's server asks it."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self, form: dict[str, str]) -> None:
            status, kind, body = liar.answer(urlsplit(self.path).path, form, self.headers.get("authorization", ""))
            try:
                self.send_response(status)
                self.send_header("content-type", kind)
                if 300 <= status < 400:
                    self.send_header("location", f"{liar.issuer}/elsewhere")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # we hung up: the answer was too long or too late

        def do_GET(self) -> None:
            self.answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self.answer({name: values[-1] for name, values in parse_qs(body).items()})

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the standard library's name
            """Say nothing."""

    return Handler
