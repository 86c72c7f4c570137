"""Who works for a city: invited by a letter, with roles made of permissions, switched off with their open work handed over."""

from typing import Any

import pytest
from sqlalchemy import select

from src.platform.people.accounts.models import Account
from src.platform.people.accounts.queries import account_with
from src.platform.web.access import ROLES, Permission
from src.tenants.answers.models import Answer
from src.tenants.staff.models import ResponderPerson, StaffInvitation
from tests.conftest import Clock
from tests.mailbox import Mailbox
from tests.site import Site

HOME = "/staff/settings/staff"
WHO = "petro@kyiv.example"


async def account(site: Site, email: str = WHO) -> Account:
    """Somebody's account."""
    async with site.unit() as session:
        found = await account_with(session, email)
    assert found is not None
    return found


def link_in(mail: Mailbox, to: str) -> str:
    """The link of the last letter to somebody."""
    body = mail.to(to)[-1].get_body(("plain",))
    assert body is not None
    return next(word for word in body.get_content().split() if "/invitations/" in word)


async def invited(site: Site, mail: Mailbox, **changes: Any) -> str:
    """Invite somebody; the link of their letter."""
    await site.sign_in("administrator")
    await site.post(HOME, {"name": "Петро Мельник", "email": WHO, "roles": ["moderator"], **changes})
    await mail.deliver()
    return link_in(mail, str(changes.get("email", WHO)).lower())


async def joined(site: Site, mail: Mailbox, **changes: Any) -> Account:
    """Somebody who was invited and came."""
    link = await invited(site, mail, **changes)
    guest = site.another_browser()
    await guest.get(link)
    await guest.post(link)
    return await account(site, str(changes.get("email", WHO)).lower())


async def test_an_invitation_makes_a_member_of_staff_once(site: Site, mail: Mailbox) -> None:
    link = await invited(site, mail)
    guest = site.another_browser()
    assert "Ваша роль: модератор." in (await guest.get(link)).words
    async with site.unit() as session:
        assert await account_with(session, WHO) is None, "opening the page changes nothing"
    done = await guest.post(link)
    assert done.location.endswith("/sign-in?next=/staff")
    found = await account(site)
    assert (found.roles, found.name) == (["moderator"], "Петро Мельник")
    await guest.post(link, status=404)
    await site.sign_in_as(WHO)
    await site.get("/staff/queue")
    await site.get(HOME, status=404)


async def test_an_invitation_ends_after_a_week_or_when_it_is_taken_back(site: Site, mail: Mailbox, clock: Clock) -> None:
    link = await invited(site, mail)
    again = await invited(site, mail)
    await site.another_browser().get(link, status=404)
    async with site.unit() as session:
        one = (await session.execute(select(StaffInvitation))).scalar_one()
    await site.post(f"{HOME}/invitations/{one.id}", {"again": "1"})
    await mail.deliver()
    await site.another_browser().get(again, status=404)
    last = link_in(mail, WHO)
    async with site.unit() as session:
        one = (await session.execute(select(StaffInvitation))).scalar_one()
    await site.post(f"{HOME}/invitations/{one.id}")
    await site.another_browser().post(last, status=404)
    late = await invited(site, mail)
    clock.forward(days=7, minutes=1)
    await site.another_browser().get(late, status=404)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": ""}, "Напишіть електронну адресу"),
        ({"email": "петро"}, "Перевірте електронну адресу"),
        ({"email": "moderator@kyiv.example"}, "Ця людина вже працює тут. Змініть її ролі в списку"),
        ({"name": ""}, "Напишіть ім’я та прізвище"),
        ({"name": "я" * 101}, "Ім’я має вміститися у 100 знаків"),
        ({"roles": []}, "Виберіть хоча б одну роль"),
        ({"roles": ["operator"]}, "Виберіть хоча б одну роль"),
        ({"roles": ["responder"]}, "Виберіть, за яку установу ця людина відповідає"),
        ({"roles": ["responder"], "body": "x"}, "Виберіть, за яку установу ця людина відповідає"),
    ],
)
async def test_a_wrong_invitation(site: Site, mail: Mailbox, changes: dict[str, Any], sentence: str) -> None:
    await site.sign_in("administrator")
    sent = {"name": "Петро Мельник", "email": WHO, "roles": ["moderator"]} | changes
    page = await site.post(HOME, sent, status=422)
    assert sentence in page.words
    await mail.deliver()
    assert mail.to(WHO) == []


