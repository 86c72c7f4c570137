"""A copy of everything about me, and the end of everything about me."""

import json
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import String, Text, select, text
from sqlalchemy.dialects.postgresql import JSONB

from src.local_officer.officers.models import Invitation, Officer
from src.local_officer.visits.models import Visit
from src.models import metadata
from src.platform.files import images, store
from src.platform.people.audit.models import AuditEvent
from src.platform.people.audit.service import record
from src.platform.people.personal_data import HOLDERS
from src.platform.people.providers.models import ExternalIdentity, IdentityProvider
from src.platform.people.second_factor.models import Passkey, RecoveryCode, Totp
from src.platform.settings import get_settings
from src.platform.work.jobs import JOBS
from src.platform.work.mail import Letter, post
from src.tenants.appeals import service as appeals
from src.tenants.appeals.models import Appeal, Photo
from src.tenants.asking import photos
from src.tenants.my_office.service import ERASED
from src.tenants.safety.bans import in_force, without_address
from src.tenants.safety.models import Ban, Report
from tests.conftest import Clock, TestDatabase
from tests.mailbox import Mailbox
from tests.site import Page, Site
from tests.tenants.personal_columns import IMPERSONAL, NOT_PERSONAL
from tests.tenants.planted import plant_files, plant_work
from tests.tenants.residents import has_account, signed_in
from tests.tenants.test_my_office import follow
from tests.tenants.walk import Walk, picture

MARK = "zqmarker"
EMAIL = f"{MARK}@ukr.example"
OWN: dict[str, Any] = {
    "title": f"Запитання {MARK}?", "body": f"Слова {MARK}.", "address": f"вул. {MARK}, 5", "author_name": f"Олена {MARK}",
    "extra": [{"key": "q", "kind": "text", "label": {"uk": "Що?"}, "value": MARK, "words": {}}],
}  # fmt: skip
DELETION = "/me/data/deletion"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's files are."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    return tmp_path / "files"


async def rule(site: Site, after_deletion: str) -> None:
    """What the city decided about public questions of those who leave."""
    async with site.unit() as session:
        await session.execute(
            text("UPDATE city SET settings = :settings, catalogue_revision = catalogue_revision + 1 WHERE id = :id"),
            {"settings": json.dumps({"after_deletion": after_deletion}), "id": (await site.city()).id},
        )


async def photo_of(site: Site, appeal_id: UUID, *, hidden: bool) -> UUID:
    """A question's photo with its files."""
    city = (await site.city()).id
    encoded = await images.encode(picture(size=(80 + hidden, 60)))
    photo_id = await photos.write(city, encoded)
    async with site.unit() as session:
        session.add(
            Photo(
                city_id=city,
                id=photo_id,
                appeal_id=appeal_id,
                width=80,
                height=60,
                bytes=len(encoded.large),
                digest=encoded.digest,
                hidden=hidden,
            )
        )
    return photo_id


async def life(site: Site, state: str) -> UUID:
    """A question of theirs in a state. What everybody reads was cleared of the mark by the moderator."""
    by, now = await site.moderator(), site.clock.now
    appeal_id = await site.ask(confirmed=state != "unconfirmed", author_email=EMAIL, **OWN)
    question = await site.question()
    clean = appeals.Publication(
        title=f"Питання, що {state}",
        body="Слова модератора.",
        category_id=question.category_id,
        district_id=question.district_id,
        precision="near",
        sensitive=False,
        address="вул. Садова, 5",
        show_name=True,
    )
    if state == "rejected":
        async with site.unit() as session:
            await appeals.reject(session, appeal_id, f"Причина {MARK}", by=by, now=now)
    if state == "corrected":
        async with site.unit() as session:
            await appeals.reject(session, appeal_id, f"Причина {MARK}", by=by, now=now)
            await appeals.correct(session, appeal_id, title=f"Інше {MARK}?", body=MARK, now=now)
    if state == "withdrawn":
        async with site.unit() as session:
            await appeals.withdraw(session, appeal_id, now=now)
    if state == "merged":
        target = await site.number(await site.published(title="Спільне запитання?"))
        async with site.unit() as session:
            await appeals.merge(session, appeal_id, target, by=by, now=now)
    if state in {"published", "answered", "reopened"}:
        async with site.unit() as session:
            await appeals.publish(session, appeal_id, clean, by=by, now=now)
    if state in {"answered", "reopened"}:
        await answer(site, appeal_id)
    if state == "reopened":
        async with site.unit() as session:
            await appeals.reopen(session, appeal_id, f"Не вирішено {MARK}", now=now)
    return appeal_id


