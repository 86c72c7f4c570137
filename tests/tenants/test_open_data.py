"""Published data for machines: what it says, what it refuses, what it never tells."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from src.platform.data.reading import rows
from src.platform.data.tenancy import catalogue_changed
from src.tenants.appeals import service as appeals
from src.tenants.open_data import queries
from src.tenants.open_data.filters import Asked
from tests.conftest import Clock
from tests.site import Site

PRIVATE = ("Олена Ковальчук", "olena.secret@ukr.example", "кв. 44", "Глибочицька, 17", "мій сусід Петренко", "Скарга на сусіда")


async def a_private_matter(
    site: Site, clock: Clock, *, category: str = "parking", precision: str = "near", then: str = ""
) -> str:
    """A question whose public words, place and author differ from what its author wrote; its number."""
    secret: dict[str, Any] = {
        "category": category,
        "title": "Скарга на сусіда",
        "body": "Пише мій сусід Петренко.",
        "author_name": "Олена Ковальчук",
        "author_email": "olena.secret@ukr.example",
        "address": "вул. Глибочицька, 17, кв. 44",
        "publish_name": False,
        "lon": 30.501234,
        "lat": 50.456789,
    }
    appeal_id = await site.ask(**secret)
    known, by = await site.known(), await site.moderator()
    what = appeals.Publication(
        title="Хто стежить за стоянкою у дворі?",
        body="Авто стоїть на газоні.",
        category_id=known.category_by_slug[category].id,
        district_id=known.district_by_slug["shevchenkivskyi"].id,
        precision=precision,
        sensitive=known.category_by_slug[category].sensitive,
        address=secret["address"],
        show_name=True,
    )
    async with site.unit() as session:
        await appeals.publish(session, appeal_id, what, by=by, now=clock.now)
        if then == "reopened":
            await session.execute(
                text("UPDATE appeal SET state = 'routed', responder_id = :who WHERE id = :id"),
                {"id": appeal_id, "who": known.responders[0].id},
            )
            await session.execute(
                text("UPDATE appeal SET state = 'answered', answered_at = now() WHERE id = :id"), {"id": appeal_id}
            )
    if then == "reopened":
        async with site.unit() as session:
            await appeals.reopen(session, appeal_id, "мій сусід Петренко не прибрав", now=clock.now)
    return await site.number(appeal_id)


async def numbers(site: Site, query: str = "") -> list[str]:
    """The numbers a list gives, in its order."""
    return [item["number"] for item in (await site.get("/api/v1/appeals" + query)).json()["items"]]


async def refusal(site: Site, address: str, parameter: str) -> str:
    """The sentence with which an address is refused."""
    answer = (await site.get(address, status=400)).json()
    assert (answer["status"], answer["parameter"]) == (400, parameter)
    assert parameter in answer["detail"]
    return str(answer["detail"])


# --- the list ---------------------------------------------------------------------------------


async def test_the_list_shows_published_questions_newest_first(site: Site, clock: Clock) -> None:
    await site.ask()
    first = await site.number(await site.published())
    clock.forward(hours=1)
    second = await site.number(await site.answered())
    page = (await site.get("/api/v1/appeals")).json()
    assert [item["number"] for item in page["items"]] == [second, first]
    assert page["next"] is None
    newest = page["items"][0]
    assert (newest["state"], newest["answer_short"]) == ("answered", "за авто на газоні відповідає місто.")
    assert newest["url"] == f"http://kyiv.localhost:8000/appeals/{second}"
    assert newest["category"] == {"slug": "parking", "name": "Паркування"}
    assert newest["published_at"].endswith("Z")
    assert (page["items"][1]["state"], page["items"][1]["answered_at"]) == ("waiting", None)


async def test_pages_follow_one_another_without_a_gap_or_a_double(site: Site, clock: Clock) -> None:
    wanted = []
    for minutes in (0, 0, 0, 1, 1):  # several of one moment
        clock.forward(minutes=minutes)
        wanted.append(await site.number(await site.published()))
    found: list[str] = []
    address: str | None = "/api/v1/appeals?limit=2&state=waiting"
    while address:
        page = (await site.get(address)).json()
        assert len(page["items"]) <= 2
        found += [item["number"] for item in page["items"]]
        if len(found) == 2:  # a question that appears meanwhile moves nothing
            clock.forward(minutes=5)
            await site.published()
        address = page["next"]
        assert address is None or "state=waiting" in address
    assert found == wanted[::-1] or sorted(found) == sorted(wanted)
    assert len(set(found)) == len(wanted)


async def test_filters_narrow_the_list(site: Site, clock: Clock) -> None:
    green = await site.number(await site.answered(category="parking"))
    clock.forward(days=3)
    red = await site.number(await site.published(category="noise", district="podilskyi", title="Гучна музика з кав’ярні вночі"))
    day = clock.now.date().isoformat()
    assert await numbers(site, "?state=waiting") == [red]
    assert await numbers(site, "?state=answered") == [green]
    assert await numbers(site, "?category=noise") == [red]
    assert await numbers(site, "?district=shevchenkivskyi") == [green]
    assert await numbers(site, f"?from={day}") == [red]
    assert await numbers(site, f"?to={day}") == [red, green]
    assert await numbers(site, f"?to={(clock.now.replace(hour=0, minute=0)).strftime('%Y-%m-%dT%H:%M:%SZ')}") == [green]
    assert await numbers(site, "?q=музики") == [red]
    assert await numbers(site, "?q=музики&state=answered") == []
    assert await numbers(site, "?state=&q=") == [red, green]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("state=open", "state"),
        ("category=nothing", "category"),
        ("district=%00", "district"),
        ("from=yesterday", "from"),
        ("from=2026-11-24T10:00:00", "from"),
        ("from=9999-12-31&to=9999-12-31", "to"),
        ("from=2026-11-24&to=2026-11-01", "to"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=٣", "limit"),
        ("limit=1e1", "limit"),
        ("after=%FF%FE", "after"),
        ("after=W10", "after"),
        ("after=bnVsbA", "after"),
        ("q=" + "а" * 201, "q"),
        ("language=de", "language"),
        ("categry=parking", "categry"),
        ("state=waiting&state=answered", "state"),
        ("bbox=30,50,31,51", "bbox"),
    ],
)
async def test_a_wrong_parameter_is_named_in_a_sentence(site: Site, query: str, parameter: str) -> None:
    await refusal(site, "/api/v1/appeals?" + query, parameter)


@pytest.mark.parametrize(
    "box", ["30,50,31", "a,b,c,d", "31,50,30,51", "30,51,31,50", "nan,50,31,51", "30,50,31,91", "30,50,inf,51"]
)
async def test_a_box_that_is_none_is_refused(site: Site, box: str) -> None:
    await refusal(site, f"/api/v1/appeals.geojson?bbox={box}", "bbox")


async def test_a_refusal_speaks_the_language_that_was_asked_for(site: Site) -> None:
    ukrainian = await refusal(site, "/api/v1/appeals?limit=x", "limit")
    by_prefix = await refusal(site, "/en/api/v1/appeals?limit=x", "limit")
    by_parameter = await refusal(site, "/api/v1/appeals?limit=x&language=en", "limit")
    assert by_prefix == by_parameter != ukrainian


# --- one question, the map, the figures --------------------------------------------------------


async def test_one_question_comes_with_its_answers_steps_and_public_events(site: Site) -> None:
    await site.answered()
    number = (await numbers(site))[0]
    found = (await site.get(f"/api/v1/appeals/{number.lower()}")).json()
    assert found["number"] == number
    assert found["author"] == "Олена К."
    answer = found["answers"][0]
    assert answer["responder"]["slug"] == "patrol-police"
    assert answer["steps"] == [
        {"action": "Сфотографуйте авто", "contact": ""},
        {"action": "Надішліть фото інспекції", "contact": "1551"},
    ]
    assert [event["kind"] for event in found["events"]] == ["published", "routed", "answered"]
    assert found["events"][1]["responder"]["slug"] == "patrol-police"
    assert found["events"][0]["responder"] is None


async def test_a_question_that_is_not_public_is_the_same_as_none(site: Site, poltava: Site) -> None:
    waiting = await site.number(await site.ask())
    elsewhere = await poltava.number(await poltava.published(district="shevchenkivskyi"))
    answers = [
        (await site.get(f"/api/v1/appeals/{number}", status=404)).json()
        for number in (waiting, elsewhere, "KYIV-2026-999999", "nonsense", "%D1%84")
    ]
    assert all(answer == answers[0] for answer in answers)


async def test_the_map_has_points_only_and_counts_the_rest(site: Site, clock: Clock) -> None:
    near = await site.number(await site.published())
    await site.published(category="drugs")
    exact = await site.number(await site.published(precision="exact", lon=30.6, lat=50.4))
    found = (await site.get("/api/v1/appeals.geojson")).json()
    assert found["type"] == "FeatureCollection"
    assert {feature["properties"]["number"] for feature in found["features"]} == {near, exact}
    assert (found["without_point"], found["truncated"]) == (1, False)
    boxed = (await site.get("/api/v1/appeals.geojson?bbox=30.59,50.39,30.61,50.41")).json()
    assert [feature["properties"]["number"] for feature in boxed["features"]] == [exact]
    assert boxed["features"][0]["geometry"] == {"type": "Point", "coordinates": [30.6, 50.4]}
    assert boxed["without_point"] == 1


async def test_a_map_of_too_many_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        await site.published()
    monkeypatch.setattr(queries, "MARKS_AT_MOST", 2)
    found = (await site.get("/api/v1/appeals.geojson")).json()
    assert (len(found["features"]), found["truncated"]) == (2, True)


async def test_figures_count_what_was_received_and_what_is_public(site: Site) -> None:
    await site.ask(confirmed=False)
    await site.ask(category="noise")
    await site.published()
    await site.answered(district="podilskyi")
    found = (await site.get("/api/v1/figures")).json()
    assert (found["received"], found["waiting"], found["answered"]) == (3, 1, 1)
    by_category = {item["slug"]: item for item in found["by_category"]}
    assert (by_category["noise"]["received"], by_category["noise"]["waiting"]) == (1, 0)
    assert (by_category["parking"]["received"], by_category["parking"]["waiting"], by_category["parking"]["answered"]) == (
        2,
        1,
        1,
    )
    by_district = {item["slug"]: item["answered"] for item in found["by_district"]}
    assert (by_district["podilskyi"], by_district["shevchenkivskyi"]) == (1, 0)
    listed = (await site.get("/api/v1/appeals")).json()["items"]
    assert found["waiting"] + found["answered"] == len(listed)


async def test_categories_and_districts_are_there_in_both_languages(site: Site) -> None:
    categories = (await site.get("/api/v1/categories")).json()["items"]
    assert next(item for item in categories if item["slug"] == "parking")["name"] == "Паркування"
    assert any(item["emergency"] for item in categories)
    english = (await site.get("/en/api/v1/categories")).json()["items"]
    assert next(item for item in english if item["slug"] == "parking")["name"] == "Parking"
    same = (await site.get("/api/v1/categories?language=en")).json()["items"]
    assert [item["name"] for item in same] == [item["name"] for item in english]
    districts = (await site.get("/api/v1/districts?language=en")).json()
    assert len(districts["features"]) == 10
    assert districts["features"][0]["geometry"]["type"] in {"Polygon", "MultiPolygon"}


# --- copies ------------------------------------------------------------------------------------


async def test_a_copy_stays_good_until_something_public_changes(site: Site, clock: Clock) -> None:
    addresses = ("/api/v1/appeals", "/api/v1/appeals.geojson", "/api/v1/figures", "/api/v1/categories", "/api/v1/districts")
    for address in addresses:
        first = await site.get(address)
        tag = first.response.headers["etag"]
        again = await site.get(address, status=304, headers={"if-none-match": f'"other", {tag}'})
        assert again.text == ""
        assert again.response.headers["etag"] == tag
        await site.published()
        changed = await site.get(address, headers={"if-none-match": tag})
        assert changed.response.headers["etag"] != tag
        async with site.unit() as session:
            await catalogue_changed(session)
        await site.get(address, headers={"if-none-match": changed.response.headers["etag"]})


async def test_a_copy_of_one_city_or_language_is_not_taken_for_another(site: Site) -> None:
    tag = (await site.get("/api/v1/figures")).response.headers["etag"]
    assert (await site.get("/api/v1/figures?language=en")).response.headers["etag"] != tag


async def test_pages_of_other_sites_may_read_it(site: Site) -> None:
    for address, status in (("/api/v1/appeals", 200), ("/api/v1/appeals?limit=x", 400), ("/api/v1/appeals/none", 404)):
        found = await site.get(address, status=status)
        assert found.response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in (await site.get("/guides")).response.headers


async def test_nothing_can_be_written(site: Site) -> None:
    assert (await site.post("/api/v1/appeals", {"title": "x"}, status=405)).json()["status"] == 405


# --- what is never told ------------------------------------------------------------------------


@pytest.mark.parametrize("precision", ["near", "district"])
async def test_no_private_word_or_point_of_a_submission_is_anywhere(site: Site, clock: Clock, precision: str) -> None:
    public = await a_private_matter(site, clock, precision=precision)
    reopened = await a_private_matter(site, clock, precision=precision, then="reopened")
    sensitive = await a_private_matter(site, clock, category="drugs", precision="exact")
    unpublished = await site.number(await site.ask(title="Скарга на сусіда", author_name="Олена Ковальчук"))
    addresses = [
        "/api/v1/appeals", "/api/v1/appeals?q=сусід", "/api/v1/appeals?q=Петренко", "/api/v1/appeals.geojson",
        "/api/v1/figures", "/api/v1/categories", "/api/v1/districts",
        *(f"/api/v1/appeals/{number}" for number in (public, reopened, sensitive)),
        "/", "/?q=сусід", "/map/data?bbox=30.2,50.2,30.9,50.6&zoom=15", "/guides", "/guides/parking", "/guides/drugs",
        *(f"/appeals/{number}" for number in (public, reopened, sensitive, unpublished)), "/api/", "/api/openapi.json",
    ]  # fmt: skip
    for language in ("", "/en"):
        for address in addresses:
            found = await site.another_browser().get(language + address, status=None)
            assert found.status == (404 if unpublished in address else 200), address
            for words in (*PRIVATE, "30.5012", "50.4567", "Олена"):
                assert words not in found.text, f"{words} at {language}{address}"
    whole = (await site.get(f"/api/v1/appeals/{reopened}")).json()
    assert "why" not in json.dumps(whole)
    assert (await site.get(f"/api/v1/appeals/{sensitive}")).json()["lon"] is None


async def test_the_exact_point_is_published_only_when_the_moderator_chose_so(site: Site, clock: Clock) -> None:
    near = (await site.get(f"/api/v1/appeals/{await a_private_matter(site, clock)}")).json()
    assert (near["lon"], near["lat"]) == (30.50175, 50.4565)
    assert near["place"] == "вул. Глибочицька"


# --- the description ---------------------------------------------------------------------------


async def description(site: Site) -> Any:
    """The description without the addresses of the local officer's office, which has tests of its own."""
    described = (await site.get("/api/openapi.json")).json()
    paths = {path: item for path, item in described["paths"].items() if "officers" not in item["get"]["tags"]}
    return {**described, "paths": paths}


