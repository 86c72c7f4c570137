"""Throw-away links: signed, for one purpose, of one city; nothing is stored and nothing can be guessed.

A link is not proof of more than that its reader got the letter. What it may do is decided when it is opened.
"""

from functools import lru_cache
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer

from src.platform.settings import SECRET_AT_LEAST, get_settings


@lru_cache(maxsize=32)
def _serializer(purpose: str) -> URLSafeSerializer:
    secret = get_settings().secret_key.get_secret_value()
    if len(secret) < SECRET_AT_LEAST:  # whoever can guess it can open everybody's links
        raise RuntimeError(f"SECRET_KEY must have at least {SECRET_AT_LEAST} random characters")
    return URLSafeSerializer(secret, salt=f"vzaiemodiia.{purpose}")


def sign(purpose: str, city_id: UUID, subject: UUID | str) -> str:
    """A token for an address; the same each time for the same subject."""
    return str(_serializer(purpose).dumps([city_id.hex, str(subject)]))


def read(purpose: str, city_id: UUID, token: str) -> str | None:
    """What the token is about, or nothing when it is forged, of another purpose or of another city."""
    try:
        city, subject = _serializer(purpose).loads(token)
    except (BadData, ValueError, TypeError):
        return None
    return subject if isinstance(subject, str) and city == city_id.hex else None
