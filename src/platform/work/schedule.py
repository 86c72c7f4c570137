"""What is done from time to time, in every city."""

from dataclasses import dataclass
from datetime import timedelta

from src.platform.work.jobs import Job


@dataclass(frozen=True, slots=True)
class Entry:
    """A job without arguments, enqueued once per period and city."""

    job: Job
    every: timedelta


SCHEDULE: list[Entry] = []


def repeat(job: Job, every: timedelta) -> Job:
    """Put a job on the schedule."""
    SCHEDULE.append(Entry(job, every))
    return job