async def test_the_description_names_every_address_and_parameter(site: Site) -> None:
    described = await description(site)
    assert described["openapi"].startswith("3.1")
    assert described["servers"] == [{"url": "http://kyiv.localhost:8000"}]
    assert set(described["paths"]) == {
        "/api/v1/appeals", "/api/v1/appeals.geojson", "/api/v1/appeals/{number}", "/api/v1/figures", "/api/v1/categories",
        "/api/v1/districts",
    }  # fmt: skip
    listed = described["paths"]["/api/v1/appeals"]["get"]
    assert [item["name"] for item in listed["parameters"]] == [
        "language", "state", "category", "district", "from", "to", "q", "limit", "after",
    ]  # fmt: skip
    for path in described["paths"].values():
        operation = path["get"]
        assert operation["summary"]
        assert operation["tags"]
        assert {"200", "304", "400"} <= set(operation["responses"])
        assert all(item["description"] for item in operation["parameters"])


async def test_answers_have_exactly_the_shape_that_is_described(site: Site) -> None:
    await site.answered()
    number = (await numbers(site))[0]
    described = await description(site)
    shapes = described["components"]["schemas"]

    def check(schema: dict[str, Any], value: Any, where: str) -> None:
        for part in schema.get("allOf", []):
            check(part, value, where)
        if "oneOf" in schema:
            chosen = [part for part in schema["oneOf"] if (part.get("type") == "null") == (value is None)]
            check(chosen[0], value, where)
        if "$ref" in schema:
            shape = shapes[schema["$ref"].rsplit("/", 1)[-1]]
            assert set(value) == set(shape["properties"]), where
            for key, part in shape["properties"].items():
                check(part, value[key], f"{where}.{key}")
        if schema.get("type") == "array" and "items" in schema:
            for item in value:
                check(schema["items"], item, where)
        if "enum" in schema:
            assert value in schema["enum"], where

    for path, item in described["paths"].items():
        answer = (await site.get(path.replace("{number}", number))).json()
        content = next(iter(item["get"]["responses"]["200"]["content"].values()))
        check(content["schema"], answer, path)


