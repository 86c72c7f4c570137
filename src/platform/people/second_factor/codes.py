"""Codes that people type: of an app (TOTP, RFC 6238: SHA-1, six digits, thirty seconds) and for the day it is lost."""

import hmac
import json
import re
from datetime import datetime, timedelta
from enum import Enum
from secrets import choice
from uuid import UUID

import pyotp
import segno
from markupsafe import Markup

from src.platform.people import vault

STEP_SECONDS = 30
STEPS_ASIDE = 1
"""Clocks of phones differ: the code before and the code after count too (RFC 6238, 5.2)."""
SET_UP_WITHIN = timedelta(hours=1)
DIGITS = 6

RECOVERY_CODES = 10
RECOVERY_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's thirty-two: none that is read as another. Sixteen of them are 80 bits, so nobody guesses one."""
RECOVERY_LENGTH = 16


class Verdict(Enum):
    """What became of a typed code."""

    RIGHT = "right"
    USED = "used"
    WRONG = "wrong"


def new_secret() -> str:
    """A secret for an app: 160 bits in Base32 (RFC 4226, 4: at least 128)."""
    return pyotp.random_base32(32)


def step_at(moment: datetime) -> int:
    """The number of the time step."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The code of a time step."""
    return pyotp.TOTP(secret).generate_otp(step)


def match(secret: str, code: str, *, now: datetime, last_step: int) -> tuple[Verdict, int]:
    """Whether a code is right, and the step it is of. One that was used, or is older than that, is not taken again."""
    this = step_at(now)
    found = [
        step for step in range(this - STEPS_ASIDE, this + STEPS_ASIDE + 1) if hmac.compare_digest(code_at(secret, step), code)
    ]
    fresh = [step for step in found if step > last_step]
    if fresh:
        return Verdict.RIGHT, fresh[0]
    return (Verdict.USED if found else Verdict.WRONG), last_step


def typed_code(text: str) -> str:
    """Six digits as somebody may type them, with spaces; nothing when it cannot be a code."""
    digits = re.sub(r"[\s\u00a0-]", "", text)
    return digits if re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits) else ""


def in_groups(secret: str) -> list[str]:
    """A secret in fours, to be read and typed."""
    return [secret[at : at + 4] for at in range(0, len(secret), 4)]


def address_for_app(secret: str, *, email: str, issuer: str) -> str:
    """What an app reads from the picture, and what a phone opens by itself."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def picture(address: str) -> Markup:
    """The same as a QR code: SVG to stand in the page, without style attributes, which our policy refuses."""
    made = segno.make(address, error="m", micro=False)
    return Markup(made.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None))  # noqa: S704  segno's own


def sealed_offer(secret: str, account_id: UUID, *, now: datetime) -> str:
    """A secret that is offered but not confirmed: it travels with the form, so looking at the page changes nothing."""
    return vault.seal(json.dumps([str(account_id), secret, int((now + SET_UP_WITHIN).timestamp())]))


def opened_offer(sealed: str, account_id: UUID, *, now: datetime) -> str:
    """The offered secret; nothing when it is not ours, another account's or an hour old."""
    try:
        whose, secret, until = json.loads(vault.unseal(sealed))
    except (vault.CannotOpen, ValueError):
        return ""
    return secret if whose == str(account_id) and now.timestamp() < until else ""


def new_recovery_codes() -> list[str]:
    """Ten codes as they are shown: ``k3f7-…`` in fours."""
    return ["-".join(in_groups("".join(choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH)))) for _ in range(RECOVERY_CODES)]


def typed_recovery_code(text: str) -> str:
    """A recovery code as somebody may type it, in the form whose digest is stored; nothing when it cannot be one."""
    plain = re.sub(r"[\s\u00a0\u2010-\u2015-]", "", text).lower().translate(str.maketrans("oil", "011"))
    return plain if len(plain) == RECOVERY_LENGTH and set(plain) <= set(RECOVERY_LETTERS) else ""
