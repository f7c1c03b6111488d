"""How long a device takes over each command: a table of seconds by command code.

A profile is TOML: ``default`` seconds, and ``[seconds]`` with command codes in hex ("10", "FF45"). Figures of real
devices: protocol notes, section 1.3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from emulator import shipped

FOLDER = "times"


@dataclass(frozen=True)
class DeviceTime:
    """Seconds by command code (FN commands: FF00h + second byte); ``default`` for the others."""

    default: float = 0.0
    by_code: dict[int, float] = field(default_factory=dict)

    def seconds(self, request: bytes) -> float:
        """How long the command of a request payload takes before its answer."""
        code = 0xFF00 + request[1] if request[0] == 0xFF and len(request) > 1 else request[0]
        return self.by_code.get(code, self.default)


AT_ONCE = DeviceTime()


@runtime_checkable
class Timed(Protocol):
    """A front end that knows how long its device takes over a command."""

    def seconds(self, request: bytes) -> float: ...


def seconds_of(front: object, request: bytes) -> float:
    """How long a front end's device takes over a request; 0 for one that does not say."""
    return front.seconds(request) if isinstance(front, Timed) else 0.0


def load(name: str) -> DeviceTime:
    """A shipped profile or a .toml file. Raises FileNotFoundError, OSError, ValueError."""
    table = shipped.table(FOLDER, name)
    strange = sorted(set(table) - {"title", "default", "seconds"})
    if strange:
        raise ValueError(f"device time {name}: unknown keys {', '.join(strange)}")
    by_code = {int(code, 16): float(seconds) for code, seconds in table.get("seconds", {}).items()}
    default = float(table.get("default", 0.0))
    if default < 0 or any(seconds < 0 for seconds in by_code.values()):
        raise ValueError(f"device time {name}: seconds below zero")
    return DeviceTime(default, by_code)
