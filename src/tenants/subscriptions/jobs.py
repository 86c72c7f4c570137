"""Who gets a letter about what happens to an appeal; and what is deleted when nobody confirmed it.

``tell_people`` may run twice for the same event: each letter's key is the event and its reader, so it is written once.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.work.jobs import job
from src.platform.work.mail import Letter, letterhead, post
from src.platform.work.schedule import repeat
from src.tenants.appeals import service as appeals
from src.tenants.appeals.service import TELL
from src.tenants.appeals.states import State
from src.tenants.subscriptions import letters_to_author, letters_to_followers, letters_to_responder
from src.tenants.subscriptions.queries import PublishedAnswer, published_answer
from src.tenants.subscriptions.service import CONFIRM_WITHIN, follow_as_author, followers_of, forget_followers
from src.tenants.subscriptions.story import Story, public_appeal, stop_link, story_of

RESPONDERS_READ = "uk"


@job(TELL, retries=180, longest_pause_ms=3600 * 1000)
async def tell_people(session: AsyncSession, event_id: str) -> None:
    """Write the letters about one line of a timeline; kinds without a reader (a correction) have none."""
    story = await story_of(session, UUID(event_id))
    if story is not None and story.event.kind in TELLERS:
        await TELLERS[story.event.kind](session, story)


async def to_author(session: AsyncSession, story: Story, letter: Letter) -> None:
    """A letter to whoever asked, in their language."""
    to, language = story.submission.author_email, story.submission.language
    if not to:  # forgotten since
        return
    await post(session, story.city, to=to, language=language, letter=letter, key=f"{story.event.id} author")


async def to_responder(session: AsyncSession, story: Story, responder_id: UUID, letter: Letter) -> None:
    """A letter to a body that answers; one without an address is told by the moderator."""
    body = story.known.into(RESPONDERS_READ).responder[responder_id]
    for number, to in enumerate(filter(None, (body.email, *body.more_emails))):
        key = f"{story.event.id} responder {responder_id}" + (f" {number}" if number else "")
        await post(session, story.city, to=to, language=RESPONDERS_READ, letter=letter, key=key)


async def tell_asked(session: AsyncSession, story: Story) -> None:
    """The author confirms, unless they have already."""
    if story.appeal.state == State.UNCONFIRMED:
        await to_author(session, story, letters_to_author.asked(story))


async def tell_confirmed(session: AsyncSession, story: Story) -> None:
    """The author gets the number."""
    await to_author(session, story, letters_to_author.confirmed(story))


async def tell_rejected(session: AsyncSession, story: Story) -> None:
    """The author gets the reason."""
    await to_author(session, story, letters_to_author.rejected(story))


async def tell_merged(session: AsyncSession, story: Story) -> None:
    """The author follows the other question from now on."""
    target = await public_appeal(session, UUID(story.event.data["into"]))
    if target is None:
        return
    submission = story.submission
    if not submission.author_email:
        return
    follower = await follow_as_author(
        session, target, email=submission.author_email.lower(), language=submission.language, at=story.event.at
    )
    stop = stop_link(story.author_at(), follower.id)
    await to_author(session, story, letters_to_author.merged(story, target, stop))


async def tell_published(session: AsyncSession, story: Story) -> None:
    """The author sees it on the map."""
    await to_author(session, story, letters_to_author.published(story))


async def tell_routed(session: AsyncSession, story: Story) -> None:
    """The responder gets the question, the author hears to whom it went."""
    responder_id = UUID(story.event.data["responder"])
    at = letterhead(story.city, RESPONDERS_READ)
    letter = letters_to_responder.routed(at, story.appeal, story.known.into(RESPONDERS_READ))
    await to_responder(session, story, responder_id, letter)
    whom = story.known_to_author().responder[responder_id].name_to
    await to_author(session, story, letters_to_author.routed(story, whom))


async def tell_answered(session: AsyncSession, story: Story) -> None:
    """The author and the followers get the short answer."""
    answer = await published_answer(session, story.appeal.id, UUID(story.event.data["answer"]))
    if answer is None:
        return
    name = story.known_to_author().responder[answer.responder_id].name
    await to_author(session, story, letters_to_author.answered(story, answer, name))
    await to_followers(session, story, answer)


async def tell_reopened(session: AsyncSession, story: Story) -> None:
    """The responder reads what is not solved, followers hear that it is open again."""
    if story.appeal.responder_id is not None:
        at = letterhead(story.city, RESPONDERS_READ)
        letter = letters_to_responder.reopened(at, story.appeal, str(story.words.get("why", "")))
        await to_responder(session, story, story.appeal.responder_id, letter)
    await to_followers(session, story, None)


async def tell_entrusted(session: AsyncSession, story: Story) -> None:
    """The author hears that it was passed on."""
    await to_author(session, story, letters_to_author.entrusted(story))


async def tell_settled(session: AsyncSession, story: Story) -> None:
    """The author hears that there is an answer; it is read behind the link, not in the letter."""
    await to_author(session, story, letters_to_author.settled(story))


async def tell_withdrawn(session: AsyncSession, story: Story) -> None:
    """The author has it in writing."""
    await to_author(session, story, letters_to_author.withdrawn(story))


async def to_followers(session: AsyncSession, story: Story, answer: PublishedAnswer | None) -> None:
    """A letter to each follower, in their language: with the answer, or that there is none again."""
    for reader in await followers_of(session, story.appeal.id, but=story.submission.author_email):
        at = letterhead(story.city, reader.language)
        stop = stop_link(at, reader.id)
        if answer is None:
            letter = letters_to_followers.reopened(at, story.appeal, stop)
        else:
            name = story.known.into(at.lang).responder[answer.responder_id].name
            letter = letters_to_followers.answered(at, story.appeal, answer, name, stop)
        key = f"{story.event.id} follower {reader.id}"
        await post(session, story.city, to=reader.email, language=reader.language, letter=letter, key=key)


TELLERS: dict[str, Callable[[AsyncSession, Story], Awaitable[None]]] = {
    "asked": tell_asked,
    "confirmed": tell_confirmed,
    "rejected": tell_rejected,
    "merged": tell_merged,
    "published": tell_published,
    "routed": tell_routed,
    "answered": tell_answered,
    "reopened": tell_reopened,
    "withdrawn": tell_withdrawn,
    "entrusted": tell_entrusted,
    "settled": tell_settled,
}


@job("forget_unconfirmed")
async def forget_unconfirmed(session: AsyncSession) -> None:
    """Delete questions and addresses that nobody confirmed in time, and addresses that stopped a month ago."""
    now = datetime.now(UTC)
    await appeals.delete_unconfirmed(session, before=now - CONFIRM_WITHIN)
    await forget_followers(session, now=now)


repeat(forget_unconfirmed, timedelta(days=1))
