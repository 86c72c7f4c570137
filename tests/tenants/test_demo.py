"""The demonstration's files: what they promise, checked on the files themselves."""

import json
import re
from collections import Counter, defaultdict
from functools import cache
from math import cos, hypot, radians
from typing import Any
from uuid import UUID

import pytest
from shapely.geometry import Point, box, shape
from shapely.ops import unary_union

from src.tenants.appeals.personal import looks_personal
from src.tenants.cities.geography import Geography
from src.tenants.cities.spelling import one_apostrophe
from src.tenants.demo.kit import DATA, SLUGS, categories_of, geojson, toml
from src.tenants.search.lemmas import readings
from src.tenants.starter.kit import DATA as KIT

DISTRICTS = {
    "kyiv": {
        *("Голосіївський", "Дарницький", "Деснянський", "Дніпровський", "Оболонський"),
        *("Печерський", "Подільський", "Святошинський", "Солом’янський", "Шевченківський"),
    },
    "poltava": {"Київський", "Подільський", "Шевченківський"},
    "mykolaiv": {"Заводський", "Інгульський", "Корабельний", "Центральний"},
    "ternopil": {"Дружба", "Канада", "Аляска", "Сонячний", "Східний", "Центр"},
}
WATER = {"kyiv": "Дніпро", "poltava": "Ворскла", "mykolaiv": "Південний Буг", "ternopil": "став"}
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
    parts = (normal(part) for part in re.split(r"[.!?…]+[»)]*(?:\s+|$)|\n+", text))
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
    assert all(story["state"] != "unconfirmed" for story in city("kyiv")["appeals"]), "403 received means 403 confirmed"
    for slug in SLUGS[1:]:
        assert 40 <= len(city(slug)["appeals"]) <= 80, slug


def words_of(story: dict[str, Any]) -> str:
    """The resident's own words, as the public reads them."""
    return f"{story['title']}\n{story.get('body', '')}"


def test_no_two_appeals_share_a_sentence_in_one_city_or_across_cities() -> None:
    seen: dict[str, str] = {}
    for slug in SLUGS:
        for story in city(slug)["appeals"]:
            for sentence in {
                *sentences(words_of(story)),
                *sentences(story.get("reopen", "")),
                *sentences(story.get("reason", "")),
            }:
                assert seen.setdefault(sentence, story["key"]) == story["key"], (slug, sentence)


def shared_runs(texts: dict[str, str], length: int) -> dict[str, set[str]]:
    """Runs of so many words that stand in more than one of the texts."""
    seen: dict[str, set[str]] = defaultdict(set)
    for key, text in texts.items():
        words = normal(text).split()
        for start in range(len(words) - length + 1):
            seen[" ".join(words[start : start + length])].add(key)
    return {run: keys for run, keys in seen.items() if len(keys) > 1}


def test_nothing_reads_as_filled_from_a_pattern() -> None:
    """Two texts made from one pattern share long runs of words, and their openings."""
    questions = {story["key"]: words_of(story) for slug in SLUGS for story in city(slug)["appeals"]}
    answers = {answer["key"]: answer["short"] + "\n" + answer["body"] for slug in SLUGS for answer in city(slug)["answers"]}
    assert shared_runs(questions, 6) == {}
    assert shared_runs(answers, 8) == {}
    openings = Counter(" ".join(normal(story["title"]).split()[:3]) for slug in SLUGS for story in city(slug)["appeals"])
    assert openings.most_common(1)[0][1] <= 3, openings.most_common(5)
    told = [sentence for text in answers.values() for sentence in set(sentences(text))]
    assert [sentence for sentence, times in Counter(told).items() if times > 1] == []


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
    writes = [*(item["email"] for item in [*found["responder"], *found["staff"]]), found["contact"]["email"]]
    assert all(address.endswith(f"@{slug}.example") for address in writes)
    assert len(set(writes)) == len(writes)
    assert {item["kind"] for item in found["responder"]} >= {"police", "city", "lawyer"}
    phones = {item["slug"]: item["phone"] for item in found["responder"]}
    assert set(phones) >= {"patrol-police", "district-police", "city-authority", "legal-aid"}
    assert phones["legal-aid"].replace("\u00a0", " ") == "0 800 213 103"
    assert phones["city-authority"] == found["contact"].get("phone", "")


def test_every_city_has_the_common_categories_and_something_of_its_own() -> None:
    common = {"traffic", "illegal-trade", "road-use", "drugs", "parking", "noise", "dogs", "road-signs", "patrols", "emergency"}
    sets = {slug: {item["slug"] for item in categories_of(city(slug))} for slug in SLUGS}
    for slug, those in sets.items():
        assert those >= common, slug
        assert those - set.union(*(sets[other] for other in SLUGS if other != slug)), f"{slug} has no category of its own"
        responders = {str(item["name"]) for item in city(slug)["responder"]}
        assert all(
            responders.isdisjoint({str(item["name"]) for item in city(other)["responder"]}) for other in SLUGS if other != slug
        )
        emergency = next(item for item in categories_of(city(slug)) if item["emergency"])
        assert all(number in emergency["call_102_when"][language] for number in ("102", "112") for language in ("uk", "en"))


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


