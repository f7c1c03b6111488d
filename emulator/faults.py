"""A plan of what goes wrong on a line and with a device: seeded, so that the same seed gives the same run.

A plan is TOML: ``title``, ``commands`` (faults stop after so many commands of an endpoint; absent: never) and one
``[[fault]]`` per kind of trouble. Every fault meets *opportunities* (a byte, an answer, a command, by its kind) and
happens at some of them:

* ``chance_ppm``: how often, in millionths of its opportunities; absent: at every one
* ``at``: only at this opportunity, counted from 1; ``after``: not at the first so many; ``times``: at most so often
* ``command``: only with this command (hex: "FF45"; of ATOL the one byte after the password: "4A")

What else a kind takes: ``side`` ("host": bytes on their way to the device, "device", "both"), ``seconds``, ``count``,
``lines``, ``moment``, ``name``; see :data:`KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from hashlib import sha256
from typing import Any, Protocol

from emulator import shipped

FOLDER = "plans"
MILLION = 1_000_000
SIDES = ("host", "device", "both")
MOMENTS = ("now", "before-commit", "after-commit")
NAMES = ("same", "new")

KINDS: dict[str, str] = {
    "byte_lost": "a byte of `side` vanishes",
    "byte_flipped": "one bit of a byte of `side` turns over",
    "byte_inserted": "a byte of noise comes after a byte of `side`",
    "byte_doubled": "a byte of `side` comes twice",
    "ack_lost": "the ACK of `side` vanishes: the device's for a command, the host's for an answer",
    "answer_lost": "an answer vanishes on the line; the device keeps it as long as its protocol does",
    "answer_late": "an answer arrives `seconds` later than it was sent",
    "answer_stale": "the answer before the last one arrives in place of the last",
    "nak_storm": "the next `count` frames of the host are refused, unexecuted: with NAK where the protocol has one",
    "cable": 'the cable is out for `seconds`; with name = "new" it comes back under another device name',
    "power": "the mains are off for `seconds`: `moment` now, or before-commit, after-commit of the FN's next write",
    "paper_out": "the paper ends after `lines` lines; a new roll after `seconds` (0: nobody comes)",
    "slow": "a command takes `seconds` longer",
}
"""Every kind of fault and what it does."""

ON_BYTES = frozenset({"byte_lost", "byte_flipped", "byte_inserted", "byte_doubled"})
ON_COMMANDS = frozenset({"nak_storm", "cable", "power", "paper_out", "slow"})


@dataclass(frozen=True)
class Fault:
    """One kind of trouble and when it happens; see the module's text."""

    kind: str
    side: str = "device"
    chance_ppm: int | None = None
    at: int | None = None
    after: int = 0
    times: int | None = None
    command: int | None = None
    seconds: float = 0.0
    count: int = 1
    lines: int = 0
    moment: str = "now"
    name: str = "same"

    def __post_init__(self) -> None:
        problem = self._problem()
        if problem:
            raise ValueError(f"fault {self.kind!r}: {problem}")

    def _problem(self) -> str:
        if self.kind not in KINDS:
            return f"there is {', '.join(KINDS)}"
        choices = (("side", self.side, SIDES), ("moment", self.moment, MOMENTS), ("name", self.name, NAMES))
        for word, value, allowed in choices:
            if value not in allowed:
                return f"{word} is {', '.join(allowed)}, not {value!r}"
        if self.chance_ppm is not None and not 0 <= self.chance_ppm <= MILLION:
            return f"chance_ppm is 0..{MILLION}"
        if min(self.after, self.seconds, self.count, self.lines, self.at or 1, self.times or 0) < 0 or self.at == 0:
            return "numbers below zero"
        return ""

    def on(self, side: str) -> bool:
        """Whether bytes of this side are meant."""
        return self.side in (side, "both")


@dataclass(frozen=True)
class FaultPlan:
    """Faults in their order and how many commands of an endpoint they last (None: for ever)."""

    faults: tuple[Fault, ...] = ()
    commands: int | None = None
    title: str = ""


