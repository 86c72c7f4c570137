"""Finding appeals by words. Runs as the runtime role on btree keys only (row-level security switches others off)."""

from collections import Counter
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.tenants.cities.catalogue import Catalogue
from src.tenants.search.lemmas import lexemes

RECENT_PER_WORD = 400
FOUND_AT_MOST = 2000

BY_WORD = (
    "SELECT w.word, found.id FROM unnest(CAST(:words AS text[])) AS w(word) CROSS JOIN LATERAL ("
    "SELECT id FROM appeal_word WHERE city_id = :city AND lexeme = w.word ORDER BY id DESC LIMIT :most) AS found"
)

RAREST_FIRST = (
    "SELECT w.word, (SELECT count(*) FROM (SELECT 1 FROM appeal_word WHERE city_id = :city AND lexeme = w.word "
    "LIMIT 5000) AS some) AS n FROM unnest(CAST(:words AS text[])) AS w(word) ORDER BY n"
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
    rows = (
        await session.execute(
            text(BY_WORD), {"city": city_id_of(session), "words": wanted, "most": RECENT_PER_WORD}
        )
    ).all()
    how_common = Counter(row.word for row in rows)
    score: Counter[UUID] = Counter()
    for row in rows:
        score[row.id] += 100 // (3 + how_common[row.word])  # type: ignore[assignment]
    needed = 20 if len(wanted) > 2 else 8  # noqa: PLR2004  a chance word in common makes nothing similar
    good = [(points, appeal_id) for appeal_id, points in score.items() if appeal_id != but and points >= needed]
    return [appeal_id for _, appeal_id in sorted(good, reverse=True)[:count]]


def likely_categories(known: Catalogue, words: str) -> list[UUID]:
    """Categories whose key words the text has, the likeliest first."""
    score: Counter[UUID] = Counter()
    for word in lexemes(words):
        for category_id in known.keywords.get(word, []):
            score[category_id] += 1
    return [category_id for category_id, _ in score.most_common(3)]
