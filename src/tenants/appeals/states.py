"""The life of an appeal: which state may follow which.

The same table is written into the database by a migration (trigger ``appeal_keeps_to_its_life``), so that an
illegal step fails there too, whatever calls it; a test compares the two.
"""

from enum import StrEnum


class State(StrEnum):
    """Where an appeal is in its life."""

    UNCONFIRMED = "unconfirmed"
    SUBMITTED = "submitted"
    REJECTED = "rejected"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    PUBLISHED = "published"
    ROUTED = "routed"
    ANSWERED = "answered"
    REOPENED = "reopened"
    ENTRUSTED = "entrusted"
    """Its author wants no publication: whoever is to answer has it, nobody else reads it."""
    SETTLED = "settled"
    """The same, answered to its author alone."""
    REMOVED = "removed"
    """Was public; taken down for good because its author deleted their data and the city's rule says so."""


NEXT: dict[State, frozenset[State]] = {
    State.UNCONFIRMED: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.SUBMITTED: frozenset({State.PUBLISHED, State.ENTRUSTED, State.REJECTED, State.MERGED, State.WITHDRAWN}),
    State.REJECTED: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.MERGED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.PUBLISHED: frozenset({State.ROUTED, State.REMOVED}),
    State.ROUTED: frozenset({State.ROUTED, State.ANSWERED, State.REMOVED}),
    State.ANSWERED: frozenset({State.REOPENED, State.REMOVED}),
    State.REOPENED: frozenset({State.ROUTED, State.ANSWERED, State.REMOVED}),
    State.ENTRUSTED: frozenset({State.SETTLED, State.WITHDRAWN}),
    State.SETTLED: frozenset({State.ENTRUSTED, State.WITHDRAWN}),
    State.REMOVED: frozenset(),
}

WAITING = frozenset({State.PUBLISHED, State.ROUTED, State.REOPENED})
"""Public and red: everyone can read it, nobody has answered yet."""

PUBLIC = WAITING | {State.ANSWERED}
"""What the public map, list and search may show."""

CONFIRMED = frozenset(State) - {State.UNCONFIRMED}
"""What has a number, except what was withdrawn before it was confirmed."""


class IllegalTransition(Exception):  # noqa: N818  the domain's word, not an accident
    """A step that an appeal's life does not have."""

    def __init__(self, before: State, after: State) -> None:
        super().__init__(f"an appeal that is {before} cannot become {after}")
        self.before = before
        self.after = after
