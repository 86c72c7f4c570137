"""What is forgotten by itself, when its time has come; and that it is done in small portions, twice without harm."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from src.platform.data.city_settings import CitySettings
from src.platform.limits.rules import By, Limit
from src.platform.limits.service import take
from src.platform.people.audit.models import AuditEvent, AuditValue
from src.platform.people.audit.service import record
from src.platform.people.providers.models import IdentityProvider, ProviderVisit
from src.platform.people.second_factor.models import WebauthnChallenge
from src.platform.work.jobs import JOBS
from src.platform.work.schedule import SCHEDULE
from src.tenants.appeals import service as appeals
from src.tenants.appeals.models import Appeal, Submission
from src.tenants.my_office import jobs, retention
from src.tenants.my_office.service import FORGOTTEN
from tests.conftest import Clock
from tests.site import Site
from tests.tenants.residents import EMAIL, has_account, real_now, signed_in
from tests.tenants.test_my_data import files, photo_of
from tests.tenants.test_my_office import follow

__all__ = ["files"]

LONG = CitySettings().personal_days + 1


async def forget(site: Site) -> None:
    """The daily job, as the worker runs it."""
    await JOBS["forget_people"].run(site.door.database, (await site.city()).id)


async def private(site: Site, appeal_id: UUID) -> Submission:
    """A question's private side."""
    async with site.unit() as session:
        return (await session.execute(select(Submission).where(Submission.id == appeal_id))).scalar_one()


@pytest.fixture
def long_ago(clock: Clock) -> Clock:
    """Questions are asked and settled so long ago that their authors are to be forgotten."""
    clock.now = real_now() - timedelta(days=LONG)
    return clock


async def rejected(site: Site) -> UUID:
    """A question that was sent back."""
    appeal_id, by = await site.ask(), await site.moderator()
    async with site.unit() as session:
        await appeals.reject(session, appeal_id, "Назвіть вулицю.", by=by, now=site.clock.now)
    return appeal_id


async def withdrawn(site: Site) -> UUID:
    """A question that was taken back."""
    appeal_id = await site.ask()
    async with site.unit() as session:
        await appeals.withdraw(session, appeal_id, now=site.clock.now)
    return appeal_id


async def test_who_asked_is_forgotten_when_the_answer_is_old_enough(site: Site, long_ago: Clock) -> None:
    settled = [await site.answered(), await rejected(site), await withdrawn(site)]
    waiting = [await site.ask(), await site.published(), await site.routed()]
    number = await site.number(settled[0])
    assert "Олена К." in (await site.get(f"/appeals/{number}")).words
    await forget(site)
    for appeal_id in settled:
        kept = await private(site, appeal_id)
        assert kept.erased_at is not None
        assert {kept.title, kept.body, kept.address, kept.author_name, kept.author_email, kept.rejected_because} == {""}
        assert (kept.lon, kept.lat, kept.publish_name) == (None, None, False)
    for appeal_id in waiting:
        assert (await private(site, appeal_id)).author_email == EMAIL
    page = await site.get(f"/appeals/{number}")
    assert "Чому не евакуюють авто з газону?" in page.words and "Олена" not in page.words
    async with site.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM appeal_event_words")) == 0


async def test_who_asked_is_known_until_then(site: Site, clock: Clock) -> None:
    clock.now = real_now() - timedelta(days=LONG - 2)
    settled = [await site.answered(), await rejected(site), await withdrawn(site)]
    await forget(site)
    assert {(await private(site, appeal_id)).author_email for appeal_id in settled} == {EMAIL}


async def test_the_time_begins_anew_with_whatever_happens(site: Site, long_ago: Clock) -> None:
    appeal_id = await site.answered()
    long_ago.now = real_now() - timedelta(days=10)
    by = await site.moderator()
    async with site.unit() as session:
        appeal = await appeals.for_change(session, appeal_id)
        await appeals.note(session, appeal, "remark", now=site.clock.now, by=by)
    await forget(site)
    assert (await private(site, appeal_id)).author_email == EMAIL


async def test_each_city_has_its_own_term(site: Site, poltava: Site, clock: Clock) -> None:
    clock.now = real_now() - timedelta(days=40)
    here, there = await rejected(site), await rejected(poltava)
    async with site.unit() as session:
        await session.execute(
            text("UPDATE city SET settings = '{\"personal_days\": 30}' WHERE id = :id"), {"id": (await site.city()).id}
        )
    await forget(site)
    await forget(poltava)
    assert (await private(site, here)).author_email == ""
    assert (await private(poltava, there)).author_email == EMAIL


async def test_photos_that_everybody_sees_stay_and_hidden_ones_go(site: Site, long_ago: Clock) -> None:
    appeal_id = await site.answered()
    seen, hidden = await photo_of(site, appeal_id, hidden=False), await photo_of(site, appeal_id, hidden=True)
    lost = await photo_of(site, await rejected(site), hidden=False)
    await forget(site)
    async with site.unit() as session:
        left = set(await session.scalars(text("SELECT id FROM photo")))
    assert left == {seen} and not left & {hidden, lost}


async def test_forgetting_twice_changes_nothing(site: Site, long_ago: Clock) -> None:
    appeal_id = await site.answered()
    await forget(site)
    first = await private(site, appeal_id)
    await forget(site)
    assert (await private(site, appeal_id)).erased_at == first.erased_at


