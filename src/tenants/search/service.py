"""Writing the index."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.tenants.search.lemmas import all_lexemes
from src.tenants.search.models import AppealWord

WORDS_AT_MOST = 600


async def index(session: AsyncSession, appeal_id: UUID, *texts: str) -> None:
    """Make a published appeal findable by these texts, and by no others: private words are never given here."""
    await session.execute(delete(AppealWord).where(AppealWord.city_id == city_id_of(session), AppealWord.id == appeal_id))
    found = all_lexemes(" ".join(texts))[:WORDS_AT_MOST]
    if found:
        city_id = city_id_of(session)
        await session.execute(
            insert(AppealWord).on_conflict_do_nothing(),
            [{"city_id": city_id, "lexeme": word, "id": appeal_id} for word in found],
        )
