"""Logs: one line per event on stderr, English, redacted by an allow-list of fields.

A field that is not on the list is shown as "[hidden]": forgetting to list a field hides it, never leaks it. Cards show
their last four characters, phones their last two digits; control characters are escaped so that a hostile receipt
cannot forge a line.
"""

from __future__ import annotations

import logging
import sys
from collections import deque
from collections.abc import Iterable
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, WrappedLogger

# fmt: off
OPEN = frozenset({
    "attempt", "code", "command", "count", "cursor", "customer_id", "detail", "elapsed_ms", "event", "event_id",
    "exception", "fault", "fd", "findings", "firmware", "first", "fn", "form", "job", "kind", "last", "level",
    "part", "method", "model", "operation", "operation_name", "outcome", "path", "pid", "points_pt", "port",
    "reason", "register", "rules", "seconds", "seq", "signal", "slip", "sqlite", "state", "status", "store",
    "timestamp", "total_kop", "trace_id", "vendor", "version", "wal_reset_fixed", "why",
})
# fmt: on
RECENT: deque[dict[str, Any]] = deque(maxlen=1000)  # the last lines as they were written, for the installer's page
TAILS = {"card": 4, "phone": 2}
TEXT_LIMIT = 2000


def redact(_: WrappedLogger, __: str, fields: EventDict) -> EventDict:
    """Structlog processor: keep listed fields, cut cards and phones to their tails, hide the rest."""
    return {name: _shown(name, value) for name, value in fields.items()}


def remember(_: WrappedLogger, __: str, fields: EventDict) -> EventDict:
    """Structlog processor: keep what was redacted, nothing else."""
    RECENT.append(dict(fields))
    return fields


def _shown(name: str, value: object) -> object:
    if name in TAILS:
        return "*" + str(value)[-TAILS[name] :]
    if name not in OPEN:
        return "[hidden]"
    return value if isinstance(value, bool | int | float | None) else clean(str(value))


def clean(text: str) -> str:
    """Text from outside, fit for one line: control characters escaped, length capped."""
    safe = "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
    return safe if len(safe) <= TEXT_LIMIT else safe[:TEXT_LIMIT] + "..."


class _Stderr:
    """The process's stderr of the moment: a stream that was replaced for a while must not be written to for ever."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure(level: str = "info", form: str = "json", stream: TextIO | None = None) -> None:
    """Set up logging for this process, once, from the composition root."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    processors: Iterable[Any] = (
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        redact,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        remember,
        renderer,
    )
    structlog.configure(
        processors=list(processors),
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=stream or cast(TextIO, _Stderr())),
        cache_logger_on_first_use=False,
    )


def logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger bound to a part of the agent, e.g. `logger("watch")`."""
    made: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=name)
    return made
