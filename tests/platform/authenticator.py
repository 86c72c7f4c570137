"""A passkey's device in software: makes credentials and signs challenges as WebAuthn says (attestation «none», ES256)."""

import hashlib
import json
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One device with one key. ``verified`` is whether it checks who holds it; ``counts`` whether it keeps a counter."""

    origin: str
    host: str
    verified: bool = True
    counts: bool = True
    counter: int = 0
    credential_id: bytes = field(default_factory=lambda: token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user_handle: bytes = b""

    def create(self, options: dict[str, Any], **changes: Any) -> str:
        """The answer to options for a new passkey."""
        assert options["authenticatorSelection"]["residentKey"] == "required"
        assert options["authenticatorSelection"]["userVerification"] == "required"
        self.user_handle = base64url_to_bytes(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = b"\0" * 16 + len(self.credential_id).to_bytes(2, "big") + self.credential_id + encode_cbor(public)
        data = self.data(ATTESTED) + attested
        response = {
            "clientDataJSON": bytes_to_base64url(self.client_data("webauthn.create", options, **changes)),
            "attestationObject": bytes_to_base64url(encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal"],
        }
        return self.told(response)

    def get(self, options: dict[str, Any], **changes: Any) -> str:
        """The answer to options for signing in."""
        assert options["userVerification"] == "required"
        client_data = self.client_data("webauthn.get", options, **changes)
        data = self.data(0)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": bytes_to_base64url(client_data),
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signature),
            "userHandle": bytes_to_base64url(self.user_handle),
        }
        return self.told(response)

    def told(self, response: dict[str, Any]) -> str:
        """A credential as the page's script sends it."""
        own_id = bytes_to_base64url(self.credential_id)
        return json.dumps({"id": own_id, "rawId": own_id, "type": "public-key", "response": response})

    def client_data(self, kind: str, options: dict[str, Any], **changes: Any) -> bytes:
        """What the browser says of the ceremony."""
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | changes).encode()

    def data(self, flags: int) -> bytes:
        """What the device says: for whom, who was there, how often it signed."""
        self.counter += self.counts
        flags |= PRESENT | (VERIFIED if self.verified else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")
