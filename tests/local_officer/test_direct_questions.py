"""The pages around a question to an officer: the moderator's, the officer's, the author's."""

from sqlalchemy import select

from src.tenants.appeals.models import Appeal
from tests.local_officer.office import officer, own_account
from tests.local_officer.test_private_questions import OWN, sent
from tests.mailbox import Mailbox
from tests.site import Site
from tests.tenants.staff import act, opened
from tests.tenants.walk import EMAIL, TITLE


async def test_a_private_question_goes_from_page_to_page(site: Site, mail: Mailbox) -> None:
    appeal_id, _ = await sent(site)
    await site.sign_in()
    page = await opened(site, appeal_id)
    assert "Ірина Мельник" in page.words
    assert not page.all('form[action$="/publication"]')
    await act(site, appeal_id, "entrusting")
    async with site.unit() as session:
        assert (await session.execute(select(Appeal.state).where(Appeal.id == appeal_id))).scalar_one() == "entrusted"
        other = await officer(session, code="0007777", phones=())
        await own_account(session, other, "other.officer@police.example")
    where = f"/staff/office/questions/{appeal_id}"
    await site.sign_in_as("other.officer@police.example")
    await site.get(where, status=404)
    await site.post(where, {"answer": "Чуже"}, status=404)
    await site.sign_in_as(OWN)
    page = await site.get(where)
    assert TITLE in page.words
    assert EMAIL not in page.text
    assert "Відповідь має бути до кінця дня" in page.words
    page = await site.post(where, {"answer": " "}, status=422)
    assert "Напишіть відповідь" in page.words
    await site.post(where, {"answer": "Машини заберуть у середу."})
    page = await site.post(where, {"answer": "Ще раз"}, status=409)
    assert "Ще раз" in page.text
    await mail.deliver()
    assert "середу" not in str(mail.to(EMAIL)[-1].get_body(("plain",)))
    link = str(mail.to(EMAIL)[-1].get_body(("plain",)).get_content()).split("/my/")[1].split()[0]  # type: ignore[union-attr]
    page = await site.get(f"/my/{link}")
    assert "Машини заберуть у середу." in page.words
    page = await site.post(f"/my/{link}/again", {"why": ""}, status=422)
    assert "Напишіть, що саме лишилося" in page.words
    await site.post(f"/my/{link}/again", {"why": "Не забрали"})
    assert "Не забрали" in (await site.get(where)).words
