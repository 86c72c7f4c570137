"""Fills in the demonstration: four cities with their past, lived through by the same verbs as real questions."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils import uuid7 as timed_uuid7

from src.platform.data.tenancy import APEX, City
from src.platform.data.unit_of_work import Database
from src.platform.people import vault
from src.platform.people.accounts.models import Account
from src.platform.people.accounts.queries import account_with
from src.platform.people.operators import ensure_operator
from src.platform.people.second_factor.codes import STEPS_ASIDE, code_at, new_secret, step_at
from src.platform.people.second_factor.models import Totp
from src.platform.people.second_factor.queries import has_second_factor, totp_of
from src.platform.settings import Settings
from src.tenants.answers import service as answers
from src.tenants.appeals import service as appeals
from src.tenants.appeals.models import Appeal
from src.tenants.appeals.states import State
from src.tenants.cities.catalogue import Catalogue, catalogue
from src.tenants.demo.kit import DATA, SLUGS, city_row, make_up, toml, trimmed
from src.tenants.demo.watching import watch
from src.tenants.starter.opening import become

log = structlog.get_logger("seed")

OPERATOR = "operator@vzaiemodiia.example"
AFTER_PUBLICATION = {"published", "routed", "answered", "reopened"}


@dataclass(slots=True)
class Cast:
    """Who and what the stories refer to."""

    city: City
    known: Catalogue
    moderator: UUID
    answers: dict[str, dict[str, Any]]
    now: datetime
    numbers: dict[str, str] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)


Filling = Callable[[AsyncSession, City, datetime], Awaitable[None]]
"""Fills in a module's part of a new city, in the transaction that makes the city."""


async def seed(
    settings: Settings, *, now: datetime | None = None, slugs: tuple[str, ...] = SLUGS, also: Sequence[Filling] = ()
) -> None:
    """Make the cities that are not there yet. Each is one transaction: whole or not at all.

    ``also`` are the parts of modules that stand on the tenants and are handed in by whoever knows them.
    """
    database = Database(settings.database_url, pool_size=2)
    try:
        await seed_operator(database, now or datetime.now(UTC))
        for slug in slugs:
            async with database.unit() as session:
                exists = (await session.execute(select(City.id).where(City.slug == slug))).scalar_one_or_none()
            if exists is None:
                count = await seed_city(database, slug, now or datetime.now(UTC), also=also)
                log.info("city seeded", city=slug, appeals=count)
    finally:
        await database.close()


def addresses(settings: Settings, *, also: Callable[[str], str] | None = None) -> list[str]:
    """What the developer wants to know once it runs: the cities' addresses and who may sign in.

    ``also`` names whom a module made in a city, by the city's slug: «e-mail (role)».
    """
    lines = []
    for slug in SLUGS:
        found = toml(DATA / slug / "city.toml")
        address = settings.origin(f"{slug}.{settings.base_domain}")
        people = ", ".join([*(f"{item['email']} ({item['role']})" for item in found["staff"]), *([also(slug)] if also else [])])
        lines += [f"  {found['name']['en']:<10} {address}/", f"             staff: {address}/staff — {people}"]
    lines += [
        f"  {'Platform':<10} {settings.origin(settings.base_domain)}/",
        f"             operator: {OPERATOR}, then the code that `.venv/bin/python -m src operator-code` prints",
    ]
    return [*lines, "  Staff sign in by a link: type the address above, then open the letter on the mail page."]


async def seed_operator(database: Database, now: datetime) -> None:
    """The demonstration's operator, unless there is one already."""
    async with database.unit() as session:
        apex = (await session.execute(select(City.id).where(City.slug == APEX))).scalar_one()
    async with database.unit(apex) as session:
        await ensure_operator(session, email=OPERATOR, name="Оператор", now=now)
        account = await account_with(session, OPERATOR)
        if account is not None and not await has_second_factor(session, account.id):
            # The demonstration's operator has an app that nobody holds; `python -m src operator-code` reads it.
            secret = vault.seal(new_secret())
            session.add(Totp(city_id=apex, account_id=account.id, secret=secret, confirmed_at=now))


class NoCode(Exception):  # noqa: N818
    """There is no code to be shown; the message says why."""


