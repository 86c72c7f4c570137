"""What `make test` does before the tests: a browser that starts, or words that say what to install."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("sh", "cat", "env", "make", "dirname", "grep", "cksum", "tr", "sort", "find", "sed", "mkdir", "rm")


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """The whole PATH of a machine without a browser."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found is not None, name
        (folder / name).symlink_to(found)
    return folder


def program(path: Path, status: int) -> Path:
    """A program that does nothing but end."""
    path.write_text(f"#!/bin/sh\nexit {status}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def find_browser(tools: Path, **settings: str) -> tuple[int, str, str]:
    """Status and words of the search."""
    done = subprocess.run(
        ["sh", str(ROOT / "infra/dev/find-browser.sh")], env={"PATH": str(tools), **settings}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.strip(), done.stderr


def test_a_browser_is_found_where_there_is_one_that_starts(tools: Path, tmp_path: Path) -> None:
    assert find_browser(tools) == (1, "", "")
    program(tools / "chromium-browser", 1)  # Ubuntu's: says that a snap has to be installed
    assert find_browser(tools) == (1, "", "")
    chrome = program(tools / "google-chrome", 0)
    assert find_browser(tools) == (0, str(chrome), "")
    mine = program(tmp_path / "my chrome", 0)
    assert find_browser(tools, CHROMIUM=str(mine)) == (0, str(mine), "")


def test_a_configured_browser_that_does_not_start_is_told(tools: Path, tmp_path: Path) -> None:
    broken = program(tmp_path / "broken", 3)
    status, path, words = find_browser(tools, CHROMIUM=str(broken))
    assert (status, path) == (1, "")
    assert f"CHROMIUM={broken} does not start" in words


@pytest.mark.slow
def test_without_a_browser_the_tests_fail_and_say_what_to_install(tools: Path, tmp_path: Path, ports: int) -> None:
    """`make test` as a whole, where nothing can be fetched either: it ends before the first test."""
    environment = {
        "PATH": str(tools),
        "HOME": str(tmp_path),
        "VENV": sys.prefix,
        "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers"),
        "PLAYWRIGHT_DOWNLOAD_HOST": f"http://127.0.0.1:{ports}",
    }
    # The environment and the front end are there already: making them is another test's.
    without = ["--old-file=setup", "--old-file=setup-dev", "--old-file=assets"]
    done = subprocess.run(
        ["make", *without, "test"], cwd=ROOT, env=environment | {"TMPDIR": os.environ.get("TMPDIR", "/tmp")},  # noqa: S108
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode != 0
    assert "apt-get install --no-install-recommends chromium" in done.stderr
    assert "set CHROMIUM to the path" in done.stderr
    assert "passed" not in done.stdout
