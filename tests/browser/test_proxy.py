"""The Caddyfile as it is deployed, in front of the real application (plain http on loopback)."""

import asyncio
import http.client
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.browser.conftest import ROOT, Deployment
from tests.mailbox import free_port

pytestmark = pytest.mark.xdist_group("browser")
CADDY = shutil.which("caddy")
READY_WITHIN = 15.0


def fetch(port: int, host: str, path: str) -> tuple[int, dict[str, str], bytes]:
    """One request with a Host header: Python cannot resolve *.localhost."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": host, "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return found


def start(command: list[str], environment: dict[str, str], path: Path) -> subprocess.Popen[bytes]:
    """The proxy's process; what it says goes to a file."""
    with path.open("wb") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


@pytest.mark.skipif(CADDY is None and not os.environ.get("CI"), reason="apt-get install caddy (.ci/run does)")
async def test_the_application_behind_caddy(deployment: Deployment, tmp_path: Path) -> None:
    assert CADDY is not None
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
        "SCHEME": "http",
        "LISTEN": f":{port}",
        "UPSTREAM": f"127.0.0.1:{deployment.port}",
    }
    command = [CADDY, "run", "--config", str(ROOT / "infra" / "Caddyfile"), "--adapter", "caddyfile"]
    proxy = start(command, environment, tmp_path / "log")
    try:
        end = time.monotonic() + READY_WITHIN
        while True:
            try:
                status, headers, _ = await asyncio.to_thread(fetch, port, "ternopil.localhost", "/")
                break
            except OSError:
                assert time.monotonic() < end, (tmp_path / "log").read_text()
                await asyncio.sleep(0.05)
        assert (status, headers["content-encoding"]) == (200, "gzip")
        assert "script-src 'self'" in headers["content-security-policy"]
        status, _, _ = await asyncio.to_thread(fetch, port, "nowhere.localhost", "/")
        assert status == http.HTTPStatus.NOT_FOUND
        for domain, wanted in (("kyiv.localhost", 200), ("stranger.example", 404), ("a.kyiv.localhost", 404)):
            status, _, _ = await asyncio.to_thread(fetch, deployment.port, "anything", f"/health/host?domain={domain}")
            assert status == wanted, domain
    finally:
        proxy.terminate()
        proxy.wait(timeout=15)