async def answer(site: Site, appeal_id: UUID) -> None:
    """The responder's part."""
    from src.tenants.answers import service as answers

    by, responder = await site.moderator(), await site.responder("patrol-police")
    async with site.unit() as session:
        await appeals.route(session, appeal_id, responder, by=by, now=site.clock.now)
        appeal = await appeals.for_change(session, appeal_id)
        words = answers.Words(responder_id=responder, short="коротка відповідь", body="Довга.", steps=[])
        draft = await answers.write(session, appeal, words, by=by, now=site.clock.now)
        await answers.publish(session, appeal, draft, by=by, now=site.clock.now)


STATES = ("unconfirmed", "submitted", "rejected", "corrected", "withdrawn", "merged", "published", "answered", "reopened")


async def everything(site: Site, mail: Mailbox) -> tuple[UUID, dict[str, UUID], list[UUID]]:
    """Somebody who has used all there is, with the mark in every field: their account, questions and photos."""
    asked = {state: await life(site, state) for state in STATES}
    pictures = [await photo_of(site, appeal_id, hidden=hidden) for appeal_id in asked.values() for hidden in (False, True)]
    walk = await Walk(site).begin(title=OWN["title"], body=OWN["body"])
    await walk.category()
    await walk.place(address=OWN["address"], lon=30.5009, lat=50.4565, district="")
    await walk.photos(picture(size=(50, 50)))
    await walk.you(name=OWN["author_name"], email=EMAIL)
    others = await site.published(title="Чуже запитання?")
    await follow(site, others, EMAIL)
    await site.post("/sign-in", {"email": EMAIL})
    account = await signed_in(site, EMAIL, name=OWN["author_name"])
    city, now = (await site.city()).id, site.clock.now
    by = await site.moderator()
    async with site.unit() as session:
        of = {"city_id": city, "account_id": account, "created_at": now}
        plant_work(session, city, account, email=EMAIL, mark=MARK, now=now)
        provider = IdentityProvider(
            city_id=city, id=uuid4(), slug="dii", name={"uk": "Дія"}, discovery_url="https://id.example", client_id="c", created_at=now
        )  # fmt: skip
        session.add(provider)
        await session.flush()
        session.add_all(
            [
                Totp(city_id=city, account_id=account, secret="sealed-secret", confirmed_at=now),
                Passkey(credential_id=f"{MARK}-credential", public_key=f"{MARK}-key", name=f"Ключ {MARK}", **of),
                RecoveryCode(code_digest="digest-of-code", **of),
                ExternalIdentity(provider_id=provider.id, subject=f"sub-{MARK}", **of),
                Report(
                    city_id=city, appeal_id=others, part="question", reason="other", words=f"Скарга {MARK}", email=EMAIL,
                    note=f"Рішення {MARK}", created_at=now,
                ),
                Ban(city_id=city, kind="email", value=EMAIL, reason=f"Причина {MARK}", made_by=by, created_at=now),
            ]
        )  # fmt: skip
        await record(session, ERASED, now=now, by=by, subject=("account", account), values={"name": (MARK, f"{MARK}2")})
        await record(session, ERASED, now=now, by=by, subject=("appeal", asked["answered"]), values={"address": (MARK, "")})
        await record(session, ERASED, now=now, by=by, subject=("ban", uuid4()), values={"email": ("", EMAIL)})
    async with site.unit() as session:
        kept = Officer(city_id=city, id=uuid4(), code="1", name={"uk": "Ірина"}, email=EMAIL, languages=["uk"], created_at=now)
        session.add(kept)
        await session.flush()
        session.add_all(
            [
                Invitation(city_id=city, officer_id=kept.id, email=EMAIL, created_at=now, expires_at=now),
                Visit(
                    city_id=city, officer_id=kept.id, receiver_id=kept.id, starts_at=now, ends_at=now + timedelta(minutes=20),
                    seat=1, name=f"Олена {MARK}", email=EMAIL, phone=MARK, about=f"Про {MARK}", state="booked",
                    created_at=now, held_until=now, changed_at=now,
                ),
            ]
        )  # fmt: skip
    async with site.unit() as session:
        await plant_files(session, city, email=EMAIL, mark=MARK, now=now)
    await mail.deliver()
    async with site.unit() as session:  # one that waits
        letter = Letter(subject=f"Лист {MARK}", paragraphs=[MARK])
        await post(session, await site.city(), to=EMAIL, language="uk", letter=letter, key="waits")
        draft_photos = list(await session.scalars(select(Photo.id).where(Photo.draft_id.is_not(None))))
        await session.execute(text("UPDATE account_session SET browser = :mark"), {"mark": MARK})
        await session.execute(text("UPDATE sign_in_link SET next_path = :path"), {"path": f"/?q={MARK}"})
        await session.execute(
            text("UPDATE mail SET headers = :headers, last_error = :error WHERE recipient = :email"),
            {"headers": json.dumps({"X": MARK}), "error": f"450 {EMAIL} is busy", "email": EMAIL},
        )
    return account, asked, [*pictures, *draft_photos]


