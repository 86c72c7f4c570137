"""What an administrator does with providers, each verb with its line in the audit log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import catalogue_changed, city_id_of
from src.platform.people import vault
from src.platform.people.audit.service import action, record
from src.platform.people.providers.form import Wanted
from src.platform.people.providers.models import ExternalIdentity, IdentityProvider
from src.platform.people.providers.queries import provider_named
from src.platform.web.i18n import msgid

ADDED = action("provider.added", msgid("Додано сервіс входу"))
CHANGED = action("provider.changed", msgid("Змінено сервіс входу"))
SWITCHED_ON = action("provider.on", msgid("Увімкнено сервіс входу"))
SWITCHED_OFF = action("provider.off", msgid("Вимкнено сервіс входу"))
REMOVED = action("provider.removed", msgid("Вилучено сервіс входу"))
SECOND_FACTOR = action("city.second_factor", msgid("Змінено вимогу другого кроку для працівників"))

PROVIDERS_AT_MOST = 12


class NameTaken(Exception):  # noqa: N818
    """Another provider of the city has this name in its addresses."""


class TooManyProviders(Exception):  # noqa: N818
    """A sign-in page has room for so many buttons only."""


async def add(session: AsyncSession, wanted: Wanted, *, by: UUID, now: datetime) -> IdentityProvider:
    """Add a provider; raises :class:`NameTaken` and :class:`TooManyProviders`."""
    await session.execute(text("SELECT 1 FROM city WHERE id = :id FOR NO KEY UPDATE"), {"id": city_id_of(session)})
    if await provider_named(session, wanted.slug) is not None:
        raise NameTaken
    count = select(func.count()).select_from(IdentityProvider).where(IdentityProvider.city_id == city_id_of(session))
    if (await session.scalar(count) or 0) >= PROVIDERS_AT_MOST:
        raise TooManyProviders
    provider = IdentityProvider(
        city_id=city_id_of(session),
        id=uuid7(),
        slug=wanted.slug,
        client_secret=vault.seal(wanted.secret) if wanted.secret else "",
        created_at=now,
        **wanted.fields,
    )
    session.add(provider)
    await session.flush()
    await record(session, ADDED, now=now, by=by, subject=("provider", provider.id), values=after(wanted.fields))
    return provider


async def change(session: AsyncSession, provider: IdentityProvider, wanted: Wanted, *, by: UUID, now: datetime) -> None:
    """Change a provider. At another address it is another provider: whom it vouched for is forgotten, since its names for
    people may be somebody else's there."""  # noqa: D209
    changed = {name: value for name, value in wanted.fields.items() if getattr(provider, name) != value}
    before = {name: getattr(provider, name) for name in changed}
    for name, value in changed.items():
        setattr(provider, name, value)
    secret = wanted.secret is not None
    if wanted.secret is not None:
        provider.client_secret = vault.seal(wanted.secret) if wanted.secret else ""
    if "discovery_url" in changed:
        await session.execute(
            delete(ExternalIdentity).where(
                ExternalIdentity.city_id == city_id_of(session), ExternalIdentity.provider_id == provider.id
            )
        )
    if changed or secret:
        await record(
            session,
            CHANGED,
            now=now,
            by=by,
            subject=("provider", provider.id),
            fields=["client_secret"] if secret else [],
            values={name: (words(before[name]), words(value)) for name, value in changed.items()},
        )
    await session.flush()


async def switch(session: AsyncSession, provider: IdentityProvider, *, on: bool, by: UUID, now: datetime) -> None:
    """Switch a provider on or off; sessions that it began go on, since they are ours."""
    if provider.enabled == on:
        return
    provider.enabled = on
    await record(session, SWITCHED_ON if on else SWITCHED_OFF, now=now, by=by, subject=("provider", provider.id))
    await session.flush()


async def remove(session: AsyncSession, provider: IdentityProvider, *, by: UUID, now: datetime) -> None:
    """Take a provider away, with all that it vouched for; accounts stay."""
    await record(
        session,
        REMOVED,
        now=now,
        by=by,
        subject=("provider", provider.id),
        values={"slug": (provider.slug, ""), "discovery_url": (provider.discovery_url, "")},
    )
    await session.delete(provider)
    await session.flush()


async def demand_second_factor(session: AsyncSession, *, before: bool, after: bool, by: UUID, now: datetime) -> None:
    """Say whether staff must have a second factor; it holds from the next page on."""
    if before == after:
        return
    await session.execute(
        text(
            "UPDATE city SET settings = settings || jsonb_build_object('staff_second_factor', CAST(:on AS boolean)) WHERE id = :id"
        ),
        {"on": after, "id": city_id_of(session)},
    )
    await catalogue_changed(session)
    await record(
        session,
        SECOND_FACTOR,
        now=now,
        by=by,
        subject=("city", city_id_of(session)),
        values={"staff_second_factor": (words(before), words(after))},
    )


def after(fields: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """The values of something new."""
    return {name: ("", words(value)) for name, value in fields.items()}


def words(value: object) -> str:
    """A value for the audit log."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {one}" for name, one in sorted(value.items()))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
