"""Folders that only we may enter: made, locked, and explained when the disk refuses."""

import contextlib
import errno
import fcntl
import os
import sys
import tempfile
from pathlib import Path

from src.platform.local.errors import CannotStartError

# sockaddr_un.sun_path, with its closing zero byte.
_LONGEST_SOCKET_PATH = 107 if sys.platform == "linux" else 103
_SENTENCES = {
    errno.ENOSPC: "There is no space left on the disk of {path}. Free some, or set DATA_DIR to a folder elsewhere.",
    errno.EDQUOT: "The disk quota for {path} is used up. Free some, or set DATA_DIR to a folder elsewhere.",
    errno.EROFS: "{path} is on a read-only disk. Set DATA_DIR to a folder that can be written to.",
    errno.EACCES: "{path} may not be written to by this user. Set DATA_DIR to a folder of yours.",
    errno.EPERM: "{path} may not be changed by this user. Set DATA_DIR to a folder of yours.",
    errno.ENOTDIR: "{path} is, or lies under, a file where a folder is needed. Set DATA_DIR to a folder.",
    errno.EEXIST: "{path} is, or lies under, a file where a folder is needed. Set DATA_DIR to a folder.",
    errno.ENAMETOOLONG: "The name {path} is too long for this system. Set DATA_DIR to a shorter one.",
}


def sentence_for(error: OSError, path: Path) -> str:
    """What to tell a developer when the system refuses to work with ``path``."""
    known = _SENTENCES.get(error.errno or 0)
    return known.format(path=path) if known else f"{path} cannot be used: {error}."


def make_private_folder(folder: Path) -> None:
    """Make a folder for this user alone; an existing one keeps its permissions. Raises OSError."""
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user can read; it is there whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def short_folder(name: str) -> Path:
    """A new folder for this user alone whose path is short enough for a socket called ``name`` one folder down.

    Sockets are not kept with the data because a project's path is often longer than a socket's may be.
    """
    for parent in dict.fromkeys([tempfile.gettempdir(), "/tmp", "/var/tmp"]):  # noqa: S108 - mkdtemp is private
        with contextlib.suppress(OSError):
            folder = Path(tempfile.mkdtemp(prefix="vz-", dir=parent))
            if len(os.fsencode(folder / "s" / name)) <= _LONGEST_SOCKET_PATH:
                return folder
            folder.rmdir()
    raise CannotStartError("No temporary folder could be made for PostgreSQL's socket: make /tmp writable, or set TMPDIR.")


class FolderLock:
    """Held by one process at a time, and given back by the system when that process ends however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self) -> None:
        """Raises `CannotStartError` when another process holds it."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 32).decode(errors="replace").strip() or "unknown"
            os.close(descriptor)
            raise CannotStartError(
                f"{self.path.parent} is in use by another run (process {holder}). Stop that one first, "
                "or set DATA_DIR (and PORT) to run a second copy beside it."
            ) from error
        except BaseException:
            os.close(descriptor)
            raise
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give it back; nothing when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
