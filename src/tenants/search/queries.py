"""Finding appeals by words. Runs as the runtime role on btree keys only (row-level security switches others off)."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.tenants.cities.catalogue import Catalogue
from src.tenants.search.lemmas import lexemes

RECENT_PER_WORD = 200
FOUND_AT_MOST = 2000

SHARING_WORDS = text(
    "WITH w AS (SELECT ids, cardinality(ids) AS n FROM unnest(CAST(:words AS text[])) AS given(word) CROSS JOIN LATERAL ("
    "SELECT ARRAY(SELECT id FROM appeal_word WHERE city_id = :city AND lexeme = given.word "
    "ORDER BY id DESC LIMIT :most) AS ids) AS found) "
    "SELECT id FROM w CROSS JOIN unnest(ids) AS id WHERE id <> :but GROUP BY id "
    "HAVING sum(100.0 / (3 + n)) >= :needed ORDER BY sum(100.0 / (3 + n)) DESC, id DESC LIMIT :count"
)

RAREST_FIRST = (
    "SELECT w.word, (SELECT count(*) FROM (SELECT 1 FROM appeal_word WHERE city_id = :city AND lexeme = w.word "
    "LIMIT 5000) AS counted) AS n FROM unnest(CAST(:words AS text[])) AS w(word) ORDER BY n"
)


async def matching(session: AsyncSession, words: str) -> list[UUID]:
    """Ids of published appeals that have all the words, newest first, at most ``FOUND_AT_MOST``."""
    wanted = lexemes(words)[:8]
    if not wanted:
        return []
    city = city_id_of(session)
    counted = (await session.execute(text(RAREST_FIRST), {"city": city, "words": wanted})).all()
    if counted[0].n == 0:
        return []
    first, *rest = [row.word for row in counted]
    also = "".join(
        f" AND EXISTS (SELECT 1 FROM appeal_word o WHERE o.city_id = :city AND o.lexeme = :w{n} AND o.id = a.id)"
        for n in range(len(rest))
    )
    query = (  # the words themselves are bound; only their count shapes the text
        f"SELECT a.id FROM appeal_word a WHERE a.city_id = :city AND a.lexeme = :first{also} "  # noqa: S608
        f"ORDER BY a.id DESC LIMIT {FOUND_AT_MOST}"
    )
    bound = {"city": city, "first": first, **{f"w{n}": word for n, word in enumerate(rest)}}
    return list((await session.execute(text(query), bound)).scalars())


async def similar(session: AsyncSession, words: str, *, count: int = 5, but: UUID | None = None) -> list[UUID]:
    """Ids of published appeals that share the most words, rarer words weighing more; the best first."""
    wanted = lexemes(words)[:24]
    if not wanted:
        return []
    needed = 12 if len(wanted) > 2 else 4  # noqa: PLR2004  a chance word in common makes nothing similar
    bound = {
        "city": city_id_of(session),
        "words": wanted,
        "most": RECENT_PER_WORD,
        "but": but or UUID(int=0),
        "needed": needed,
        "count": count,
    }
    return list((await session.execute(SHARING_WORDS, bound)).scalars())


def likely_categories(known: Catalogue, words: str) -> list[UUID]:
    """Categories whose key words the text has, the likeliest first."""
    score: Counter[UUID] = Counter()
    for word in lexemes(words):
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