async def test_it_goes_on_portion_by_portion(site: Site, long_ago: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_A_TIME", 2)
    for _ in range(5):
        await withdrawn(site)
    monkeypatch.setattr(jobs, "PORTIONS_AT_MOST", 2)
    await forget(site)
    async with site.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM submission WHERE erased_at IS NULL")) == 1
    await forget(site)
    async with site.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM submission WHERE erased_at IS NULL")) == 0


async def test_an_account_that_nobody_uses_is_deleted_and_one_that_is_used_stays(site: Site, clock: Clock) -> None:
    clock.now = real_now() - timedelta(days=400)
    await signed_in(site, "unused@ukr.example")
    await signed_in(site, "asked@ukr.example")
    await site.ask(author_email="asked@ukr.example")
    await signed_in(site, "follows@ukr.example")
    await follow(site, await site.published(), "follows@ukr.example")
    async with site.unit() as session:
        await session.execute(text("DELETE FROM account_session"))
    await signed_in(site, "here@ukr.example")
    clock.now = real_now() - timedelta(days=100)
    await signed_in(site, "new@ukr.example")
    async with site.unit() as session:
        await session.execute(text("DELETE FROM account_session WHERE created_at > :at"), {"at": clock.now - timedelta(days=1)})
    await forget(site)
    assert not await has_account(site, "unused@ukr.example")
    for kept in ("asked", "follows", "here", "new"):
        assert await has_account(site, f"{kept}@ukr.example"), kept
    assert await has_account(site, "moderator@kyiv.example")
    assert await has_account(site, "admin@kyiv.example")
    async with site.unit() as session:
        line = (await session.scalars(select(AuditEvent).where(AuditEvent.action == FORGOTTEN))).one()
        assert (line.actor, line.account_id) == ("system", None)


async def test_somebody_who_worked_here_is_not_forgotten(site: Site, clock: Clock) -> None:
    clock.now = real_now() - timedelta(days=400)
    await site.answered()
    async with site.unit() as session:
        await session.execute(text("UPDATE account SET roles = '{}', created_at = :at"), {"at": clock.now})
    await forget(site)
    assert await has_account(site, "moderator@kyiv.example")


async def test_values_beside_the_log_go_in_time_and_its_lines_stay(site: Site) -> None:
    days = CitySettings().audit_days
    async with site.unit() as session:
        for age in (days - 1, days + 1):
            at = real_now() - timedelta(days=age)
            await record(session, FORGOTTEN, now=at, subject=("account", uuid4()), values={"name": ("Олена", "")})
    await forget(site)
    await forget(site)
    async with site.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM audit_event WHERE fields = '{name}'")) == 2
        ages = [real_now() - at for at in await session.scalars(select(AuditValue.at))]
    assert [age.days for age in ages] == [days - 1]


async def test_what_is_over_is_forgotten_each_hour(site: Site) -> None:
    now, city = real_now(), (await site.city()).id
    account = await signed_in(site)
    async with site.unit() as session:
        provider = IdentityProvider(
            city_id=city,
            id=uuid4(),
            slug="dii",
            name={"uk": "Дія"},
            discovery_url="https://id.example",
            client_id="c",
            created_at=now,
        )
        session.add(provider)
        await session.flush()
        for left in (-1, 1):
            until = now + timedelta(minutes=left)
            made = {"city_id": city, "created_at": now, "expires_at": until}
            session.add(
                ProviderVisit(
                    provider_id=provider.id, state_digest=f"s{left}", nonce="n", verifier="v", browser_digest="b", **made
                )
            )
            session.add(WebauthnChallenge(challenge_digest=f"c{left}", purpose="register", account_id=account, **made))
            await take(session, [(Limit("test", By.CITY, 5, timedelta(hours=1)), f"{left}")], now=until - timedelta(hours=1))
    await JOBS["forget_expired"].run(site.door.database, city)
    async with site.unit() as session:
        for table in ("provider_visit", "webauthn_challenge", "rate_count"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 1, table


async def test_every_forgetting_is_on_the_schedule() -> None:
    import src.main  # noqa: F401

    every = {entry.job.name: entry.every for entry in SCHEDULE}
    daily = {"forget_people", "forget_mail", "forget_unconfirmed", "tidy_drafts"}
    assert {name: every[name] for name in daily} == dict.fromkeys(daily, timedelta(days=1))
    assert every["forget_expired"] == every["forget_sign_ins"] == timedelta(hours=1)


async def test_the_platforms_own_row_has_nothing_to_forget(site: Site) -> None:
    apex = Site(site.door, "", site.clock)
    await forget(apex)
    async with apex.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM account")) == 1


async def test_the_board_hears_of_a_name_that_went(site: Site, long_ago: Clock) -> None:
    appeal_id = await site.answered()
    before = await revision(site, appeal_id)
    await forget(site)
    assert await revision(site, appeal_id) > before


async def revision(site: Site, appeal_id: UUID) -> int:
    """When copies have to be made anew."""
    async with site.unit() as session:
        return int(await session.scalar(select(Appeal.changed_revision).where(Appeal.id == appeal_id)) or 0)
