"""Who PostgreSQL runs as. It refuses to be root, and we make no system users and open no folders for it.

Three ways, the first that works:

- not root: as ourselves;
- root on Linux: in a user namespace, in which the server believes to be somebody else while its files stay root's;
- root where namespaces are forbidden (many containers): as the owner of the data, or as ``nobody``.
"""

import os
import pwd
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from src.platform.local import launch
from src.platform.local.binaries import Binaries
from src.platform.local.errors import CannotStartError


@dataclass(frozen=True)
class Identity:
    """How `launch` has to change before it becomes PostgreSQL."""

    # "same", "mapped" or "uid:gid": the option of `launch`.
    name: str
    # Owner on the disk of what the server writes.
    uid: int
    gid: int

    def command(self, command: list[str], *, folder: Path, death_signal: signal.Signals = signal.SIGINT) -> list[str]:
        """The command line that runs ``command`` as this identity, inside ``folder``, tied to this process's life."""
        return [
            sys.executable, "-I", "-S", str(Path(launch.__file__)),
            "--parent", str(os.getpid()), "--death-signal", str(int(death_signal)),
            "--chdir", str(folder), "--identity", self.name, "--", *command,
        ]  # fmt: skip

    def data_path(self, folder: Path) -> str:
        """What the server is told its data folder is called.

        Somebody else may not be able to walk there from ``/`` (a DATA_DIR with mode 0700 is the usual case), but is
        put into the folder before the rights go.
        """
        return str(folder) if self.name == "same" or sys.platform != "linux" else "/proc/self/cwd"

    def own(self, path: Path) -> None:
        """Hand a file or folder of ours, with everything in it, to this identity."""
        if os.geteuid() != 0:
            return
        os.chown(path, self.uid, self.gid, follow_symlinks=False)
        for root, folders, files in os.walk(path):
            for name in (*folders, *files):
                os.chown(Path(root, name), self.uid, self.gid, follow_symlinks=False)


def choose_identity(data: Path, binaries: Binaries, scratch: Path) -> tuple[Identity, Binaries]:
    """The identity for the server whose data lies in ``data`` (which may not exist yet).

    The programs come back changed when they had to be copied into ``scratch`` to be reachable.
    """
    for identity in _candidates(data):
        if identity.uid != os.geteuid():
            scratch.chmod(0o711)  # Made by us a moment ago; the sockets in it get a folder for their owner alone.
        status = _try(identity, binaries)
        if status == 0:
            return identity, binaries
        if status == launch.STATUS_CANNOT_EXECUTE and binaries.bundle is not None:
            copied = binaries.copy_to(scratch / "programs")
            if _try(identity, copied) == 0:
                return identity, copied
    raise CannotStartError(
        f"PostgreSQL ({binaries.postgres}) does not run as root, and here it could not be run as anyone else. "
        "Run the command as a usual user, or set DATABASE_URL and MIGRATION_DATABASE_URL to a server you have."
    )


def _candidates(data: Path) -> list[Identity]:
    me = Identity("same", os.geteuid(), os.getegid())
    mapped = Identity("mapped", os.geteuid(), os.getegid())
    if os.geteuid() != 0:
        # initdb wants a name for the user; a container's bare number has none.
        return [me] if _has_name(os.geteuid()) or sys.platform != "linux" else [mapped, me]
    owner = data.stat() if data.exists() else None
    if owner is not None and owner.st_uid != 0:
        return [Identity(f"{owner.st_uid}:{owner.st_gid}", owner.st_uid, owner.st_gid)]
    found = [mapped] if sys.platform == "linux" else []
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return found
    return [*found, Identity(f"{nobody.pw_uid}:{nobody.pw_gid}", nobody.pw_uid, nobody.pw_gid)]


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _try(identity: Identity, binaries: Binaries) -> int:
    command = identity.command([str(binaries.postgres), "--version"], folder=Path("/"))
    return subprocess.run(command, capture_output=True, check=False).returncode
