"""Making PostgreSQL's data and starting the server over it, once programs, identity and folders are known."""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from src.platform.local.binaries import Binaries
from src.platform.local.errors import CannotStartError
from src.platform.local.identity import Identity

_INITDB_SECONDS = 180.0
_START_SECONDS = 120.0  # Recovery after a power cut may take its time.
_TAIL = 12


@dataclass(frozen=True)
class Cluster:
    """A data folder and how to work on it."""

    data: Path
    sockets: Path
    log: Path
    binaries: Binaries
    identity: Identity

    def make(self, superuser: str, password: str, *, durable: bool) -> None:
        """Fill the data folder. It appears whole: a run killed in here leaves only a draft, which the next removes."""
        draft = self.data.with_name("data.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        secret = self.sockets / "password"
        secret.touch(mode=0o600)
        secret.write_text(password)
        self.identity.own(draft)
        self.identity.own(secret)
        command = [
            str(self.binaries.initdb), "--pgdata", self.identity.data_path(draft), "--username", superuser,
            f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions",
            *self.binaries.locale_flags(), *([] if durable else ["--no-sync"]),
        ]  # fmt: skip
        try:
            made = subprocess.run(
                self.identity.command(command, folder=draft),
                capture_output=True, text=True, errors="replace",
                timeout=_INITDB_SECONDS, env=_environment(), check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise CannotStartError(f"PostgreSQL did not finish making its data in {self.data}: is the disk very slow?") from error
        finally:
            secret.unlink()
        if made.returncode != 0:
            raise self._explained("PostgreSQL could not make its data", made.stdout + made.stderr)
        draft.rename(self.data)

    def launch(self, options: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start the server and return when it takes connections."""
        deadline = time.monotonic() + _START_SECONDS
        while True:
            process = self._spawn(options)
            try:
                ready = self._wait(process, deadline)
            except BaseException:
                process.send_signal(signal.SIGQUIT)
                process.wait()
                raise
            if ready:
                return process
            said = self.log.read_text(errors="replace")
            # Children of a server that was killed alone need a moment to notice.
            if "pre-existing shared memory block" not in said or time.monotonic() > deadline:
                raise self._explained("PostgreSQL did not start", said)
            time.sleep(0.2)

    def _spawn(self, options: dict[str, str]) -> subprocess.Popen[bytes]:
        command = [str(self.binaries.postgres), "-D", self.identity.data_path(self.data)]
        for name, value in {"unix_socket_directories": str(self.sockets), **options}.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("wb") as log:
            self.log.chmod(0o600)  # Statements in it carry residents' words.
            return subprocess.Popen(
                self.identity.command(command, folder=self.data),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment(),
                start_new_session=True,  # Ctrl-C in the terminal is for the supervisor, which stops the server last.
            )  # fmt: skip

    def _wait(self, process: subprocess.Popen[bytes], deadline: float) -> bool:
        """Whether the server became ready rather than ended."""
        while process.poll() is None:
            if self._is_ready(process.pid):
                return True
            if time.monotonic() > deadline:
                raise self._explained("PostgreSQL did not become ready in time", self.log.read_text(errors="replace"))
            time.sleep(0.02)
        return False

    def _is_ready(self, pid: int) -> bool:
        """As pg_ctl does it: the eighth line of the server's own file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"  # noqa: PLR2004

    def _explained(self, what: str, said: str) -> CannotStartError:
        if "No space left on device" in said:
            return CannotStartError(
                f"{what}: no space left on the disk of {self.data}. Free some, or set DATA_DIR to a folder elsewhere."
            )
        if "Read-only file system" in said:
            return CannotStartError(f"{what}: {self.data} is on a read-only disk. Set DATA_DIR to a folder elsewhere.")
        tail = "\n".join(f"    {line}" for line in said.splitlines()[-_TAIL:])
        return CannotStartError(f"{what}. It said:\n{tail}")


def _environment() -> dict[str, str]:
    """Ours without what steers PostgreSQL: a developer's PGDATA or PGOPTIONS are about another server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C"}
