"""Answers to somebody's questions."""

from collections.abc import AsyncIterator

from sqlalchemy import and_, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import city_id_of
from src.platform.people.personal_data import Erasure, Holder, Record, Subject
from src.platform.web.i18n import msgid
from src.platform.work.jobs import enqueue
from src.tenants.answers.models import Answer, AnswerFile
from src.tenants.answers.service import FORGET
from src.tenants.appeals.models import Appeal
from src.tenants.appeals.states import PUBLIC


async def answers(session: AsyncSession, about: Subject) -> AsyncIterator[Record]:
    """What was answered, once it was published."""
    query = (
        select(Answer)
        .where(Answer.city_id == city_id_of(session), Answer.appeal_id.in_(about.owned), Answer.published_at.is_not(None))
        .order_by(Answer.published_at, Answer.id)
    )
    async for one in await session.stream_scalars(query.execution_options(yield_per=50)):
        yield {"question": one.appeal_id, "published_at": one.published_at, "short": one.short, "body": one.body}


async def erase(session: AsyncSession, about: Subject, how: Erasure) -> None:
    """Where public questions are taken down, their answers go along; drafts to questions that are not public go always."""
    city = city_id_of(session)
    doomed = [Answer.city_id == city, Answer.appeal_id.in_(about.owned)]
    if how.public_questions == "anonymous":
        kept = select(Appeal.id).where(Appeal.city_id == city, Appeal.id.in_(about.owned), Appeal.state.in_(PUBLIC))
        doomed.append(Answer.appeal_id.not_in(kept))
    files = select(AnswerFile.answer_id, AnswerFile.id).join(
        Answer, and_(Answer.city_id == AnswerFile.city_id, Answer.id == AnswerFile.answer_id)
    )
    for answer_id, file_id in (await session.execute(files.where(*doomed))).all():
        await enqueue(session, FORGET, answer_id, file_id)
    await session.execute(delete(Answer).where(*doomed), execution_options={"synchronize_session": False})


holders = [
    Holder(
        "answers",
        msgid("Відповіді на ваші запитання."),
        frozenset({"answer", "answer_step", "answer_file"}),
        answers,
        erase,
    ),
]
