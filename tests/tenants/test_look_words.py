"""Every reason that a colour, a crest or a text can be refused for has its sentence."""

import pytest

from src.platform.settings import get_settings
from src.platform.web.here import Here, language_of
from src.tenants.cities.contrast import ColourFault, Mark, Theme, Use, check_accent, pairs
from src.tenants.cities.crest import PngFault, crest
from src.tenants.cities.look_words import (
    accent_words,
    failures_words,
    like_a_mark_words,
    pair_words,
    refusal_words,
    taken_out_words,
)
from src.tenants.cities.markdown import TextTooLong
from src.tenants.cities.svg import SvgFault
from src.tenants.cities.svg_allowed import Removed


@pytest.fixture
def at() -> Here:
    return Here(get_settings(), "kyiv.localhost", "/", language_of("uk"))


@pytest.mark.parametrize("code", [*ColourFault, *PngFault, *SvgFault, TextTooLong.code])
def test_each_refusal_has_its_own_sentence(at: Here, code: str) -> None:
    others = {refusal_words(at, other) for other in [*ColourFault, *PngFault, *SvgFault] if other != code}
    assert refusal_words(at, code) and refusal_words(at, code) not in others
    assert not refusal_words(at, code).endswith(".")


def test_a_code_of_nobody_says_nothing(at: Here) -> None:
    assert refusal_words(at, "<script>") == ""


def test_a_refused_accent_says_where_and_offers_another(at: Here) -> None:
    checked = check_accent("#4aa3ff", Theme.LIGHT)
    assert accent_words(at, checked, Theme.LIGHT) == (
        "Колір #4aa3ff погано видно у світлому вигляді. Найближчий, що підходить: #006dc4"
    )
    lines = failures_words(at, checked)
    assert lines[0] == "Посилання на тлі сторінки: контраст 2,24, а треба щонайменше 4,5"
    assert len(lines) == len({pair.use for pair in checked.failures}) == len(set(lines))
    assert "темному" in accent_words(at, check_accent("#000", Theme.DARK), Theme.DARK)


def test_an_accent_that_passes_says_nothing(at: Here) -> None:
    checked = check_accent("#1d4e89", Theme.LIGHT)
    assert accent_words(at, checked, Theme.LIGHT) == "" and failures_words(at, checked) == []
    assert like_a_mark_words(at, checked.like_a_mark) == ""


def test_every_use_and_mark_has_words(at: Here) -> None:
    assert {pair.use for pair in pairs("#1d4e89", Theme.LIGHT)} == set(Use)
    for pair in pairs("#1d4e89", Theme.LIGHT):
        assert pair_words(at, pair)
    assert "червона" in like_a_mark_words(at, Mark.WAITING) and "зелена" in like_a_mark_words(at, Mark.ANSWERED)


def test_what_was_taken_out_is_told_once_for_each_kind(at: Here) -> None:
    data = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" xmlns:i="urn:i" i:v="1" onload="x()"><script/><rect/>'
        b'<image href="a.png"/><image href="b.png"/><odd/><style>g rect{fill:red} %(x)s{y:z}</style></svg>'
    )
    assert taken_out_words(at, crest(data).taken_out) == [
        "дії, що запускають програмний код",
        "програмний код",
        "вставлені фото й картинки",
        "те, чого ми не знаємо: odd",
        "складні стилі, які ми не вміємо перенести: g rect, y, %(x)s",
    ]


def test_all_kinds_but_editors_traces_have_words(at: Here) -> None:
    from src.tenants.cities.svg import TakenOut

    for kind in Removed:
        assert bool(taken_out_words(at, [TakenOut(kind, "x", 1)])) is (kind is not Removed.EDITOR)
