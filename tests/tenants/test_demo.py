"""The demonstration's files: what they promise, checked on the files themselves."""

import re
from collections import Counter
from functools import cache
from typing import Any
from uuid import UUID

import pytest
from shapely.geometry import Point, box, shape

from src.tenants.appeals.personal import looks_personal
from src.tenants.cities.geography import Geography
from src.tenants.cities.spelling import one_apostrophe
from src.tenants.demo.kit import DATA, SLUGS, categories_of, geojson, toml
from src.tenants.search.lemmas import readings

STATES = {"answered", "published", "routed", "reopened", "submitted", "rejected", "merged", "withdrawn"}
POSSIBLE = STATES | {"unconfirmed"}
PUBLIC = {"answered", "published", "routed", "reopened"}
RESIDENTIAL = {"darnytskyi", "desnianskyi", "dniprovskyi", "obolonskyi", "sviatoshynskyi"}
CENTRAL = {"pecherskyi", "shevchenkivskyi", "podilskyi"}
PHONES_OF_SERVICES = re.compile(r"\b(?:0 800 \d{3} \d{3}|1551|1580|1588|102|101|103|104|112)\b")


@cache
def city(slug: str) -> dict[str, Any]:
    """The city's file with its appeals and answers."""
    found = toml(DATA / slug / "city.toml")
    found["appeals"], found["answers"] = [], []
    for path in sorted((DATA / slug).glob("appeals*.toml")):
        content = toml(path)
        found["appeals"] += content["appeal"]
        found["answers"] += content["answer"]
    return found


@cache
def districts(slug: str) -> dict[str, dict[str, Any]]:
    return {feature["properties"]["slug"]: feature for feature in geojson(DATA / slug / "districts.geojson")}


def normal(sentence: str) -> str:
    """A sentence as it is compared: no case, no punctuation, one apostrophe."""
    return " ".join(re.findall(r"[\w’]+", one_apostrophe(sentence).lower()))


def sentences(text: str) -> list[str]:
    """Sentences of at least two words, normalised."""
    parts = (normal(part) for part in re.split(r"(?<=[.!?…])\s+|\n+", text))
    return [part for part in parts if len(part.split()) > 1]


def texts(value: Any) -> list[Any]:
    """Everything in two languages, wherever it hides."""
    if isinstance(value, dict):
        if set(value) & {"uk", "en"}:
            return [value]
        return [found for item in value.values() for found in texts(item)]
    return [found for item in value for found in texts(item)] if isinstance(value, list) else []


def test_kyiv_has_403_appeals_and_the_others_40_to_80() -> None:
    assert len(city("kyiv")["appeals"]) == 403
    for slug in SLUGS[1:]:
        assert 40 <= len(city(slug)["appeals"]) <= 80, slug


def test_no_two_appeals_of_a_city_share_a_sentence() -> None:
    for slug in SLUGS:
        seen: dict[str, str] = {}
        for story in city(slug)["appeals"]:
            for sentence in {*sentences(story["title"]), *sentences(story.get("body", ""))}:
                assert seen.setdefault(sentence, story["key"]) == story["key"], (slug, sentence)


def test_titles_and_bodies_are_short_enough_to_be_read() -> None:
    for slug in SLUGS:
        for story in city(slug)["appeals"]:
            assert 5 <= len(story["title"].strip()) <= 100, story["key"]
            assert len(story.get("body", "")) <= 700, story["key"]


def test_kyiv_has_at_least_120_different_answers_and_none_is_used_often() -> None:
    for slug in SLUGS:
        used = Counter(story["answer"] for story in city(slug)["appeals"] if "answer" in story)
        bodies = {normal(answer["short"] + answer["body"]) for answer in city(slug)["answers"]}
        assert len(bodies) == len(city(slug)["answers"]), slug
        assert max(used.values()) <= 3, used.most_common(3)
        assert set(used) == {answer["key"] for answer in city(slug)["answers"]}, "an answer to nothing, or no such answer"
    assert len({story["answer"] for story in city("kyiv")["appeals"] if "answer" in story}) >= 120


