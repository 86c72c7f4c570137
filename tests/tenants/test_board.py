"""The home page: counts, filters, pages, search, language."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from src.tenants.board.queries import PAGE
from tests.conftest import Clock
from tests.site import Page, Site
from tests.tenants.crowd import crowd


def tabs(page: Page) -> dict[str, int]:
    """The counts on the tabs."""
    return {name: int(page.one(f"#tab-{name} b").get_text().replace("\u00a0", "")) for name in ("all", "waiting", "answered")}


def titles(page: Page) -> list[str]:
    return [link.get_text() for link in page.all("#results .appeal-item a")]


async def five(site: Site, clock: Clock) -> None:
    """Five public appeals, each unlike the others, and three that nobody sees."""
    await site.answered(
        short="відповідає господар.", title="Старе про собак", category="dogs", district="obolonskyi", body="Собака без повідка."
    )
    clock.forward(days=50)
    await site.published(title="Авто на газоні", category="parking", district="obolonskyi", body="Стоїть третій тиждень.")
    await site.answered(
        short="тиша з 22:00.",
        title="Гучна музика вночі",
        category="noise",
        district="podilskyi",
        body="Кав’ярня грає до третьої.",
    )
    clock.forward(days=20)
    await site.routed(
        title="Темний під’їзд", category="public-space", district="podilskyi", body="Лампа не горить, на газоні яма."
    )
    await site.published(title="Де перехід?", category="traffic", district="shevchenkivskyi", body="Біля школи на Лук’янівці.")
    await site.ask(title="Ще не опубліковане", category="traffic")
    await site.ask(title="Не підтверджене", category="traffic", confirmed=False)


FILTERS = {
    "": {"Старе про собак", "Авто на газоні", "Гучна музика вночі", "Темний під’їзд", "Де перехід?"},
    "state=waiting": {"Авто на газоні", "Темний під’їзд", "Де перехід?"},
    "state=answered": {"Старе про собак", "Гучна музика вночі"},
    "category=noise": {"Гучна музика вночі"},
    "district=obolonskyi": {"Старе про собак", "Авто на газоні"},
    "district=obolonskyi&state=waiting": {"Авто на газоні"},
    "period=7": {"Темний під’їзд", "Де перехід?"},
    "period=30": {"Авто на газоні", "Гучна музика вночі", "Темний під’їзд", "Де перехід?"},
    "period=100": {"Старе про собак", "Авто на газоні", "Гучна музика вночі", "Темний під’їзд", "Де перехід?"},
    "q=газони": {"Авто на газоні", "Темний під’їзд"},
    "q=газонів+яму": {"Темний під’їзд"},
    "q=газони&district=obolonskyi": {"Авто на газоні"},
    "q=газони&state=answered": set(),
    "q=собаками&period=30": set(),
    "q=лампи&category=noise": set(),
    "q=нічогошеньки": set(),
}
WRONG = (
    "state=green", "category=emergencyy", "district=%D0%BF", "period=8", "period=-1", "after=zzz", "after=AAAA",
    "state=%00", "q=%00", "q=%20%20", "x=1&state=", "category[]=1", "after=" + "A" * 4000, "after=____________________________________",
)  # fmt: skip


async def test_filters_live_in_the_address_and_the_counts_add_up(site: Site, clock: Clock) -> None:
    await five(site, clock)
    for query, expected in FILTERS.items():
        page = await site.get(f"/?{query}")
        assert set(titles(page)) == expected, query
        counts, state = tabs(page), parse_qs(query).get("state", ["all"])[0]
        assert counts["all"] == counts["waiting"] + counts["answered"], query
        assert counts[state] == len(expected), query
        for tab in ("all", "waiting", "answered"):
            kept = parse_qs(urlsplit(str(page.one(f"#tab-{tab}")["href"])).query)
            wanted = {key: value for key, value in parse_qs(query).items() if key != "state"}
            assert kept == wanted | ({"state": [tab]} if tab != "all" else {}), "a tab keeps the other filters"
        assert page.one("#filter-q")["value"] == parse_qs(query).get("q", [""])[0]
        assert bool(page.all("#filter-clear a")) == bool(query)
    everything = await site.get("/")
    for query in WRONG:
        page = await site.get(f"/?{query}")
        assert titles(page) == titles(everything), f"{query} is ignored"
    assert "Усього надійшло 6 звернень, опубліковано 5" in everything.words.replace("\u00a0", " ")


async def test_several_filters_of_one_name_and_very_long_words_break_nothing(site: Site) -> None:
    await site.published()
    for query in (
        "q=" + "я" * 5000,
        "q=" + "%D1%8F+" * 1000,
        "state=waiting&state=answered",
        "q=%FF%FE",
        "q=%ED%A0%80",
        "q='%22%3C%3E&%25",
    ):
        await site.get(f"/?{query}")


async def walked(site: Site, query: str, site_changes: object = None) -> list[str]:
    """All pages of a list, one after the other."""
    found: list[str] = []
    address: str | None = f"/?{query}"
    while address:
        page = await site.get(address)
        found += [str(link["href"]).rsplit("/", 1)[1] for link in page.all("#results .appeal-item a")]
        following = page.all(".pagination a[rel=next]")
        address = str(following[0]["href"]) if following else None
        if site_changes is not None and len(found) == PAGE:
            await site.published(title="Щойно опубліковане")
    return found


async def test_pages_show_every_appeal_once_even_while_new_ones_appear(site: Site, clock: Clock) -> None:
    """All of one and the same moment, which only the id tells apart, with microseconds as real moments have them."""
    clock.now = clock.now.replace(microsecond=123457)
    question = await site.question()
    numbers = set()
    for _ in range(2 * PAGE + 3):
        numbers.add(await site.number(await site.published()))
    clock.forward(minutes=5)
    assert question.title
    for query in ("", "category=parking", "q=газон", "state=waiting&q=газонів"):
        found = await walked(site, query)
        assert len(found) == len(set(found)), f"{query}: something twice"
        assert set(found) == numbers, query
    found = await walked(site, "", site_changes=True)
    assert len(found) == len(set(found))
    assert numbers <= set(found)
    second = (await site.get("/")).one(".pagination a[rel=next]")["href"]
    assert (await site.get(str(second))).all(".pagination a")[-1]["href"] == "/", "there is a way back to the beginning"


async def test_pages_of_different_moments_keep_their_order(site: Site) -> None:
    made = await crowd(site, 50)
    found = await walked(site, "")
    async with site.unit() as session:
        from tests.tenants.crowd import rows

        assert found == [row.number for row in await rows(session)]
    assert len(found) == len(made)


async def test_an_empty_city_and_an_empty_search_say_what_to_do(site: Site) -> None:
    page = await site.get("/")
    assert "Ще ніхто нічого не запитав" in page.words
    assert tabs(page) == {"all": 0, "waiting": 0, "answered": 0}
    await site.published()
    page = await site.get("/?q=нічогошеньки")
    assert "За цими умовами нічого немає" in page.words
    assert page.one(".empty .button, #results .buttons a")["href"] == "/"


async def test_a_number_in_the_search_leads_to_its_appeal(site: Site) -> None:
    number = await site.number(await site.published())
    hidden = await site.number(await site.ask())
    for typed in (number, number.lower(), f"%20{number}%20"):
        assert (await site.get(f"/?q={typed}", status=302)).location == f"/appeals/{number}"
    assert (await site.english.get(f"/?q={number}", status=302)).location == f"/en/appeals/{number}"
    for nothing in (hidden, "KYIV-2020-000001", "KYIV-2026-٠٠٠٠٠١"):
        assert titles(await site.get(f"/?q={nothing}")) == []


async def test_all_apostrophes_are_one_and_cases_of_nouns_too(site: Site) -> None:
    apostrophes = ("'", "’", "ʼ", "`", "‘")
    for sign in apostrophes:
        await site.published(title=f"Темний під{sign}їзд на Лук{sign}янівці", body="Лампа не горить на газоні в парку.")
    for asked in (
        "під’їзди",
        "під'їздом",
        "підʼїзд",
        "ПІД`ЇЗД",
        "лук’янівка",
        "Лук'янівку",
        "газони",
        "газонів",
        "лампи горять",
        "парк",
    ):
        assert len(titles(await site.get(f"/?q={asked}"))) == len(apostrophes), asked


async def test_switching_the_language_keeps_page_and_choice(site: Site) -> None:
    await site.published(title="Авто на газоні")
    page = await site.get("/?category=parking&q=газон+%26")
    switched = await site.get(str(page.one("a.language")["href"]), status=302)
    assert switched.location.startswith("/en/?")
    assert parse_qs(urlsplit(switched.location).query) == {"category": ["parking"], "q": ["газон &"]}
    english = await site.get(switched.location)
    assert english.one("html")["lang"] == "en"
    assert (await site.get("/", status=302)).location == "/en/"
    back = await site.get(str((await site.get("/en/")).one("a.language")["href"]), status=302)
    assert back.location == "/"
    assert (await site.get("/")).one("html")["lang"] == "uk"


async def test_nobody_is_sent_to_another_language_by_a_link_they_followed(site: Site) -> None:
    number = await site.number(await site.published())
    await site.get("/language/en?to=/", status=302)
    for address in (f"/appeals/{number}", "/?state=waiting"):
        assert (await site.get(address)).one("html")["lang"] == "uk"


async def test_the_language_switch_leads_nowhere_else(site: Site) -> None:
    for to in ("//evil.example/", "https://evil.example/", "/\\evil.example", "/x%0d%0aset-cookie:a=b", "%2F%2Fevil.example"):
        assert (await site.get(f"/language/uk?to={to}", status=302)).location == "/", to


async def test_both_languages_have_links_to_themselves(site: Site) -> None:
    await site.answered()
    page = await site.english.get("/?state=answered")
    own = [str(link["href"]) for link in page.all("main a, nav a")]
    assert own
    assert all(href.startswith(("/en/", "/api/", "/language/uk", "tel:", "#")) for href in own), own


async def test_a_day_more_moves_what_lies_at_the_edge_of_a_period(site: Site, clock: Clock) -> None:
    await site.published(title="На межі")
    clock.now = (clock.now + timedelta(days=7)).replace(hour=23)
    assert titles(await site.get("/?period=7")) == ["На межі"]
    clock.forward(days=1)
    assert titles(await site.get("/?period=7")) == []
