"""The page of an appeal: what everybody sees of it, in each state, and what nobody may."""

import re
from uuid import UUID

from sqlalchemy import text

from src.tenants.answers.models import Answer, AnswerFile
from src.tenants.appeals import service as appeals
from src.tenants.appeals.states import PUBLIC, State
from tests.conftest import Clock
from tests.site import Page, Site
from tests.tenants.test_appeals import VERBS, apply, correct, in_state, publication


def history(page: Page) -> list[str]:
    """The lines of the timeline, without their times."""
    return [item.b.get_text() for item in page.all(".timeline li") if item.b]


async def page_of(site: Site, appeal_id: UUID) -> Page:
    return await site.get(f"/appeals/{await site.number(appeal_id)}")


async def test_a_published_question_says_that_it_waits(site: Site) -> None:
    page = await page_of(site, await site.published())
    assert page.one("h1").get_text() == "Чому не евакуюють авто з газону?"
    assert "Запитання чекає на відповідь" in page.words
    assert "Уже третій тиждень під’їзд перекриває чуже авто." in page.words
    assert "Олена К." in page.words
    assert "вул. Глибочицька · місце з точністю до 100 м" in page.words
    assert history(page) == ["Опубліковано"]


async def test_a_routed_question_says_who_has_it(site: Site) -> None:
    page = await page_of(site, await site.routed())
    assert "Запитання вже у відповідача" in page.words
    known = await site.known()
    to = next(item.name_to for item in known.responders if item.slug == "patrol-police")
    assert history(page) == ["Опубліковано", f"Передано: {to}"]


async def test_an_answered_question_shows_the_answer_its_steps_and_files(site: Site, clock: Clock) -> None:
    appeal_id = await site.routed()
    clock.forward(days=3)
    await apply(site, VERBS[State.ANSWERED], appeal_id)
    clock.forward(days=1)
    await apply(site, VERBS[State.REOPENED], appeal_id)
    known = await site.known()
    async with site.unit() as session:
        (answer,) = (await session.execute(Answer.__table__.select())).all()
        session.add(
            AnswerFile(
                city_id=answer.city_id,
                answer_id=answer.id,
                name="Схема <руху>.pdf",
                media_type="application/pdf",
                bytes=204800,
                digest="x",
            )
        )
    page = await page_of(site, appeal_id)
    assert "Питання відкрите знову" in page.words
    assert len(page.all(".answer")) == 1, "the first answer stays on the page"
    assert history(page)[-1] == "Автор пише, що не вирішено"
    assert page.one(".files a").get_text() == "Схема <руху>.pdf"
    assert "200 КБ" in page.words.replace("\u00a0", " ")
    clock.forward(days=1)
    await apply(site, VERBS[State.ANSWERED], appeal_id)
    page = await page_of(site, appeal_id)
    assert len(page.all(".answer")) == 2
    responder = next(item.name for item in known.responders if item.slug == "patrol-police")
    assert all(responder in item.get_text() for item in page.all(".answer h2"))
    assert "Коротко: відповідає місто." in page.words
    green = await page_of(site, await site.answered())
    assert [item.get_text(" ", strip=True) for item in green.all(".steps li")] == [
        "Сфотографуйте авто",
        "Надішліть фото інспекції 1551",
    ]
    assert len(green.all(".answer-body p")) == 2


async def test_a_merged_number_leads_to_the_question_it_joined(site: Site) -> None:
    target = await site.number(await site.published())
    merged = await site.number(await in_state(site, State.MERGED))
    assert (await site.get(f"/appeals/{merged}", status=302)).location == f"/appeals/{target}"
    assert (await site.english.get(f"/appeals/{merged}", status=302)).location == f"/en/appeals/{target}"
    assert (await site.get(f"/?q={merged}", status=302)).location == f"/appeals/{merged}"


async def test_what_is_not_public_looks_like_what_does_not_exist(site: Site) -> None:
    missing = await site.get("/appeals/KYIV-2020-000001", status=404)
    for state in (State.SUBMITTED, State.REJECTED, State.WITHDRAWN):
        hidden = await site.get(f"/appeals/{await site.number(await in_state(site, state))}", status=404)
        assert hidden.words == missing.words, state


async def test_a_number_of_another_city_is_not_there(site: Site, poltava: Site) -> None:
    foreign = await poltava.number(await poltava.published(district="shevchenkivskyi"))
    await poltava.get(f"/appeals/{foreign}")
    await site.get(f"/appeals/{foreign}", status=404)
    await poltava.get(f"/appeals/{await site.number(await site.published())}", status=404)


