"""The reader of the suite's logs would notice."""

import pytest

from tests.logs_of_suite import LogsOfSuite


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-26 07:24:33 [info] letter to olena@ukr.example",
        '{"event": "x", "to": "Olena.K+a@ukr.example"}',
        "postgresql+psycopg://app:hunter2@localhost/db",
        "request path=/sign-in/link/AbCdEfGhIjKlMnOpQrStUv",
        "cookie __Host-session=abc",
        "GET /?q=сусід",
        "request path=/ask/nL_YKhB2zAadqINA9VggNl7J/check",
    ],
)
def test_what_gives_somebody_away_is_found(line: str) -> None:
    reader = LogsOfSuite()
    reader.read("a test", f"a harmless line\n{line}\n")
    assert reader.lines == 2
    assert len(reader.found) >= 1


def test_usual_lines_are_left_alone() -> None:
    reader = LogsOfSuite()
    reader.read("a test", "2026-11-26 [info] request city=kyiv method=POST ms=16.2 request=bae0 route=/sign-in status=303")
    reader.read("a test", '{"job": "send_mail", "mail": "0195a000-0000-7000-8000-00000000000a", "event": "job done"}')
    assert reader.found == []
