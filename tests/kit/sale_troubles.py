"""What goes wrong around one sale, drawn from a seed and put on the wire, the mains, the paper and the other port.

A plan is a list of `Trouble`. Some sales are calm, some brutal. Nothing here looks at the agent's own state.
"""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from emulator.device_core import PowerCutError
from emulator.receipt import OpenReceipt
from emulator.terms import Refusal
from kit.faulty_wire import NAK
from kit.sale_register import Killed, SaleRegister

MESSAGES = 110  # host messages of one clean sale with its document read back, and a few more
CUT_NOTICED_S = 0.02
FOREIGN_KOP = 77_701  # never the price of one of ours
WIRE = ("lose", "lose_byte", "flip", "insert", "double_byte", "double", "late", "nak")
WORLD = (
    "cable",
    "power",
    "power_before",
    "power_after",
    "paper",
    "slow",
    "foreign",
    "left_open",
    "kill",
    "kill_commit",
)


@dataclass(frozen=True)
class Trouble:
    """`message`: from which one on, counted in `way` ("host" or "device"); `count`: how many, or how much.

    `cut_byte` counts bytes instead: the cable comes off behind that one.
    """

    kind: str
    way: str
    message: int
    count: int
    seconds: float
    place: int

    def __str__(self) -> str:
        return f"{self.kind}@{self.way}{self.message} x{self.count} {self.seconds:g}s {self.place}"


def draw(chance: random.Random) -> list[Trouble]:
    """Troubles of one sale."""
    mood = chance.random()
    number = 0 if mood < 0.05 else 1 if mood < 0.6 else chance.randint(2, 3) if mood < 0.9 else chance.randint(4, 12)
    return [_one(chance) for _ in range(number)]


def _one(chance: random.Random) -> Trouble:
    kind = chance.choice(WIRE if chance.random() < 0.5 else WORLD)
    closing = chance.random() < 0.5  # half of them while the receipt is made, which is a sixth of the messages
    message = chance.randint(12, 28) if closing else chance.randint(1, MESSAGES)
    long = chance.random() < 0.1
    count = chance.randint(5, 40) if long else chance.randint(1, 3)
    seconds = round(chance.uniform(15, 50) if long else chance.uniform(0.05, 6), 3)
    return Trouble(kind, chance.choice(("host", "device")), message, count, seconds, chance.randint(0, 255))


def spoil(kind: str, message: bytes, place: int) -> bytes:
    """What arrives of a message."""
    at = place % len(message)
    match kind:
        case "lose":
            return b""
        case "lose_byte":
            return message[:at] + message[at + 1 :]
        case "flip":
            return message[:at] + bytes([message[at] ^ (1 << place % 8)]) + message[at + 1 :]
        case "insert":
            return message[:at] + bytes([place]) + message[at:]
        case "double_byte":
            return message[: at + 1] + message[at:]
        case "double":
            return message + message
        case "nak":
            return NAK
    return message


class Saboteur:
    """Puts a plan around one sale. `seen` is told of each thing that happened in the world."""

    def __init__(self, register: SaleRegister, plan: Sequence[Trouble], seen: Callable[[str], None]) -> None:
        self.register, self.plan, self.seen = register, list(plan), seen
        self._owed = 0  # receipts of a till that was refused because ours was open
        self._theirs: OpenReceipt | None = None
        self._passed = {"host": 0, "device": 0}  # bytes
        self._dead_until = 0.0

    def start(self) -> None:
        """From the next message on."""
        register = self.register
        register.wire.reset(self._fault)
        register.wire.before = self._before
        register.wire.slow = self._slow
        register.points.clear()
        for one in self.plan:
            if one.kind in ("power_before", "power_after"):
                register.cut_power_at("before-commit" if one.kind == "power_before" else "after-commit", one.seconds)
            if one.kind == "kill_commit":
                register.at_point = self._killer(one.message % 10)

    def _fault(self, way: str, number: int, message: bytes) -> bytes:
        if self.register.clock.seconds < self._dead_until:
            return b""
        for one in self.plan:
            if one.kind == "cut_byte" and one.way == way:
                message = self._cut(one, message)
                continue
            if one.way != way or not one.message <= number < one.message + one.count:
                continue
            if one.kind == "late":
                return self.register.wire.arrives_late(message, one.seconds) if way == "device" else message
            message = spoil(one.kind, message, one.place) if message else message
        return message

    def _cut(self, one: Trouble, message: bytes) -> bytes:
        """The cable comes off behind byte `message` of that direction; the port notices a little later."""
        left = one.message - self._passed[one.way]
        self._passed[one.way] += len(message)
        if not 0 < left <= len(message):
            return message
        self._dead_until = self.register.clock.seconds + CUT_NOTICED_S
        self.register.wire.later(CUT_NOTICED_S, lambda: self.register.wire.cut(one.seconds))
        return message[:left]

    def _before(self, number: int, message: bytes) -> None:
        due = [one for one in self.plan if one.message == number]
        for one in due:
            self._strike(one)
        if self._owed and not due:
            self._foreign(self._owed)

    def _strike(self, one: Trouble) -> None:
        register = self.register
        match one.kind:
            case "cable":
                register.wire.cut(one.seconds)
            case "power":
                register.power_off(one.seconds)
            case "paper":
                register.device.head.paper_out(one.place % 4)
                register.wire.later(one.seconds, register.device.head.paper_in)
            case "foreign":
                self._foreign(one.count % 3 + 1)
            case "left_open":
                self._left_open(one.seconds)
            case "kill":
                self.plan.remove(one)
                raise Killed

    def _slow(self, request: bytes) -> float:
        number = self.register.wire.count["host"]
        slow = [one.seconds for one in self.plan if one.kind == "slow" and 0 <= number - one.message < one.count]
        return slow[0] if slow else 0.0

    def _killer(self, left: int) -> Callable[[str], None]:
        def reached(point: str) -> None:
            if len(self.register.points) > left:
                self.seen(f"killed at {point}")
                raise Killed

        return reached

    def _foreign(self, count: int) -> None:
        """The till on the other port registers so many receipts, as soon as it is let."""
        self._owed = 0
        for left in range(count, 0, -1):
            if not self.register.mains():
                self._owed = left
                return
            ours = self.register.device.receipt
            try:
                self.register.sell(("Чужое", FOREIGN_KOP, 1_000_000))
            except (Refusal, PowerCutError):
                self._owed = left
                if self.register.device.receipt is not ours:
                    self._theirs = self.register.device.receipt
                return
            self.seen("foreign document")

    def _left_open(self, seconds: float) -> None:
        """Somebody begins a receipt on the other port and cancels it later."""
        if not self.register.mains():
            return
        device = self.register.device
        with suppress(Refusal):
            device.open_receipt(1, 30)
            self._theirs = device.receipt
            self.register.wire.later(seconds, self.cancel_theirs)
            self.seen("foreign receipt opened")

    def cancel_theirs(self) -> None:
        """Whoever left a receipt open comes back; a print that waits for new paper is let go on first."""
        device = self.register.device
        if self._theirs is None or device.receipt is not self._theirs or not self.register.mains():
            return
        with suppress(Refusal):
            device.continue_print()
        with suppress(Refusal):
            device.cancel_receipt(30)
