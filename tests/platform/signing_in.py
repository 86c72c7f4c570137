"""What tests of signing in share."""

import re
from email.message import EmailMessage

from sqlalchemy import text

from src.platform.people.second_factor import codes
from src.platform.people.secrets import digest
from tests.mailbox import Mailbox
from tests.site import Page, Site

LINK = re.compile(r"https?://\S+/sign-in/link/\S+")


def text_of(message: EmailMessage) -> str:
    """Subject and words of a letter."""
    body = message.get_body(("plain",))
    assert body is not None
    return f"{message['Subject']}\n{body.get_content()}"


async def by_link(site: Site, mail: Mailbox, email: str = "moderator@kyiv.example", *, to: str = "/staff") -> Page:
    """Come in by a link: whatever the link's button leads to."""
    await mail.deliver()
    await site.post("/sign-in", {"email": email, "next": to})
    (message,) = await mail.deliver()
    found = LINK.search(text_of(message))
    assert found is not None
    return await site.post(found.group())


async def set_up_totp(site: Site, *, to: str = "") -> tuple[str, Page]:
    """Set an app for codes up as a person does; its secret and the page that follows."""
    page = await site.get(f"/account/second-factor/totp?next={to}")
    secret = "".join(page.one(".secret").get_text().split())
    form = {str(item["name"]): str(item.get("value", "")) for item in page.one("main form").select("input")}
    form["code"] = codes.code_at(secret, codes.step_at(site.clock.now))
    return secret, await site.post("/account/second-factor/totp", form, status=None)


def code(site: Site, secret: str, *, steps: int = 0) -> str:
    """What the app shows now, or some steps of thirty seconds later."""
    return codes.code_at(secret, codes.step_at(site.clock.now) + steps)


def recovery_codes(page: Page) -> list[str]:
    """The codes that a page shows."""
    return [item.get_text() for item in page.all(".codes code")]


async def demand(site: Site) -> None:
    """The city asks its staff for a second factor."""
    async with site.unit() as session:
        await session.execute(
            text(
                "UPDATE city SET settings = settings || '{\"staff_second_factor\": true}', "
                "catalogue_revision = catalogue_revision + 1 WHERE id = :id"
            ),
            {"id": (await site.city()).id},
        )


async def actions(site: Site) -> list[str]:
    """The keys of the audit log, oldest first."""
    async with site.unit() as session:
        return list((await session.execute(text("SELECT action FROM audit_event ORDER BY id"))).scalars())


async def session_of(site: Site) -> tuple[bool, str]:
    """Whether this browser's session has shown two factors, and how it came in."""
    token = site.client.cookies["__Host-session"]
    async with site.unit() as session:
        row = await session.execute(
            text("SELECT second_factor, method FROM account_session WHERE token_digest = :d"), {"d": digest(token)}
        )
        found = row.one()
    return found.second_factor, found.method
