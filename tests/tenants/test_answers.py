"""Writing an answer, looking at it as everybody will see it, publishing it; its files."""

import io
import zipfile
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image
from sqlalchemy import func, select

from src.platform.files import store
from src.tenants.answers import documents
from src.tenants.answers.models import Answer, AnswerFile
from src.tenants.answers.service import file_key
from src.tenants.appeals import service as appeals
from tests.conftest import Clock
from tests.mailbox import Mailbox
from tests.site import Page, Site
from tests.tenants.staff import counted, fields, kinds, stored

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
WORDS = {"short": "за авто на газоні відповідає місто.", "body": "Штраф виписує інспектор.\n\nВодій для цього не потрібен."}


def package(**entries: bytes) -> bytes:
    """A zip file with these entries; ``__`` stands for ``/``, ``_dot_`` for a point."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        for name, content in entries.items():
            opened.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return made.getvalue()


def docx(**more: bytes) -> bytes:
    """A package with what makes it a DOCX."""
    made = io.BytesIO(package(word__document_dot_xml=b"<w/>", **more))
    with zipfile.ZipFile(made, "a") as opened:
        opened.writestr("[Content_Types].xml", b"<Types/>")
    return made.getvalue()


def odt() -> bytes:
    """A package with what makes it an ODT."""
    return package(mimetype=documents.ODT.encode(), content_dot_xml=b"<office/>")


def picture() -> bytes:
    """A JPEG that says where it was taken."""
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (60, 40), "teal").save(made, "JPEG", exif=exif)
    return made.getvalue()


@pytest.fixture
async def desk(site: Site) -> Site:
    """Kyiv with its moderator signed in."""
    await site.sign_in()
    return site


async def form(desk: Site, appeal_id: UUID) -> dict[str, Any]:
    """What the form would send as it opens; step rows as lists."""
    page = await desk.get(f"/staff/appeals/{appeal_id}/answer")
    rows = len(page.all('[name="do"]'))
    return {**fields(page, "/answer"), "do": [""] * rows, "contact": [""] * rows}


async def write(
    desk: Site,
    appeal_id: UUID,
    *,
    status: int = 303,
    then: str = "save",
    files: list[tuple[str, str, bytes]] | None = None,
    **changes: Any,
) -> Page:
    """Open the form, fill it in, send it."""
    sent = await form(desk, appeal_id) | WORDS | changes | {"then": then}
    return await desk.post(f"/staff/appeals/{appeal_id}/answer", sent, files=files or [], status=status)


async def answers(desk: Site, appeal_id: UUID) -> list[Answer]:
    """The appeal's answers, drafts too."""
    async with desk.unit() as session:
        return list((await session.execute(select(Answer).where(Answer.appeal_id == appeal_id))).scalars())


async def files(desk: Site) -> list[AnswerFile]:
    """All files of answers of the city."""
    async with desk.unit() as session:
        return list((await session.execute(select(AnswerFile).order_by(AnswerFile.position))).scalars())


# --- drafts, preview, publication ---------------------------------------------------------------


async def test_an_answer_is_drafted_previewed_and_published_and_the_appeal_turns_green(
    desk: Site, mail: Mailbox, clock: Clock
) -> None:
    appeal_id = await desk.routed()
    waiting = await desk.routed(title="Чекає далі")
    await mail.deliver()
    seen = await write(desk, appeal_id, then="preview", do=["Сфотографуйте авто", "", "Подайте заяву"], contact=["", "", "1551"])
    assert seen.location == f"/staff/appeals/{appeal_id}/answer/preview"
    assert (await stored(desk, appeal_id)).state == "routed"
    number = await desk.number(appeal_id)
    public = desk.another_browser()
    assert WORDS["short"] not in (await public.get(f"/appeals/{number}")).words
    preview = await desk.get(seen.location)
    assert preview.one(".answer-short").get_text(" ", strip=True) == f"Коротко: {WORDS['short']}"
    assert [step.get_text(" ", strip=True) for step in preview.all(".steps li")] == ["Сфотографуйте авто", "Подайте заяву 1551"]
    done = await desk.post(f"/staff/appeals/{appeal_id}/answer/publication", fields(preview, "/answer/publication"))
    after = await desk.get(done.location)
    assert f"Відповідь на {number} опубліковано." in after.one('[role="status"]').get_text()
    assert after.one('[role="status"] a')["href"] == f"/staff/appeals/{waiting}"
    assert (await stored(desk, appeal_id)).state == "answered"
    page = await public.get(f"/appeals/{number}")
    assert WORDS["short"] in page.words
    assert page.all(".steps li")
    await mail.deliver()
    assert mail.to("olena@ukr.example")