@pytest.mark.parametrize("slug", SLUGS)
def test_every_story_can_be_told(slug: str) -> None:
    found = city(slug)
    stories = {story["key"]: story for story in found["appeals"]}
    assert len(stories) == len(found["appeals"])
    categories = {item["slug"]: item for item in categories_of(found)}
    for key, story in stories.items():
        assert story["category"] in categories, key
        assert not categories[story["category"]]["emergency"], key
        assert story["district"] in districts(slug), key
        assert story["state"] in POSSIBLE, key
        assert 0 <= story["days_ago"] <= 99, key
        assert 0 <= story["hour"] <= 23, key
        if story["state"] in {"answered", "reopened"}:
            assert 1 <= story["answered_after"] <= story["days_ago"], key
        if story["state"] == "merged":
            into = stories[story["merged_into"]]
            assert into["state"] in PUBLIC, key
            assert into["days_ago"] >= story["days_ago"], key
        assert bool(story.get("reason")) == (story["state"] == "rejected"), key
        assert bool(story.get("reopen")) == (story["state"] == "reopened"), key
    assert {story["state"] for story in stories.values()} >= (STATES if slug == "kyiv" else {"answered", "published", "routed"})


@pytest.mark.parametrize("slug", SLUGS)
def test_every_reference_of_a_city_resolves(slug: str) -> None:
    found = city(slug)
    categories, responders = {item["slug"] for item in categories_of(found)}, {item["slug"] for item in found["responder"]}
    assert len(responders) == len(found["responder"])
    assert {answer["responder"] for answer in found["answers"]} <= responders
    cases = [(rule.get("category"), rule.get("district")) for rule in found["rule"]]
    assert len(cases) == len(set(cases)), "two rules for one case"
    assert (None, None) in cases, "a city has a fallback"
    for rule in found["rule"]:
        assert rule.get("category") in categories | {None}
        assert rule.get("district") in set(districts(slug)) | {None}
        assert rule["responder"] in responders
    assert all(item["email"].endswith(".example") for item in [*found["responder"], *found["staff"]])
    assert {item["kind"] for item in found["responder"]} >= {"police", "city", "lawyer"}


@pytest.mark.parametrize("slug", SLUGS)
def test_every_point_lies_in_the_district_it_names(slug: str) -> None:
    names = list(districts(slug))
    places = Geography([(UUID(int=n), districts(slug)[name]["geometry"]) for n, name in enumerate(names)], [])
    borders = box(*city(slug)["box"])
    waters, wrong = [shape(feature["geometry"]) for feature in geojson(DATA / slug / "water.geojson")], []
    for story in city(slug)["appeals"]:
        if "point" not in story:
            continue
        at = places.district_at(*story["point"])
        if any(water.contains(Point(story["point"])) for water in waters):
            assert "міст" in story["address"], f"{story['key']} lies in the water"
        if at is None or names[at.int] != story["district"] or not borders.covers(Point(story["point"])):
            wrong.append((story["key"], story["district"], names[at.int] if at else None, story["point"]))
    assert wrong == []


@pytest.mark.parametrize("slug", SLUGS)
def test_outlines_are_valid_recognisable_and_inside_the_box(slug: str) -> None:
    borders = box(*city(slug)["box"]).buffer(1e-9)
    found = districts(slug)
    for name, feature in found.items():
        outline = shape(feature["geometry"])
        assert outline.is_valid, name
        assert borders.contains(outline), name
        assert outline.contains(Point(feature["properties"]["label"])), f"{name}: the label lies outside"
        rings = [ring for part in getattr(outline, "geoms", [outline]) for ring in (part.exterior, *part.interiors)]
        assert all(15 <= len(ring.coords) - 1 <= 40 for ring in rings), name
    shapes = [shape(feature["geometry"]) for feature in found.values()]
    for n, one in enumerate(shapes):
        for other in shapes[n + 1 :]:
            assert one.intersection(other).area < 0.02 * min(one.area, other.area), "districts lie over each other"
    water = geojson(DATA / slug / "water.geojson")
    assert water
    assert all(shape(feature["geometry"]).is_valid for feature in water)
    assert all(feature["properties"]["name_uk"] and feature["properties"]["name_en"] for feature in water)


def test_the_cities_are_where_they_are() -> None:
    expected = {
        "kyiv": (10, [30.5234, 50.4501], [30.236, 50.213, 30.826, 50.591], "1551"),
        "poltava": (3, [34.541, 49.597], [34.446, 49.547, 34.661, 49.659], ""),
        "mykolaiv": (4, [32.009, 46.945], [31.869, 46.814, 32.144, 47.150], "1588"),
        "ternopil": (6, [25.602, 49.555], [25.459, 49.506, 25.654, 49.597], "1580"),
    }
    for slug, (count, centre, borders, phone) in expected.items():
        found = city(slug)
        assert len(districts(slug)) == count if slug != "ternopil" else len(districts(slug)) >= count
        assert (found["centre"], found["box"]) == (centre, borders)
        assert found.get("contact", {}).get("phone", "") == phone
    assert len({city(slug)["accent"] for slug in SLUGS}) == len(SLUGS), "each city has a look of its own"


