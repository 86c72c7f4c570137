"""Taking letters apart."""

import re
from email.message import EmailMessage

from bs4 import BeautifulSoup

from tests.mailbox import Mailbox

AUTHOR = "olena@ukr.example"


def text_of(message: EmailMessage) -> str:
    """The plain part, with one kind of line end."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(message: EmailMessage) -> BeautifulSoup:
    """The HTML part."""
    part = message.get_body(("html",))
    assert part is not None
    return BeautifulSoup(part.get_content(), "html.parser")


def link_in(message: EmailMessage, start: str) -> str:
    """The address in the letter whose path begins like this; the same in both parts."""
    found = re.search(rf"https?://[^/\s]+(?:/en)?{re.escape(start)}\S*", text_of(message))
    assert found is not None, f"no link to {start} in\n{text_of(message)}"
    assert html_of(message).select(f'a[href="{found.group()}"]'), f"{found.group()} is missing in the HTML"
    return found.group()


async def delivered(mail: Mailbox, to: str) -> EmailMessage:
    """The only new letter to an address."""
    (found,) = [message for message in await mail.deliver() if message["To"] == to]
    return found
