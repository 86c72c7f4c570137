"""What is written to logs: one structured line an event on standard output, ours and the libraries' alike.

No bodies, no cookies, no queries, no addresses with keys in them, and nothing that the database quotes from a row.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from src.platform.settings import Settings

QUOTED = re.compile(r"^(DETAIL|CONTEXT): .*?(?=^\[SQL: |^(?:The above|During handling)|\Z)", re.MULTILINE | re.DOTALL)
"""What PostgreSQL adds to its errors: "Key (email)=(…) already exists", "Failing row contains (…)"."""


def without_details(text: str) -> str:
    """An error of the database without the values of rows."""
    return QUOTED.sub("", text)


def leave_out_rows(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401
    """A processor: tracebacks and messages lose what the database quotes from a row."""
    for name in ("event", "exception"):
        if isinstance(event.get(name), str):
            event[name] = without_details(event[name])
    return event


def configure_logs(settings: Settings, to: TextIO | None = None) -> None:
    """Send all loggers' lines to standard output (or elsewhere) in the shape that the settings ask for."""
    to = to or sys.stdout
    begun: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=to.isatty(), exception_formatter=structlog.dev.plain_traceback)
    )
    ended: list[structlog.typing.Processor] = [structlog.processors.format_exc_info, leave_out_rows, renderer]
    structlog.configure(
        processors=[*begun, *ended],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level)),
        logger_factory=structlog.PrintLoggerFactory(to),
        cache_logger_on_first_use=True,
    )
    lines = logging.StreamHandler(to)
    lines.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*begun, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ended],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [lines]
    root.setLevel(settings.log_level)
    for noisy in ("dramatiq", "alembic", "httpx", "httpx2", "httpcore2"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
