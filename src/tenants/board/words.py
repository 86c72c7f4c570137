"""Rows of the snapshot whose appeals have some words."""

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from src.tenants.board.snapshot import Rows, Snapshot
from src.tenants.search.lemmas import words_of
from src.tenants.search.queries import WORDS_AT_MOST, having


async def with_words(session: AsyncSession, found: Snapshot, words: str) -> Rows:
    """Rows that have all the words in any of their forms, the newest asked first; none when there is no word to look for.

    One query for all words that were not looked for since the snapshot last changed.
    """
    wanted = words_of(words)[:WORDS_AT_MOST]
    each: dict[tuple[str, ...], Rows | None] = {forms: found.made(("word", forms)) for forms in wanted}
    unknown = [forms for forms, rows in each.items() if rows is None]
    if unknown:
        revision = found.revision
        for forms, ids in zip(unknown, await having(session, unknown), strict=True):
            each[forms] = rows = found.rows(ids)
            if found.revision == revision:  # it may have gone on while the database was asked
                found.keep(("word", forms), rows, rows.nbytes)
    first, *others = sorted((rows for rows in each.values() if rows is not None), key=len) or [np.empty(0, np.int32)]
    for other in others:
        has = np.zeros(found.count, bool)
        has[other] = True
        first = first[has[first]]
    return first
