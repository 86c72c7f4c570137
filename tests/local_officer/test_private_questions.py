"""A question to an officer that its author does not want published: passed on, answered, seen by nobody else."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from src.local_officer.asking_officer import service
from src.local_officer.asking_officer.models import DirectQuestion
from src.platform.data.tenancy import city_id_of
from src.tenants.appeals import service as appeals
from src.tenants.appeals.entrusting import ask_again, entrust, settle
from src.tenants.appeals.models import Appeal, Submission
from src.tenants.appeals.states import IllegalTransition
from tests.local_officer.office import officer, own_account, set_options
from tests.mailbox import Mailbox
from tests.site import Site
from tests.tenants.walk import BODY, EMAIL, TITLE, Walk

OWN = "own.officer@police.example"


async def addressed(site: Site, publicity: str = "private") -> tuple[Walk, UUID, UUID]:
    """A question to an officer, ready to be sent; the officer and their account."""
    await set_options(site, office=True)
    async with site.unit() as session:
        row = await officer(session)
        account = await own_account(session, row, OWN)
        officer_id, account_id = row.id, account.id
    walk = Walk(site)
    page = await site.post(f"/ask?to={officer_id}", {"title": TITLE, "body": BODY})
    walk.key = page.location.split("/ask/")[1].split("/")[0]
    await walk.category()
    await walk.place()
    await walk.photos()
    await walk.you(publicity=publicity)
    return walk, officer_id, account_id


async def sent(site: Site, publicity: str = "private") -> tuple[UUID, UUID]:
    """The same, sent and confirmed: the appeal, the officer's account."""
    walk, _, account_id = await addressed(site, publicity)
    await walk.send()
    async with site.unit() as session:
        appeal_id = (await session.execute(select(Appeal.id))).scalar_one()
        await appeals.confirm(session, await site.city(), appeal_id, now=site.clock.now)
    return appeal_id, account_id


async def test_the_flow_says_to_whom_and_keeps_the_wish(site: Site) -> None:
    walk, officer_id, _ = await addressed(site)
    page = await walk.check()
    assert "Ірина Мельник" in page.words
    assert "відповідь побачите лише ви" in page.words
    await walk.send()
    async with site.unit() as session:
        assert (await session.execute(select(Submission.private))).scalar_one()
        direct = (await session.execute(select(DirectQuestion))).scalar_one()
        assert (direct.officer_id, direct.due_on) == (officer_id, None)


async def test_only_a_question_to_somebody_may_stay_private(site: Site) -> None:
    walk = await Walk(site).begin()
    await walk.category()
    await walk.place()
    await walk.photos()
    await walk.you(publicity="private")
    await walk.send()
    async with site.unit() as session:
        assert not (await session.execute(select(Submission.private))).scalar_one()


async def test_nobody_is_asked_where_the_city_does_not_let(site: Site) -> None:
    _, officer_id, _ = await addressed(site)
    await set_options(site, direct_questions=False)
    page = await site.get(f"/ask?to={officer_id}", status=404)
    assert page.one("h1").text == "Цій людині зараз не можна поставити запитання"


async def test_a_private_question_is_never_published(site: Site) -> None:
    appeal_id, account_id = await sent(site)
    async with site.unit() as session:
        row = await appeals.for_change(session, appeal_id)
        what = appeals.Publication(TITLE, BODY, row.category_id, row.district_id, "district", False, "", False)
        with pytest.raises(IllegalTransition):
            await appeals.publish(session, appeal_id, what, by=account_id, now=site.clock.now)


async def test_a_public_question_is_never_entrusted(site: Site) -> None:
    appeal_id, account_id = await sent(site, "public")
    async with site.unit() as session:
        with pytest.raises(IllegalTransition):
            await entrust(session, appeal_id, by=account_id, now=site.clock.now)


async def test_it_is_passed_on_answered_and_asked_again_out_of_sight(site: Site, mail: Mailbox) -> None:
    appeal_id, account_id = await sent(site)
    now = site.clock.now
    async with site.unit() as session:
        row = await entrust(session, appeal_id, by=account_id, now=now)
        number = row.number
    async with site.unit() as session:
        row = (await session.execute(select(Appeal))).scalar_one()
        direct = (await session.execute(select(DirectQuestion))).scalar_one()
        assert (row.title, row.body, row.public_state) == ("", "", None)
        assert direct.due_on is not None
    await site.get(f"/appeals/{number}", status=404)
    await mail.deliver()
    letter = mail.to(OWN)[-1]
    assert TITLE not in str(letter)
    assert EMAIL not in str(letter)
    async with site.unit() as session:
        await settle(session, appeal_id, "Машини заберуть у середу.", by=account_id, now=now)
    async with site.unit() as session:
        await ask_again(session, appeal_id, "Не забрали", now=now)
    async with site.unit() as session:
        assert (await session.execute(select(Appeal.state))).scalar_one() == "entrusted"
    await site.get(f"/appeals/{number}", status=404)
    assert TITLE not in (await site.get("/")).words


async def test_the_officer_is_reminded_once(site: Site, mail: Mailbox) -> None:
    appeal_id, account_id = await sent(site)
    async with site.unit() as session:
        await entrust(session, appeal_id, by=account_id, now=site.clock.now)
        direct = (await session.execute(select(DirectQuestion).where(DirectQuestion.city_id == city_id_of(session)))).scalar_one()
        assert direct.due_on is not None
        assert direct.due_on > date(2000, 1, 1)
    later = site.clock.now + timedelta(days=7)
    async with site.unit() as session:
        assert await service.remind(session, now=later) == 1
    async with site.unit() as session:
        assert await service.remind(session, now=later) == 0
