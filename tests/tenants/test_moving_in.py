"""Past appeals move in through the pages: what the columns are, what the words mean, all rows or none, and back."""

from sqlalchemy import select

from src.tenants.appeals.models import Appeal
from tests.mailbox import Mailbox
from tests.site import Site
from tests.tenants import past


async def test_a_service_moves_in_with_its_history(site: Site, mail: Mailbox) -> None:
    await site.sign_in("administrator")
    address = await past.send(site, mail, past.table(past.WAITS, past.ANSWERED))
    columns = await site.get(address, follow=True)
    assert "Які це стовпці?" in columns.words
    assert "Z-17 · Z-18" in columns.words
    await past.say(site, mail, address, "columns")
    values = await site.get(f"{address}/values")
    assert "Що означають слова?" in values.words
    await past.say(site, mail, address, "values")
    page = await site.get(address)
    assert "Можна перенести: 2" in page.words
    await site.post(f"{address}/moving", {})
    done = await mail.deliver()
    assert done == []
    page = await site.get(address)
    assert "Перенесено звернень: 2" in page.words
    async with site.unit() as session:
        found = list(await session.scalars(select(Appeal).order_by(Appeal.number)))
    assert [(one.number, one.state) for one in found] == [("KYIV-2021-000001", "published"), ("KYIV-2022-000001", "answered")]
    shown = await site.get("/appeals/KYIV-2022-000001")
    assert "Перенесено з попереднього сервісу, № Z-18" in shown.words