async def test_a_number_may_be_typed_in_small_letters(site: Site) -> None:
    number = await site.number(await site.published())
    assert (await site.get(f"/appeals/{number.lower()}", status=301)).location == f"/appeals/{number}"
    assert (await site.english.get(f"/appeals/%20{number.lower()}", status=301)).location == f"/en/appeals/{number}"
    for wrong in ("1", "KYIV", "KYIV-2026-00001", "KYIV-2026-000001x", "%00", "%FF", "kyiv-２０２６-000001", "x" * 3000):
        await site.get(f"/appeals/{wrong}", status=404)


async def test_text_is_shown_as_text(site: Site) -> None:
    page = await page_of(site, await site.published(title="<b>Гучно</b> & «темно»", body="<script>alert(1)</script>\n\nДруге."))
    assert page.one("h1").get_text() == "<b>Гучно</b> & «темно»"
    assert [item.get_text() for item in page.all(".question-text p")] == ["<script>alert(1)</script>", "Друге."]


async def test_a_sensitive_question_shows_only_its_district(site: Site) -> None:
    page = await page_of(site, await site.published(category="drugs", lon=30.50091, lat=50.45652))
    assert "точне місце не показуємо" in page.words
    assert "Глибочицьк" not in page.text
    assert "30.5009" not in page.text
    assert "50.4565" not in page.text


async def test_similar_questions_are_named_and_never_itself(site: Site) -> None:
    first = await site.number(await site.published(title="Авто на газоні біля гаража"))
    page = await page_of(site, await site.published(title="Знову авто на газоні біля гаража"))
    assert [link["href"] for link in page.all("[aria-labelledby=similar-title] h3 a")] == [f"/appeals/{first}"]


SECRETS = {
    "title": "Пурпурограй паркується",
    "body": "Сусід Лимарчук, кодослов тридев’ятеро.",
    "author_name": "Ксаверій Планетник",
    "author_email": "planetnyk@tajemnyi.example",
    "address": "вул. Глибочицька, 17, кв. 777",
    "lon": 30.500913,
    "lat": 50.456527,
}
PRIVATE = re.compile(
    "пурпурогра|лимарчук|кодослов|планетник|ксавері|planetnyk|tajemnyi|кв. 777|30\\.50091|50\\.45652|таємнопричин|нерозвидн",
    re.IGNORECASE,
)


async def test_nothing_private_is_on_any_page_that_everybody_can_open(site: Site, clock: Clock) -> None:
    """Questions with unmistakable words in all states; the moderator published other ones."""
    for state in State:
        appeal_id = await site.ask(**SECRETS, publish_name=False, confirmed=state != State.UNCONFIRMED)
        moderator = await site.moderator()
        async with site.unit() as session:
            if state == State.REJECTED:
                await appeals.reject(session, appeal_id, "таємнопричина", by=moderator, now=clock.now)
            elif state in PUBLIC:
                await appeals.reject(session, appeal_id, "таємнопричина", by=moderator, now=clock.now)
                await correct(site, session, appeal_id)
                await appeals.publish(session, appeal_id, await publication(site), by=moderator, now=clock.now)
            elif state in {State.MERGED, State.WITHDRAWN}:
                await (site.published() if state == State.MERGED else site.ask())
                await VERBS[state](site, session, appeal_id)
        for step in (
            {State.PUBLISHED: (), State.ROUTED: (State.ROUTED,)}.get(state, (State.ROUTED, State.ANSWERED))
            if state in PUBLIC
            else ()
        ):
            await apply(site, VERBS[step], appeal_id)
        if state == State.REOPENED:
            async with site.unit() as session:
                await appeals.reopen(session, appeal_id, "нерозвидно", now=clock.now)
    async with site.unit() as session:
        numbers = list((await session.execute(text("SELECT number FROM appeal WHERE number IS NOT NULL"))).scalars())
    addresses = ["/", "/?q=газон", "/map/data?zoom=20", "/map/outlines", "/guides", "/guides/parking", "/sign-in"]
    addresses += ["/api/v1/appeals", "/api/v1/appeals.geojson", "/api/v1/figures"]
    addresses += [f"{prefix}{number}" for number in numbers for prefix in ("/appeals/", "/api/v1/appeals/", "/?q=")]
    for address in addresses:
        for where in (site, site.english):
            page = await where.get(address, status=None, follow=True)
            assert page.status in {200, 404}, address
            assert not PRIVATE.search(page.text), (address, PRIVATE.search(page.text))
    for words in ("пурпурограй", "лимарчук", "планетник", "кодослов"):
        assert (await site.get(f"/?q={words}")).all("#results .appeal-item") == []
