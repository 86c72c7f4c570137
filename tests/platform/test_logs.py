"""Logs: structured lines, and nothing of a person, a secret or a row in them."""

import io
import json
import logging
from collections.abc import Iterator

import psycopg
import pytest
import structlog

from src.platform.logs import configure_logs, without_details
from src.platform.settings import Settings
from tests.conftest import TestDatabase
from tests.site import Site


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """Logs as a deployed process writes them."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure_logs(Settings(log_format="json"), written := io.StringIO())
    yield written
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)


def lines(logs: io.StringIO) -> list[dict[str, object]]:
    """What was written, each line an object of its own."""
    return [json.loads(line) for line in logs.getvalue().splitlines()]


def test_lines_of_libraries_are_structured_too(logs: io.StringIO) -> None:
    structlog.get_logger("ours").info("done", route="/")
    logging.getLogger("uvicorn.error").warning("%s of %s", 1, 2)
    ours, theirs = lines(logs)
    assert (ours["event"], ours["level"], ours["route"]) == ("done", "info", "/")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("1 of 2", "warning", "uvicorn.error")
    assert ours.keys() & theirs.keys() >= {"event", "level", "timestamp"}


def test_what_the_database_quotes_from_a_row_is_left_out(database: TestDatabase, logs: io.StringIO) -> None:
    statements = [
        "INSERT INTO resident VALUES ('Олена Коваль')",
        "INSERT INTO resident (note) VALUES (E'Садова, 5\\n\\nкв. 12')",
    ]
    with psycopg.connect(database.migrator, autocommit=True) as connection:
        connection.execute("CREATE TEMP TABLE resident (name text PRIMARY KEY, note text)")
        connection.execute(statements[0])
        for statement in statements:
            with pytest.raises(psycopg.IntegrityError, match="DETAIL") as problem:
                connection.execute(statement)
            structlog.get_logger("ours").error("unhandled", exc_info=problem.value)
            logging.getLogger("dramatiq").error("Failed", exc_info=problem.value)
    written = lines(logs)
    assert len(written) == 4
    for line in written:
        assert "Violation" in str(line["exception"])
        assert not any(private in str(line) for private in ("Олена", "Садова", "кв. 12", "DETAIL"))


def test_the_rest_of_a_chain_of_errors_stays() -> None:
    text = (
        "psycopg.errors.UniqueViolation: duplicate key\nDETAIL:  Key (email)=(a@b.example) already exists.\n"
        "\nThe above exception was the direct cause of the following exception:\n\n"
        "IntegrityError: duplicate key\nDETAIL:  Failing row contains (a,\n\nb).\n[SQL: INSERT INTO x]\n(hidden)"
    )
    assert without_details(text) == (
        "psycopg.errors.UniqueViolation: duplicate key\n"
        "The above exception was the direct cause of the following exception:\n\n"
        "IntegrityError: duplicate key\n[SQL: INSERT INTO x]\n(hidden)"
    )


async def test_no_request_leaves_its_query_body_or_keys_in_the_logs(site: Site, logs: io.StringIO) -> None:
    await site.get("/?q=olena%40ukr.example")
    await site.get("/nowhere/olena@ukr.example", status=404)
    forged = {"Sec-Fetch-Site": "cross-site", "Cookie": "session=secret-cookie"}
    await site.client.post(site.address("/ask/secret-key/you"), data={"email": "olena@ukr.example"}, headers=forged)
    written = logs.getvalue()
    assert len(written.splitlines()) >= 3
    for private in ("olena", "secret-key", "secret-cookie", "127.0.0.1"):
        assert private not in written
    assert {json.loads(line).get("route") for line in written.splitlines()} >= {"/", "nowhere", "ask"}
