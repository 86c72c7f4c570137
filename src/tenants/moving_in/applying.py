"""Writing checked rows as appeals, and taking them back: in bulk, in the caller's transaction.

The verbs of an appeal's life take some twenty statements an appeal, write letters and a line of the audit log for each, and
would hold the city's counters for minutes. Here the same rows are written portion by portion; what a row has to be is kept to
by the tables' own constraints, and a test compares an imported appeal with one that lived through the verbs.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, delete, insert, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils import uuid7 as timed_uuid7
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import City, city_id_of, published_changed
from src.tenants.answers.models import Answer
from src.tenants.appeals.models import Appeal, AppealEvent, Submission
from src.tenants.appeals.numbers import next_numbers
from src.tenants.appeals.states import State
from src.tenants.moving_in import queries
from src.tenants.search import service as search

AT_ONCE = 500

Progress = Callable[[int], Awaitable[None]]

SEEN_AT = text(
    "UPDATE appeal SET changed_revision = :revision WHERE city_id = :city AND id IN "
    "(SELECT id FROM past_import_row WHERE city_id = :city AND import_id = :import AND NOT bad)"
)
FORGET_DATA = text(
    "UPDATE past_import_row SET data = '{}', warnings = '[]' WHERE city_id = :city AND import_id = :import AND NOT bad"
)
FORGET_WORDS = text("DELETE FROM appeal_word WHERE city_id = :city AND id = ANY(:ids)")
REMOVE = text(
    "UPDATE appeal SET state = 'removed', title = '', body = '', place = '', author = '', lon = NULL, lat = NULL, "
    "published_at = NULL, precision = 'district', version = version + 1, changed_revision = :revision "
    "WHERE city_id = :city AND id = ANY(:ids)"
)


async def write(session: AsyncSession, city: City, import_id: UUID, *, by: UUID, now: datetime, progress: Progress) -> int:
    """Write the good rows of an import, oldest first so that numbers follow time; returns how many.

    Words are taken apart in a thread. Of the city only the years' counters are locked, the current year's last, and at the end
    the city's row, when what the public sees is counted up once.
    """
    done, after = 0, None
    while rows := await queries.good_rows_after(session, import_id, after, count=AT_ONCE):
        lexemes = await asyncio.to_thread(words, rows)
        await write_portion(session, city, rows, by=by, now=now)
        await search.index_many(session, lexemes)
        done += len(rows)
        after = (rows[-1].asked_at, rows[-1].number)
        await progress(done)
    bound = {"city": city.id, "import": import_id}
    await session.execute(FORGET_DATA, bound)
    await session.execute(SEEN_AT, bound | {"revision": await published_changed(session)})
    return done


def words(rows: Sequence[Row[Any]]) -> dict[UUID, list[str]]:
    """What each appeal is found by: the same texts as at its publication and at that of its answer."""
    return {
        row.id: search.lexemes_of(row.data["title"], row.data["details"], row.data["place"], row.data["short"]) for row in rows
    }


async def write_portion(session: AsyncSession, city: City, rows: Sequence[Row[Any]], *, by: UUID, now: datetime) -> None:
    """Appeals with their empty private sides, answers and timelines."""
    zone = ZoneInfo(city.timezone)
    years = Counter(row.asked_at.astimezone(zone).year for row in rows)
    numbers = [number for year in sorted(years) for number in await next_numbers(session, city, year, years[year])]
    appeals, submissions, answers, events = [], [], [], list[dict[str, Any]]()
    for row, number in zip(rows, numbers, strict=True):
        said, asked = row.data, row.asked_at
        answered = datetime.fromisoformat(said["answered"]) if said["answered"] else None
        appeals.append(
            {
                "city_id": city.id, "id": row.id, "number": number,
                "state": State.ANSWERED if answered else State.PUBLISHED,
                "category_id": UUID(said["category"]), "district_id": UUID(said["district"]),
                "created_at": asked, "confirmed_at": asked, "published_at": asked, "answered_at": answered,
                "title": said["title"], "body": said["details"], "place": said["place"], "precision": said["precision"],
                "lon": said["lon"], "lat": said["lat"],
                "responder_id": UUID(said["responder"]) if answered else None,
            }
        )  # fmt: skip
        submissions.append(
            {"city_id": city.id, "id": row.id, "title": "", "body": "", "author_name": "", "author_email": "", "erased_at": now}
        )
        events.append(event(city.id, row.id, "published", asked))
        if answered:
            answer_id = UUID(str(timed_uuid7(nanoseconds=int(answered.timestamp()) * 10**9)))
            answers.append(
                {
                    "city_id": city.id, "id": answer_id, "appeal_id": row.id, "responder_id": UUID(said["responder"]),
                    "account_id": by, "short": said["short"], "body": said["answer"], "created_at": answered,
                    "published_at": answered,
                }
            )  # fmt: skip
            events.append(event(city.id, row.id, "answered", answered, data={"answer": str(answer_id)}))
        events.append(event(city.id, row.id, "moved_in", now, by=by, data={"old": said["number"]}))
    await session.execute(insert(Appeal), appeals)
    await session.execute(insert(Submission), submissions)
    if answers:
        await session.execute(insert(Answer), answers)
    await session.execute(insert(AppealEvent), events)


def event(
    city_id: UUID, appeal_id: UUID, kind: str, at: datetime, *, by: UUID | None = None, data: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A public line of a timeline; what happened in the other service was done by nobody here."""
    return {
        "city_id": city_id, "id": uuid7(), "appeal_id": appeal_id, "at": at, "kind": kind, "public": True,
        "actor": "staff" if by else "system", "account_id": by, "data": data or {},
    }  # fmt: skip


async def remove(session: AsyncSession, appeals: Sequence[Appeal], *, by: UUID, now: datetime) -> None:
    """Take appeals of an import down, as one that an author takes down.

    They stay as ``removed`` rows and are not deleted: their numbers were public, so their addresses say that they are gone and
    the counters keep no silent gap; and the copies of the board and of the API learn of it by the revision, which a deleted row
    could not tell them. What was written goes: texts, places, answers, words of the search.
    """
    city = city_id_of(session)
    ids = [appeal.id for appeal in appeals]
    revision = await published_changed(session)
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        bound = {"city": city, "ids": part}
        gone = delete(Answer).where(Answer.city_id == city, Answer.appeal_id.in_(part))
        await session.execute(gone, execution_options={"synchronize_session": False})
        await session.execute(FORGET_WORDS, bound)
        await session.execute(REMOVE, bound | {"revision": revision})
        await session.execute(insert(AppealEvent), [event(city, one, "taken_back", now, by=by) for one in part])