def found_in(database: TestDatabase, mark: str) -> dict[str, int]:
    """The tables in which a mark is left anywhere, as the migrator sees them: all columns, all cities, the queue too."""
    left = {}
    with psycopg.connect(database.migrator) as connection:
        tables = connection.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname IN ('public', 'dramatiq') AND c.relkind = 'r'"
        ).fetchall()
        assert len(tables) > 30
        for schema, table in tables:
            name = sql.Identifier(schema, table)
            row = connection.execute(
                sql.SQL("SELECT count(*) FROM {} AS t WHERE t::text ILIKE %s").format(name), [f"%{mark}%"]
            ).fetchone()
            if row and row[0]:
                left[table] = row[0]
    return left


async def delete_me(site: Site) -> Page:
    """Press the button."""
    return await site.post(DELETION, {"sure": "yes"})


async def later(site: Site, mail: Mailbox) -> None:
    """All waiting jobs, and a month later what forgets letters."""
    await mail.deliver()
    async with site.unit() as session:
        await session.execute(text("UPDATE mail SET created_at = created_at - interval '31 days'"))
    await JOBS["forget_mail"].run(site.door.database, (await site.city()).id)


# --- the end ------------------------------------------------------------------------------------


@pytest.mark.parametrize("after_deletion", ["anonymous", "remove"])
async def test_nothing_personal_is_left_anywhere(
    site: Site, mail: Mailbox, database: TestDatabase, files: Path, after_deletion: str
) -> None:
    await rule(site, after_deletion)
    _, asked, pictures = await everything(site, mail)
    before = found_in(database, MARK)
    kept = {"account", "submission", "mail", "draft", "follower", "report", "ban", "audit_value", "passkey", "external_identity"}
    assert kept | {"appeal_event_words", "sign_in_link"} <= set(before), "the mark was not planted everywhere"
    on_disk = {path.parent.name for path in files.rglob("*.webp")}
    assert {str(each) for each in pictures} <= on_disk
    assert (await delete_me(site)).location == "/me/data/deleted"
    assert "Ваші дані видалено" in (await site.get("/me/data/deleted")).words
    waiting = len(mail.messages)
    await later(site, mail)
    assert [str(letter["Subject"]) for letter in mail.messages[waiting:] if str(letter["To"]) == EMAIL] == ["Ваші дані видалено"]
    assert found_in(database, MARK) == {}
    assert not {path.parent.name for path in files.rglob("*.webp")} & {str(each) for each in pictures}
    for path in files.rglob("*"):
        assert not path.is_file() or MARK.encode() not in path.read_bytes()
    async with site.unit() as session:
        states = dict((await session.execute(select(Appeal.id, Appeal.state))).all())
    public = {"published", "answered", "reopened"}
    assert asked["unconfirmed"] not in states
    for state in STATES[1:]:
        expected = "withdrawn" if state in {"submitted", "rejected", "corrected", "withdrawn"} else state
        assert states[asked[state]] == ("removed" if state in public and after_deletion == "remove" else expected)


async def test_public_questions_stay_without_a_name_where_the_city_says_so(site: Site, mail: Mailbox) -> None:
    number = await site.number(await life(site, "answered"))
    await signed_in(site, EMAIL)
    assert "Олена Z." in (await site.get(f"/appeals/{number}")).words
    await delete_me(site)
    page = await site.get(f"/appeals/{number}")
    assert "коротка відповідь" in page.words
    assert "Олена" not in page.words
    assert "Олена" not in (await site.get(f"/api/v1/appeals/{number}")).text


