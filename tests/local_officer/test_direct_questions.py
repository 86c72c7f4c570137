"""The pages around a question to an officer: the moderator's, the officer's, the author's."""

from sqlalchemy import select

from src.local_officer.asking_officer.queries import direct_question, waiting
from src.platform.files.images import encode
from src.platform.people.accounts.service import resident
from src.platform.people.personal_data import Erasure, erase_everywhere, subject
from src.tenants.appeals import service as appeals
from src.tenants.appeals.entrusting import entrust
from src.tenants.appeals.models import Appeal, Photo
from src.tenants.asking import photos as photo_files
from tests.conftest import Clock
from tests.local_officer.office import officer, own_account, put
from tests.local_officer.test_private_questions import OWN, sent
from tests.mailbox import Mailbox
from tests.site import Site
from tests.tenants.staff import act, opened
from tests.tenants.walk import EMAIL, TITLE, picture


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


async def test_a_public_question_is_answered_by_the_officer_and_published_by_the_moderator(site: Site, clock: Clock) -> None:
    appeal_id, _ = await sent(site, publicity="public")
    await site.sign_in()
    where = f"/staff/office/questions/{appeal_id}"
    await site.another_browser().get(where, status=303)
    async with site.unit() as session:
        row = (await session.execute(select(Appeal).where(Appeal.id == appeal_id))).scalar_one()
        what = appeals.Publication(
            title=TITLE, body="", category_id=row.category_id, district_id=row.district_id, precision="district",
            sensitive=False, address="", show_name=False,
        )  # fmt: skip
        by = await site.moderator()
        await appeals.publish(session, appeal_id, what, by=by, now=clock.now)
    officer_s = site.another_browser()
    await officer_s.sign_in_as(OWN)
    assert "щойно модератор передасть" in (await officer_s.get(where)).words
    async with site.unit() as session:
        await appeals.route(session, appeal_id, await site.responder("district-police"), by=by, now=clock.now)
    public = await site.another_browser().get(f"/appeals/{await site.number(appeal_id)}")
    assert "Кому: Ірина Мельник" in public.words
    page = await officer_s.post(where, {"short": "", "answer": "Приїдемо в середу."}, status=422)
    assert "Напишіть коротку відповідь одним реченням" in page.words
    assert page.one("[name=answer]").get_text().strip() == "Приїдемо в середу."
    await officer_s.post(where, {"short": "заберемо в середу.", "answer": "Приїдемо в середу."})
    assert "заберемо в середу." not in (await site.another_browser().get(f"/appeals/{await site.number(appeal_id)}")).words
    draft = await site.get(f"/staff/appeals/{appeal_id}/answer")
    assert draft.one("[name=short]").get_text().strip() == "заберемо в середу."


async def test_whoever_asked_in_private_and_leaves_is_forgotten_by_the_officer_too(site: Site, clock: Clock) -> None:
    appeal_id, _ = await sent(site)
    async with site.unit() as session:
        await entrust(session, appeal_id, by=await site.moderator(), now=clock.now)
        account = await resident(session, EMAIL, language="uk", now=clock.now)
        about = await subject(session, email=EMAIL, account_id=account.id)
        await erase_everywhere(session, about, Erasure(clock.now, "anonymous"))
    async with site.unit() as session:
        assert (await session.execute(select(Appeal.state).where(Appeal.id == appeal_id))).scalar_one() == "withdrawn"
        assert await waiting(session, (await direct_question(session, appeal_id)).officer_id) == []  # type: ignore[union-attr]
    await site.sign_in_as(OWN)
    await site.get(f"/staff/office/questions/{appeal_id}", status=404)


async def test_an_officer_sees_photos_of_their_questions_and_of_no_others(site: Site, clock: Clock) -> None:
    appeal_id, _ = await sent(site)
    strange = await site.ask()
    photos = {}
    async with site.unit() as session:
        for owner in (appeal_id, strange):
            made = await encode(picture())
            photo_id = await photo_files.write((await site.city()).id, made)
            await put(session, Photo(id=photo_id, appeal_id=owner, width=10, height=10, bytes=10, digest="d" * 64))
            photos[owner] = photo_id
        await entrust(session, appeal_id, by=await site.moderator(), now=clock.now)
    await site.sign_in_as(OWN)
    await site.get(f"/staff/office/questions/{appeal_id}/photos/{photos[appeal_id]}/small")
    await site.get(f"/staff/office/questions/{appeal_id}/photos/{photos[strange]}/small", status=404)
    for photo_id in photos.values():
        await site.get(f"/photos/{photo_id}/small", status=404)
    await site.sign_in()
    await site.get(f"/photos/{photos[strange]}/small")
