"""Reading forms: whatever bytes come, the answer is a form or a refusal, never a defect."""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from litestar import Litestar, Request, post

from src.platform.web.forms import FIELDS_AT_MOST, Form, TooLarge, Unreadable, email_address, read_form

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=border"


@post("/")
async def take() -> None:
    """Stands for any page that takes a form."""


APP = Litestar([take])
HANDLER = next(handler for route in APP.routes for handler in route.route_handlers if handler.opt is not None)  # type: ignore[attr-defined]


def read(
    chunks: Sequence[bytes], kind: str = URLENCODED, *, at_most: int = 512 * 1024, headers: dict[str, str] | None = None
) -> Form:
    """What the reader makes of a body that comes in these pieces."""
    waiting = [*chunks] or [b""]

    async def receive() -> Any:
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    raw = [(key.encode(), value.encode("latin-1")) for key, value in {"content-type": kind, **(headers or {})}.items()]
    scope: Any = {
        "type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": raw, "litestar_app": APP, "route_handler": HANDLER,
        "app": APP, "state": {},
    }  # fmt: skip

    async def run() -> Form:
        return await read_form(Request(scope, receive), bytes_at_most=at_most)

    return asyncio.run(run())


def part(name: str, body: bytes, filename: str | None = None, *, more: str = "") -> bytes:
    given = f'; filename="{filename}"' if filename is not None else ""
    return f'--border\r\nContent-Disposition: form-data; name="{name}"{given}\r\n{more}\r\n'.encode() + body + b"\r\n"


END = b"--border--\r\n"


def test_both_encodings_say_the_same() -> None:
    typed = {"text": "Чому «газон»?\r\nІ що далі & як + 100%", "empty": "", "tick": "yes"}
    plain = read([urlencode(typed).encode()])
    parts = read([*(part(name, value.encode()) for name, value in typed.items()), END], MULTIPART)
    for form in (plain, parts):
        assert form.raw("text") == typed["text"]
        assert form.text("text") == "Чому «газон»?\nІ що далі & як + 100%"
        assert form.line("text") == "Чому «газон»? І що далі & як + 100%"
        assert form.raw("empty") == form.raw("missing") == ""
        assert form.flag("tick")
        assert not form.flag("missing")


def test_several_values_of_a_name_are_kept_and_the_last_counts() -> None:
    form = read([b"step=1&step=+2+&step="])
    assert form.all("step") == ["1", "2", ""]
    assert form.raw("step") == ""


def test_control_characters_go_and_what_was_typed_stays_for_showing() -> None:
    form = read([b"text=a%00b%01c%7F%0Bd%09e%0D%0Af"])
    assert form.text("text") == "abcd\te\nf"
    assert form.raw("text") == "abcd\te\r\nf"
    assert read([part("text", b"a\x00b"), END], MULTIPART).text("text") == "ab"


def test_what_nobody_sees_goes_and_letters_are_of_one_piece() -> None:
    form = Form(
        {"x": ["\u202eгоро\u202c\u200b під\u2066’їзд\u2069 и\u0306\u00ad 👩\u200d👧\ufeff"], "empty": ["\u200b\u2060 \u200e"]}
    )
    assert form.line("x") == "горо під’їзд й 👩\u200d👧"
    assert form.text("empty") == ""
    assert form.raw("x").startswith("\u202e")


@pytest.mark.parametrize("body", [b"text=%FF%FEx", b"text=\xff\xfex", b"text=%ED%A0%80x", b"text=%D0"])
def test_bytes_that_are_no_text_are_told_at_the_field(body: bytes) -> None:
    form = read([body])
    form.readable(["text", "other"], "Текст прийшов пошкодженим.")
    assert form.errors == {"text": "Текст прийшов пошкодженим."}
    form = read([part("text", body[5:]), END], MULTIPART)
    assert form.raw("text")


def test_a_body_larger_than_the_page_takes_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge):
        read([b"x=1"], headers={"content-length": "600000"})
    with pytest.raises(TooLarge):
        read([b"x=1"], headers={"content-length": "9" * 5000})
    with pytest.raises(Unreadable):
        read([b"x=1"], headers={"content-length": "²"})
    with pytest.raises(TooLarge):
        read([b"text=" + b"x" * 600_000])
    with pytest.raises(TooLarge):
        read([part("text", b"x" * 600_000), END], MULTIPART)
    assert len(read([b"x=" + b"x" * 98, *(b"x" * 100 for _ in range(19))], at_most=2000).raw("x")) == 1998
    with pytest.raises(TooLarge):
        read([b"x" * 100 for _ in range(21)], at_most=2000)


