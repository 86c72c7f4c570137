"""«Поскаржитися» on anything public, and what staff do about it."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from src.platform.people.audit.models import AuditEvent
from src.tenants.appeals import service as appeals
from src.tenants.appeals.models import AppealEvent, AppealEventWords, Submission
from src.tenants.safety import reports
from src.tenants.safety.models import Report
from tests.conftest import Clock
from tests.mailbox import Mailbox
from tests.site import Page, Site
from tests.tenants.reading import delivered, text_of
from tests.tenants.staff import fields, kinds, stored

READER = "reader@ukr.example"
GOOD = {"what": "question", "reason": "personal", "words": "Тут ім’я мого сусіда.", "email": READER}


async def photo_of(site: Site, appeal_id: UUID, *, hidden: bool = False) -> UUID:
    """A photo of an appeal (its row)."""
    photo = uuid4()
    async with site.unit() as session:
        await session.execute(
            text(
                "INSERT INTO photo (city_id, id, appeal_id, width, height, bytes, digest, hidden) "
                "VALUES (:city, :id, :appeal, 10, 10, 10, 'x', :hidden)"
            ),
            {"city": (await site.city()).id, "id": photo, "appeal": appeal_id, "hidden": hidden},
        )
    return photo


async def all_reports(site: Site) -> list[Report]:
    """Every report, the oldest first."""
    async with site.unit() as session:
        return list((await session.execute(select(Report).order_by(Report.created_at, Report.id))).scalars())


async def reported(site: Site, appeal_id: UUID, **changes: str) -> Report:
    """Report something and find the row."""
    await site.post(f"/appeals/{await site.number(appeal_id)}/report", GOOD | changes)
    return (await all_reports(site))[-1]


async def settled(site: Site, report: Report, decision: str, *, note: str = "", status: int = 303) -> Page:
    """Decide, as the moderator."""
    return await site.post(f"/staff/reports/{report.id}/settlement", {"decision": decision, "note": note}, status=status)


# --- reporting ---------------------------------------------------------------------------------


async def test_everything_public_has_a_way_to_report_it(site: Site) -> None:
    appeal = await site.answered()
    photo = await photo_of(site, appeal)
    number = await site.number(appeal)
    page = await site.get(f"/appeals/{number}")
    links = [str(link["href"]) for link in page.all("a.report")]
    assert links == [f"/appeals/{number}/report?what={what}" for what in (photo, "question", "answer")]
    for link in links:
        form = await site.get(link)
        assert form.one("input[name=what][checked]")["value"] == link.split("=")[1]
        assert form.one(f'form[action="/appeals/{number}/report"]')


async def test_a_report_is_sent_without_scripts_or_account(site: Site) -> None:
    appeal = await site.answered()
    number = await site.number(appeal)
    sent = await site.post(f"/appeals/{number}/report", GOOD | {"what": "answer", "email": ""}, follow=True, status=200)
    assert "Скаргу надіслано" in sent.words
    (report,) = await all_reports(site)
    assert (report.part, report.reason, report.state, report.email, report.photo_id) == ("answer", "personal", "open", "", None)


async def test_the_same_report_twice_is_one(site: Site, clock: Clock) -> None:
    appeal = await site.published()
    for _ in range(2):
        await reported(site, appeal)
    assert len(await all_reports(site)) == 1
    await reported(site, appeal, reason="false")
    clock.forward(days=2)
    await reported(site, appeal)
    assert len(await all_reports(site)) == 3


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"what": ""}, "Виберіть, на що скаржитеся"),
        ({"what": "answer"}, "Виберіть, на що скаржитеся"),
        ({"what": str(uuid4())}, "Виберіть, на що скаржитеся"),
        ({"reason": ""}, "Виберіть, що саме не так"),
        ({"reason": "boring"}, "Виберіть, що саме не так"),
        ({"reason": "other", "words": " "}, "Напишіть, що саме не так"),
        ({"words": "а" * 1001}, "Скоротіть текст до 1 000 знаків"),
        ({"words": "\ufffd"}, "Цей текст не вдалося прочитати"),
        ({"email": "не адреса"}, "Перевірте адресу"),
    ],
)
async def test_wrong_input_is_told_and_kept(site: Site, wrong: dict[str, str], says: str) -> None:
    number = await site.number(await site.published())
    page = await site.post(f"/appeals/{number}/report", GOOD | wrong, status=422)
    assert says in page.one(".error-summary").get_text().replace("\xa0", " ")
    assert page.one("textarea[name=words]").get_text().removeprefix("\n") == (GOOD | wrong)["words"]
    assert page.one("input[name=email]").get("value", "") == (GOOD | wrong)["email"]
    assert await all_reports(site) == []


async def test_what_is_not_public_cannot_be_reported_and_looks_like_what_is_not_there(site: Site, poltava: Site) -> None:
    waiting = await site.number(await site.ask())
    elsewhere = await poltava.number(await poltava.published(title="Чому в Полтаві темно?", district="kyivskyi"))
    for number in (waiting, elsewhere, "KYIV-2020-000001", "нісенітниця"):
        await site.get(f"/appeals/{number}/report", status=404)
        await site.post(f"/appeals/{number}/report", GOOD, status=404)
        await site.get(f"/appeals/{number}/report/sent", status=404)


async def test_a_hidden_photo_cannot_be_reported(site: Site) -> None:
    appeal = await site.published()
    photo = await photo_of(site, appeal, hidden=True)
    await site.post(f"/appeals/{await site.number(appeal)}/report", GOOD | {"what": str(photo)}, status=422)


async def test_the_form_is_english_on_english_pages_and_so_is_the_letter(site: Site, mail: Mailbox) -> None:
    number = await site.number(await site.published())
    await mail.deliver()
    page = await site.english.get(f"/appeals/{number}/report?what=question")
    assert "Report something published" in page.words
    await site.english.post(f"/appeals/{number}/report", GOOD)
    await site.sign_in()
    await settled(site, (await all_reports(site))[0], "dismiss")
    assert "Your report was looked at" in str((await delivered(mail, READER))["Subject"])


# --- settling ----------------------------------------------------------------------------------


async def test_staff_see_what_waits_on_the_desk_and_in_the_list(site: Site) -> None:
    appeal = await site.answered()
    await reported(site, appeal)
    await reported(site, appeal, what="answer", reason="false")
    await site.sign_in()
    desk = await site.get("/staff")
    assert "2 скарги на опубліковане" in desk.words
    page = await site.get("/staff/reports")
    assert "Тут ім’я мого сусіда." in page.words
    assert "за авто на газоні відповідає місто." in page.words
    assert "на це звернення 2 скарги" in page.words
    assert READER not in page.words
    one = await site.get(f"/staff/reports/{(await all_reports(site))[0].id}")
    assert READER not in one.words
    assert "отримає лист про рішення" in one.words


async def test_upholding_a_report_of_a_photo_hides_it_at_once(site: Site, mail: Mailbox) -> None:
    appeal = await site.published()
    photo = await photo_of(site, appeal)
    report = await reported(site, appeal, what=str(photo))
    await mail.deliver()
    await site.sign_in()
    done = await settled(site, report, "uphold", note="Видно обличчя.")
    assert "фото приховано" in (await site.get(done.location)).words
    number = await site.number(appeal)
    assert str(photo) not in (await site.another_browser().get(f"/appeals/{number}")).text
    await site.another_browser().get(f"/photos/{photo}/small", status=404)
    letter = await delivered(mail, READER)
    assert "ми прибрали фото" in text_of(letter)
    assert "Видно обличчя" not in text_of(letter)
    assert "photo_hidden" in await kinds(site, appeal)
    async with site.unit() as session:
        actions = set((await session.execute(select(AuditEvent.action))).scalars())
    assert {"report.settled", "photo.hidden"} <= actions


async def test_upholding_a_report_of_words_leads_to_where_they_are_taken_out(site: Site) -> None:
    appeal = await site.answered()
    report = await reported(site, appeal)
    await site.sign_in()
    assert (await settled(site, report, "uphold")).location == f"/staff/appeals/{appeal}/redaction"
    page = await site.get("/staff/reports?state=settled")
    assert "підтримано" in page.words


async def test_dismissing_changes_nothing_public(site: Site, mail: Mailbox) -> None:
    appeal = await site.published()
    before = await stored(site, appeal)
    report = await reported(site, appeal)
    await mail.deliver()
    await site.sign_in()
    done = await settled(site, report, "dismiss", note="Це не ім’я.")
    assert "Скаргу відхилено" in (await site.get(done.location)).words
    assert (await stored(site, appeal)).version == before.version
    assert "залишили все, як є" in text_of(await delivered(mail, READER))


async def test_a_report_is_settled_once(site: Site, mail: Mailbox) -> None:
    report = await reported(site, await site.published())
    await site.sign_in()
    await settled(site, report, "dismiss")
    await mail.deliver()
    page = await settled(site, report, "uphold", note="А я не згоден.", status=409)
    assert "вже розглянули" in page.words
    assert "А я не згоден." in page.words
    assert (await all_reports(site))[0].state == "dismissed"
    assert await mail.deliver() == []


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({}, "Виберіть рішення"),
        ({"decision": "delete"}, "Виберіть рішення"),
        ({"decision": "uphold", "note": "а" * 1001}, "Скоротіть до"),
        ({"decision": "uphold", "note": "\ufffd"}, "Частину знаків"),
    ],
)
async def test_a_wrong_decision_is_told(site: Site, form: dict[str, str], says: str) -> None:
    report = await reported(site, await site.published())
    await site.sign_in()
    page = await site.post(f"/staff/reports/{report.id}/settlement", form, status=422)
    assert says in page.one(".error-summary").get_text()
    assert (await all_reports(site))[0].state == "open"


async def test_reports_of_another_city_are_not_there(site: Site, poltava: Site) -> None:
    report = await reported(site, await site.published())
    await poltava.sign_in()
    await poltava.get(f"/staff/reports/{report.id}", status=404)
    await poltava.post(f"/staff/reports/{report.id}/settlement", {"decision": "uphold"}, status=404)
    assert "Скарг немає" in (await poltava.get("/staff/reports")).words


async def test_who_reported_is_forgotten_90_days_after_the_decision(site: Site, clock: Clock) -> None:
    appeal = await site.published()
    report = await reported(site, appeal)
    await reported(site, appeal, reason="false")
    await site.sign_in()
    await settled(site, report, "dismiss", note="Для колег.")
    for days, words in ((90, GOOD["words"]), (1, "")):
        clock.forward(days=days)
        async with site.unit() as session:
            await reports.forget_settled(session, now=clock.now)
        first, second = await all_reports(site)
        assert (first.words, first.email) == (words, READER if words else "")
        assert (second.words, second.email) == (GOOD["words"], READER)
    assert first.note == "Для колег."


# --- changing what is published ----------------------------------------------------------------


async def test_published_words_are_changed_for_everybody_and_what_was_there_stays_for_staff(site: Site, clock: Clock) -> None:
    appeal = await site.answered(body="Сусід Мурзенко щодня ставить авто на газон.")
    number = await site.number(appeal)
    reader = site.another_browser()
    assert number in (await reader.get("/?q=Мурзенко")).text
    api = await reader.get(f"/api/v1/appeals/{number}")
    await site.sign_in()
    sent = fields(await site.get(f"/staff/appeals/{appeal}/redaction"), "/redaction")
    short = next(name for name in sent if name.startswith("short-"))
    done = await site.post(
        f"/staff/appeals/{appeal}/redaction",
        sent | {"body": "Сусід щодня ставить авто на газон.", short: "за газони відповідає місто."},
    )
    assert f"Опубліковане в {number} змінено." in (await site.get(done.location)).words
    page = await reader.get(f"/appeals/{number}")
    assert "Мурзенко" not in page.text
    assert "за газони відповідає місто." in page.words
    assert "Модератор змінив текст" in page.words
    assert f"/appeals/{number}" not in (await reader.get("/?q=Мурзенко")).text
    assert f"/appeals/{number}" in (await reader.get("/?q=газони")).text
    again = await reader.get(f"/api/v1/appeals/{number}", headers={"if-none-match": api.response.headers["etag"]})
    assert "Мурзенко" not in again.text
    assert "redacted" in [event["kind"] for event in again.json()["events"]]
    async with site.unit() as session:
        original = (await session.execute(select(Submission).where(Submission.id == appeal))).scalar_one()
        kept = (await session.execute(select(AppealEventWords.words))).scalars().all()
        lines = (await session.execute(select(AuditEvent).where(AuditEvent.action == "appeal.redacted"))).scalars().all()
        told = (await session.execute(select(AppealEvent.data).where(AppealEvent.kind == "redacted"))).scalars().all()
    assert "Мурзенко" in original.body
    assert any("Мурзенко" in words.get("body", "") for words in kept)
    assert {field for line in lines for field in line.fields} == {"question.body", "answer.short"}
    assert "Мурзенко" not in str(told)
    assert "Мурзенко" in (await site.get(f"/staff/appeals/{appeal}/redaction")).words


async def test_changing_nothing_leaves_no_line(site: Site) -> None:
    appeal = await site.answered()
    await site.sign_in()
    before = await kinds(site, appeal)
    sent = fields(await site.get(f"/staff/appeals/{appeal}/redaction"), "/redaction")
    await site.post(f"/staff/appeals/{appeal}/redaction", sent)
    assert await kinds(site, appeal) == before


async def test_photos_are_hidden_and_shown_again(site: Site) -> None:
    appeal = await site.published()
    photo = await photo_of(site, appeal)
    number = await site.number(appeal)
    await site.sign_in()
    for hide, shown in (([str(photo)], False), ([], True)):
        sent = fields(await site.get(f"/staff/appeals/{appeal}/redaction"), "/redaction") | {"hide": hide}
        await site.post(f"/staff/appeals/{appeal}/redaction", sent)
        assert (str(photo) in (await site.get(f"/appeals/{number}")).text) is shown


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"title": " "}, "Напишіть заголовок"),
        ({"title": "а" * 200}, "Скоротіть до"),
        ({"body": "а" * 4001}, "Скоротіть до"),
        ({"short": " "}, "Напишіть коротку відповідь"),
        ({"body": "\ufffd"}, "Частину знаків"),
    ],
)
async def test_wrong_words_are_told_and_kept(site: Site, wrong: dict[str, str], says: str) -> None:
    appeal = await site.answered()
    await site.sign_in()
    sent = fields(await site.get(f"/staff/appeals/{appeal}/redaction"), "/redaction")
    short = next(name for name in sent if name.startswith("short-"))
    changed = {short if name == "short" else name: value for name, value in wrong.items()}
    page = await site.post(f"/staff/appeals/{appeal}/redaction", sent | changed, status=422)
    assert says in page.one(".error-summary").get_text()
    assert "redacted" not in await kinds(site, appeal)


async def test_what_changed_meanwhile_is_not_overwritten(site: Site, clock: Clock) -> None:
    appeal = await site.answered()
    await site.sign_in()
    sent = fields(await site.get(f"/staff/appeals/{appeal}/redaction"), "/redaction")
    async with site.unit() as session:
        await appeals.reopen(session, appeal, "Не вирішено.", now=clock.now)
    page = await site.post(f"/staff/appeals/{appeal}/redaction", sent | {"body": "Моя зміна."}, status=409)
    assert "Моя зміна." in page.one("textarea[name=body]").get_text()
    again = fields(page, "/redaction")
    await site.post(f"/staff/appeals/{appeal}/redaction", again)
    assert (await stored(site, appeal)).body == "Моя зміна."


async def test_what_is_not_public_has_nothing_to_change(site: Site) -> None:
    appeal = await site.ask()
    await site.sign_in()
    assert (await site.get(f"/staff/appeals/{appeal}/redaction", status=303)).location == f"/staff/appeals/{appeal}"
    await site.post(f"/staff/appeals/{appeal}/redaction", {"title": "Інше"})
    assert (await stored(site, appeal)).title == ""
    await site.get(f"/staff/appeals/{uuid4()}/redaction", status=404)
