"""`make run` as a newcomer types it: it starts, shows pages, keeps data, and leaves nothing behind."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEFT_OUT = (
    ".venv",
    "var",
    ".git",
    ".stamps",
    "__pycache__",
    "screenshots",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
)

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]


class Run:
    """One ``make run`` in a process group of its own, as a terminal would start it."""

    def __init__(self, copy: Path, port: int) -> None:
        self.port = port
        self.data = copy / "var"
        self.log = copy.parent / f"log-{port}-{time.monotonic_ns()}"
        # The environment that runs the tests is the one `make run` would make.
        environment = {**os.environ, "VENV": sys.prefix, "PORT": str(port), "DATA_DIR": str(self.data)}
        for name in ("DATABASE_URL", "MIGRATION_DATABASE_URL", "DEMO", "HOST", "MAKEFLAGS", "MAKELEVEL"):
            environment.pop(name, None)
        with self.log.open("wb") as log:
            self.make = subprocess.Popen(
                ["make", "run"], cwd=copy, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_until_ready(self) -> None:
        end = time.monotonic() + 240
        while "Stop with Ctrl-C" not in self.printed():
            assert self.make.poll() is None, self.printed()
            assert time.monotonic() < end, self.printed()
            time.sleep(0.1)

    def home(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", "/", headers={"Host": f"kyiv.localhost:{self.port}"})
        with contextlib.closing(connection):
            return connection.getresponse().status

    def supervisor(self) -> int:
        """Its id, from the lock that it holds."""
        return int((self.data / "run.lock").read_text())

    def part(self, command: str) -> int:
        """The process that the supervisor started for a command."""
        for pid, _ in _descended(self.supervisor()):
            with contextlib.suppress(OSError):
                if Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[-3:-1] == [b"src", command.encode()]:
                    return pid
        raise LookupError(command)

    def interrupt(self) -> None:
        os.killpg(self.make.pid, signal.SIGINT)
        self.make.wait(60)


def _descended(root: int) -> list[tuple[int, str]]:
    """Living processes below ``root``, by parent ids. A zombie is no process any more."""
    table = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdecimal():
                name, rest = (entry / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
                state, parent = rest.split()[:2]
                if state != "Z":
                    table[int(entry.name)] = (int(parent), name)
    found, known = [], {root}
    while new := {pid for pid, (parent, _) in table.items() if parent in known and pid not in known}:
        known |= new
        found += [(pid, table[pid][1]) for pid in new]
    return found


def _alive(pid: int, name: str) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return f"({name})" in stat and stat.rsplit(")", 1)[1].split()[0] != "Z"


def _gone(processes: list[tuple[int, str]]) -> bool:
    end = time.monotonic() + 40
    while any(_alive(*each) for each in processes):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False


@pytest.fixture
def port() -> int:
    start = 21000 + os.getpid() % 9000
    return next(each for each in range(start, 60000, 60) if all(_is_free(each + n) for n in (0, 1, 25)))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A fresh copy of the working tree, in a folder with a space in its name."""
    target = tmp_path / "a newcomer's copy"
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    return target


@pytest.fixture
def runs(copy: Path, port: int) -> Iterator[list[Run]]:
    started: list[Run] = []
    yield started
    for run in started:
        if run.make.poll() is None:
            run.interrupt()


def test_it_runs_stops_and_keeps_its_data(copy: Path, port: int, runs: list[Run]) -> None:
    users = [Path(name).read_bytes() for name in ("/etc/passwd", "/etc/group")]
    above = {folder: folder.stat().st_mode for folder in copy.parents}
    for attempt in ("first", "second"):
        began = time.monotonic()
        run = Run(copy, port)
        runs.append(run)
        run.wait_until_ready()
        took = time.monotonic() - began
        assert run.home() == http.client.OK, attempt
        assert run.data.stat().st_mode & 0o777 == 0o700
        assert re.search(rf"http://kyiv\.localhost:{port}", run.printed())
        mine = _descended(run.make.pid)
        assert any(name == "postgres" for _, name in mine)
        if attempt == "first":
            run.interrupt()
        else:
            assert took < 30, f"a second start took {took:.0f} seconds"
            run.make.terminate()
            run.make.wait(60)
        assert _gone(mine), [each for each in mine if _alive(*each)]
    assert users == [Path(name).read_bytes() for name in ("/etc/passwd", "/etc/group")]
    assert above == {folder: folder.stat().st_mode for folder in copy.parents}


def test_a_killed_supervisor_leaves_nothing_behind_and_a_killed_part_ends_the_next_run(
    copy: Path, port: int, runs: list[Run]
) -> None:
    run = Run(copy, port)
    runs.append(run)
    run.wait_until_ready()
    mine = _descended(run.make.pid)
    os.kill(run.supervisor(), signal.SIGKILL)
    run.make.wait(30)
    assert _gone(mine), [each for each in mine if _alive(*each)]
    again = Run(copy, port)
    runs.append(again)
    again.wait_until_ready()
    assert again.home() == http.client.OK
    beside = Run(copy, port + 3)
    runs.append(beside)
    assert beside.make.wait(120) != 0
    assert f"is in use by another run (process {again.supervisor()})" in beside.printed()
    assert again.home() == http.client.OK
    mine = _descended(again.make.pid)
    os.kill(again.part("worker"), signal.SIGKILL)
    assert again.make.wait(60) != 0
    assert _gone(mine), [each for each in mine if _alive(*each)]
    assert "Stopped, because worker had ended by itself (SIGKILL)." in "\n".join(again.printed().splitlines()[-3:])


def test_a_taken_port_is_a_sentence(copy: Path, port: int, runs: list[Run]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 1))
        taken.listen()
        run = Run(copy, port)
        runs.append(run)
        assert run.make.wait(120) != 0
    assert f"Port {port + 1} (for the mail page) is taken" in run.printed()
    assert "make run" in run.printed()
    assert "Traceback" not in run.printed()