def metres(one: list[float], other: list[float]) -> float:
    """Near enough for a city."""
    return hypot((one[0] - other[0]) * 111_320 * cos(radians(one[1])), (one[1] - other[1]) * 110_540)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_point_lies_by_the_street_station_or_market_that_the_address_names(slug: str) -> None:
    known: dict[str, list[list[list[float]]]] = defaultdict(list)
    for place in toml(DATA / slug / "places.toml")["place"]:
        for name in (place["name_uk"], *place.get("aliases", [])):
            known[normal(name)].append(place["points"])
            known[normal(" ".join(re.findall("«([^»]+)»", name)))].append(place["points"])
    kinds = {"вул": "вулиця", "просп": "проспект", "бульв": "бульвар"}
    compared, wrong = 0, []
    for story in city(slug)["appeals"]:
        first = story["address"].split(",")[0].split(" / ")[0]
        street = re.fullmatch(r"(вул|просп|бульв)\. (.+)", first)
        quoted = re.findall(r"(?:метро|ринок|парк) «[^»]+»", first)
        names = [f"{street[2]} {kinds[street[1]]}", f"{kinds[street[1]]} {street[2]}"] if street else quoted or [first]
        points = [point for name in names for those in known.get(normal(name), []) for point in those]
        if points and "point" in story:
            compared += 1
            distance = min(metres(point, story["point"]) for point in points)
            if distance > 1500:
                wrong.append((story["key"], story["address"], round(distance)))
    assert wrong == []
    assert compared > len(city(slug)["appeals"]) / 4, "too few to say anything"


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
    drawn = {feature["properties"]["name_uk"] for feature in water}
    assert any(WATER[slug] in name for name in drawn), drawn
    assert borders.contains(unary_union([shape(feature["geometry"]) for feature in water]))
    for kind in ("districts", "water"):
        whole = json.loads((DATA / slug / f"{kind}.geojson").read_text())
        assert whole["demo"] is True, "outlines of our own are marked"
        assert "демонстрації" in whole["notice"]
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
        names = {feature["properties"]["name_uk"] for feature in districts(slug).values()}
        assert names == DISTRICTS[slug] if slug != "ternopil" else names >= DISTRICTS[slug]
        assert len(DISTRICTS[slug]) == count
        official = {"мікрорайон"} if slug == "ternopil" else {"район"}
        assert {feature["properties"]["kind"] for feature in districts(slug).values()} == official
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


def stems(words: str) -> set[str]:
    """The beginnings of its names, by which another case of them is told: «Бортнич» for «Бортничів»."""
    return {name[: max(4, len(name) - 2)] for name in re.findall("[А-ЯЄІЇҐ][а-яєіїґ’]{3,}", words)}


@pytest.mark.parametrize("slug", SLUGS)
def test_sensitive_questions_do_not_say_where(slug: str) -> None:
    """The site shows the district only; the words must not show more."""
    found = city(slug)
    sensitive = {item["slug"] for item in categories_of(found) if item["sensitive"]}
    areas = {"neighbourhood", "station", "market", "park", "mall"}
    secret = {
        stem for place in toml(DATA / slug / "places.toml")["place"] if place["kind"] in areas for stem in stems(place["name_uk"])
    }
    answers = {answer["key"]: answer["short"] + "\n" + answer["body"] for answer in found["answers"]}
    stories = [story for story in found["appeals"] if story["category"] in sensitive]
    assert stories
    for story in stories:
        words = words_of(story) + "\n" + answers.get(story.get("answer", ""), "")
        inside = re.findall(r"(?<=[\w,«] )[А-ЯЄІЇҐ][а-яєіїґ’]+|«[А-ЯЄІЇҐ][а-яєіїґ’]+", words)
        names = [name.strip("«") for name in inside]
        told = [name for name in names for stem in secret | stems(story["address"]) if name.startswith(stem)]
        assert told == [], (story["key"], told)


def test_apostrophes_and_quotes_are_the_typographers() -> None:
    for path in sorted(DATA.glob("*/appeals*.toml")):
        for item in [*toml(path)["appeal"], *toml(path)["answer"]]:
            words = " ".join(str(item.get(name, "")) for name in ("title", "body", "short", "reason", "reopen"))
            assert not re.search(r"[\"'ʼ`]", words), (path.name, item["key"], words)


def test_both_languages_are_complete_everywhere() -> None:
    whole = [toml(KIT / "kit.toml"), toml(KIT / "pages.toml"), *(toml(DATA / slug / "city.toml") for slug in SLUGS)]
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
        assert {item["slug"] for item in toml(KIT / "pages.toml")["page"]} >= {"about", "accessibility"}


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