async def test_public_questions_are_taken_down_at_once_where_the_city_says_so(site: Site) -> None:
    await rule(site, "remove")
    appeal_id = await life(site, "answered")
    number = await site.number(appeal_id)
    other = await site.number(await site.published(title="Інше запитання?"))
    words = "Питання, що answered"
    assert words in (await site.get("/")).words
    assert words in (await site.get("/?q=питання")).words
    received = (await site.get("/api/v1/figures")).json()["received"]
    await signed_in(site, EMAIL)
    await delete_me(site)
    for path in (
        "/",
        "/?q=питання",
        "/?state=answered",
        "/api/v1/appeals",
        "/api/v1/appeals.geojson",
        "/map/data",
        "/guides/parking",
    ):
        assert words not in (await site.get(path)).text, path
        assert number not in (await site.get(path)).text, path
    gone = await site.get(f"/appeals/{number}", status=410)
    assert "знято з сайту" in gone.words and words not in gone.words
    await site.english.get(f"/appeals/{number}", status=410)
    await site.get(f"/api/v1/appeals/{number}", status=404)
    await site.get(f"/appeals/{number}/followers", status=404)
    await site.get(f"/appeals/{other}")
    figures = (await site.get("/api/v1/figures")).json()
    assert (figures["received"], figures["answered"]) == (received, 0)
    staff = site.another_browser()
    await staff.sign_in()
    assert "зняте з сайту" in (await staff.get(f"/staff/appeals/{appeal_id}")).words


async def test_a_question_that_was_joined_to_one_taken_down_leads_nowhere(site: Site) -> None:
    await rule(site, "remove")
    target = await life(site, "published")
    joined = await site.ask(author_email="inshyi@ukr.example")
    number, by = await site.number(joined), await site.moderator()
    async with site.unit() as session:
        await appeals.merge(session, joined, await number_of(session, target), by=by, now=site.clock.now)
    await signed_in(site, EMAIL)
    await delete_me(site)
    await site.get(f"/appeals/{number}", status=404)


async def number_of(session: Any, appeal_id: UUID) -> str:
    """A number inside a unit of work."""
    return (await appeals.for_change(session, appeal_id)).number or ""


async def test_what_others_keep_stays(site: Site, poltava: Site, mail: Mailbox) -> None:
    theirs = await site.ask(author_email="inshyi@ukr.example", author_name="Інший Автор")
    elsewhere = await poltava.ask(author_email=EMAIL, author_name="Олена Полтавська")
    await signed_in(poltava, EMAIL)
    await life(site, "submitted")
    await signed_in(site, EMAIL)
    await delete_me(site)
    for city, appeal_id, name in ((site, theirs, "Інший Автор"), (poltava, elsewhere, "Олена Полтавська")):
        async with city.unit() as session:
            appeal = await appeals.for_change(session, appeal_id)
            assert (await appeals.submission_of(session, appeal)).author_name == name
    await poltava.get("/me")


async def test_links_of_a_question_that_was_forgotten_lead_nowhere_and_letters_stop(site: Site, mail: Mailbox) -> None:
    from src.platform.web import tokens

    appeal_id = await life(site, "published")
    await signed_in(site, EMAIL)
    await mail.deliver()
    await delete_me(site)
    await mail.deliver()
    token = tokens.sign("author", (await site.city()).id, appeal_id)
    await site.get(f"/my/{token}", status=404)
    await site.post(f"/my/{token}/reopening", {"why": "Ще"}, status=404)
    before = len(mail.messages)
    await answer(site, appeal_id)
    letters = await mail.deliver()
    assert len(mail.messages) > before
    assert all(MARK not in letter.as_string() for letter in letters)


async def test_a_letter_about_the_question_that_still_waits_tells_nobody_of_its_author(site: Site, mail: Mailbox) -> None:
    """The event's job runs after the author has gone."""
    await life(site, "rejected")
    await life(site, "merged")
    await life(site, "reopened")
    await signed_in(site, EMAIL)
    await delete_me(site)
    letters = await mail.deliver()
    assert [str(letter["To"]) for letter in letters if MARK in letter.as_string()] == [EMAIL]
    async with site.unit() as session:
        assert await session.scalar(text("SELECT count(*) FROM follower")) == 0


async def test_a_ban_stays_in_force_though_its_address_is_gone(site: Site) -> None:
    async with site.unit() as session:
        city, by = (await site.city()).id, await site.moderator()
        session.add(Ban(city_id=city, kind="email", value=EMAIL, reason="Реклама", made_by=by, created_at=site.clock.now))
    await signed_in(site, EMAIL)
    await delete_me(site)
    async with site.unit() as session:
        assert await session.scalar(select(Ban.value)) == without_address(EMAIL)
        assert await in_force(session, client="192.0.2.1", emails={EMAIL}, now=site.clock.now) is not None
        assert await in_force(session, client="192.0.2.1", emails={"other@ukr.example"}, now=site.clock.now) is None


