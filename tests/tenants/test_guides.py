"""«Хто за що відповідає»: the product's key purpose, and the city's own pages."""

import pytest
from markupsafe import Markup
from sqlalchemy import event, text
from sqlalchemy.engine import Engine
from uuid_utils.compat import uuid7

from src.platform.data.tenancy import catalogue_changed
from src.platform.web.texts import linked, rendered
from tests.conftest import Clock
from tests.site import Site


async def change_category(site: Site, slug: str, **columns: object) -> None:
    """Change a category as a city would, whose pages then show it at once."""
    async with site.unit() as session:
        for column, value in columns.items():
            await session.execute(
                text(f"UPDATE category SET {column} = CAST(:value AS jsonb) WHERE slug = :slug"),
                {"value": value, "slug": slug},
            )
        await catalogue_changed(session)


async def test_every_category_has_its_line_and_its_page(site: Site) -> None:
    page = await site.get("/guides")
    for category in (await site.known()).categories:
        if not category.emergency:
            assert category.hint in page.words
        assert page.all(f"a[href='/guides/{category.slug}']")
        guide = await site.get(f"/guides/{category.slug}")
        assert guide.one("h1").get_text() == category.name
        assert [element.get_text() for element in guide.all(".steps-do")] == list(category.now)


async def test_a_guide_says_whose_it_is_what_to_do_and_when_to_call(site: Site) -> None:
    guide = await site.get("/guides/parking")
    category = (await site.known()).category_by_slug["parking"]
    paragraphs = [element.get_text() for element in guide.all(".guide-text p")]
    assert paragraphs == category.whose.split("\n\n")
    assert [element.get_text() for element in guide.all(".steps-do")] == list(category.now)
    assert guide.one(".guide-call p").get_text() == category.call_102_when
    assert guide.one(".guide-call a[href='tel:102']")
    assert guide.one("a.call")["href"] == "/ask?category=parking"


async def test_an_emergency_says_102_and_offers_no_form(site: Site) -> None:
    guide = await site.get("/guides/emergency")
    assert guide.one(".guide-102 a[href='tel:102']").get_text() == "102"
    assert not guide.all("main a[href*='/ask']")


async def test_who_answers_follows_the_citys_rules(site: Site) -> None:
    known = await site.known()
    guide = await site.get("/guides/drugs")
    assert [element.get_text() for element in guide.all(".guide-who h3")] == ["Дільничні офіцери поліції Києва"]
    lawyers = next(item for item in known.responders if item.slug == "legal-aid")
    async with site.unit() as session:
        await session.execute(
            text(
                "INSERT INTO routing_rule (city_id, id, category_id, district_id, responder_id) "
                "SELECT :city, :id, :category, :district, :responder"
            ),
            {
                "city": (await site.city()).id,
                "id": uuid7(),
                "category": known.category_by_slug["drugs"].id,
                "district": known.district_by_slug["podilskyi"].id,
                "responder": lawyers.id,
            },
        )
        await catalogue_changed(session)
    guide = await site.get("/guides/drugs")
    names = [element.get_text() for element in guide.all(".guide-who h3")]
    assert names == ["Дільничні офіцери поліції Києва", lawyers.name]
    assert "Лише для районів: Подільський" in guide.words
    assert guide.one(".guide-who a")["href"] == "tel:0800213103"


async def test_the_best_answers_are_the_most_followed_then_the_newest(site: Site, clock: Clock) -> None:
    followed = await site.answered(title="За яким запитанням стежать?", short="за цим.")
    newer = []
    for n in range(7):
        clock.forward(hours=1)
        newer.append(f"Новіше запитання {n}")
        await site.answered(title=newer[-1])
    await site.published(title="Ще без відповіді")
    await site.answered(title="Інша тема", category="noise")
    async with site.unit() as session:
        for email, confirmed, stopped in (
            ("a@b.example", clock.now, None),
            ("c@d.example", None, None),
            ("e@f.example", clock.now, clock.now),
        ):
            await session.execute(
                text(
                    "INSERT INTO follower (city_id, id, appeal_id, email, created_at, confirmed_at, stopped_at) "
                    "VALUES (:city, :id, :appeal, :email, :now, :confirmed, :stopped)"
                ),
                {
                    "city": (await site.city()).id,
                    "id": uuid7(),
                    "appeal": followed,
                    "email": email,
                    "now": clock.now,
                    "confirmed": confirmed,
                    "stopped": stopped,
                },
            )
    guide = await site.get("/guides/parking")
    assert [element.get_text() for element in guide.all(".guide-answers h3")] == ["За яким запитанням стежать?", *newer[:1:-1]]
    first = guide.all(".guide-answers li")[0].get_text(" ", strip=True)
    assert "За цим." in first
    assert "стежить 1 людина" in first
    figures = [element.get_text(" ", strip=True) for element in guide.all(".guide-figures a")]
    assert figures[0].startswith("1 ")
    assert figures[1].startswith("8 ")


