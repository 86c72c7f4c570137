"""Writing the index."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.tenants.search.lemmas import all_lexemes
from src.tenants.search.models import AppealWord

WORDS_AT_MOST = 600
ADD_MANY = text(
    "INSERT INTO appeal_word (city_id, lexeme, id) "
    "SELECT :city, pair.lexeme, pair.id FROM unnest(CAST(:lexemes AS text[]), CAST(:ids AS uuid[])) AS pair(lexeme, id)"
)


def lexemes_of(*texts: str) -> list[str]:
    """What an appeal with these texts is found by; takes the time of a dictionary's look-ups."""
    return all_lexemes(" ".join(texts))[:WORDS_AT_MOST]


async def index(session: AsyncSession, appeal_id: UUID, *texts: str) -> None:
    """Make a published appeal findable by these texts, and by no others: private words are never given here."""
    await session.execute(delete(AppealWord).where(AppealWord.city_id == city_id_of(session), AppealWord.id == appeal_id))
    found = lexemes_of(*texts)
    if found:
        city_id = city_id_of(session)
        await session.execute(
            insert(AppealWord).on_conflict_do_nothing(),
            [{"city_id": city_id, "lexeme": word, "id": appeal_id} for word in found],
        )


async def index_many(session: AsyncSession, found: Mapping[UUID, Sequence[str]]) -> None:
    """Make appeals that are new findable by their lexemes, all in one statement."""
    pairs = [(word, appeal_id) for appeal_id, words in found.items() for word in words]
    if pairs:
        bound = {"city": city_id_of(session), "lexemes": [word for word, _ in pairs], "ids": [one for _, one in pairs]}
        await session.execute(ADD_MANY, bound)
