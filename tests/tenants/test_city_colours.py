"""A city's colours can be read in both themes, and what is offered instead can be too."""

import re
import tomllib
from pathlib import Path

import pytest
from coloraide import Color
from hypothesis import given, settings
from hypothesis import strategies as st

from src.tenants.cities.contrast import (
    AROUND,
    ColourFault,
    ColourRefused,
    Mark,
    Theme,
    Use,
    check_accent,
    dark_of,
    distance,
    pairs,
    parsed,
)

ROOT = Path(__file__).parents[2]
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
themes = st.sampled_from(list(Theme))


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", ColourFault.EMPTY),
        ("   ", ColourFault.EMPTY),
        ("red", ColourFault.NOT_HEX),
        ("1d4e89", ColourFault.NOT_HEX),
        ("#1d4e8", ColourFault.NOT_HEX),
        ("#1d4e", ColourFault.NOT_HEX),
        ("#1d4e8900", ColourFault.NOT_HEX),
        ("#1d4e8g", ColourFault.NOT_HEX),
        ("##1d4e8", ColourFault.NOT_HEX),
        ("#１d4e89", ColourFault.NOT_HEX),
        ("#1d4e89;}", ColourFault.NOT_HEX),
        ("#1d4e89\n}body{display:none", ColourFault.NOT_HEX),
        ("rgb(29 78 137)", ColourFault.NOT_HEX),
        ("var(--ink)", ColourFault.NOT_HEX),
        ("#1d4 e89", ColourFault.NOT_HEX),
        ("</style><script>", ColourFault.NOT_HEX),
    ],
)
def test_what_is_no_colour_is_refused(typed: str, fault: ColourFault) -> None:
    with pytest.raises(ColourRefused) as refused:
        check_accent(typed, Theme.LIGHT)
    assert refused.value.fault is fault


@pytest.mark.parametrize(
    ("typed", "colour"), [("#1D4E89", "#1d4e89"), (" #1d4e89 ", "#1d4e89"), ("#abc", "#aabbcc"), ("#ABC", "#aabbcc")]
)
def test_a_colour_is_kept_in_one_spelling(typed: str, colour: str) -> None:
    assert parsed(typed) == colour


@given(colours, themes)
@settings(max_examples=150, deadline=None)
def test_what_is_offered_always_passes_and_what_passes_is_offered_unchanged(colour: str, theme: Theme) -> None:
    checked = check_accent(colour, theme)
    assert checked.passes == all(pair.passes for pair in pairs(colour, theme))
    assert check_accent(checked.nearest, theme).passes
    if checked.passes:
        assert checked.nearest == colour and checked.worst is None
    else:
        assert checked.nearest != colour and checked.worst in checked.failures


@given(colours, themes, st.integers(0, 100))
@settings(max_examples=150, deadline=None)
def test_no_passing_shade_of_the_same_hue_is_clearly_nearer(colour: str, theme: Theme, shade: int) -> None:
    checked = check_accent(colour, theme)
    lch = Color(colour).convert("oklch")
    lch["lightness"] = shade / 100
    other = lch.convert("srgb").fit(method="oklch-chroma", jnd=0).to_string(hex=True, fit=False)
    if check_accent(other, theme).passes:
        assert distance(colour, checked.nearest) <= distance(colour, other) + 0.01


@given(colours, themes)
@settings(max_examples=100, deadline=None)
def test_the_offered_colour_keeps_the_hue(colour: str, theme: Theme) -> None:
    before, after = Color(colour).convert("oklch"), Color(check_accent(colour, theme).nearest).convert("oklch")
    if min(before["chroma"], after["chroma"]) > 0.04:  # greyer ones have no hue to speak of in eight bits
        turned = abs(before["hue"] - after["hue"]) % 360
        assert min(turned, 360 - turned) < 4


@given(colours)
@settings(max_examples=150, deadline=None)
def test_a_dark_theme_colour_made_from_a_light_one_passes(colour: str) -> None:
    assert check_accent(dark_of(colour), Theme.DARK).passes


@given(colours, themes)
@settings(max_examples=50, deadline=None)
def test_ratios_are_those_of_wcag(colour: str, theme: Theme) -> None:
    for pair in pairs(colour, theme):
        assert pair.ratio == pytest.approx(Color(pair.fore).contrast(pair.back, method="wcag21"), rel=1e-3)


