"""What a run that was killed leaves behind: a server without a master, its files, its sockets."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from src.platform.local.errors import CannotStartError

_NOTE = "scratch-folder"
_PATIENCE = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


def remember(folder: Path, scratch: Path) -> None:
    """Note the temporary folder of this run, so that the next one can remove it."""
    (folder / _NOTE).write_text(f"{scratch}\n", encoding="utf-8")


def remembered(folder: Path) -> Path | None:
    """The temporary folder of the run that is going on over this folder, or was killed; none when there is none."""
    note = folder / _NOTE
    return Path(note.read_text(encoding="utf-8").strip()) if note.exists() else None


def clear(folder: Path, *servers: Path) -> None:
    """Stop servers that still run over one of these data folders, and remove what belonged to them.

    The caller holds the folder's lock, so nobody needs them any more.
    """
    for data in servers:
        _stop(data)
        # PostgreSQL would believe this file when its number now belongs to any other process of ours.
        (data / "postmaster.pid").unlink(missing_ok=True)
    note = folder / _NOTE
    if note.exists():
        scratch = Path(note.read_text(encoding="utf-8").strip())
        # The name may meanwhile be another user's.
        if scratch.name.startswith("vz-") and scratch.is_dir() and scratch.stat().st_uid == os.geteuid():
            shutil.rmtree(scratch, ignore_errors=True)
        note.unlink()


def forget(folder: Path, scratch: Path) -> None:
    """Remove this run's temporary folder."""
    shutil.rmtree(scratch, ignore_errors=True)
    (folder / _NOTE).unlink(missing_ok=True)


def _stop(data: Path) -> None:
    for number, seconds in _PATIENCE:
        running = _processes(data)
        if not running:
            return
        master = _master(data)
        # The master ends its children by itself; without one (it was killed alone) each is told.
        for pid in [master] if master in running and number != signal.SIGKILL else running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while _processes(data) and time.monotonic() < deadline:
            time.sleep(0.05)
    if left := _processes(data):
        numbers = " ".join(map(str, left))
        raise CannotStartError(f"A PostgreSQL of an earlier run still works in {data} and does not end: kill -9 {numbers}")


def _master(data: Path) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int((data / "postmaster.pid").read_text().splitlines()[0])
    return 0


def _processes(data: Path) -> list[int]:
    """Ids of PostgreSQL's processes over this folder, those of ended ones excluded."""
    if sys.platform != "linux":
        master = _master(data)
        return [master] if master and _is_server_of(master, data) else []
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            # Each of them works inside the data folder. A zombie has no folder any more.
            with contextlib.suppress(OSError):
                if (entry / "cwd").readlink() == data.resolve() and (entry / "comm").read_text().startswith("postgres"):
                    found.append(int(entry.name))
    return found


def _is_server_of(pid: int, data: Path) -> bool:
    ps = ["/bin/ps", "-o", "command=", "-p", str(pid)]
    command = subprocess.run(ps, capture_output=True, text=True, check=False).stdout
    return "postgres" in command and str(data) in command
