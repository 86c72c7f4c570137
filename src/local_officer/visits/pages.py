"""Routes of the slice."""

from typing import Any

handlers: list[Any] = []
