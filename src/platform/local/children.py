"""Processes that the supervisor starts: their lines get a prefix, and they end when it does."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from src.platform.local import launch

# What the longest name takes, so that the lines stand under each other.
_NAME_WIDTH = 8
_STOP_SECONDS = 15.0
_COLOURS = {"web": 36, "worker": 35, "mail": 33, "migrate": 34, "seed": 32}

_terminal = threading.Lock()


def say(text: str = "") -> None:
    """Print a line whole; a closed terminal is no reason to fail (the stack is about to stop anyway)."""
    with _terminal, contextlib.suppress(OSError, ValueError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


class Child:
    """``python -m src <command>`` in a process group of its own.

    Start it from the main thread: on Linux it ends with the *thread* that started it.
    """

    def __init__(self, name: str, command: str, *, root: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.printed: list[str] = []
        self._keeps_output = False
        self._root = root
        self._command = command
        self._environment = dict(environment)
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def start(self, ended: Callable[[str, int], None] | None = None) -> None:
        """Start it. ``ended`` is called from another thread, with name and status, when it has ended."""
        self._process = process = subprocess.Popen(
            [
                sys.executable, "-I", "-S", str(Path(launch.__file__)),
                "--parent", str(os.getpid()), "--death-signal", str(int(signal.SIGTERM)), "--",
                sys.executable, "-m", "src", self._command,
            ],
            cwd=self._root, env=self._environment, start_new_session=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
        assert process.stdout is not None
        self._reader = threading.Thread(target=self._follow, args=[process.stdout, ended], daemon=True)
        self._reader.start()

    def run_to_end(self) -> int:
        """Start it and wait; what it writes is kept in ``printed`` and shown only when it fails. Its status."""
        self._keeps_output = True
        self.start()
        assert self._process is not None
        assert self._reader is not None
        status = self._process.wait()
        self._reader.join()
        if status != 0:
            for line in self.printed:
                self._say(line)
        return status

    def stop(self) -> None:
        """Ask it to end, wait, and leave nothing of its group behind. Nothing when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS)
        # Its own children, and itself when it did not listen.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if self._reader is not None:
            self._reader.join(timeout=1)

    def _follow(self, output: IO[str], ended: Callable[[str, int], None] | None) -> None:
        for line in output:
            if self._keeps_output:
                self.printed.append(line.rstrip("\n"))
            else:
                self._say(line.rstrip("\n"))
        process = self._process
        if ended is not None and process is not None:
            ended(self.name, process.wait())

    def _say(self, line: str) -> None:
        prefix = f"{self.name:<{_NAME_WIDTH}}│"
        if sys.stdout.isatty():
            prefix = f"\x1b[{_COLOURS.get(self.name, 37)}m{prefix}\x1b[0m"
        say(f"{prefix} {line}")
