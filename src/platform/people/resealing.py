"""Everything that is stored sealed, put under the newest key: the middle step of a change of keys (see ``vault``)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from src.platform.data.cities import Cities
from src.platform.data.unit_of_work import Database
from src.platform.people import vault
from src.platform.people.audit.service import action, record
from src.platform.people.providers.models import IdentityProvider, ProviderVisit
from src.platform.people.second_factor.models import Totp
from src.platform.settings import Settings
from src.platform.web.i18n import msgid

SEALED: tuple[InstrumentedAttribute[str], ...] = (Totp.secret, IdentityProvider.client_secret, ProviderVisit.verifier)
"""Every column whose values the vault seals."""

RESEALED = action("vault.resealed", msgid("Секрети перешифровано новим ключем"))


@dataclass(slots=True)
class Resealed:
    """How many values are under the newest key now, and how many no key of ours opens."""

    done: int = 0
    closed: int = 0


async def reseal_all(settings: Settings) -> Resealed:
    """Reseal every value of every city and of the platform, each of them in one unit of work.

    Rows are locked meanwhile, so that nothing is lost which somebody changes at the same moment. What does not open is left
    as it is and counted: its key may yet be found.
    """
    database = Database(settings.database_url, pool_size=1)
    found = Resealed()
    try:
        for tenant in await Cities(database, settings.base_domain).tenants():
            async with database.unit(tenant.id) as session:
                before = found.done
                for column in SEALED:
                    query = select(column.class_).where(column.class_.city_id == tenant.id, column != "").with_for_update()
                    for row in (await session.execute(query)).scalars():
                        try:
                            setattr(row, column.key, vault.reseal(getattr(row, column.key)))
                            found.done += 1
                        except vault.CannotOpen:
                            found.closed += 1
                await session.flush()
                if found.done > before:
                    await record(session, RESEALED, now=datetime.now(UTC), actor="system")
    finally:
        await database.close()
    return found