async def test_what_each_role_may_do_is_read_from_the_code(site: Site) -> None:
    await site.sign_in("administrator")
    table = (await site.get(HOME)).one("table.rights")
    rows = {
        row.select_one("th").get_text(): [bool(cell.select(".vh")) for cell in row.select("td")]
        for row in table.select("tbody tr")
    }
    assert len(rows) == len({permission for role, found in ROLES.items() if role != "operator" for permission in found})
    heads = [cell.get_text() for cell in table.select("thead th")][1:]
    moderates = table.find("th", string="перевіряти, публікувати й відхиляти запитання").find_parent("tr")
    yes = [head for head, cell in zip(heads, moderates.select("td"), strict=True) if "✓" in cell.get_text()]
    assert yes == ["адміністратор міста", "модератор"]


async def test_roles_change_and_whoever_loses_one_is_signed_out(site: Site, mail: Mailbox) -> None:
    found = await joined(site, mail, roles=["moderator", "analyst"])
    other = site.another_browser()
    await other.sign_in_as(WHO)
    await other.get("/staff/queue")
    await site.post(f"{HOME}/{found.id}", {"roles": ["analyst"]})
    assert (await other.get("/staff/queue", status=303)).location.endswith("/sign-in?next=/staff/queue")
    await other.sign_in_as(WHO)
    assert (await other.get("/staff", status=303)).location == "/staff/gaps"
    await other.get("/staff/queue", status=404)


async def test_the_last_administrator_stays(site: Site) -> None:
    await site.sign_in("administrator")
    me = await site.moderator("administrator")
    refused = await site.post(f"{HOME}/{me}", {"roles": ["moderator"]}, status=422)
    assert "Це останній адміністратор міста" in refused.words
    assert "Це останній адміністратор міста" in (await site.post(f"{HOME}/{me}/leaving", status=422)).words
    assert (await account(site, "admin@kyiv.example")).active


async def test_whoever_leaves_hands_open_work_over_and_can_come_back(site: Site, mail: Mailbox) -> None:
    appeal_id = await site.routed()
    heir = await site.moderator()
    found = await joined(site, mail)
    async with site.unit() as session:
        from src.tenants.answers import service as answers
        from src.tenants.appeals import service as appeals

        appeal = await appeals.for_change(session, appeal_id)
        words = answers.Words(await site.responder("patrol-police"), "скоро", "")
        await answers.write(session, appeal, words, by=found.id, now=site.clock.now)
    page = await site.get(f"{HOME}/{found.id}")
    assert "1 недописана відповідь" in page.words
    assert "Виберіть, кому передати незавершене" in (await site.post(f"{HOME}/{found.id}/leaving", status=422)).words
    await site.post(f"{HOME}/{found.id}/leaving", {"heir": str(heir)})
    async with site.unit() as session:
        assert (await session.execute(select(Answer.account_id))).scalar_one() == heir
    assert not (await account(site)).active
    await site.post(f"{HOME}/{found.id}/leaving", {"back": "1"})
    assert (await account(site)).active


async def test_a_responder_answers_for_their_body_and_a_moderator_publishes(site: Site, mail: Mailbox) -> None:
    patrol = await site.responder("patrol-police")
    found = await joined(site, mail, roles=["responder"], body=str(patrol))
    async with site.unit() as session:
        assert (await session.execute(select(ResponderPerson.responder_id))).scalar_one() == patrol
    mine = await site.routed()
    not_mine = await site.routed(responder="legal-aid", title="Як скласти заяву до суду?")
    responder = site.another_browser()
    await responder.sign_in_as(WHO)
    assert (await responder.get("/staff", status=303)).location == "/staff/body"
    page = await responder.get("/staff/body")
    assert "На вашу відповідь чекає 1 запитання." in page.words
    await responder.get(f"/staff/body/{not_mine}", status=404)
    await responder.get(f"/staff/appeals/{mine}", status=404)
    question = await responder.get(f"/staff/body/{mine}")
    assert "olena@ukr.example" not in question.text, "who asked is nobody's business here"
    assert "Напишіть коротку відповідь" in (await responder.post(f"/staff/body/{mine}", {"short": " "}, status=422)).words
    long = await responder.post(f"/staff/body/{mine}", {"short": "я" * 301, "body": "Лишається"}, status=422)
    assert "Скоротіть до 300 знаків" in long.words
    assert "Лишається" in long.one("#body").get_text()
    await responder.post(f"/staff/body/{mine}", {"short": "Евакуюємо сьогодні", "body": "О 15:00."})
    async with site.unit() as session:
        draft = (await session.execute(select(Answer))).scalar_one()
    assert (draft.short, draft.account_id, draft.published_at) == ("Евакуюємо сьогодні", found.id, None)


def test_support_sets_a_city_up_and_sees_nobody() -> None:
    assert not ROLES["support"] & {Permission.SEE_QUEUE, Permission.SEE_AUDIT, Permission.MANAGE_STAFF, Permission.MODERATE}
