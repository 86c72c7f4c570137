"""Finding appeals by words. Runs as the runtime role on btree keys only (row-level security switches others off)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.reading import rows
from src.platform.data.tenancy import city_id_of
from src.tenants.cities.catalogue import Catalogue
from src.tenants.search.lemmas import all_lexemes, lexemes, words_of

RECENT_PER_WORD = 100
FOUND_AT_MOST = 2000

WORDS_AT_MOST = 8

# MATERIALIZED, because PostgreSQL would look every word up anew for each appeal that it found. In a large city every word
# is frequent and none is worth much, so half of what all of them are worth together is enough.
SHARING_WORDS = (
    "WITH w AS MATERIALIZED (SELECT ids, 100.0 / (3 + cardinality(ids)) AS worth FROM (SELECT ARRAY("
    "SELECT id FROM appeal_word WHERE city_id = %(city)s AND lexeme = given.word ORDER BY id DESC LIMIT %(most)s) AS ids "
    "FROM unnest(%(words)s::text[]) AS given(word) OFFSET 0) AS found) "
    "SELECT id, sum(worth) AS worth FROM w CROSS JOIN unnest(ids) AS id WHERE id <> %(but)s GROUP BY id "
    "HAVING sum(worth) >= least(%(needed)s, (SELECT sum(worth) FROM w) / 2) ORDER BY sum(worth) DESC, id DESC LIMIT %(count)s"
)

HAVING = (
    "SELECT (SELECT string_agg(uuid_send(id), '') FROM appeal_word "
    "WHERE city_id = %(city)s AND lexeme = ANY(string_to_array(w.forms, ' '))) AS ids "
    "FROM unnest(%(words)s::text[]) WITH ORDINALITY AS w(forms, n) ORDER BY n"
)

RAREST_FIRST = text(
    "SELECT w.n, (SELECT count(*) FROM (SELECT 1 FROM appeal_word WHERE city_id = :city "
    "AND lexeme = ANY(string_to_array(w.forms, ' ')) LIMIT 5000) AS counted) AS found "
    "FROM unnest(CAST(:words AS text[])) WITH ORDINALITY AS w(forms, n) ORDER BY found, n"
)


async def having(session: AsyncSession, words: Sequence[tuple[str, ...]]) -> list[bytes]:
    """For each word, given by its forms, the ids of all published appeals that have it in any of them: 16 bytes each, in no
    order, some perhaps twice."""  # noqa: D209
    bound = {"city": city_id_of(session), "words": [" ".join(forms) for forms in words]}
    return [row.ids or b"" for row in await rows(session, HAVING, bound)]


async def matching(session: AsyncSession, words: str) -> list[UUID]:
    """Ids of published appeals that have all the words, in any of their forms, newest first, at most ``FOUND_AT_MOST``."""
    wanted = words_of(words)[:WORDS_AT_MOST]
    if not wanted:
        return []
    city = city_id_of(session)
    counted = (await session.execute(RAREST_FIRST, {"city": city, "words": [" ".join(forms) for forms in wanted]})).all()
    if counted[0].found == 0:
        return []
    rarest, *rest = [wanted[row.n - 1] for row in counted]
    also = "".join(
        f" AND EXISTS (SELECT 1 FROM appeal_word o WHERE o.city_id = :city AND o.lexeme = ANY(:w{n}) AND o.id = a.id)"  # noqa: S608  only the number of words
        for n in range(len(rest))
    )
    each = [  # one walk along the key for each reading; the words themselves are bound, only their count shapes the text
        f"(SELECT a.id FROM appeal_word a WHERE a.city_id = :city AND a.lexeme = :f{n}{also} "  # noqa: S608
        f"ORDER BY a.id DESC LIMIT {FOUND_AT_MOST})"
        for n in range(len(rarest))
    ]
    query = f"SELECT id FROM ({' UNION '.join(each)}) AS found ORDER BY id DESC LIMIT {FOUND_AT_MOST}"  # noqa: S608
    bound = {f"f{n}": form for n, form in enumerate(rarest)} | {f"w{n}": list(forms) for n, forms in enumerate(rest)}
    return list((await session.execute(text(query), {"city": city, **bound})).scalars())


def similar_to(words: str, *, count: int = 5, but: UUID | None = None) -> dict[str, Any] | None:
    """What SHARING_WORDS, which finds the published appeals that share the most words, takes beside the city; nothing when
    there is no word to look for."""  # noqa: D209
    wanted = lexemes(words)[:24]
    needed = 12 if len(wanted) > 2 else 4  # noqa: PLR2004  a chance word in common makes nothing similar
    bound = {"words": wanted, "most": RECENT_PER_WORD, "but": but or UUID(int=0), "needed": needed, "count": count}
    return bound if wanted else None


def likely_categories(known: Catalogue, words: str) -> list[UUID]:
    """Categories whose key words the text has, the likeliest first."""
    score: Counter[UUID] = Counter()
    for word in all_lexemes(words):
        for category_id in known.keywords.get(word, []):
            score[category_id] += 1
    return [category_id for category_id, _ in score.most_common(3)]


SHARED_BY_EACH = (
    "WITH asked AS (SELECT DISTINCT n, word FROM unnest(CAST(:numbers AS int[]), CAST(:words AS text[])) AS pair(n, word)), "
    "known AS (SELECT w.word, found.id FROM (SELECT DISTINCT word FROM asked) AS w CROSS JOIN LATERAL ("
    "SELECT id FROM appeal_word WHERE city_id = :city AND lexeme = w.word ORDER BY id DESC LIMIT :most) AS found), "
    "worth AS (SELECT word, 1.0 / (3 + count(known.id)) AS points FROM (SELECT DISTINCT word FROM asked) AS w "
    "LEFT JOIN known USING (word) GROUP BY word), "
    "whole AS (SELECT n, sum(points) AS points FROM asked JOIN worth USING (word) GROUP BY n) "
    "SELECT asked.n, known.id, CAST(sum(worth.points) / max(whole.points) AS float8) AS share "
    "FROM asked JOIN known USING (word) JOIN worth USING (word) JOIN whole USING (n) "
    "GROUP BY asked.n, known.id HAVING sum(worth.points) / max(whole.points) >= :least"
)


async def shares(session: AsyncSession, texts: Mapping[UUID, str], *, least: float) -> dict[UUID, dict[UUID, float]]:
    """For each of several appeals, the published ones that share its words, and how much of them: 0 to 1, rarer words
    weighing more, those below ``least`` left out. One query for all of them."""  # noqa: D209
    order = list(texts)
    pairs = [(n, word) for n, appeal_id in enumerate(order) for word in lexemes(texts[appeal_id])[:40]]
    found: dict[UUID, dict[UUID, float]] = {appeal_id: {} for appeal_id in order}
    bound = {
        "city": city_id_of(session),
        "numbers": [n for n, _ in pairs],
        "words": [word for _, word in pairs],
        "most": RECENT_PER_WORD,
        "least": least,
    }
    for row in await session.execute(text(SHARED_BY_EACH), bound):
        if row.id != order[row.n]:
            found[order[row.n]][row.id] = row.share
    return found
