"""The process's copy of the cities' rows: which host is whose, and what its pages say of it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import APEX, City
from src.platform.data.unit_of_work import Database


def is_at(city: City, host: str) -> bool:
    """Whether a host is the city's own domain, and was verified."""
    return city.kind == "city" and city.domain == host and city.domain_verified_at is not None


class Cities:
    """Rows by slug and by id. Exact: a unit of work that reads a newer revision has its row read anew."""

    def __init__(self, database: Database, base_domain: str) -> None:
        self.database = database
        self.suffix = "." + base_domain
        self._by_slug: dict[str, City] = {}
        self._by_domain: dict[str, str] = {}

    async def at_host(self, host: str) -> City | None:
        """The city at ``<slug>.<base domain>`` or at its own verified domain, or none. The platform's own row lives at the base
        domain and nowhere else."""  # noqa: D209
        if not host.endswith(self.suffix):
            return await self.of_domain(host)
        slug = host.removesuffix(self.suffix)
        if not slug or "." in slug or slug == APEX:
            return None
        return await self.of_slug(slug)

    def lives_at(self, city: City, host: str) -> bool:
        """Whether a city, as it is now, lives at this host."""
        return host == city.slug + self.suffix or is_at(city, host)

    async def is_ours(self, host: str) -> bool:
        """Whether some city lives at this host now: what a certificate may be made for."""
        if host.endswith(self.suffix):
            return await self.at_host(host) is not None
        return await self.of_domain(host, fresh=True) is not None

    async def of_domain(self, host: str, *, fresh: bool = False) -> City | None:
        """The city whose own domain this is, once it was verified. The copy may be older than the domain's end: a unit of work
        notices, and whoever cannot wait for one asks for ``fresh``."""  # noqa: D209
        held = self._by_slug.get(self._by_domain.get(host, ""))
        if held is not None and is_at(held, host) and not fresh:
            return held
        self._by_domain.pop(host, None)
        async with self.database.unit() as session:
            found = (await session.execute(select(City).where(City.domain == host))).scalar_one_or_none()
        if found is None or not is_at(found, host):
            return None
        self._by_slug[found.slug] = found
        self._by_domain[host] = found.slug
        return found

    async def of_slug(self, slug: str) -> City | None:
        """The row with this slug, or none."""
        found = self._by_slug.get(slug)
        if found is None:
            async with self.database.unit() as session:
                found = (await session.execute(select(City).where(City.slug == slug))).scalar_one_or_none()
            if found is not None:
                self._by_slug[slug] = found
        return found

    def forget(self, city: City) -> None:
        """The row is not there any more: whoever comes to its address next is looked up anew."""
        self._by_slug.pop(city.slug, None)

    async def current(self, session: AsyncSession, city: City) -> City:
        """The row as this transaction sees it; read again only when its revision says that it changed."""
        if session.info["catalogue_revision"] == city.catalogue_revision:
            return city
        fresh = (await session.execute(select(City).where(City.id == city.id))).scalar_one()
        session.expunge(fresh)
        self._by_slug[fresh.slug] = fresh
        return fresh

    async def every(self) -> list[City]:
        """All cities, by slug. For the apex page."""
        return [tenant for tenant in await self.tenants() if tenant.kind == "city"]

    async def tenants(self) -> list[City]:
        """All cities and the platform itself, by slug. For the schedule."""
        async with self.database.unit() as session:
            return list((await session.execute(select(City).order_by(City.slug))).scalars())

    async def of_id(self, session: AsyncSession, city_id: UUID) -> City:
        """The row of a city known to exist."""
        return (await session.execute(select(City).where(City.id == city_id))).scalar_one()