async def operator_code(settings: Settings, *, now: datetime) -> str:
    """The current code of the demonstration's operator, or the next one when the current one was used. Raises :class:`NoCode`."""
    if not settings.demo:
        msg = "Only a demonstration shows its operator's code (DEMO=1). Elsewhere the code is in the operator's own app."
        raise NoCode(msg)
    database = Database(settings.database_url, pool_size=1)
    try:
        async with database.unit() as session:
            apex = (await session.execute(select(City.id).where(City.slug == APEX))).scalar_one()
        async with database.unit(apex) as session:
            account = await account_with(session, OPERATOR)
            totp = await totp_of(session, account.id) if account else None
    finally:
        await database.close()
    if totp is None:
        msg = f"{OPERATOR} has no app for codes here; `python -m src seed` makes the demonstration."
        raise NoCode(msg)
    step = max(step_at(now), totp.last_step + 1)
    if step > step_at(now) + STEPS_ASIDE:
        msg = "The last codes were used already. Try again in half a minute."
        raise NoCode(msg)
    try:
        return code_at(vault.unseal(totp.secret), step)
    except vault.CannotOpen:
        msg = "The operator's secret was sealed with another SECRET_KEY or ENCRYPTION_KEYS than this command got."
        raise NoCode(msg) from None


async def seed_city(
    database: Database, slug: str, now: datetime, *, with_appeals: bool = True, also: Sequence[Filling] = ()
) -> int:
    """One city with everything; returns the number of its appeals. Without appeals nothing of modules is filled in either."""
    found = toml(DATA / slug / "city.toml")
    city = city_row(found)
    async with database.session() as session, session.begin():
        session.add(city)
        await session.flush()
        session.expunge(city)
        session.info["quiet"] = True
        await become(session, city.id)
        await make_up(session, city, found)
        people = [
            Account(city_id=city.id, email=item["email"], name=item["name"], roles=[item["role"]], created_at=now)
            for item in found["staff"]
        ]
        session.add_all(people)
        await session.flush()
        if not with_appeals:
            return 0
        for fill in also:
            await fill(session, city, now)
        return await tell_stories(session, city, people[0].id, now)


async def tell_stories(session: AsyncSession, city: City, moderator: UUID, now: datetime) -> int:
    """Every appeal of the city's files, asked in the order of time so that numbers follow it."""
    stories: list[dict[str, Any]] = []
    texts: dict[str, dict[str, Any]] = {}
    for path in sorted((DATA / city.slug).glob("appeals*.toml")):
        content = toml(path)
        stories += content["appeal"]
        texts |= {item["key"]: item for item in content["answer"]}
    cast = Cast(city, await catalogue(session), moderator, texts, now)
    asked = sorted(((moment_of(story, cast), story) for story in stories), key=lambda pair: (pair[0], pair[1]["key"]))
    for moment, story in asked:
        await ask(session, cast, story, moment)
    for moment, story in asked:
        if story["state"] != "merged":
            await live(session, cast, story, moment)
    for moment, story in asked:
        if story["state"] == "merged":
            await live(session, cast, story, moment)
    told = DATA / city.slug / "safety.toml"
    await watch(session, city, toml(told) if told.exists() else {}, cast.ids, moderator=moderator, now=now)
    return len(asked)


def moment_of(story: dict[str, Any], cast: Cast) -> datetime:
    """When it was asked: so many days before today, at that hour in the city; never in the future."""
    zone = ZoneInfo(cast.city.timezone)
    day = cast.now.astimezone(zone) - timedelta(days=story["days_ago"])
    minute = random.Random(story["key"]).randrange(60)  # noqa: S311  the same minutes at each seeding, no secret
    moment = day.replace(hour=story["hour"], minute=minute, second=0, microsecond=0).astimezone(UTC)
    return min(moment, cast.now - timedelta(minutes=7 + minute))


