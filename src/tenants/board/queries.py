"""Reads of the public board: rows, not entities; a fixed number of statements a page."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.reading import rows
from src.platform.data.tenancy import city_id_of
from src.platform.web.here import Here
from src.tenants.cities.catalogue import InLanguage
from src.tenants.search.queries import SHARING_WORDS, similar_to

PAGE = 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

COLUMNS = (
    "a.id, a.number, a.title, a.public_state, a.category_id, a.district_id, a.confirmed_at, a.published_at, a.precision, "
    "a.place, n.short, n.responder_id"
)
LAST_ANSWER = (
    "LEFT JOIN LATERAL (SELECT short, responder_id FROM answer WHERE city_id = a.city_id AND appeal_id = a.id "
    "AND published_at IS NOT NULL ORDER BY published_at DESC LIMIT 1) AS n ON a.public_state = 'answered'"
)


class Card(NamedTuple):
    """A question in a list."""

    number: str
    url: str
    title: str
    status: str
    category: str
    district: str
    published_at: datetime
    approximate: bool
    place: str
    answer_short: str | None
    answer_by: str | None


def card(row: Any, at: Here, known: InLanguage) -> Card:  # noqa: ANN401  a row of COLUMNS
    """A row in the reader's language."""
    responder = known.responder.get(row.responder_id) if row.responder_id else None
    return Card(
        number=row.number,
        url=at.url(f"/appeals/{row.number}"),
        title=row.title,
        status=row.public_state,
        category=known.category[row.category_id].name,
        district=known.district[row.district_id].name,
        published_at=row.published_at,
        approximate=row.precision == "district",
        place=row.place,
        answer_short=row.short,
        answer_by=responder.name if responder else None,
    )


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of the list begins: after this moment and id."""

    published_at: datetime
    id: UUID

    def __str__(self) -> str:
        raw = ((self.published_at - EPOCH) // timedelta(microseconds=1)).to_bytes(8, "big") + self.id.bytes
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    @classmethod
    def read(cls, typed: str) -> "Cursor | None":
        """The cursor of an address; none when it is not one."""
        try:
            raw = base64.urlsafe_b64decode(typed + "=" * (-len(typed) % 4))
            moment = EPOCH + timedelta(microseconds=int.from_bytes(raw[:8], "big"))
            return cls(moment, UUID(bytes=raw[8:]))
        except (ValueError, OverflowError, OSError):
            return None


_statements: dict[tuple[int, ...], str] = {}


def list_statement(*, state: bool, category: int, district: bool, since: bool, until: bool, after: bool) -> str:
    """The list's statement for a combination of filters; each combination is made once and then prepared by the driver.

    ``category`` is 0, 1 or 2 for many: with one the index gives the order."""  # noqa: D209
    shape = (state, category, district, since, until, after)
    if shape not in _statements:
        conditions = [
            "a.city_id = %(city)s",
            "a.published_at IS NOT NULL",
            "a.public_state = %(state)s" if state else "a.public_state IS NOT NULL",
        ]
        conditions += [["a.category_id = %(category)s"], ["a.category_id = ANY(%(category)s)"]][category - 1] if category else []
        conditions += ["a.district_id = %(district)s"] * district
        conditions += ["a.published_at >= %(since)s"] * since + ["a.published_at < %(until)s"] * until
        conditions += ["(a.published_at, a.id) < (%(at)s, %(id)s)"] * after
        _statements[shape] = (
            f"SELECT {COLUMNS} FROM appeal a {LAST_ANSWER} WHERE {' AND '.join(conditions)} "  # noqa: S608  fixed parts only
            "ORDER BY a.published_at DESC, a.id DESC LIMIT %(limit)s"
        )
    return _statements[shape]


async def newest(  # noqa: PLR0913
    session: AsyncSession,
    *,
    state: str = "",
    category: Sequence[UUID] = (),
    district: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: Cursor | None = None,
    limit: int = PAGE,
) -> Sequence[Any]:
    """Rows of the list, the most recently published first; one more than ``limit`` shows that there is a next page."""
    statement = list_statement(
        state=bool(state),
        category=min(len(category), 2),
        district=district is not None,
        since=since is not None,
        until=until is not None,
        after=after is not None,
    )
    bound: dict[str, Any] = {"city": city_id_of(session), "limit": limit + 1}
    given = {
        "state": state,
        "category": category[0] if len(category) == 1 else list(category),
        "district": district,
        "since": since,
        "until": until,
    }
    bound |= {key: value for key, value in given.items() if value}
    if after is not None:
        bound |= {"at": after.published_at, "id": after.id}
    return await rows(session, statement, bound)


BY_ID = (
    f"SELECT {COLUMNS} FROM appeal a {LAST_ANSWER} WHERE a.city_id = %(city)s AND a.id = ANY(%(ids)s) "  # noqa: S608
    "AND a.public_state IS NOT NULL"
)


async def by_id(session: AsyncSession, ids: Sequence[UUID]) -> list[Any]:
    """Rows of public appeals in the order of the ids."""
    if not ids:
        return []
    found = {row.id: row for row in await rows(session, BY_ID, {"city": city_id_of(session), "ids": list(ids)})}
    return [found[item] for item in ids if item in found]


ALIKE = (
    f"WITH alike AS ({SHARING_WORDS}) SELECT {COLUMNS} FROM alike JOIN appeal a ON a.city_id = %(city)s AND a.id = alike.id "  # noqa: S608
    f"{LAST_ANSWER} WHERE a.public_state IS NOT NULL ORDER BY alike.worth DESC, a.id DESC"
)


async def alike(session: AsyncSession, words: str, *, count: int, but: UUID | None = None) -> list[Any]:
    """Rows of the public appeals that share the most words, rarer words weighing more; the best first."""
    bound = similar_to(words, count=count, but=but)
    return await rows(session, ALIKE, {"city": city_id_of(session), **bound}) if bound else []


ONE = """
    SELECT a.id, a.number, a.title, a.body, a.state, a.public_state, a.category_id, a.district_id, a.confirmed_at,
        a.published_at, a.answered_at, a.place, a.precision, a.lon, a.lat, a.author, a.responder_id,
        (SELECT m.number FROM appeal m WHERE m.city_id = a.city_id AND m.id = a.merged_into_id
            AND m.public_state IS NOT NULL) AS merged_into,
        (SELECT json_agg(json_build_object('id', n.id, 'responder', n.responder_id, 'short', n.short, 'body', n.body,
                'published_at', n.published_at,
                'steps', (SELECT json_agg(json_build_object('do', s.action, 'contact', s.contact) ORDER BY s.position)
                    FROM answer_step s WHERE s.city_id = n.city_id AND s.answer_id = n.id),
                'files', (SELECT json_agg(json_build_object('id', f.id, 'name', f.name, 'size', f.bytes) ORDER BY f.position)
                    FROM answer_file f WHERE f.city_id = n.city_id AND f.answer_id = n.id)
            ) ORDER BY n.published_at)
            FROM answer n WHERE n.city_id = a.city_id AND n.appeal_id = a.id AND n.published_at IS NOT NULL) AS answers,
        (SELECT json_agg(json_build_object('kind', e.kind, 'at', e.at, 'responder', e.data->>'responder', 'old', e.data->>'old') ORDER BY e.at, e.id)
            FROM appeal_event e WHERE e.city_id = a.city_id AND e.appeal_id = a.id AND e.public) AS events,
        (SELECT json_agg(json_build_object('id', p.id, 'width', p.width, 'height', p.height) ORDER BY p.position)
            FROM photo p WHERE p.city_id = a.city_id AND p.appeal_id = a.id AND NOT p.hidden) AS photos,
        (SELECT count(*) FROM follower w WHERE w.city_id = a.city_id AND w.appeal_id = a.id
            AND w.confirmed_at IS NOT NULL AND w.stopped_at IS NULL) AS followers
    FROM appeal a WHERE a.city_id = %(city)s AND a.number = %(number)s
        AND (a.public_state IS NOT NULL OR a.merged_into_id IS NOT NULL OR a.state = 'removed')
"""


async def one(session: AsyncSession, number: str) -> Any | None:  # noqa: ANN401  a row of ONE
    """A public appeal with everything its page shows, in one statement; a merged one only names where it went."""
    found = await rows(session, ONE, {"city": city_id_of(session), "number": number})
    return found[0] if found else None