def names() -> list[str]:
    """Shipped plans."""
    return shipped.names(FOLDER)


def load(name: str) -> FaultPlan:
    """A shipped plan or a .toml file. Raises FileNotFoundError, OSError, ValueError."""
    return from_table(shipped.table(FOLDER, name), name)


def from_table(table: dict[str, Any], name: str) -> FaultPlan:
    """A plan from parsed TOML. ValueError when something in it is not understood."""
    strange = sorted(set(table) - {"title", "commands", "fault"})
    rows = table.get("fault", [])
    if strange or not isinstance(rows, list):
        raise ValueError(f"fault plan {name}: unknown keys {', '.join(strange)}")
    return FaultPlan(tuple(_fault(row, name) for row in rows), table.get("commands"), table.get("title", ""))


def _fault(row: dict[str, Any], name: str) -> Fault:
    strange = sorted(set(row) - {one.name for one in fields(Fault)})
    if strange or "kind" not in row:
        raise ValueError(f"fault plan {name}: {row.get('kind', 'a fault without kind')}: unknown {', '.join(strange)}")
    values = dict(row)
    if "command" in values:
        values["command"] = int(str(values["command"]).rstrip("hH"), 16)
    try:
        return Fault(**values)
    except (TypeError, ValueError) as error:
        raise ValueError(f"fault plan {name}: {error}") from error


class Hands(Protocol):
    """What faults do to the device itself; each comes to an end by itself after so many seconds (0: it stays)."""

    def cut_power(self, moment: str, seconds: float) -> None: ...
    def pull_cable(self, endpoint: int, seconds: float, renamed: bool) -> None: ...
    def end_paper(self, lines: int, seconds: float) -> None: ...


class Chance:
    """A stream of numbers that a key alone decides: the same on every machine and version of Python."""

    def __init__(self, key: str) -> None:
        self._key, self._drawn = key, 0

    def below(self, limit: int) -> int:
        """The next number, 0..limit - 1 (limit far below 2**64)."""
        self._drawn += 1
        return int.from_bytes(sha256(f"{self._key}/{self._drawn}".encode()).digest()[:8], "big") % limit


@dataclass
class Dice:
    """Decides, for one endpoint, which opportunities a plan takes; every fault has its own stream of chance.

    ``tell`` gets one line for each fault that happens: endpoint, number and code of the command, kind, opportunity.
    """

    plan: FaultPlan
    seed: int
    endpoint: int
    tell: Callable[[str], None]
    commands: int = 0
    code: int = 0
    _seen: dict[int, int] = field(default_factory=dict)
    _happened: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = [Chance(f"{self.seed}/{self.endpoint}/{index}") for index in range(len(self.plan.faults))]

    def next_command(self, code: int) -> None:
        """A command came whole."""
        self.commands, self.code = self.commands + 1, code

    def happening(self, kinds: frozenset[str], side: str | None = None) -> list[tuple[Fault, Chance]]:
        """The faults of these kinds that happen at this opportunity, each with its chance."""
        return [
            (fault, self.chance[index])
            for index, fault in enumerate(self.plan.faults)
            if fault.kind in kinds and (side is None or fault.on(side)) and self._happens(index, fault)
        ]

    def _happens(self, index: int, fault: Fault) -> bool:
        if self.plan.commands is not None and self.commands > self.plan.commands:
            return False
        if fault.command not in (None, self.code):
            return False
        seen = self._seen[index] = self._seen.get(index, 0) + 1
        happened = self._happened.get(index, 0)
        if seen <= fault.after or fault.at not in (None, seen) or (fault.times or happened + 1) <= happened:
            return False
        if fault.chance_ppm is not None and self.chance[index].below(MILLION) >= fault.chance_ppm:
            return False
        self._happened[index] = happened + 1
        self.tell(f"{self.endpoint} #{self.commands} {self.code:02X} {fault.kind} {seen}")
        return True