def test_a_ratio_is_never_shown_as_enough_when_it_is_not() -> None:
    shown = [pair for number in range(0x70, 0x80) for pair in check_accent(f"#{3 * f'{number:02x}'}", Theme.LIGHT).failures]
    assert shown
    assert all(float(pair.shown) < pair.needed for pair in shown)


def test_each_failing_pair_is_named() -> None:
    found = {(pair.use, pair.beside): pair for pair in check_accent("#ffd23f", Theme.LIGHT).failures}
    assert found[Use.LINK, "surface"].shown == "1.44"
    assert found[Use.BUTTON, "on-accent"].back == "#ffd23f"
    assert found[Use.MAP, "water"].needed == 3.0
    assert {use for use, _ in found} == {Use.LINK, Use.BUTTON, Use.ASK, Use.PART, Use.MAP}


@pytest.mark.parametrize(
    ("colour", "theme", "mark"),
    [
        ("#b9301c", Theme.LIGHT, Mark.WAITING),
        ("#c62828", Theme.LIGHT, Mark.WAITING),
        ("#1b6e48", Theme.LIGHT, Mark.ANSWERED),
        ("#2c7b30", Theme.LIGHT, Mark.ANSWERED),
        ("#ef9a9a", Theme.DARK, Mark.WAITING),
        ("#81c784", Theme.DARK, Mark.ANSWERED),
        ("#1b6e48", Theme.DARK, None),
        ("#1d4e89", Theme.LIGHT, None),
        ("#0f6b7a", Theme.LIGHT, None),
        ("#8a5a00", Theme.LIGHT, None),
    ],
)
def test_an_accent_that_looks_like_a_mark_is_told_of_but_not_refused(colour: str, theme: Theme, mark: Mark | None) -> None:
    checked = check_accent(colour, theme)
    assert checked.like_a_mark is mark
    if mark:
        assert checked.passes


def test_the_demos_colours_pass() -> None:
    for path in (ROOT / "src/tenants/demo/data").glob("*/city.toml"):
        city = tomllib.loads(path.read_text(encoding="utf-8"))
        assert check_accent(city["accent"], Theme.LIGHT).passes, path
        assert check_accent(city["accent_dark"], Theme.DARK).passes, path


def _tokens(css: str) -> dict[str, str]:
    found = dict(re.findall(r"--([\w-]+):\s*([^;]+);", css))
    return {name: value.replace("#fff", "#ffffff") if value == "#fff" else value for name, value in found.items()}


def test_what_surrounds_an_accent_is_what_the_style_sheet_says() -> None:
    css = (ROOT / "src/platform/web/assets/css/tokens.css").read_text(encoding="utf-8")
    plain, mixing = css.split("@supports", 1)
    light, dark = plain.split("@media (prefers-color-scheme: dark)")
    light_mix, dark_mix = mixing.split("@media (prefers-contrast", 1)[0].split("@media (prefers-color-scheme: dark)")
    for theme, plain_css, mix_css in ((Theme.LIGHT, light, light_mix), (Theme.DARK, dark, dark_mix)):
        tokens, around = _tokens(plain_css), AROUND[theme]
        named = around.links_on | around.parts_on | around.map_on | around.inks
        expected = {name: colour for name, colour in named.items() if ":" not in name}
        assert {name: tokens[name] for name in expected} == expected
        assert tokens["accent-soft"] == around.links_on["accent-soft:plain"]
        assert tokens["on-accent"] == around.on_accent
        assert {mark: tokens[mark.value] for mark in Mark} == around.marks
        mixed = re.findall(r"--([\w-]+): color-mix\(in oklab, var\(--city-accent(?:-dark)?\) (\d+)%, (#\w+)\)", mix_css)
        wanted = {name: (f"#{hex_[1:] * 2 if len(hex_) == 4 else hex_[1:]}", int(part) / 100) for name, part, hex_ in mixed}
        assert wanted["accent-strong"] == around.strong
        assert wanted["accent-soft"] == around.soft
        if theme is Theme.DARK:
            assert wanted["ask"] == AROUND[Theme.LIGHT].ask
