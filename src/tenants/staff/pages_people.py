"""Who works for the city: the list, invitations, roles, leaving; and the table of what each role may do, made from the code."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.limits import rules
from src.platform.people.accounts.models import Account
from src.platform.people.accounts.queries import account_of, account_with
from src.platform.people.accounts.service import LastAdministrator
from src.platform.web.access import ROLE_WORDS, ROLES, WORDS, Permission, staff
from src.platform.web.app import Now, Uow
from src.platform.web.forms import Form, Redisplay, email_address, read_form
from src.platform.web.here import Here, here
from src.tenants.cities.catalogue import catalogue
from src.tenants.settings.showing import AnyRequest, done_of, leads_to, settings_page
from src.tenants.staff import queries, service
from src.tenants.staff.models import StaffInvitation
from src.tenants.staff.open_work import open_work

MANAGE = staff(Permission.MANAGE_STAFF, recent=True)
NAME_AT_MOST = 100
SHOWN_ROLES = ("administrator", "moderator", "responder", "local_officer", "analyst", "support")


def done_words(at: Here, request: AnyRequest) -> str:
    """What was done, after a redirect."""
    return done_of(
        request,
        {
            "invited": at._("Запрошення надіслано."),
            "withdrawn": at._("Запрошення скасовано: посилання з листа більше не діє."),
            "saved": at._("Збережено."),
            "left": at._("Доступ закрито, незавершене передано."),
            "back": at._("Доступ відкрито знову."),
        },
    )


def rights(at: Here) -> list[tuple[str, list[bool]]]:
    """Every permission of a city in words, and which role has it: read from the code that decides."""
    return [
        (at._(WORDS[permission]), [permission in ROLES[role] for role in SHOWN_ROLES])
        for permission in Permission
        if any(permission in ROLES[role] for role in SHOWN_ROLES)
    ]


async def people_page(
    request: AnyRequest, session: AsyncSession, now: datetime, form: Form, *, status: int = 200
) -> Response[Any]:
    """The list and the form of an invitation."""
    at = here(request)
    known = (await catalogue(session)).into(at.lang)
    found = await queries.people(session)
    return settings_page(
        request,
        "staff/people.html",
        status=status,
        form=form,
        working=[row for row in found if row.active],
        left=[row for row in found if not row.active],
        invitations=await queries.invitations(session),
        now=now,
        known=known,
        role_words={role: at._(words) for role, words in ROLE_WORDS.items()},
        role_options=[(role, at._(ROLE_WORDS[role])) for role in service.GIVEN],
        bodies=[(str(item.id), item.name) for item in known.responders],
        shown_roles=SHOWN_ROLES,
        rights=rights(at),
        done=done_words(at, request),
    )


@get("/staff/settings/staff", access=MANAGE, include_in_schema=False)
async def people(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Who works here."""
    return await people_page(request, uow, now, Form())


async def read_roles(form: Form, at: Here, session: AsyncSession) -> tuple[list[str], UUID | None]:
    """Roles and, for a responder, the body; what is wrong the form says."""
    roles = [role for role in service.GIVEN if role in form.all("roles")]
    if not roles:
        form.refuse("roles", at._("Виберіть хоча б одну роль"))
    if "responder" not in roles:
        return roles, None
    known = (await catalogue(session)).into(at.lang)
    body = next((item.id for item in known.responders if str(item.id) == form.line("body")), None)
    if body is None:
        form.refuse("body", at._("Виберіть, за яку установу ця людина відповідає"))
    return roles, body