async def test_deletion_is_in_the_log_and_names_nobody(site: Site) -> None:
    account = await signed_in(site, EMAIL)
    await delete_me(site)
    assert not await has_account(site, EMAIL)
    async with site.unit() as session:
        line = (await session.scalars(select(AuditEvent).where(AuditEvent.action == ERASED))).one()
        assert (line.actor, line.account_id, line.subject_id) == ("person", account, account)
    await site.get("/me", status=303)


async def test_who_comes_back_begins_anew(site: Site) -> None:
    first = await signed_in(site, EMAIL)
    await life(site, "submitted")
    await delete_me(site)
    assert await signed_in(site, EMAIL) != first
    assert "Ви ще нічого не запитували" in (await site.get("/me")).words


# --- the form -----------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [{}, {"sure": ""}, {"sure": "no"}, {"sure": "так"}, {"sure": "\ufffd"}])
async def test_without_the_tick_nothing_is_deleted(site: Site, data: dict[str, str]) -> None:
    await life(site, "submitted")
    await signed_in(site, EMAIL)
    page = await site.post(DELETION, data, status=422)
    assert "Поки що нічого не видалено" in page.words
    assert await has_account(site, EMAIL)


async def test_a_body_that_is_no_form_deletes_nothing(site: Site) -> None:
    await signed_in(site, EMAIL)
    for kind, body in (("multipart/form-data", b"x"), ("multipart/form-data; boundary=b", b"--b\r\nbroken")):
        await site.post(DELETION, content=body, headers={"content-type": kind}, status=400)
    assert await has_account(site, EMAIL)


@pytest.mark.parametrize(("after_deletion", "words"), [("anonymous", "без імені"), ("remove", "разом із відповідями")])
async def test_the_page_says_what_goes_and_what_stays(site: Site, after_deletion: str, words: str) -> None:
    await rule(site, after_deletion)
    await life(site, "answered")
    await signed_in(site, EMAIL)
    page = await site.get(DELETION)
    assert "Що зникне" in page.words and words in page.words and "зараз їх 1" in page.words
    await site.english.get(DELETION)


async def test_staff_are_told_whom_to_ask_and_keep_their_account(site: Site) -> None:
    await site.sign_in("administrator")
    page = await site.get(DELETION)
    assert "Ви тут працюєте" in page.words and not page.all("#sure")
    await site.post(DELETION, {"sure": "yes"}, status=403)
    assert await has_account(site, "admin@kyiv.example")


async def test_whoever_worked_here_once_is_told_the_same(site: Site) -> None:
    await life(site, "answered")
    account = await site.moderator()
    async with site.unit() as session:
        await session.execute(text("UPDATE account SET roles = '{}' WHERE id = :id"), {"id": account})
    await signed_in(site, "moderator@kyiv.example")
    await site.post(DELETION, {"sure": "yes"}, status=403)


async def test_a_session_that_is_not_fresh_neither_deletes_nor_exports(site: Site, clock: Clock) -> None:
    await signed_in(site, EMAIL)
    clock.forward(minutes=31)
    for path in (DELETION, "/me/data/export"):
        page = await site.post(path, {"sure": "yes"})
        assert page.location == f"/sign-in?next={path}&again=1"
    assert await has_account(site, EMAIL)
    await site.get("/me/data")
    assert (await site.get("/me/data/export", status=303)).location == "/me/data"


# --- the copy -----------------------------------------------------------------------------------


async def exported(site: Site) -> tuple[ZipFile, dict[str, Any]]:
    """The archive and its data."""
    page = await site.post("/me/data/export", status=200)
    assert page.response.headers["content-type"] == "application/zip"
    assert page.response.headers["cache-control"] == "no-store"
    archive = ZipFile(BytesIO(page.response.content))
    assert archive.testzip() is None
    return archive, json.loads(archive.read("data.json").decode())


