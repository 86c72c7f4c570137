"""Everything `make run` starts: PostgreSQL, the migrations, the demonstration, web, worker and mail catcher."""

import http.client
import os
import queue
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import src
from src.platform.local.children import Child, say
from src.platform.local.errors import CannotStartError
from src.platform.local.folders import FolderLock, make_private_folder, sentence_for, write_private
from src.platform.local.postgres import LocalPostgres
from src.platform.local.roles import APP, BOOTSTRAP, MIGRATOR, bootstrap_roles
from src.platform.local.running import DATABASE
from src.platform.settings import Settings, WrongSettingError, get_settings

ROOT = Path(src.__file__).parents[1]
MAIL_PAGE_AFTER = 1
SMTP_AFTER = 25
_READY_SECONDS = 90.0
_HIGHEST_PORT = 65535
_FIRST_FREE_PORT = 1024  # those below are root's


class _Stopped(BaseException):
    """Somebody pressed Ctrl-C, closed the terminal or sent a signal."""


def run() -> int:
    """Start everything, stay until told to stop, stop everything. The status for the shell.

    Ends by itself, with status 1, when a part of it dies: nothing is restarted behind the developer's back.
    """
    stack = None
    try:
        with _stopping_on_signals():
            stack = Stack(get_settings())
            stack.start()
            return stack.stay()
    except _Stopped as signalled:
        say()
        say(f"Stopping ({signalled}) …")
        return 0
    except (CannotStartError, WrongSettingError) as error:
        say()
        say(str(error))
        return 1
    finally:
        if stack is not None:
            stack.stop()
            if stack.problem:  # once more, below what the parts said while they stopped
                say()
                say(stack.problem)