async def ask(session: AsyncSession, cast: Cast, story: dict[str, Any], moment: datetime) -> None:
    """The resident's part."""
    known = cast.known.into("uk")
    lon, lat = story.get("point", (None, None))
    question = appeals.Question(
        title=story["title"].strip(),
        body=trimmed(story.get("body", "")),
        category_id=known.category_by_slug[story["category"]].id,
        district_id=known.district_by_slug[story["district"]].id,
        address=story.get("address", ""),
        lon=lon,
        lat=lat,
        author_name=story["author"],
        author_email=f"{story['key']}@{cast.city.slug}.example",
        publish_name=story["public_name"],
        language="uk",
    )
    appeal_id = UUID(str(timed_uuid7(nanoseconds=int(moment.timestamp()) * 10**9)))
    appeal = await appeals.ask(session, question, now=moment, appeal_id=appeal_id)
    cast.ids[story["key"]] = appeal.id
    if story["state"] != "unconfirmed":
        confirmed = await appeals.confirm(session, cast.city, appeal.id, now=moment + timedelta(minutes=4))
        cast.numbers[story["key"]] = confirmed.number or ""


async def live(session: AsyncSession, cast: Cast, story: dict[str, Any], asked: datetime) -> None:
    """What the moderator, the responder and the author did afterwards."""
    appeal_id, state, staff = cast.ids[story["key"]], story["state"], cast.moderator
    looked_at = within(asked + timedelta(hours=1 + len(story["title"]) % 9, minutes=len(story["address"]) % 50), asked, cast)
    if state == "withdrawn":
        await appeals.withdraw(session, appeal_id, now=looked_at)
    elif state == "rejected":
        await appeals.reject(session, appeal_id, story["reason"], by=staff, now=looked_at)
    elif state == "merged":
        await appeals.merge(session, appeal_id, cast.numbers[story["merged_into"]], by=staff, now=looked_at)
    elif state in AFTER_PUBLICATION:
        await publish(session, cast, story, appeal_id, looked_at)
        if state != "published":
            await answer(session, cast, story, appeal_id, asked, looked_at)


def within(moment: datetime, after: datetime, cast: Cast) -> datetime:
    """Not after today: recent questions are dealt with quickly."""
    return moment if moment < cast.now else after + (cast.now - after) / 2


async def publish(session: AsyncSession, cast: Cast, story: dict[str, Any], appeal_id: UUID, moment: datetime) -> Appeal:
    """The moderator lets it through."""
    known = cast.known.into("uk")
    category = known.category_by_slug[story["category"]]
    what = appeals.Publication(
        title=story["title"].strip(),
        body=trimmed(story.get("body", "")),
        category_id=category.id,
        district_id=known.district_by_slug[story["district"]].id,
        precision=category.precision if story.get("point") or category.sensitive else "near",
        sensitive=category.sensitive,
        address=story.get("address", ""),
        show_name=True,
    )
    return await appeals.publish(session, appeal_id, what, by=cast.moderator, now=moment)


async def answer(
    session: AsyncSession, cast: Cast, story: dict[str, Any], appeal_id: UUID, asked: datetime, looked_at: datetime
) -> None:
    """Sent to a responder, answered, perhaps asked again."""
    responders = {item.slug: item.id for item in cast.known.into("uk").responders}
    appeal = await appeals.for_change(session, appeal_id)
    text = cast.answers.get(story.get("answer", ""))
    by_rule = cast.known.responder_for(appeal.category_id, appeal.district_id)
    responder_id = responders[text["responder"]] if text else by_rule
    if responder_id is None:
        return
    sent = within(looked_at + timedelta(minutes=6), looked_at, cast)
    await appeals.route(session, appeal_id, responder_id, by=cast.moderator, now=sent)
    if text is None:
        return
    answered = within(max(asked + timedelta(days=story["answered_after"]), sent + timedelta(hours=2)), sent, cast)
    words = answers.Words(
        responder_id=responder_id,
        short=text["short"].strip(),
        body=text["body"].strip(),
        steps=[answers.Step(step["do"], step.get("contact", "")) for step in text.get("steps", [])],
    )
    draft = await answers.write(session, appeal, words, by=cast.moderator, now=answered)
    await answers.publish(session, appeal, draft, by=cast.moderator, now=answered)
    if story["state"] == State.REOPENED:
        again = within(answered + timedelta(days=2), answered, cast)
        await appeals.reopen(session, appeal_id, story["reopen"], now=again)