async def test_people_can_read_about_it_without_a_script_from_anywhere(site: Site) -> None:
    await site.answered()
    page = await site.get("/api/")
    for path in (await site.get("/api/openapi.json")).json()["paths"]:
        assert path in page.words
    assert page.one("h1").get_text() == "Відкриті дані та API"
    sources = [tag.get("src") or tag.get("href") for tag in page.all("script[src], link[rel=stylesheet]")]
    assert all(str(source).startswith("/static/") for source in sources)
    for link in page.all("a[href^='#']"):
        assert page.all(f"[id='{str(link['href'])[1:]}']"), link
    assert (await site.get("/en/api/")).one("html")["lang"] == "en"


# --- how it is read ----------------------------------------------------------------------------

WAYS = [
    Asked(),
    Asked(state="waiting"),
    Asked(words="авто"),
    Asked(bbox=(30.4, 50.4, 30.6, 50.5)),
]


@pytest.mark.parametrize("asked", WAYS, ids=["all", "state", "words", "box"])
async def test_reads_follow_an_index_and_never_scan_all_cities(site: Site, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    await site.answered()
    async with site.unit() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plans: list[str] = []

        async def explained(session: AsyncSession, query: str, bound: Mapping[str, Any]) -> list[Any]:
            if "FROM appeal a" in query:
                plans.append("\n".join(row[0] for row in await rows(session, f"EXPLAIN {query}", bound)))
            return await rows(session, query, bound)

        monkeypatch.setattr(queries, "rows", explained)
        await queries.marks(session, asked)
        await queries.a_page(session, asked)
        assert len(plans) == 2
        for plan in plans:
            assert "Seq Scan" not in plan, plan
            assert "city_id = " in plan, plan
