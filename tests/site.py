"""A city's site as a browser without scripts uses it. Every page that comes through here is checked."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
from bs4 import BeautifulSoup, Tag
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.tenancy import APEX, City
from src.platform.people.accounts.models import Account
from src.platform.people.accounts.queries import account_of, account_with
from src.platform.people.accounts.service import begin_session
from src.platform.web.front_door import FrontDoor
from src.tenants.answers import service as answers
from src.tenants.appeals import service as appeals
from src.tenants.cities.catalogue import InLanguage, catalogue
from tests.page_contract import check_page

if TYPE_CHECKING:
    from tests.conftest import Clock

File = tuple[str, str, bytes]
FRAGMENTS = {"/ask/similar"}
"""Addresses that give a part of a page, for the page's script."""


@dataclass(frozen=True)
class Page:
    """An answer of the site."""

    response: httpx.Response

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def text(self) -> str:
        """The body."""
        return self.response.text

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.response.headers.get("location", "")

    def json(self) -> Any:
        """The body as JSON."""
        return self.response.json()

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page, to look things up in."""
        return BeautifulSoup(self.text, "html.parser")

    def all(self, css: str) -> list[Tag]:
        """All elements a selector finds."""
        return list(self.soup.select(css))

    def one(self, css: str) -> Tag:
        """The only element a selector finds."""
        found = self.all(css)
        assert len(found) == 1, f"{len(found)} elements match {css}"
        return found[0]

    @property
    def words(self) -> str:
        """The text a reader sees, on one line."""
        return " ".join(self.soup.get_text(" ").split())


class Site:
    """One city. ``signed_in`` as nobody until :meth:`sign_in`."""

    def __init__(self, door: FrontDoor, slug: str, clock: "Clock", *, prefix: str = "") -> None:
        self.door = door
        self.slug = slug
        self.clock = clock
        self.prefix = prefix
        self._city: City | None = None
        self.client = self._client()

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.door),  # type: ignore[arg-type]
            base_url=f"https://{self.host}",
            headers={"user-agent": "Mozilla/5.0 Chrome/156.0", "sec-fetch-site": "same-origin"},
        )

    @property
    def host(self) -> str:
        """The host's name; an empty slug is the platform's own."""
        return f"{self.slug}.localhost" if self.slug else "localhost"

    @property
    def english(self) -> "Site":
        """The same browser on the English pages."""
        other = Site(self.door, self.slug, self.clock, prefix="/en")
        other.client = self.client
        return other

    def another_browser(self) -> "Site":
        """The same city without this browser's cookies."""
        return Site(self.door, self.slug, self.clock, prefix=self.prefix)

    async def get(
        self, path: str, *, status: int | None = 200, follow: bool = False, headers: dict[str, str] | None = None
    ) -> Page:
        """Fetch a page; ``status`` none takes any."""
        response = await self.client.get(self.address(path), follow_redirects=follow, headers=headers)
        return self._checked(response, status)

    async def post(
        self,
        path: str,
        data: dict[str, Any] | None = None,
        *,
        files: Sequence[File] = (),
        status: int | None = 303,
        follow: bool = False,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> Page:
        """Send a form."""
        response = await self.client.post(
            self.address(path),
            data=data if content is None else None,
            files=[(name, (filename, body)) for name, filename, body in files] or None,
            content=content,
            headers=headers,
            follow_redirects=follow,
        )
        return self._checked(response, status)

    def address(self, path: str) -> str:
        """A path in this site's language; whole addresses of this host are taken as they are."""
        if path.startswith("http"):
            return "https://" + path.split("://", 1)[1].replace(":8000", "")
        if self.prefix and not path.startswith(self.prefix + "/") and not path.startswith(("/static", "/api", "/photos")):
            return self.prefix + path
        return path

    def _checked(self, response: httpx.Response, status: int | None) -> Page:
        page = Page(response)
        if status is not None:
            assert page.status == status, f"{response.request.method} {response.request.url}: {page.status}\n{page.text[:3000]}"
        is_page = response.headers.get("content-type", "").startswith("text/html")
        if is_page and response.request.url.path.removeprefix("/en") not in FRAGMENTS:
            check_page(response)
        return page

    # --- behind the pages -------------------------------------------------------------------

    async def city(self) -> City:
        """The city's row."""
        if self._city is None:
            async with self.door.database.unit() as session:
                self._city = (await session.execute(select(City).where(City.slug == (self.slug or APEX)))).scalar_one()
        return self._city

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[AsyncSession]:
        """A unit of work of this city, as the runtime role."""
        async with self.door.database.unit((await self.city()).id) as session:
            yield session

    async def known(self, language: str = "uk") -> InLanguage:
        """Categories, districts and responders."""
        async with self.unit() as session:
            return (await catalogue(session)).into(language)

    async def moderator(self, role: str = "moderator") -> UUID:
        """The account of the demonstration's moderator or administrator."""
        async with self.unit() as session:
            found = await session.execute(select(Account).where(Account.roles.contains([role])))
            return found.scalars().one().id

    async def sign_in(self, role: str = "moderator") -> None:
        """Give this browser a session of the demonstration's staff, without the letter."""
        async with self.unit() as session:
            account = await account_of(session, await self.moderator(role))
        assert account is not None
        await self.sign_in_as(account.email)

    async def sign_in_as(self, email: str, *, second_factor: bool = False) -> None:
        """Give this browser a session of an account that there is."""
        async with self.unit() as session:
            account = await account_with(session, email)
            assert account is not None
            begun = await begin_session(
                session,
                account,
                method="link",
                second_factor=second_factor,
                browser="",
                instead_of="",
                now=self.clock.now,
            )
        # The cookie jar takes a host without a dot for one of the domain «local» (RFC 2965).
        domain = self.host if "." in self.host else f"{self.host}.local"
        self.client.cookies.set("__Host-session", begun.token, domain=domain, path="/")

    async def question(self, **changes: Any) -> appeals.Question:
        """A question as a resident would write it; ``category`` and ``district`` by slug."""
        known = await self.known()
        category = known.category_by_slug[changes.pop("category", "parking")]
        where = changes.pop("district", "shevchenkivskyi")
        district = known.district_by_slug[where]
        lon, lat = (30.5009, 50.4565) if self.slug == "kyiv" else (34.5514, 49.5894)
        asked = appeals.Question(
            title="Чому не евакуюють авто з газону?",
            body="Уже третій тиждень під’їзд перекриває чуже авто.",
            category_id=category.id,
            district_id=district.id,
            address="вул. Глибочицька, 17, кв. 4",
            lon=lon,
            lat=lat,
            author_name="Олена Коваль",
            author_email="olena@ukr.example",
            publish_name=True,
            language="uk",
        )
        return replace(asked, **changes)

    async def ask(self, *, confirmed: bool = True, **changes: Any) -> UUID:
        """A question that waits for the moderator."""
        question = await self.question(**changes)
        async with self.unit() as session:
            appeal = await appeals.ask(session, question, now=self.clock.now)
            if confirmed:
                await appeals.confirm(session, await self.city(), appeal.id, now=self.clock.now)
            return appeal.id

    async def published(self, *, precision: str = "near", **changes: Any) -> UUID:
        """A question that everybody sees: red."""
        question = await self.question(**changes)
        appeal_id = await self.ask(**changes)
        category = (await self.known()).category[question.category_id]
        what = appeals.Publication(
            title=question.title,
            body=question.body,
            category_id=question.category_id,
            district_id=question.district_id,
            precision="district" if category.sensitive else precision,
            sensitive=category.sensitive,
            address=question.address,
            show_name=True,
        )
        by = await self.moderator()
        async with self.unit() as session:
            await appeals.publish(session, appeal_id, what, by=by, now=self.clock.now)
        return appeal_id

    async def routed(self, *, responder: str = "patrol-police", **changes: Any) -> UUID:
        """A question that a responder has."""
        appeal_id = await self.published(**changes)
        by = await self.moderator()
        async with self.unit() as session:
            await appeals.route(session, appeal_id, await self.responder(responder), by=by, now=self.clock.now)
        return appeal_id

    async def answered(self, *, short: str = "за авто на газоні відповідає місто.", **changes: Any) -> UUID:
        """A question with a published answer: green."""
        appeal_id = await self.routed(**changes)
        by = await self.moderator()
        words = answers.Words(
            responder_id=await self.responder("patrol-police"),
            short=short,
            body="Штраф виписує інспектор з паркування.\n\nПрисутність водія не потрібна.",
            steps=[answers.Step("Сфотографуйте авто", ""), answers.Step("Надішліть фото інспекції", "1551")],
        )
        async with self.unit() as session:
            appeal = await appeals.for_change(session, appeal_id)
            draft = await answers.write(session, appeal, words, by=by, now=self.clock.now)
            await answers.publish(session, appeal, draft, by=by, now=self.clock.now)
        return appeal_id

    async def responder(self, slug: str) -> UUID:
        """A responder's id."""
        return next(item.id for item in (await self.known()).responders if item.slug == slug)

    async def number(self, appeal_id: UUID) -> str:
        """An appeal's number."""
        async with self.unit() as session:
            return (await appeals.for_change(session, appeal_id)).number or ""
