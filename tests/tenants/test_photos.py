"""Photos: added while asking, seen by whoever may, gone with what they belonged to."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import select, text, update

from src.platform.files import images, store
from src.platform.settings import get_settings
from src.tenants.appeals import service as appeals
from src.tenants.appeals.models import Photo
from src.tenants.asking import photos
from src.tenants.asking.jobs import tidy
from tests.conftest import Clock
from tests.mailbox import Mailbox
from tests.site import Page, Site
from tests.tenants.walk import Walk, picture


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's files are."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    return tmp_path / "files"


async def at_photos(site: Site) -> Walk:
    """A draft at its fourth step."""
    walk = await Walk(site).begin()
    await walk.category()
    return await walk.place()


async def add(walk: Walk, *files: tuple[str, bytes], status: int = 303) -> Page:
    """Press «Додати»."""
    return await walk.site.post(
        walk.at("photos"), {"add": "1"}, files=[("photos", name, data) for name, data in files], status=status
    )


async def rows(site: Site) -> list[Photo]:
    """All photos of the city in their order."""
    async with site.unit() as session:
        return list((await session.execute(select(Photo).order_by(Photo.position))).scalars())


async def published(site: Site, photo: Photo) -> Photo:
    """The photo, its question confirmed and published."""
    question, by = await site.question(), await site.moderator()
    assert photo.appeal_id is not None
    what = appeals.Publication(
        title=question.title, body=question.body, category_id=question.category_id, district_id=question.district_id,
        precision="near", sensitive=False, address=question.address, show_name=False,
    )  # fmt: skip
    async with site.unit() as session:
        await appeals.confirm(session, await site.city(), photo.appeal_id, now=site.clock.now)
        await appeals.publish(session, photo.appeal_id, what, by=by, now=site.clock.now)
    return photo


async def published_with_photo(site: Site, walk: Walk) -> Photo:
    """Send the draft, confirm and publish it; its only photo."""
    await walk.send()
    [photo] = await rows(site)
    return await published(site, photo)


async def test_photos_are_added_shown_and_removed(site: Site, mail: Mailbox, files: Path) -> None:
    walk = await at_photos(site)
    page = await add(walk, ("a.jpg", picture()), ("b.png", picture("PNG", (400, 900))))
    assert page.location == walk.at("photos")
    page = await site.get(walk.at("photos"))
    shown = page.all(".draft-photos img")
    assert len(shown) == 2
    for image in shown:
        found = await site.get(str(image["src"]))
        assert found.response.headers["content-type"] == "image/webp"
        assert found.response.headers["cache-control"].startswith("private")
    first = await rows(site)
    await site.post(str(page.all(".draft-photos form")[0]["action"]))
    assert [photo.id for photo in await rows(site)] == [first[1].id]
    await site.post(str(page.all(".draft-photos form")[0]["action"]))
    assert len(list(files.rglob("*.webp"))) == 4
    await mail.deliver()
    assert len(list(files.rglob("*.webp"))) == 2, "the files go with the job that the removal enqueued"


async def test_photos_go_along_with_the_question(site: Site) -> None:
    walk = await Walk(site).to_the_end(picture(), picture("PNG", (300, 900)))
    assert len((await walk.check()).all("#public img")) == 2
    await walk.send()
    found = await rows(site)
    assert len(found) == 2
    assert all(photo.draft_id is None and photo.appeal_id is not None for photo in found)
    await site.get(walk.at(f"photos/{found[0].id}/small"), status=404)


async def test_what_was_sent_has_no_metadata(site: Site) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[1] = "N"
    await Walk(site).to_the_end(picture(exif=exif.tobytes()))
    [photo] = await rows(site)
    for size in photos.SIZES:
        data = await store.get((await site.city()).id, photos.key(photo.id, size))
        assert b"Secret" not in data
        assert b"exif" not in data.lower()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("notes.jpg", b"just words", "«notes.jpg»: це не фото JPEG, PNG або WebP"),
        ("IMG_1.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "у форматі HEIC"),
        ("half.jpg", picture()[:700], "пошкоджене або обірване"),
        ("empty.jpg", b"", "файл порожній"),
        ("<b>.jpg", b"x", "«<b>.jpg»"),
    ],
)
async def test_a_file_that_is_no_photo_is_told_and_the_good_one_stays(site: Site, name: str, data: bytes, says: str) -> None:
    walk = await at_photos(site)
    page = await add(walk, ("good.jpg", picture()), (name, data), status=422)
    assert says in page.one("#photos-error").text
    assert says in page.one(".error-summary a[href='#photos']").text
    assert len(page.all(".draft-photos img")) == len(await rows(site)) == 1
    assert page.one("title").text.startswith("Помилка:")


async def test_a_bomb_and_a_file_that_is_too_heavy_are_refused(site: Site) -> None:
    walk = await at_photos(site)
    page = await add(walk, ("bomb.png", picture("PNG", (9000, 9000), "1")), status=422)
    assert "40 мільйонів точок" in page.one("#photos-error").text
    page = await add(walk, ("heavy.jpg", picture() + b"\0" * images.BYTES_AT_MOST), status=422)
    assert "більший за 12\u00a0МБ" in page.one("#photos-error").text
    assert await rows(site) == []


async def test_more_than_five_photos_are_not_taken(site: Site) -> None:
    walk = await at_photos(site)
    many = [(f"{n}.jpg", picture(size=(100 + n, 100))) for n in range(7)]
    page = await add(walk, *many, status=422)
    assert "«5.jpg» не додано" in page.words
    assert "«6.jpg» не додано" in page.words
    assert len(await rows(site)) == 5
    assert not page.all("input[type=file]")
    page = await add(walk, ("more.jpg", picture(size=(50, 50))), status=422)
    assert len(await rows(site)) == 5


async def test_a_body_of_60_megabytes_is_answered_in_words_and_the_draft_is_there(site: Site) -> None:
    walk = await at_photos(site)
    await add(walk, ("good.jpg", picture()))
    page = await add(walk, ("huge.jpg", b"\xff\xd8\xff" + b"\0" * 60 * 1024 * 1024), status=422)
    assert "«huge.jpg»: файл більший за 12\u00a0МБ" in page.one(".error-summary").text
    page = await add(walk, ("huge.jpg", b"\0" * 70 * 1024 * 1024), status=422)
    assert "завеликі" in page.one(".error-summary").text
    assert len(page.all(".draft-photos img")) == 1


async def test_a_form_of_words_of_60_megabytes_is_answered_in_words(site: Site) -> None:
    page = await site.post("/ask", content=b"title=" + b"a" * 60 * 1024 * 1024, status=413, headers={
        "content-type": "application/x-www-form-urlencoded"
    })  # fmt: skip
    assert page.one("h1")


async def test_the_same_photo_twice_is_one(site: Site) -> None:
    walk = await at_photos(site)
    await asyncio.gather(*(add(walk, ("a.jpg", picture())) for _ in range(4)))
    assert len(await rows(site)) == 1


async def test_photos_for_a_lost_draft_lead_to_a_new_one(site: Site) -> None:
    walk = Walk(site)
    walk.key = "no-such-key"
    page = await add(walk, ("a.jpg", picture()))
    assert page.location.endswith("/question?lost=1")
    assert await rows(site) == []


async def test_photos_of_a_category_that_became_sensitive_are_not_sent(site: Site, mail: Mailbox, files: Path) -> None:
    walk = await Walk(site).to_the_end(picture())
    await site.post(walk.at("category") + "?change=1", {"category": "drugs"})
    page = await walk.check()
    assert "Фото не надішлемо" in page.words
    assert not page.all("#public img")
    await walk.send()
    assert await rows(site) == []
    await mail.deliver()
    assert not list(files.rglob("*.webp"))


# --- who sees them ---------------------------------------------------------------------------


async def test_everybody_sees_the_photo_of_a_public_question(site: Site) -> None:
    photo = await published_with_photo(site, await Walk(site).to_the_end(picture()))
    for size in photos.SIZES:
        page = await site.another_browser().get(f"/photos/{photo.id}/{size}")
        assert page.response.headers["content-type"] == "image/webp"
        assert page.response.headers["cache-control"].startswith("public, max-age=")
        assert page.response.headers["x-content-type-options"] == "nosniff"
        assert page.response.content[8:12] == b"WEBP"
    again = await site.get(f"/photos/{photo.id}/small", status=304, headers={"if-none-match": page.response.headers["etag"]})
    assert not again.response.content


async def test_before_publication_and_when_hidden_only_staff_sees_it(site: Site) -> None:
    walk = await Walk(site).to_the_end(picture())
    await walk.send()
    [photo] = await rows(site)
    await site.get(f"/photos/{photo.id}/large", status=404)
    staff = site.another_browser()
    await staff.sign_in()
    page = await staff.get(f"/photos/{photo.id}/large")
    assert page.response.headers["cache-control"].startswith("private")

    await published(site, photo)
    await site.get(f"/photos/{photo.id}/large")
    async with site.unit() as session:
        await session.execute(update(Photo).values(hidden=True))
    await site.get(f"/photos/{photo.id}/large", status=404)
    await staff.get(f"/photos/{photo.id}/large")


async def test_photos_that_are_not_there_are_404(site: Site, poltava: Site) -> None:
    photo = await published_with_photo(site, await Walk(site).to_the_end(picture()))
    await poltava.sign_in()
    await poltava.get(f"/photos/{photo.id}/large", status=404)
    await site.get(f"/photos/{photo.id}/original", status=404)
    await site.get(f"/photos/{uuid4()}/large", status=404)
    await site.get("/photos/not-an-id/large", status=404)
    walk = await at_photos(site)
    await add(walk, ("a.jpg", picture()))
    draft_photo = next(row for row in await rows(site) if row.draft_id)
    await site.get(f"/photos/{draft_photo.id}/large", status=404)
    await poltava.get(walk.at(f"photos/{draft_photo.id}/large"), status=404)
    await site.get(walk.at(f"photos/{draft_photo.id}/large"))
    await site.get(walk.at(f"photos/{photo.id}/large"), status=404)


# --- tidying ---------------------------------------------------------------------------------


async def test_old_drafts_go_with_their_files(site: Site, mail: Mailbox, clock: Clock, files: Path) -> None:
    await Walk(site).to_the_end(picture())
    async with site.unit() as session:
        await session.execute(text("UPDATE draft SET updated_at = :then"), {"then": datetime.now(UTC) - timedelta(days=8)})
    assert len(list(files.rglob("*.webp"))) == 2
    await tidy(site.door.database, (await site.city()).id)
    await mail.deliver()
    assert await rows(site) == []
    assert not list(files.rglob("*.webp"))


async def test_files_that_no_row_names_are_found_after_a_day(site: Site) -> None:
    walk = await Walk(site).to_the_end(picture())
    city = (await site.city()).id
    left = await photos.write(city, await images.encode(picture(size=(90, 90))))
    async with site.unit() as session:
        assert await photos.orphans(session, now=datetime.now(UTC)) == []
        assert await photos.orphans(session, now=datetime.now(UTC) + timedelta(days=2)) == [str(left)]
    assert len((await walk.check()).all("#public img")) == 1
