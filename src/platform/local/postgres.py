"""A PostgreSQL server of our own, for one machine and for as long as this process lives.

It listens on a Unix socket in a folder that only this user can enter (and on loopback when a port is given), asks for
scram passwords that only this user can read, and ends with the process that started it, even when that is killed.
"""

import contextlib
import json
import secrets
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from src.platform.local import leftovers
from src.platform.local.binaries import Binaries, find_binaries
from src.platform.local.cluster import Cluster
from src.platform.local.errors import CannotStartError
from src.platform.local.folders import FolderLock, make_private_folder, sentence_for, short_folder, write_private
from src.platform.local.identity import choose_identity
from src.platform.local.roles import APP, BOOTSTRAP, MIGRATOR

_SOCKET_NUMBER = 5432
_CONNECTIONS = 200
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
# Fast shutdown first (transactions are rolled back, data written), then without writing, then by force.
_ENDINGS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


class LocalPostgres:
    """One server over one folder.

    ``folder`` is made when missing (mode 0700) and holds the data, the passwords and the server's log. With ``port`` it
    is also reachable at 127.0.0.1. ``durable=False`` is for tests: faster, and a power cut loses the data.

    Start it from the main thread: on Linux the server ends with the *thread* that started it.
    """

    def __init__(self, folder: Path, *, port: int | None = None, durable: bool = True) -> None:
        self.folder = folder.expanduser().absolute()
        self.port = port
        self.durable = durable
        self._lock = FolderLock(self.folder / "lock")
        self._scratch: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._passwords: dict[str, str] = {}

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server wrote since it was last started."""
        return self.folder / "server.log"

    @property
    def pid(self) -> int | None:
        """Process id of the server, None when it was not started."""
        return self._process.pid if self._process is not None else None

    def wait(self) -> int:
        """Wait until the server ends, by itself or by `stop`. Its status; for another thread than the main one."""
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process.wait()

    def is_running(self) -> bool:
        """Whether the server was started and has not ended by itself since."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the server, making its data first where there is none, and wait until it takes connections.

        What a killed previous run left behind is stopped and cleared. Raises `CannotStartError`.
        """
        if self._process is not None:
            return
        try:
            make_private_folder(self.folder)
            self._lock.take()
            self._start()
        except OSError as error:
            self.stop()
            raise CannotStartError(sentence_for(error, self.folder)) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server and wait for its end; nothing when it does not run."""
        if self._process is not None:
            for number, seconds in _ENDINGS:
                self._process.send_signal(number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(seconds)
                    break
            self._process = None
        if self._scratch is not None:
            leftovers.forget(self.folder, self._scratch)
            self._scratch = None
        self._lock.release()

    def dsn(self, role: str = APP, database: str = "vzaiemodiia") -> str:
        """Address with password for `BOOTSTRAP`, `MIGRATOR` or `APP`; valid until the server is stopped."""
        if self._scratch is None:
            raise RuntimeError("the server is not running")
        sign_in = f"{role}:{self.password(role)}"
        if self.port is not None:
            return f"postgresql://{sign_in}@127.0.0.1:{self.port}/{quote(database)}"
        return f"postgresql://{sign_in}@/{quote(database)}?host={quote(str(self._scratch / 's'), safe='')}"

    def password(self, role: str) -> str:
        """The password that was made up for a role together with the data. Raises KeyError for another role."""
        return self._passwords[role]

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop it, whatever happened."""
        self.stop()

    def _start(self) -> None:
        binaries = find_binaries()
        leftovers.clear(self.folder, self.data, self.data.with_name("data.new"))
        self._check_version(binaries)
        self._scratch = short_folder(f".s.PGSQL.{self.port or _SOCKET_NUMBER}.lock")
        leftovers.remember(self.folder, self._scratch)
        identity, binaries = choose_identity(self.data, binaries, self._scratch)
        sockets = self._scratch / "s"
        sockets.mkdir(mode=0o700)
        identity.own(sockets)
        cluster = Cluster(self.data, sockets, self.log, binaries, identity)
        self._read_passwords()
        if not self.data.exists():
            cluster.make(BOOTSTRAP, self.password(BOOTSTRAP), durable=self.durable)
        elif self.data.stat().st_uid != identity.uid:
            identity.own(self.data)
        self._process = cluster.launch(self._options())

    def _options(self) -> dict[str, str]:
        return {
            "listen_addresses": "127.0.0.1" if self.port is not None else "",
            "port": str(self.port or _SOCKET_NUMBER),
            "unix_socket_permissions": "0700",
            "max_connections": str(_CONNECTIONS),
            "timezone": "UTC",
            "log_timezone": "UTC",
            **({} if self.durable else _NOT_DURABLE),
        }

    def _check_version(self, binaries: Binaries) -> None:
        if not self.data.exists():
            return
        version = self.data / "PG_VERSION"
        made_by = version.read_text().strip() if version.exists() else "(unknown)"
        if made_by != str(binaries.major):
            raise CannotStartError(
                f"The data in {self.data} was made by PostgreSQL {made_by}; the server here is {binaries.major}. "
                "Carry it over with that version's pg_dump, or move the folder away to begin anew."
            )

    def _read_passwords(self) -> None:
        path = self.folder / "passwords.json"
        if not path.exists():
            if self.data.exists():
                raise CannotStartError(
                    f"{path} is missing, so nobody can sign in to the data beside it. Put it back from a copy, "
                    f"or move {self.folder} away to begin anew."
                )
            made_up = {role: secrets.token_urlsafe(24) for role in (BOOTSTRAP, MIGRATOR, APP)}
            write_private(path, json.dumps(made_up, indent=1) + "\n")
        self._passwords = json.loads(path.read_text(encoding="utf-8"))