async def test_an_answer_is_published_straight_from_the_form(desk: Site) -> None:
    appeal_id = await desk.routed()
    await write(desk, appeal_id, then="publish")
    (answer,) = await answers(desk, appeal_id)
    assert answer.published_at is not None
    assert (await kinds(desk, appeal_id))[-1] == "answered"


async def test_a_draft_may_be_half_empty_and_waits_for_the_next_time(desk: Site) -> None:
    appeal_id = await desk.routed()
    page = await write(desk, appeal_id, short="", body="Почато.", do=["Перший крок", "", ""])
    saved = await desk.get(page.location)
    assert "Чернетку збережено" in saved.words
    assert saved.one("#body").get_text().strip() == "Почато."
    assert saved.one("#do-1")["value"] == "Перший крок"
    assert "Продовжити чернетку" in (await desk.get(f"/staff/appeals/{appeal_id}")).words
    assert (await stored(desk, appeal_id)).state == "routed"


async def test_the_one_who_has_the_appeal_is_preselected(desk: Site) -> None:
    appeal_id = await desk.routed(responder="legal-aid")
    page = await desk.get(f"/staff/appeals/{appeal_id}/answer")
    assert page.one("#responder option[selected]")["value"] == str(await desk.responder("legal-aid"))


async def test_more_rows_come_by_a_button_and_nothing_written_is_lost(desk: Site) -> None:
    appeal_id = await desk.routed()
    page = await desk.get((await write(desk, appeal_id, then="more", do=["Раз", "Два", "Три"])).location.split("#")[0])
    assert [item.get("value", "") for item in page.all('[name="do"]')] == ["Раз", "Два", "Три", "", "", ""]
    assert page.one("#short").get_text().strip() == WORDS["short"]
    sent = {**fields(page, "/answer"), "then": "more", "do": [*"123456"], "contact": [""] * 6}
    full = await desk.get((await desk.post(f"/staff/appeals/{appeal_id}/answer", sent)).location.split("#")[0])
    assert len(full.all('[name="do"]')) == 8
    assert not full.all('button[value="more"]')


