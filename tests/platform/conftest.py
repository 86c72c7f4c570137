"""What the tests of the local stack share."""

import socket
import time
from collections.abc import Callable, Iterator

import pytest

from tests.oidc.liar import Liar


@pytest.fixture
def free_port() -> int:
    """A port that nobody used a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def eventually() -> Callable[..., None]:
    """Waits until a condition holds; fails when it does not within the deadline (seconds)."""

    def wait(condition: Callable[[], bool], deadline: float = 15.0) -> None:
        end = time.monotonic() + deadline
        while not condition():
            assert time.monotonic() < end, "it did not come true in time"
            time.sleep(0.02)

    return wait


@pytest.fixture
def liar() -> Iterator[Liar]:
    """A provider of identities, honest so far."""
    provider = Liar()
    yield provider
    provider.stop()