async def test_a_category_without_answers_invites_to_ask(site: Site) -> None:
    guide = await site.get("/guides/dogs")
    assert "Поставте запитання" in guide.one("[aria-labelledby=answers]").get_text()


async def test_another_citys_answers_stay_there(site: Site, poltava: Site) -> None:
    await poltava.answered(title="Полтавське запитання", district=(await poltava.known()).districts[0].slug)
    assert "Полтавське запитання" in (await poltava.get("/guides/parking")).words
    assert "Полтавське запитання" not in (await site.get("/guides/parking")).words


async def test_the_guides_speak_english(site: Site) -> None:
    guide = await site.english.get("/guides/parking")
    assert guide.one("h1").get_text() == "Parking"
    assert guide.one("a.call")["href"] == "/en/ask?category=parking"


async def test_a_category_or_page_that_is_not_there_is_a_missing_page(site: Site) -> None:
    for address in ("/guides/none", "/guides/%00", "/pages/none"):
        await site.get(address, status=404)


async def test_what_a_city_writes_is_text_and_never_markup(site: Site) -> None:
    evil = '{"uk": "<script>alert(1)</script>\\n\\n## <b>\\n- <img src=x>"}'
    await change_category(site, "parking", whose=evil, name='{"uk": "Парк <i>"}')
    guide = await site.get("/guides/parking")
    assert guide.one("h1").get_text() == "Парк <i>"
    assert "<script>alert" not in guide.text
    assert guide.one(".guide-text h2").get_text() == "<b>"


@pytest.mark.parametrize("slug", ["about", "accessibility"])
async def test_the_citys_pages_are_linked_from_every_page(site: Site, slug: str) -> None:
    page = await site.get(f"/pages/{slug}")
    assert page.all(".city-page > p")
    assert page.all(f"footer a[href='/pages/{slug}']")
    await site.english.get(f"/pages/{slug}")


async def test_a_guide_costs_the_same_at_any_number_of_answers(site: Site, clock: Clock) -> None:
    async def count() -> int:
        seen: list[str] = []

        def note(*arguments: object) -> None:
            seen.append(str(arguments[2]))

        await site.get("/guides/parking")
        event.listen(Engine, "before_cursor_execute", note)
        try:
            await site.get("/guides/parking")
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return len(seen)

    await site.answered()
    few = await count()
    for _ in range(5):
        clock.forward(hours=1)
        await site.answered()
    assert await count() == few <= 3


def test_numbers_to_call_and_addresses_become_links() -> None:
    assert linked("Телефонуйте 102 або 103.") == Markup('Телефонуйте <a href="tel:102">102</a> або <a href="tel:103">103</a>.')
    assert linked("за статтею 102 чи ст. 104 КУпАП, пункт 11.2, буд. 102/1, 112%") == (
        "за статтею 102 чи ст. 104 КУпАП, пункт 11.2, буд. 102/1, 112%"
    )
    assert linked("Контактний центр 15-51", "15-51") == Markup('Контактний центр <a href="tel:1551">15-51</a>')
    assert linked("Пишіть на a.b@kyiv.example.") == Markup('Пишіть на <a href="mailto:a.b@kyiv.example">a.b@kyiv.example</a>.')


def test_a_page_is_paragraphs_headings_and_lists() -> None:
    body = "Перший\nрядок.\n\nДругий.\n## Заголовок\nПісля нього.\n- раз\n- два & <b>\n\n- новий"
    assert rendered(body) == Markup(
        "<p>Перший<br>рядок.</p>\n<p>Другий.</p>\n<h2>Заголовок</h2>\n<p>Після нього.</p>\n"
        "<ul><li>раз</li><li>два &amp; &lt;b&gt;</li></ul>\n<ul><li>новий</li></ul>"
    )
    assert rendered("") == ""
