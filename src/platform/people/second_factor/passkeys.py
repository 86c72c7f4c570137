"""The ceremonies of passkeys (WebAuthn level 3). What a browser sends is hostile until it is verified.

A passkey counts as both factors, so its owner must always have been verified (a PIN, a finger, a face). It belongs to one
host: the city's, or the platform's own.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
import webauthn
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json_dict,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from src.platform.data.tenancy import city_id_of
from src.platform.data.unit_of_work import Database
from src.platform.people.accounts.models import Account
from src.platform.people.second_factor.models import Passkey, WebauthnChallenge
from src.platform.people.secrets import digest

log = structlog.get_logger("people")

CHALLENGE_LASTS = timedelta(minutes=5)
CREDENTIAL_AT_MOST = 16 * 1024
ID_AT_MOST = 1023
"""Bytes of a credential's id (WebAuthn, 7.1)."""


class Refused(Exception):  # noqa: N818
    """A passkey that does not let in: ``why`` is ``stale`` (the challenge), ``unknown``, ``copy`` (its counter went back)
    or ``invalid``."""  # noqa: D209

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Party:
    """Whose passkeys they are: the host's name, what people call it, and the origin that its pages have."""

    host: str
    name: str
    origin: str


async def new_challenge(session: AsyncSession, purpose: str, account_id: UUID | None, *, now: datetime) -> bytes:
    """A challenge for one ceremony; only its digest is stored."""
    challenge = webauthn.helpers.generate_challenge()
    session.add(
        WebauthnChallenge(
            city_id=city_id_of(session),
            id=uuid7(),
            challenge_digest=digest(challenge.hex()),
            purpose=purpose,
            account_id=account_id,
            created_at=now,
            expires_at=now + CHALLENGE_LASTS,
        )
    )
    await session.flush()
    return challenge


async def take_challenge(
    database: Database, city_id: UUID, client_data: bytes, purpose: str, *, now: datetime
) -> tuple[bytes, UUID | None]:
    """The challenge that came back and whom it was made for, used up whatever becomes of the rest.

    In a short transaction of its own, which a refusal does not roll back. Raises :class:`Refused`.
    """
    with hostile():
        challenge = parse_client_data_json(client_data).challenge
    gone = (
        delete(WebauthnChallenge)
        .where(
            WebauthnChallenge.city_id == city_id,
            WebauthnChallenge.challenge_digest == digest(challenge.hex()),
            WebauthnChallenge.purpose == purpose,
        )
        .returning(WebauthnChallenge.account_id, WebauthnChallenge.expires_at)
    )
    async with database.unit(city_id) as own:
        row = (await own.execute(gone)).one_or_none()
    if row is None or row.expires_at <= now:
        raise Refused("stale")
    return challenge, row.account_id


async def forget_challenges(session: AsyncSession, *, now: datetime) -> None:
    """Delete challenges that never came back."""
    await session.execute(
        delete(WebauthnChallenge).where(WebauthnChallenge.city_id == city_id_of(session), WebauthnChallenge.expires_at < now)
    )


def registration_options(party: Party, account: Account, known: Iterable[Passkey], challenge: bytes) -> dict[str, Any]:
    """What the browser is asked for: a key that can be found without a name, on a device that does not have one yet."""
    return options_to_json_dict(
        webauthn.generate_registration_options(
            rp_id=party.host,
            rp_name=party.name,
            user_id=account.id.bytes,
            user_name=account.email,
            user_display_name=account.name or account.email,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[described(passkey) for passkey in known],
        )
    )


def sign_in_options(party: Party, allowed: Iterable[Passkey], challenge: bytes) -> dict[str, Any]:
    """What the browser is asked for; without ``allowed`` any passkey of this host."""
    return options_to_json_dict(
        webauthn.generate_authentication_options(
            rp_id=party.host,
            challenge=challenge,
            allow_credentials=[described(passkey) for passkey in allowed] or None,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def described(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    """A passkey as a browser looks for it."""
    known = {transport.value for transport in AuthenticatorTransport}
    return PublicKeyCredentialDescriptor(
        id=base64url_to_bytes(passkey.credential_id),
        transports=[AuthenticatorTransport(name) for name in passkey.transports if name in known] or None,
    )


@contextmanager
def hostile() -> Iterator[None]:
    """Whatever goes wrong while bytes of a stranger are taken apart is a refusal, never a defect of ours."""
    try:
        yield
    except Exception as problem:  # CBOR, ASN.1, JSON and curves each raise what they like
        log.warning("passkey refused", problem=type(problem).__name__)
        raise Refused("invalid") from problem


def read_registration(sent: str) -> RegistrationCredential:
    """A new passkey as the browser sent it; not verified. Raises :class:`Refused`."""
    with hostile():
        return parse_registration_credential_json(json.loads(sent[:CREDENTIAL_AT_MOST]))


def read_sign_in(sent: str) -> AuthenticationCredential:
    """An answer to a challenge as the browser sent it; not verified. Raises :class:`Refused`."""
    with hostile():
        return parse_authentication_credential_json(json.loads(sent[:CREDENTIAL_AT_MOST]))


def verified_registration(
    sent: RegistrationCredential, party: Party, account: Account, challenge: bytes, *, name: str, now: datetime
) -> Passkey:
    """The new passkey, not stored yet. Raises :class:`Refused`."""
    with hostile():
        found = webauthn.verify_registration_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    if len(found.credential_id) > ID_AT_MOST:
        raise Refused("invalid")
    return Passkey(
        city_id=account.city_id,
        id=uuid7(),
        account_id=account.id,
        credential_id=bytes_to_base64url(found.credential_id),
        public_key=bytes_to_base64url(found.credential_public_key),
        sign_count=found.sign_count,
        transports=[transport.value for transport in sent.response.transports or []],
        name=name,
        created_at=now,
    )


def verify_sign_in(sent: AuthenticationCredential, party: Party, passkey: Passkey, challenge: bytes) -> int:
    """Check the answer of a known passkey; its counter. Raises :class:`Refused`.

    The counter is compared here and not by the library, and after the signature: a signed answer whose counter did not
    grow means that there are two of the key (WebAuthn, 7.2, step 22). Keys that keep no counter always say zero.
    """
    with hostile():
        found = webauthn.verify_authentication_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    if sent.response.user_handle != passkey.account_id.bytes:
        raise Refused("invalid")
    if passkey.sign_count and found.new_sign_count <= passkey.sign_count:
        raise Refused("copy")
    return found.new_sign_count
