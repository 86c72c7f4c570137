"""Programs and ports for the tests of what is under infra/."""

import contextlib
import os
import socket
import time
from collections.abc import Callable

import pytest


def _free(ports: list[int]) -> bool:
    with contextlib.ExitStack() as stack:
        for port in ports:
            probe = stack.enter_context(socket.socket())
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


@pytest.fixture
def ports() -> int:
    """The first of three free neighbouring ports."""
    start = 30000 + os.getpid() % 20000
    return next(base for base in range(start, 64000, 10) if _free([base, base + 1, base + 2]))


@pytest.fixture
def eventually() -> Callable[..., None]:
    """Waits until a condition holds; fails when it does not within the deadline (seconds)."""

    def wait(condition: Callable[[], bool], deadline: float = 20.0) -> None:
        end = time.monotonic() + deadline
        while not condition():
            assert time.monotonic() < end, "it did not come true in time"
            time.sleep(0.02)

    return wait