def test_topics_follow_the_facts() -> None:
    for slug in SLUGS:
        leading = [topic for topic, _ in Counter(story["category"] for story in city(slug)["appeals"]).most_common(3)]
        assert set(leading) == {"traffic", "illegal-trade", "road-use"}, (slug, leading)
    share: dict[str, Counter[str]] = {"residential": Counter(), "central": Counter()}
    for story in city("kyiv")["appeals"]:
        for part, those in (("residential", RESIDENTIAL), ("central", CENTRAL)):
            if story["district"] in those:
                share[part][story["category"]] += 1

    def of(part: str, *topics: str) -> float:
        return sum(share[part][topic] for topic in topics) / share[part].total()

    assert of("residential", "drugs") > 2 * of("central", "drugs")
    assert of("central", "illegal-trade", "parking") > 1.3 * of("residential", "illegal-trade", "parking")


def test_the_hundred_days_are_covered_and_recent_weeks_a_little_denser() -> None:
    days = [story["days_ago"] for story in city("kyiv")["appeals"]]
    assert max(days) >= 95
    assert all(any(start <= day < start + 5 for day in days) for start in range(0, 100, 5))
    assert sum(day < 30 for day in days) > sum(60 <= day < 90 for day in days)


def test_public_texts_hold_nothing_personal() -> None:
    for slug in SLUGS:
        found = city(slug)
        public = [story for story in found["appeals"] if story["state"] in PUBLIC]
        told = [(story["key"], f"{story['title']}\n{story.get('body', '')}") for story in public]
        told += [(answer["key"], answer["short"] + "\n" + answer["body"]) for answer in found["answers"]]
        told += [
            (answer["key"], f"{step['do']} {step.get('contact', '')}")
            for answer in found["answers"]
            for step in answer.get("steps", [])
        ]
        for key, words in told:
            personal = [item for item in looks_personal(PHONES_OF_SERVICES.sub("", words)) if not item.words.endswith(".example")]
            assert personal == [], (slug, key, personal)


def test_apostrophes_and_quotes_are_the_typographers() -> None:
    for path in sorted(DATA.glob("*/appeals*.toml")):
        for item in [*toml(path)["appeal"], *toml(path)["answer"]]:
            words = " ".join(str(item.get(name, "")) for name in ("title", "body", "short", "reason", "reopen"))
            assert not re.search(r"[\"'ʼ`]", words), (path.name, item["key"], words)


def test_both_languages_are_complete_everywhere() -> None:
    whole = [toml(DATA / "kit.toml"), toml(DATA / "pages.toml"), *(toml(DATA / slug / "city.toml") for slug in SLUGS)]
    for text in (found for file in whole for found in texts(file)):
        assert set(text) == {"uk", "en"}, text
        assert text["uk"], text
        assert text["en"], text
        assert len(text["uk"]) == len(text["en"]) or not isinstance(text["uk"], list), text
        assert not re.search("[а-яґєії]", str(text["en"]), re.IGNORECASE), text["en"]
    for slug in SLUGS:
        for place in toml(DATA / slug / "places.toml")["place"]:
            assert place["name_uk"], place
            assert place["name_en"], place
            assert not re.search("[а-яґєії]", place["name_en"], re.IGNORECASE), place
            assert all(box(*city(slug)["box"]).covers(Point(point)) for point in place["points"]), place["name_uk"]
        for feature in districts(slug).values():
            assert feature["properties"]["name_uk"], slug
            assert feature["properties"]["name_en"], slug
        assert {item["slug"] for item in toml(DATA / "pages.toml")["page"]} >= {"about", "privacy", "accessibility"}


def test_every_category_says_whose_it_is_and_what_to_do_now() -> None:
    for slug in SLUGS:
        found = city(slug)
        for item in categories_of(found):
            assert item["whose"]["uk"].strip(), item["slug"]
            assert item["now"]["uk"], item["slug"]
            assert item["call_102_when"]["uk"].strip(), item["slug"]
            assert not item.get("sensitive") or item["precision"] == "district", item["slug"]
            if not found.get("contact", {}).get("phone"):
                assert "{contact_phone}" not in str(item), f"{slug} has no phone to put into {item['slug']}"
            for word in item.get("keywords", []):
                assert one_apostrophe(word).lower() in readings(one_apostrophe(word).lower()), f"«{word}» is never found"
