"""What an answer says, before it is stored and after it is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Step:
    """What the resident does next, and whom to contact for it."""

    action: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The text of an answer: the short part that stands after «Коротко:», the long one, the next steps."""

    responder_id: UUID
    short: str
    body: str
    steps: Sequence[Step] = ()
