"""Files of past appeals, and the way they go in."""

import csv
from io import StringIO
from typing import Any

from tests.mailbox import Mailbox
from tests.site import Page, Site
from tests.tenants.staff import fields

IMPORT = "/staff/settings/import"
HEADINGS = {
    "number": "№",
    "title": "Питання",
    "details": "Опис",
    "asked": "Дата звернення",
    "category": "Рубрика",
    "district": "Район",
    "address": "Адреса",
    "lat": "Широта",
    "lon": "Довгота",
    "state": "Статус",
    "short": "Відповідь",
    "answer": "Повна відповідь",
    "answered": "Дата відповіді",
    "responder": "Виконавець",
}
"""What the columns are called in the other service."""
WAITS = {
    "number": "Z-17",
    "title": "Чому на Глибочицькій не світять ліхтарі?",
    "details": "Темно вже тиждень.",
    "asked": "03.05.2021 14:20",
    "category": "Паркування",
    "district": "Шевченківський",
    "address": "вул. Глибочицька, 17, кв. 4",
    "lat": "50.4565",
    "lon": "30.5009",
    "state": "в роботі",
}
ANSWERED = WAITS | {
    "number": "Z-18",
    "title": "Хто прибирає покинуті самокати?",
    "asked": "2022-02-01",
    "state": "закрито",
    "short": "Самокати прибирає оператор за добу.",
    "answer": "Зателефонуйте операторові або на 1551.",
    "answered": "05.02.2022",
    "responder": "Патрульна поліція",
}


def table(*rows: dict[str, str]) -> bytes:
    """A CSV as the other service exports it."""
    out = StringIO()
    writer = csv.DictWriter(out, list(HEADINGS.values()), delimiter=";")
    writer.writeheader()
    writer.writerows({HEADINGS[key]: value for key, value in row.items()} for row in rows)
    return out.getvalue().encode()


async def send(site: Site, mail: Mailbox, body: bytes, *, name: str = "old.csv") -> str:
    """Upload a file and have its headings read: its address."""
    sent = await site.post(IMPORT, files=[("file", name, body)])
    await mail.deliver()
    return sent.location


async def say(site: Site, mail: Mailbox, address: str, step: str, *, status: int = 303, **changes: Any) -> Page:
    """Send the form of a step as it opens, with some changes, and have done what it asks for."""
    page = await site.get(f"{address}/{step}")
    sent = fields(page, f"/{step}") | {key.replace("_", "-"): value for key, value in changes.items()}
    done = await site.post(f"{address}/{step}", sent, status=status)
    await mail.deliver()
    return done


async def checked(site: Site, mail: Mailbox, *rows: dict[str, str]) -> tuple[str, Page]:
    """Rows as far as the preview, everything as guessed: the address and the page."""
    address = await send(site, mail, table(*rows))
    await say(site, mail, address, "columns")
    await say(site, mail, address, "values")
    return address, await site.get(address)


async def moved(site: Site, mail: Mailbox, *rows: dict[str, str]) -> str:
    """Rows that are in."""
    address, _ = await checked(site, mail, *rows)
    await site.post(f"{address}/moving", {})
    await mail.deliver()
    return address
