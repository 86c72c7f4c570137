"""Long random secrets of which only digests are stored."""

import hashlib
import hmac


def digest(secret: str) -> str:
    """What is stored of a secret that is long and random, so that a plain hash suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(secret: str, stored: str) -> bool:
    """Whether a secret is the one whose digest was stored."""
    return hmac.compare_digest(digest(secret), stored)
