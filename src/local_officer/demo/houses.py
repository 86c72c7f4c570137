"""Street lists for made-up beats: which houses of a street fall to which beat, counted along the street."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from src.local_officer.officers.lookup import Beats
from src.local_officer.officers.streets import spelling_of
from src.tenants.cities.geography import KnownPlace, spread

HOUSES_A_STEP = 6
"""House numbers on the 150 m or so between two points of a street."""


def street_lists(index: Beats, places: Sequence[KnownPlace]) -> Iterator[dict[str, Any]]:
    """Rows of streets for the beats that they go through."""
    for place in places:
        if place.kind != "street":
            continue
        street = place.name["uk"]
        runs = runs_of(index, spread(place))
        beats = list(dict.fromkeys(beat_id for beat_id, _, _ in runs))
        for beat_id in beats:
            spans = [] if len(beats) == 1 else [words(runs, number) for number, run in enumerate(runs) if run[0] == beat_id]
            yield {"beat_id": beat_id, "street": street, "spelling": spelling_of(street), "houses": ", ".join(spans)}


def runs_of(index: Beats, points: Sequence[tuple[float, float]]) -> list[tuple[UUID, int, int]]:
    """Stretches of a street in one beat each: the beat, its first and its last house."""
    runs: list[tuple[UUID, int, int]] = []
    for step, point in enumerate(points):
        found = index.at(*point).beats[:1]
        if not found:
            continue
        first, last = step * HOUSES_A_STEP + 1, (step + 1) * HOUSES_A_STEP
        if runs and runs[-1][0] == found[0]:
            runs[-1] = (found[0], runs[-1][1], last)
        else:
            runs.append((found[0], first, last))
    return runs


def words(runs: Sequence[tuple[UUID, int, int]], number: int) -> str:
    """A stretch as an officer would write it; the last one has no end."""
    _, first, last = runs[number]
    return f"від {first}" if number == len(runs) - 1 else f"{first}–{last}"