async def test_a_reopened_appeal_gets_a_second_answer_beside_the_first(desk: Site) -> None:
    appeal_id = await desk.answered()
    async with desk.unit() as session:
        await appeals.reopen(session, appeal_id, "Авто знову там.", now=desk.clock.now)
    await write(desk, appeal_id, then="publish", short="передали інспекції вдруге.")
    assert len([item for item in await answers(desk, appeal_id) if item.published_at]) == 2
    assert (await stored(desk, appeal_id)).state == "answered"


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"short": "  ", "then": "publish"}, "short", "Напишіть коротку відповідь"),
        ({"short": "а" * 301}, "short", "Скоротіть до 300 знаків, зараз 301"),
        ({"body": "а" * 10_001}, "body", "Скоротіть до 10\xa0000 знаків"),
        ({"responder": "nobody"}, "responder", "Виберіть, хто відповідає"),
        ({"contact": ["1551", "", ""]}, "do-1", "Напишіть, що зробити на цьому кроці"),
        ({"do": ["", "б" * 301, ""]}, "do-2", "Скоротіть до 300 знаків"),
        ({"body": "зіпсовано \ufffd"}, "body", "Частину знаків не вдалося прочитати"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(
    desk: Site, changes: dict[str, Any], field: str, sentence: str
) -> None:
    appeal_id = await desk.routed()
    page = await write(desk, appeal_id, status=422, **changes)
    assert sentence in page.one(f"#{field}-error").get_text()
    assert sentence in page.one(f'.error-summary a[href="#{field}"]').get_text()
    assert page.one("#body").get_text().strip() == changes.get("body", WORDS["body"]).replace("\r", "")
    assert await answers(desk, appeal_id) == []


@pytest.mark.parametrize("make", ["published", "answered", "submitted"])
async def test_only_what_a_responder_has_can_be_answered_and_what_was_typed_is_shown(desk: Site, make: str) -> None:
    makers: dict[str, Any] = {"published": desk.published, "answered": desk.answered, "submitted": desk.ask}
    appeal_id = await makers[make]()
    before = len(await answers(desk, appeal_id))
    page = await desk.get(f"/staff/appeals/{appeal_id}/answer", status=409)
    assert "Відповісти зараз не можна" in page.words
    sent = {"version": "2", "responder": str(await desk.responder("patrol-police")), "short": "Моя коротка", "do": ["Мій крок"]}
    for then in ("save", "publish"):
        page = await desk.post(f"/staff/appeals/{appeal_id}/answer", sent | {"then": then}, status=409)
        assert "Моя коротка" in page.words
        assert "Мій крок" in page.words
    await desk.get(f"/staff/appeals/{appeal_id}/answer/preview", status=409)
    await desk.post(f"/staff/appeals/{appeal_id}/answer/publication", {"version": "2"}, status=409)
    assert len(await answers(desk, appeal_id)) == before


async def test_a_draft_that_somebody_else_changed_is_not_overwritten_unseen(desk: Site) -> None:
    appeal_id = await desk.routed()
    mine = await form(desk, appeal_id) | {"short": "моя відповідь", "then": "save"}
    await write(desk, appeal_id, short="чужа відповідь")
    page = await desk.post(f"/staff/appeals/{appeal_id}/answer", mine, status=409)
    assert "чернетку змінено: Оксана Литвин" in page.one(".error-summary").get_text()
    assert page.one("#short").get_text().strip() == "моя відповідь"
    assert "чужа відповідь" in page.one("aside").get_text()
    again = {**fields(page, "/answer"), "do": [], "contact": [], "then": "save"}
    await desk.post(f"/staff/appeals/{appeal_id}/answer", again)
    (answer,) = await answers(desk, appeal_id)
    assert answer.short == "моя відповідь"


async def test_an_appeal_that_changed_meanwhile_is_looked_at_before_its_answer_is_published(desk: Site) -> None:
    appeal_id = await desk.routed()
    sent = await form(desk, appeal_id) | WORDS | {"then": "publish"}
    async with desk.unit() as session:
        await appeals.route(session, appeal_id, await desk.responder("legal-aid"), by=await desk.moderator(), now=desk.clock.now)
    page = await desk.post(f"/staff/appeals/{appeal_id}/answer", sent, status=409)
    assert "звернення змінилося" in page.one(".error-summary").get_text()
    assert (await stored(desk, appeal_id)).state == "routed"


async def test_a_preview_without_a_short_answer_says_what_is_missing_and_offers_no_publication(desk: Site) -> None:
    appeal_id = await desk.routed()
    seen = await write(desk, appeal_id, then="preview", short="")
    preview = await desk.get(seen.location)
    assert "немає короткої відповіді" in preview.words
    assert "Опублікувати" not in [button.get_text(strip=True) for button in preview.all("button")]


async def test_what_was_previewed_is_what_is_published(desk: Site) -> None:
    appeal_id = await desk.routed()
    await write(desk, appeal_id, then="preview")
    preview = await desk.get(f"/staff/appeals/{appeal_id}/answer/preview")
    sent = fields(preview, "/answer/publication")
    await write(desk, appeal_id, short="зовсім інше")
    page = await desk.post(f"/staff/appeals/{appeal_id}/answer/publication", sent, status=409)
    assert "зовсім інше" in page.one(".answer-short").get_text()
    assert (await stored(desk, appeal_id)).state == "routed"


async def test_a_preview_without_a_short_part_cannot_be_published(desk: Site) -> None:
    appeal_id = await desk.routed()
    await write(desk, appeal_id, short="", then="preview")
    sent = fields(await desk.get(f"/staff/appeals/{appeal_id}/answer/preview"), "/answer/publication")
    page = await desk.post(f"/staff/appeals/{appeal_id}/answer/publication", sent, status=409)
    assert "Короткої відповіді ще немає" in page.words


async def test_a_preview_of_nothing_leads_to_the_form(desk: Site) -> None:
    appeal_id = await desk.routed()
    page = await desk.get(f"/staff/appeals/{appeal_id}/answer/preview", status=303)
    assert page.location == f"/staff/appeals/{appeal_id}/answer"


@pytest.mark.parametrize("way", ["form", "preview"])
async def test_a_button_pressed_twice_publishes_one_answer(desk: Site, way: str) -> None:
    appeal_id = await desk.routed()
    if way == "form":
        address, sent = "/answer", await form(desk, appeal_id) | WORDS | {"then": "publish"}
    else:
        await write(desk, appeal_id, then="preview")
        preview = await desk.get(f"/staff/appeals/{appeal_id}/answer/preview")
        address, sent = "/answer/publication", fields(preview, "/answer/publication")
    for _ in range(2):
        page = await desk.post(f"/staff/appeals/{appeal_id}{address}", sent)
        assert "done=answered" in page.location
    assert len(await answers(desk, appeal_id)) == 1
    assert (await kinds(desk, appeal_id)).count("answered") == 1


async def test_a_form_sent_twice_keeps_one_draft(desk: Site) -> None:
    appeal_id = await desk.routed()
    sent = await form(desk, appeal_id) | WORDS | {"then": "save"}
    for _ in range(2):
        await desk.post(f"/staff/appeals/{appeal_id}/answer", sent, files=[("files", "лист.pdf", PDF)])
    assert len(await answers(desk, appeal_id)) == 1
    assert len(await files(desk)) == 1


async def test_nobody_answers_without_signing_in_or_from_another_city(site: Site, poltava: Site) -> None:
    appeal_id = await site.routed()
    for address in ("/answer", "/answer/publication"):
        page = await site.post(f"/staff/appeals/{appeal_id}{address}", {"short": "x"}, status=403)
        assert page.one('a[target="_blank"]')["href"] == "/sign-in"
    await poltava.sign_in()
    await poltava.get(f"/staff/appeals/{appeal_id}/answer", status=404)
    await poltava.get(f"/staff/appeals/{appeal_id}/answer/preview", status=404)
    await poltava.post(f"/staff/appeals/{appeal_id}/answer", {"short": "x"}, status=404)
    await poltava.post(f"/staff/appeals/{appeal_id}/answer/publication", {"version": "4"}, status=404)
    assert await answers(site, appeal_id) == []
    await site.sign_in()
    back = await site.get(f"/staff/appeals/{appeal_id}/answer/publication", status=303)
    assert back.location == f"/staff/appeals/{appeal_id}/answer/preview"


async def test_a_session_that_ended_while_somebody_wrote_costs_not_a_word(site: Site) -> None:
    appeal_id = await site.routed()
    await site.sign_in()
    path = f"/staff/appeals/{appeal_id}/answer"
    body = "Перший абзац.\n\nДругий <b>абзац</b> & «лапки»."
    typed = fields(await site.get(path), "/answer") | {
        "short": "за це відповідає місто.",
        "body": body,
        "do": ["Сфотографуйте", "Надішліть"],
        "contact": ["", "1551"],
        "then": "save",
    }
    typed.pop("files")
    site.client.cookies.clear()
    page = await site.post(path, typed, status=403)
    assert "Перший абзац." in page.words
    assert await answers(site, appeal_id) == []
    again = page.one('form[method="post"]')
    assert again["action"] == path
    sent: dict[str, list[str]] = {}
    for control in again.select("input[type=hidden]"):
        sent.setdefault(str(control["name"]), []).append(str(control["value"]))
    await site.sign_in("administrator")
    await site.post(path, sent)
    form = await site.get(path)
    assert form.one("#short").get_text().strip() == "за це відповідає місто."
    assert form.one("#body").get_text().strip() == body
    assert [form.one(f"#do-{n}")["value"] for n in (1, 2)] == ["Сфотографуйте", "Надішліть"]
    assert form.one("#contact-2")["value"] == "1551"


async def test_files_that_a_lost_session_took_along_are_asked_for_again_before_anything_is_published(site: Site) -> None:
    appeal_id = await site.routed()
    await site.sign_in()
    path = f"/staff/appeals/{appeal_id}/answer"
    typed = fields(await site.get(path), "/answer") | {"short": "за це відповідає місто.", "then": "publish"}
    typed.pop("files")
    site.client.cookies.clear()
    page = await site.post(path, typed, files=[("files", "лист.pdf", b"%PDF-1.7 ...")], status=403)
    assert "лист.pdf" in page.words
    sent = {str(control["name"]): str(control["value"]) for control in page.all("form input[type=hidden]")}
    await site.sign_in("administrator")
    refused = await site.post(path, sent, status=422)
    assert "Виберіть файли ще раз" in refused.one("#files-error").text
    assert refused.one("#short").get_text().strip() == "за це відповідає місто."
    assert await answers(site, appeal_id) == []


async def test_the_form_takes_the_same_number_of_queries_however_much_there_is(desk: Site) -> None:
    appeal_id = await desk.routed()
    await write(desk, appeal_id)
    numbers = set()
    for n in range(3):
        await write(desk, appeal_id, do=["Крок"] * (n + 1), files=[("files", f"{n}.pdf", PDF + bytes([48 + n]))])
        with counted(desk) as seen:
            await desk.get(f"/staff/appeals/{appeal_id}/answer")
        numbers.add(len(seen))
    assert len(numbers) == 1


# --- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "kept", "media_type"),
    [
        ("Відповідь №5.pdf", PDF, "Відповідь №5.pdf", documents.PDF),
        ("scan.exe", PDF, "scan.pdf", documents.PDF),
        ("лист.docx", docx(), "лист.docx", documents.DOCX),
        ("лист.odt", odt(), "лист.odt", documents.ODT),
        ("фото.jpg", picture(), "фото.webp", "image/webp"),
        ("../../etc/passwd", PDF, "passwd.pdf", documents.PDF),
        ("C:\\Users\\Оксана\\лист.pdf", PDF, "лист.pdf", documents.PDF),
        ("a\u202efdp.exe", PDF, "afdp.pdf", documents.PDF),
        ("<img>|?*.pdf", PDF, "_img____.pdf", documents.PDF),
        (".pdf", PDF, "document.pdf", documents.PDF),
        ("д" * 200 + ".pdf", PDF, "д" * 80 + ".pdf", documents.PDF),
    ],
)
async def test_a_file_is_kept_under_a_clean_name_with_the_type_its_bytes_have(
    name: str, data: bytes, kept: str, media_type: str
) -> None:
    document = await documents.take_in(name, data)
    assert (document.name, document.media_type) == (kept, media_type)
    assert b"secret place" not in document.data


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("empty.pdf", b"", "файл порожній"),
        ("page.pdf", b"<html><script>alert(1)</script>", "це не PDF, не зображення, не DOCX і не ODT"),
        ("program.pdf", b"MZ\x90\x00", "це не PDF"),
        ("архів.docx", package(readme_dot_txt=b"x"), "це не PDF"),
        ("макрос.docx", docx(word__vbaProject_dot_bin=b"x"), "у документі є макроси"),
        ("зламаний.docx", b"PK\x03\x04 nothing more", "файл пошкоджено"),
        ("зламане.png", b"\x89PNG\r\n\x1a\n nothing more", "файл пошкоджено"),
        ("великий.pdf", b"%PDF-" + b"0" * documents.BYTES_AT_MOST, "файл більший за 10\u00a0МБ"),
    ],
)
async def test_a_file_that_cannot_be_taken_is_refused_by_name_and_the_words_stay(
    desk: Site, name: str, data: bytes, sentence: str
) -> None:
    appeal_id = await desk.routed()
    page = await write(desk, appeal_id, status=422, files=[("files", name, data), ("files", "добрий.pdf", PDF)])
    assert f"«{name}»: {sentence}" in page.one("#files-error").get_text()
    assert page.one("#short").get_text().strip() == WORDS["short"]
    assert await files(desk) == []


