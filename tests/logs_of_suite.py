"""Reads what every process logged during the whole run of the tests: nothing secret and nobody's address may be in it.

The application logs to standard output, in the tests' process and in the processes that tests start, and pytest keeps what
was written there beside each test. The run as a whole fails when any of it gives somebody away.
"""

import re
from dataclasses import dataclass, field

import pytest

SECRETS = {
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "the key of links": re.compile(r"tests-tests-tests"),
    "a database password": re.compile(r"postgres(?:ql)?(?:\+psycopg)?://[^\s:@/]+:[^\s@*]+@"),
    "a link that lets somebody in": re.compile(r"/(?:sign-in/link|my|confirm|follow|stop)/[\w.-]{16,}"),
    "a session": re.compile(r"__Host-|\bsession=[\w-]{20,}"),
    "a draft's key": re.compile(r"/ask/[\w-]{24}\b"),
    "what was asked for": re.compile(r"\b(?:GET|POST) /\S*\?\S+="),
    "a one-time secret": re.compile(r"\botpauth://|\bcode_verifier=|\bid_token=|\bclient_secret="),
}


@dataclass(eq=False)  # pytest puts its plugins into sets
class LogsOfSuite:
    """What was found, and how much was read."""

    lines: int = 0
    found: list[str] = field(default_factory=list)

    def read(self, name: str, text: str) -> None:
        """Look through what one test's processes wrote."""
        for line in text.splitlines():
            self.lines += 1
            self.found += [f"{kind} in the log of {name}: {line[:300]}" for kind, shape in SECRETS.items() if shape.search(line)]

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Each phase of each test, from whichever process ran it."""
        if report.failed:
            return  # a failure's own words quote what it compared
        for title, text in report.sections:
            if "stdout" in title or "stderr" in title or "log" in title:
                self.read(report.nodeid, text)

    @pytest.hookimpl
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run as a whole."""
        if self.found and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was read and what should not have been there."""
        terminalreporter.write_line(f"read {self.lines} lines of logs: {len(self.found)} that give somebody away")
        for line in self.found[:20]:
            terminalreporter.write_line(line, red=True)