class Stack:
    """The parts in the order in which they depend on each other; stopped in the opposite order."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._data = settings.data_dir.expanduser().absolute()
        self._lock = FolderLock(self._data / "run.lock")
        self._postgres: LocalPostgres | None = None
        self._children: list[Child] = []
        self._ended: queue.SimpleQueue[tuple[str, int]] = queue.SimpleQueue()
        self._environment = dict(os.environ)
        self.problem = ""

    def start(self) -> None:
        """Start all parts and print where they are. Raises `CannotStartError`."""
        try:
            make_private_folder(self._data)
            self._lock.take()
            self._check_ports()
            self._set_environment()
        except OSError as error:
            raise CannotStartError(sentence_for(error, self._data)) from error
        owner = self._start_database()
        self._finish("migrate", owner)
        printed = self._finish("seed", owner) if self._environment["DEMO"] == "1" else []
        # The catcher first: the worker may have mail to send from the last run.
        for name, command in (("mail", "mail-catcher"), ("worker", "worker"), ("web", "web")):
            child = self._child(name, command)
            child.start(lambda name, status: self._ended.put((name, status)))
        self._wait_until_ready()
        self._print_addresses(printed)

    def stay(self) -> int:
        """Wait for the first part that ends by itself; that is never good."""
        name, status = self._ended.get()
        say()
        say(f"{name} has ended by itself ({_status_in_words(status)}). Stopping the rest …")
        self.problem = (
            f"Stopped, because {name} had ended by itself ({_status_in_words(status)}). Type `make run` to start again."
        )
        return 1

    def stop(self) -> None:
        """Stop what runs, the database last."""
        while self._children:
            self._children.pop().stop()
        if self._postgres is not None:
            self._postgres.stop()
        self._lock.release()

    def _check_ports(self) -> None:
        port = self._settings.port
        if port + SMTP_AFTER > _HIGHEST_PORT:
            raise CannotStartError(f"PORT={port} is too high: {SMTP_AFTER} more ports are needed above it. Try 8100.")
        parts = ((0, self._settings.host, "the web pages"), (MAIL_PAGE_AFTER, "127.0.0.1", "the mail page"),
                 (SMTP_AFTER, "127.0.0.1", "outgoing mail"))  # fmt: skip
        for offset, host, purpose in parts:
            with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((host, port + offset))
                except OSError as error:
                    why = "is taken by another program" if not isinstance(error, PermissionError) else "needs root rights"
                    other = port + 100 if _FIRST_FREE_PORT <= port < _HIGHEST_PORT - 200 else 8100
                    raise CannotStartError(
                        f"Port {port + offset} (for {purpose}) {why}. Choose others: PORT={other} make run"
                    ) from error

    def _set_environment(self) -> None:
        port = self._settings.port
        self._environment |= {
            "DATA_DIR": str(self._data),
            "SECRET_KEY": self._settings.secret_key.get_secret_value() or _kept_secret(self._data / "secret-key"),
            # Always ours: a demonstration must not write to people.
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(port + SMTP_AFTER),
            "SMTP_USER": "",
            "SMTP_PASSWORD": "",
            "SMTP_TLS": "none",
            "MAIL_PAGE_URL": f"http://localhost:{port + MAIL_PAGE_AFTER}/",
            "DEMO": "0" if os.environ.get("DEMO") and not self._settings.demo else "1",
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
        }
        self._environment.pop("MIGRATION_DATABASE_URL", None)

    def _start_database(self) -> dict[str, str]:
        """Make sure that there is a database, and tell how its owner signs in."""
        if self._settings.database_url:
            if not self._settings.migration_database_url:
                raise CannotStartError(
                    "DATABASE_URL is set, MIGRATION_DATABASE_URL is not: migrations need the role that owns the tables "
                    "(infra/sql/roles.sql makes both). Unset DATABASE_URL to use the embedded server."
                )
            return {"MIGRATION_DATABASE_URL": self._settings.migration_database_url}
        say("Starting PostgreSQL …")
        self._postgres = server = LocalPostgres(self._data / "postgres")
        server.start()
        bootstrap_roles(server.dsn(BOOTSTRAP, "postgres"), DATABASE, server.password(MIGRATOR), server.password(APP))
        self._environment["DATABASE_URL"] = server.dsn(APP, DATABASE)
        threading.Thread(target=lambda: self._ended.put(("PostgreSQL", server.wait())), daemon=True).start()
        return {"MIGRATION_DATABASE_URL": server.dsn(MIGRATOR, DATABASE)}

    def _finish(self, command: str, extra: dict[str, str]) -> list[str]:
        """Run a command that ends, and hand back what it printed."""
        say({"migrate": "Bringing the tables up to date …", "seed": "Preparing the demonstration …"}[command])
        child = self._child(command, command, extra)
        status = child.run_to_end()
        self._children.remove(child)
        if status != 0:
            raise CannotStartError(f"`python -m src {command}` did not succeed ({_status_in_words(status)}); see above.")
        return child.printed

    def _child(self, name: str, command: str, extra: dict[str, str] | None = None) -> Child:
        child = Child(name, command, root=ROOT, environment=self._environment | (extra or {}))
        self._children.append(child)
        return child

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while not _answers(self._settings.host, self._settings.port):
            with suppress(queue.Empty):
                name, status = self._ended.get(timeout=0.1)
                raise CannotStartError(f"{name} has ended by itself ({_status_in_words(status)}); see above.")
            if time.monotonic() > deadline:
                raise CannotStartError(f"The web pages did not answer within {_READY_SECONDS:.0f} seconds; see above.")

    def _print_addresses(self, printed: list[str]) -> None:
        port = self._settings.port
        say()
        # What the seed prints indented is for the developer: addresses and sign-ins. Other lines are logs.
        shown = [line for line in printed if line.startswith("  ")]
        for line in shown or [f"  http://{self._settings.base_domain}:{port}/"]:
            say(line)
        say()
        say(f"  Mail that was sent: http://localhost:{port + MAIL_PAGE_AFTER}/")
        say(f"  Data:               {self._data}")
        say("  Stop with Ctrl-C")
        say()


def _kept_secret(path: Path) -> str:
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8").strip()


def _answers(host: str, port: int) -> bool:
    # Not urllib: it would ask a proxy from the environment.
    connection = http.client.HTTPConnection({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port, timeout=5)  # noqa: S104
    try:
        connection.request("GET", "/health/ready", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _status_in_words(status: int) -> str:
    if status >= 0:
        return f"status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal raise `_Stopped` once; later ones change nothing, stopping goes on."""

    def stop(number: int, _frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        # Printing waits until the main program: it may be in the middle of printing right now.
        raise _Stopped(signal.Signals(number).name)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # Under nohup it stays ignored.
        signal.signal(signal.SIGHUP, stop)
    try:
        yield
    finally:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(run())