def test_too_many_fields_are_refused() -> None:
    assert len(read([urlencode({f"f{n}": n for n in range(FIELDS_AT_MOST)}).encode()]).values) == FIELDS_AT_MOST
    with pytest.raises(Unreadable):
        read([urlencode({f"f{n}": n for n in range(FIELDS_AT_MOST + 1)}).encode()])
    with pytest.raises(Unreadable):
        read([b"".join(part(f"f{n}", b"") for n in range(FIELDS_AT_MOST + 1)) + END], MULTIPART)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"--border", b"--border\r\n", part("photo", b"half", "a.jpg")[:-9], part("photo", b"whole", "a.jpg"), b"nothing of the kind",
        b"--border\r\n\r\nx\r\n--border--\r\n",
        b'--border\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--border--\r\n', b"--border\r\nX" + b"y" * 9000,
    ],
)  # fmt: skip
def test_a_broken_off_upload_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read([body], MULTIPART)
    with pytest.raises(Unreadable):
        read([body[n : n + 1] for n in range(len(body))], MULTIPART)


def test_a_multipart_body_needs_its_boundary() -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=", 'multipart/form-data; boundary=""'):
        with pytest.raises(Unreadable):
            read([part("a", b"b"), END], kind)


def test_files_are_kept_beside_the_fields() -> None:
    form = read(
        [
            part("photo", b"\xff\xd8\xff", "../../кіт.jpg"),
            part("photo", b"two", "b.png"),
            part("photo", b"", ""),
            part("t", b"x"),
            END,
        ],
        MULTIPART,
    )
    first, second = form.uploads["photo"]
    assert first.name.endswith("кіт.jpg")
    assert (first.size, first.file.read()) == (3, b"\xff\xd8\xff")
    assert (second.size, second.file.read()) == (3, b"two")
    assert form.raw("t") == "x"
    assert "photo" not in form.values, "no file chosen is no file"
    form.drop_uploads()


def test_it_does_not_matter_how_the_bytes_are_cut() -> None:
    whole = part("text", "Під’їзд".encode()) + part("photo", b"--border" * 40, "a.jpg") + END
    for size in (1, 2, 3, 7, 64, len(whole)):
        form = read([whole[n : n + size] for n in range(0, len(whole), size)], MULTIPART)
        assert form.raw("text") == "Під’їзд"
        assert form.uploads["photo"][0].size == 320
        form.drop_uploads()


KINDS = st.sampled_from(
    [URLENCODED, MULTIPART, "", "text/plain", "multipart/form-data", 'multipart/form-data; boundary="a b"']
) | st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60).map(
    lambda rest: "multipart/form-data; boundary=" + rest
)
PIECES = st.binary(max_size=60) | st.sampled_from(
    [
        b"--border",
        b"\r\n",
        b"--",
        b"Content-Disposition: form-data; name=",
        b'"a"',
        b'; filename="',
        b"Content-Length: 3",
        b"\r\n\r\n",
        b"=",
        b"&",
        b"%",
        b";",
    ]
)


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(PIECES, max_size=12), kind=KINDS, length=st.text("0123456789²-x ", max_size=4))
@example(pieces=[b"a=1"], kind=URLENCODED, length="²")
@example(
    pieces=[b"--border\r\n", b"Content-Disposition: form-data; name=\"a\"; filename*=utf-8''%ff\r\n\r\n", b"\r\n--border--"],
    kind=MULTIPART,
    length="",
)
def test_no_bytes_whatever_make_the_reader_fail(pieces: list[bytes], kind: str, length: str) -> None:
    try:
        form = read(pieces, kind, headers={"content-length": length} if length.isdecimal() or not length.isascii() else {})
    except (Unreadable, TooLarge):
        return
    form.drop_uploads()
    for name in form.values:
        assert "\x00" not in form.text(name)
        assert isinstance(form.number(name), float | None)


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_no_text_whatever_makes_an_address_fail(typed: str) -> None:
    found = email_address(typed)
    assert found is None or "@" in found


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("50,45", 50.45),
        (" 30.5 ", 30.5),
        ("nan", None),
        ("inf", None),
        ("1e400", None),
        ("", None),
        ("п’ять", None),
        ("1_0", 10.0),
        ("-0", 0.0),
    ],
)
def test_numbers_are_finite_and_may_have_a_comma(typed: str, number: float | None) -> None:
    assert Form(values={"n": [typed]}).number("n") == number


def test_the_first_sentence_about_a_field_stays() -> None:
    form = Form(values={"a": ["  "]})
    assert form.required("a", "Напишіть щось.") == ""
    form.refuse("a", "Задовго.")
    assert form.errors == {"a": "Напишіть щось."}