async def test_at_most_five_files_go_with_an_answer(desk: Site) -> None:
    appeal_id = await desk.routed()
    await write(desk, appeal_id, files=[("files", f"{n}.pdf", PDF + bytes([48 + n])) for n in range(4)])
    page = await write(desk, appeal_id, status=422, files=[("files", f"{n}.pdf", PDF + bytes([58 + n])) for n in range(2)])
    assert "не більше 5 файлів" in page.one("#files-error").get_text()
    assert len(await files(desk)) == 4


async def test_a_file_is_staffs_until_its_answer_is_published_and_then_everybodys(desk: Site, poltava: Site) -> None:
    appeal_id = await desk.routed()
    public = desk.another_browser()
    await write(desk, appeal_id, files=[("files", "Відповідь міста.pdf", PDF)])
    (file,) = await files(desk)
    address = f"/answers/{file.answer_id}/files/{file.id}"
    await public.get(address, status=404)
    draft = await desk.get(address)
    assert draft.response.content == PDF
    assert "no-store" in draft.response.headers["cache-control"]
    await write(desk, appeal_id, then="publish")
    got = await public.get(address)
    headers = got.response.headers
    assert got.response.content == PDF
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"].startswith("attachment;")
    assert "filename*=UTF-8''%D0%92" in headers["content-disposition"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    await public.get(address, status=304, headers={"if-none-match": headers["etag"]})
    page = await public.get(f"/appeals/{await desk.number(appeal_id)}")
    assert page.one(f'a[href="{address}"]').get_text() == "Відповідь міста.pdf"
    await public.get(f"/answers/{uuid4()}/files/{file.id}", status=404)
    await public.get(f"/answers/{file.answer_id}/files/{uuid4()}", status=404)
    await poltava.get(address, status=404)
    await poltava.sign_in()
    await poltava.get(address, status=404)


async def test_a_file_is_taken_off_and_its_bytes_are_deleted_after_that(desk: Site, mail: Mailbox) -> None:
    appeal_id = await desk.routed()
    await write(desk, appeal_id, files=[("files", "a.pdf", PDF), ("files", "b.pdf", PDF + b"b")])
    first, second = await files(desk)
    await write(desk, appeal_id, then="", remove=str(first.id))
    assert [item.id for item in await files(desk)] == [second.id]
    await mail.deliver()
    city = (await desk.city()).id
    with pytest.raises(FileNotFoundError):
        await store.get(city, file_key(first.answer_id, first.id))
    assert await store.get(city, file_key(second.answer_id, second.id)) == PDF + b"b"


async def test_a_file_of_another_answer_cannot_be_taken_off(desk: Site) -> None:
    one, other = await desk.routed(), await desk.routed()
    await write(desk, one, files=[("files", "a.pdf", PDF)])
    (file,) = await files(desk)
    await write(desk, other, then="", remove=str(file.id))
    await write(desk, other, then="", remove="nonsense")
    async with desk.unit() as session:
        assert await session.scalar(select(func.count()).select_from(AnswerFile)) == 1
