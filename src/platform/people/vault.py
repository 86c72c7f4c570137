"""Secrets that must be read again (of one-time codes, of providers): sealed at rest, with keys that can be changed.

``ENCRYPTION_KEYS`` lists keys, the newest first: the first seals, all open. To change keys, put a new one in front,
restart, run ``python -m src reseal`` and take the old one out.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from src.platform.settings import get_settings


class CannotOpen(Exception):  # noqa: N818
    """A sealed value was made with a key that is not among ours any more."""


@lru_cache(maxsize=4)
def _keys(listed: str, secret: str) -> MultiFernet:
    """The keys that are listed, and after them one derived from the secret that keys links (RFC 5869).

    It seals where none is listed; where some are, it still opens what was sealed before they were, until it is resealed.
    """
    keys = [Fernet(key.strip()) for key in listed.split(",") if key.strip()]
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"vzaiemodiia sealed values").derive(secret.encode())
    keys.append(Fernet(base64.urlsafe_b64encode(derived)))
    return MultiFernet(keys)


def _vault() -> MultiFernet:
    settings = get_settings()
    return _keys(settings.encryption_keys.get_secret_value(), settings.secret_key.get_secret_value())


def seal(value: str) -> str:
    """The value as it may be stored."""
    return _vault().encrypt(value.encode()).decode()


def unseal(stored: str) -> str:
    """The value again; raises :class:`CannotOpen` when no key of ours opens it."""
    try:
        return _vault().decrypt(stored.encode()).decode()
    except InvalidToken as problem:
        raise CannotOpen from problem


def reseal(stored: str) -> str:
    """The same value under the newest key."""
    try:
        return _vault().rotate(stored.encode()).decode()
    except InvalidToken as problem:
        raise CannotOpen from problem
