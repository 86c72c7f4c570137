"""Streets and houses: lists as officers write them, addresses as residents type them."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.local_officer.officers.streets import (
    House,
    StreetRow,
    Streets,
    read_address,
    read_house,
    read_houses,
    spelling_of,
)

A, B, C = uuid4(), uuid4(), uuid4()


def streets(*rows: tuple[UUID, str, str]) -> Streets:
    """Street lists of some beats."""
    return Streets([StreetRow(beat_id, street, spelling_of(street), houses) for beat_id, street, houses in rows])


@pytest.mark.parametrize(
    ("houses", "holds", "lacks"),
    [
        ("", ["1", "17А", "200/2"], []),
        ("1–15 непарні, 20, 22А", ["1", "15", "7-б", "20", "22а", "22-А"], ["2", "16", "17", "20А", "22", "21"]),
        ("2-10 парні; 5", ["2", "10", "5"], ["3", "12", "7"]),
        ("парні", ["2", "1200"], ["3"]),
        ("непарні", ["1", "33"], ["2"]),
        ("від 20", ["20", "999"], ["19"]),
        ("до 7 (непарні)", ["1", "7"], ["2", "8", "9"]),
        ("100 і далі, 17/2", ["100", "101", "17/2"], ["17", "99"]),
        ("№ 5, буд 7", ["5"], ["6"]),
        ("22а-26", ["22", "26"], ["27"]),
        ("1-9 odd", ["9"], ["8"]),
    ],
)
def test_houses_are_read_as_people_write_them(houses: str, holds: list[str], lacks: list[str]) -> None:
    read = read_houses(houses)
    for text in holds:
        house = read_house(text)
        assert house is not None, text
        assert read.holds(house), text
    for text in lacks:
        house = read_house(text)
        assert house is not None, text
        assert not read.holds(house), text


def test_what_cannot_be_read_is_told_and_means_nothing() -> None:
    read = read_houses("1-5, біля парку, 9-3, 20 парні")
    assert read.unclear == ("біля парку", "9-3", "20 парні")
    assert not read.everything
    assert read.holds(House(3))
    assert not read.holds(House(20))


@given(st.integers(1, 300), st.integers(0, 60), st.sampled_from(["", " парні", " непарні"]), st.integers(1, 400))
def test_a_span_holds_its_numbers_and_no_others(first: int, more: int, parity: str, number: int) -> None:
    expected = first <= number <= first + more and (not parity or (number % 2 == 0) == (parity == " парні"))
    for dash in "-–—":
        assert read_houses(f"{first}{dash}{first + more}{parity}").holds(House(number)) == expected


@given(st.text(max_size=40))
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    read_houses(text)
    read_house(text)
    read_address(text)
    streets((A, "вулиця Хорива", "")).find(text)


@pytest.mark.parametrize(
    ("typed", "bare", "house"),
    [
        ("вул. Глибочицька, 17", "глибочицка", "17"),
        ("вул. Глибочицька 17-А, кв. 4", "глибочицка", "17-А"),
        ("Глибочицька, буд. 17 а", "глибочицка", "17-А"),
        ("глибочицька 17/2", "глибочицка", "17/2"),
        ("Глибочицька, 17, корпус 3", "глибочицка", "17"),
        ("вулиця 8 Березня, 12", "8 березня", "12"),
        ("вулиця 8 Березня", "8 березня", None),
        ("бульвар Лесі Українки", "лесі українки", None),
        ("17", "17", None),
    ],
)
def test_an_address_falls_into_street_and_house(typed: str, bare: str, house: str | None) -> None:
    found = read_address(typed)
    assert found.bare == bare
    assert (str(found.house) if found.house else None) == house


LIST = streets(
    (A, "вулиця Глибочицька", "1–35 непарні"),
    (B, "вулиця Глибочицька", "2–40 парні, 17А"),
    (A, "вулиця Григорія Сковороди", ""),
    (B, "бульвар Лесі Українки", "1-10"),
    (C, "вулиця Лесі Українки", ""),
    (C, "вулиця Прип’ятська", ""),
    (C, "вулиця Січових Стрільців", ""),
)


@pytest.mark.parametrize(
    ("typed", "street", "beats", "sure"),
    [
        ("вул. Глибочицька, 17", "вулиця Глибочицька", (A,), True),
        ("глибочицька 18", "вулиця Глибочицька", (B,), True),
        ("Глибочицька 17а", "вулиця Глибочицька", (A, B), False),
        ("Глыбочицька 18", "вулиця Глибочицька", (B,), True),
        ("Глубочицкая 18", "вулиця Глибочицька", (B,), True),
        ("глибочицька", "вулиця Глибочицька", (A, B), False),
        ("Глибочицька 500", "вулиця Глибочицька", (A, B), False),
        ("сковороди 4", "вулиця Григорія Сковороди", (A,), True),
        ("Сковороди Григорія, 4", "вулиця Григорія Сковороди", (A,), True),
        ("прип'ятська 3", "вулиця Прип’ятська", (C,), True),
        ("припʼятська", "вулиця Прип’ятська", (C,), True),
        ("припятська", "вулиця Прип’ятська", (C,), True),
        ("січовых стрільцив 5", "вулиця Січових Стрільців", (C,), True),
        ("вул. Лесі Українки, 5", "вулиця Лесі Українки", (C,), True),
        ("б-р Лесі Українки 5", "бульвар Лесі Українки", (B,), True),
    ],
)
def test_a_street_is_found_as_it_is_typed(typed: str, street: str, beats: tuple[UUID, ...], sure: bool) -> None:
    found = LIST.find(typed)
    assert found, typed
    assert (found[0].street, found[0].beats, found[0].sure) == (street, beats, sure)


def test_namesakes_are_both_offered_when_the_kind_was_not_typed() -> None:
    assert {item.street for item in LIST.find("Лесі Українки")} == {"вулиця Лесі Українки", "бульвар Лесі Українки"}


def test_other_streets_are_not_found() -> None:
    for typed in ("Хрещатик 1", "метро", "вулиця", "я", ""):
        assert LIST.find(typed) == [], typed