async def test_the_copy_has_everything_and_no_secret(site: Site, mail: Mailbox) -> None:
    _, asked, pictures = await everything(site, mail)
    archive, data = await exported(site)
    assert {"format", "city", "made_at", *HOLDERS} == set(data)
    empty = {name for name in HOLDERS if not data[name]}
    assert empty == set(), "nothing was found of these"
    assert {one["id"] for one in data["questions"]} == {str(each) for each in asked.values()}
    for one in data["questions"]:
        assert MARK in one["own_words"]["title"] and one["own_words"]["email"] == EMAIL
        assert datetime.fromisoformat(one["created_at"]).tzinfo is not None
        assert one["events"]
    names = set(archive.namelist())
    told = {name for one in [*data["questions"], *data["drafts"]] for name in one["photos"]}
    assert told <= names and len(told) == len(pictures)
    for name in told:
        assert archive.read(name)[8:12] == b"WEBP"
    whole = archive.read("data.json").decode()
    for secret in ("sealed-secret", "digest-of-code", "token_digest", "credential", f"{MARK}-key", "/sign-in/link/x"):
        assert secret not in whole, secret
    reasons = [line["words"].get("why") or line["words"].get("reason") for one in data["questions"] for line in one["events"]]
    assert f"Не вирішено {MARK}" in reasons and f"Причина {MARK}" in reasons


async def test_each_part_of_the_copy_is_explained_in_the_readers_language(site: Site) -> None:
    await signed_in(site, EMAIL)
    archive, data = await exported(site)
    says = archive.read("прочитайте.txt").decode()
    english, _ = await exported(site.english)
    for name in data:
        if name in HOLDERS:
            assert f"\n{name} — " in says
    assert "Your questions" in english.read("read-me.txt").decode()


async def test_the_copy_holds_nothing_of_others(site: Site, poltava: Site) -> None:
    await site.ask(author_email="inshyi@ukr.example", title="Чуже запитання?")
    await poltava.ask(author_email=EMAIL, title="Полтавське запитання?")
    await signed_in(site, EMAIL)
    archive, data = await exported(site)
    assert data["questions"] == []
    assert "Чуже" not in archive.read("data.json").decode()
    assert "inshyi" not in archive.read("data.json").decode()


async def test_the_copy_is_in_the_log(site: Site) -> None:
    account = await signed_in(site, EMAIL)
    await exported(site)
    async with site.unit() as session:
        lines = await session.execute(select(AuditEvent.action, AuditEvent.account_id).order_by(AuditEvent.id.desc()).limit(1))
    assert lines.one() == ("person.exported", account)


async def test_a_photo_whose_bytes_are_missing_spoils_nothing(site: Site) -> None:
    appeal_id = await life(site, "submitted")
    photo = await photo_of(site, appeal_id, hidden=False)
    await store.delete((await site.city()).id, photos.key(photo, "large"))
    await signed_in(site, EMAIL)
    archive, data = await exported(site)
    [name] = data["questions"][0]["photos"]
    assert archive.read(name) == b""


async def test_staff_have_a_copy_too(site: Site) -> None:
    await site.sign_in()
    _, data = await exported(site)
    assert data["account"][0]["roles"] == ["moderator"]


# --- nobody forgets to say what they keep -------------------------------------------------------


def test_every_table_that_may_keep_personal_data_has_a_holder() -> None:
    import src.main  # noqa: F401  makes the holders known

    held = {table for holder in HOLDERS.values() for table in holder.tables}
    assert not held & set(NOT_PERSONAL)
    unknown = {name for name in metadata.tables if name not in held and name not in NOT_PERSONAL}
    assert not unknown, f"say in a personal_data module who exports and erases {sorted(unknown)}, or here why nobody need"
    assert held <= set(metadata.tables)
    assert all(NOT_PERSONAL.values())


async def test_every_personal_column_was_marked_before_it_was_erased(site: Site, mail: Mailbox, database: TestDatabase) -> None:
    """So a new column of words is planted in :func:`everything`, and :func:`test_nothing_personal_is_left_anywhere` means it."""
    await everything(site, mail)
    held = {table for holder in HOLDERS.values() for table in holder.tables}
    unmarked = set()
    with psycopg.connect(database.migrator) as connection:
        for name in held:
            for column in metadata.tables[name].columns:
                if not isinstance(column.type, Text | JSONB | String) or f"{name}.{column.name}" in IMPERSONAL:
                    continue
                found = connection.execute(
                    sql.SQL("SELECT 1 FROM {} WHERE {}::text LIKE %s LIMIT 1").format(
                        sql.Identifier(name), sql.Identifier(column.name)
                    ),
                    [f"%{MARK}%"],
                ).fetchone()
                if found is None:
                    unmarked.add(f"{name}.{column.name}")
    assert not unmarked, f"plant the mark into {sorted(unmarked)}"