@post("/staff/settings/staff", access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def invite(request: AnyRequest, uow: Uow, now: Now) -> Response[Any]:
    """Ask somebody to work here."""
    at = here(request)
    form = await read_form(request)
    email, name = email_address(form.line("email")), form.line("name")
    if not form.line("email"):
        form.refuse("email", at._("Напишіть електронну адресу"))
    elif email is None:
        form.refuse("email", at._("Перевірте електронну адресу: вона має бути такою, як oksana@ukr.net"))
    if not name or not any(letter.isalpha() for letter in name):
        form.refuse("name", at._("Напишіть ім’я та прізвище"))
    elif len(name) > NAME_AT_MOST:
        form.refuse("name", at._("Ім’я має вміститися у 100 знаків"))
    roles, body = await read_roles(form, at, uow)
    known = await account_with(uow, email) if email else None
    if known is not None and known.roles and known.active:
        form.refuse("email", at._("Ця людина вже працює тут. Змініть її ролі в списку"))
    if form.errors or email is None:
        raise Redisplay(await people_page(request, uow, now, form, status=422))
    await service.invite(uow, at.the_city, service.Invitee(email, name, roles, body), by=at.the_person.id, now=now)
    return leads_to(request, "/staff/settings/staff?done=invited")


async def invitation(session: AsyncSession, invitation_id: UUID) -> StaffInvitation:
    """The invitation, locked, or the 404 of a missing thing."""
    one = await queries.invitation_at(session, invitation_id)
    if one is None:
        raise NotFoundException
    return one


@post(
    "/staff/settings/staff/invitations/{invitation_id:uuid}",
    access=MANAGE,
    limits=rules.ANSWERS,
    include_in_schema=False,
    status_code=303,
)
async def change_invitation(request: AnyRequest, invitation_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Take an invitation back, or send it again."""
    at = here(request)
    form = await read_form(request)
    one = await invitation(uow, invitation_id)
    if form.flag("again"):
        who = service.Invitee(one.email, one.name, one.roles, one.responder_id)
        await service.invite(uow, at.the_city, who, by=at.the_person.id, now=now)
    else:
        await service.withdraw(uow, one, by=at.the_person.id, now=now)
    done = "invited" if form.flag("again") else "withdrawn"
    return leads_to(request, f"/staff/settings/staff?done={done}")


async def member(session: AsyncSession, account_id: UUID) -> Account:
    """Somebody of the staff, or the 404 of a missing thing; a resident is none, and support is the platform's."""
    account = await account_of(session, account_id)
    if account is None or not account.roles or "support" in account.roles:
        raise NotFoundException
    return account


async def member_page(
    request: AnyRequest, session: AsyncSession, account: Account, form: Form, *, status: int = 200
) -> Response[Any]:
    """One person: roles, open work, leaving."""
    at = here(request)
    known = (await catalogue(session)).into(at.lang)
    found = await queries.people(session)
    return settings_page(
        request,
        "staff/person.html",
        status=status,
        account=account,
        form=form,
        role_options=[(role, at._(ROLE_WORDS[role])) for role in service.GIVEN],
        elsewhere=[at._(ROLE_WORDS[role]) for role in account.roles if role not in service.GIVEN],
        bodies=[(str(item.id), item.name) for item in known.responders],
        open_work=await open_work(session, at, account.id),
        heirs=[(str(row.id), row.name or row.email) for row in found if row.active and row.id != account.id],
        myself=account.id == at.the_person.id,
        done=done_words(at, request),
    )


@get("/staff/settings/staff/{account_id:uuid}", access=MANAGE, include_in_schema=False)
async def person(request: AnyRequest, account_id: FromPath[UUID], uow: Uow) -> Response[Any]:
    """One person."""
    account = await member(uow, account_id)
    body = await queries.body_of(uow, account.id)
    form = Form({"roles": list(account.roles), "body": [str(body or "")]})
    return await member_page(request, uow, account, form)


@post("/staff/settings/staff/{account_id:uuid}", access=MANAGE, limits=rules.ANSWERS, include_in_schema=False, status_code=303)
async def change(request: AnyRequest, account_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Other roles. Whose rights shrink is signed out everywhere."""
    at = here(request)
    form = await read_form(request)
    account = await member(uow, account_id)
    roles, body = await read_roles(form, at, uow)
    if not form.errors:
        try:
            await service.change(uow, account, roles, body, by=at.the_person.id, now=now)
        except LastAdministrator:
            form.refuse("roles", at._("Це останній адміністратор міста. Спершу дайте цю роль ще комусь"))
    if form.errors:
        raise Redisplay(await member_page(request, uow, account, form, status=422))
    return leads_to(request, "/staff/settings/staff?done=saved")


@post(
    "/staff/settings/staff/{account_id:uuid}/leaving",
    access=MANAGE,
    limits=rules.ANSWERS,
    include_in_schema=False,
    status_code=303,
)
async def leave(request: AnyRequest, account_id: FromPath[UUID], uow: Uow, now: Now) -> Response[Any]:
    """Close the door behind somebody, or open it again."""
    at = here(request)
    form = await read_form(request)
    account = await member(uow, account_id)
    if form.flag("back"):
        await service.come_back(uow, account, by=at.the_person.id, now=now)
        return leads_to(request, "/staff/settings/staff?done=back")
    found = await queries.people(uow)
    heir = next((row.id for row in found if row.active and row.id != account.id and str(row.id) == form.line("heir")), None)
    unfinished = await open_work(uow, at, account.id)
    if heir is None and (unfinished or form.line("heir")):
        form.refuse("heir", at._("Виберіть, кому передати незавершене"))
    if not form.errors:
        try:
            await service.leave(uow, account, heir or at.the_person.id, by=at.the_person.id, now=now)
        except LastAdministrator:
            form.refuse("heir", at._("Це останній адміністратор міста. Спершу дайте цю роль ще комусь"))
    if form.errors:
        form.values |= {"roles": list(account.roles), "body": [str(await queries.body_of(uow, account.id) or "")]}
        raise Redisplay(await member_page(request, uow, account, form, status=422))
    return leads_to(request, "/staff/settings/staff?done=left")


handlers = [people, invite, change_invitation, person, change, leave]
