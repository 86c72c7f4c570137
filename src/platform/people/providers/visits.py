"""Ways to a provider and back: each works once, for ten minutes, in the browser that began it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import city_id_of
from src.platform.people import vault
from src.platform.people.providers.kinds import Attempt
from src.platform.people.providers.models import IdentityProvider, ProviderVisit
from src.platform.people.secrets import digest, same
from src.platform.web.here import Here

LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Returned:
    """A visit that came back and is used up."""

    attempt: Attempt
    next_path: str


def way_back(at: Here, slug: str) -> str:
    """The address that the provider sends browsers back to; the same in every language, since it is registered there."""
    return f"{at.settings.origin(at.host)}/sign-in/back/{slug}"


def new_attempt(back: str, *, language: str, fresh: bool, now: datetime) -> Attempt:
    """Secrets for one way there and back. The state begins with the reader's language: the way back has one address for all."""
    return Attempt(
        state=f"{language}.{token_urlsafe(32)}",
        nonce=token_urlsafe(32),
        verifier=token_urlsafe(48),
        back=back,
        language=language,
        fresh=fresh,
        begun_at=now,
    )


async def remember(session: AsyncSession, provider: IdentityProvider, attempt: Attempt, *, browser: str, next_path: str) -> None:
    """Store what the way back is checked with; the state and the browser's cookie as digests, the verifier sealed."""
    session.add(
        ProviderVisit(
            city_id=city_id_of(session),
            id=uuid7(),
            provider_id=provider.id,
            state_digest=digest(attempt.state),
            nonce=attempt.nonce,
            verifier=vault.seal(attempt.verifier),
            browser_digest=digest(browser),
            next_path=next_path,
            created_at=attempt.begun_at,
            expires_at=attempt.begun_at + LASTS,
        )
    )
    await session.flush()


async def come_back(
    session: AsyncSession, provider: IdentityProvider, *, state: str, browser: str, back: str, fresh: bool, now: datetime
) -> Returned | str:
    """Use the visit up, in the caller's transaction; else a word for the log about why there is none.

    In a browser that did not begin it a visit is not used up: whoever sends somebody else's address around spoils nothing.
    """
    query = (
        select(ProviderVisit)
        .where(
            ProviderVisit.city_id == city_id_of(session),
            ProviderVisit.provider_id == provider.id,
            ProviderVisit.state_digest == digest(state),
        )
        .with_for_update()
    )
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        return "unknown or used state"
    if not browser or not same(browser, found.browser_digest):
        return "another browser"
    await session.delete(found)
    await session.flush()
    if found.expires_at <= now:
        return "too late"
    attempt = Attempt(
        state=state,
        nonce=found.nonce,
        verifier=vault.unseal(found.verifier),
        back=back,
        language=state.split(".", 1)[0],
        fresh=fresh,
        begun_at=found.created_at,
    )
    return Returned(attempt, found.next_path)


async def forget_expired(session: AsyncSession, *, now: datetime) -> None:
    """Delete visits from which nobody came back."""
    await session.execute(
        delete(ProviderVisit).where(ProviderVisit.city_id == city_id_of(session), ProviderVisit.expires_at < now)
    )
