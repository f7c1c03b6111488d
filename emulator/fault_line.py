"""The faulty line: stands between a front end and whoever moves its bytes, and lets a plan's faults happen.

It is a front end itself (see ``emulator.endpoints.Front``), so an endpoint or a test uses it in place of the real one.
It knows of the protocol only where frames begin and end, and reads no clock: times are monotonic readings given to it.
"""

from __future__ import annotations

from typing import Protocol

from emulator.device_time import seconds_of
from emulator.fault_watch import Piece, Spot, watches
from emulator.faults import ON_BYTES, ON_COMMANDS, Chance, Dice, Fault, Hands

FIRST = 0x05
"""The byte a line is asked about before the first one comes."""
ACK_LOST = frozenset({"ack_lost"})
ANSWER = frozenset({"answer_lost", "answer_late", "answer_stale"})


class FrontEnd(Protocol):
    """The front end behind the line.

    ``dialect`` names the protocol that the host's next byte is read by ("1.0", "2.0", "v2", "v3"; see
    ``emulator.fault_watch``); ``command_code`` is that of a request, FF00h + second byte for an FN command of Shtrih.
    """

    def accept(self, data: bytes, now: float) -> bytes: ...
    def take_request(self) -> bytes | None: ...
    def execute(self, request: bytes) -> bytes: ...
    def answer(self, payload: bytes, now: float) -> bytes: ...
    def due(self) -> float | None: ...
    def tick(self, now: float) -> bytes: ...
    def power_off(self) -> None: ...
    def dialect(self, byte: int) -> str: ...
    def command_code(self, request: bytes) -> int: ...


class FaultLine:
    """``inner`` is the front end; ``dice`` decide; ``hands`` reach the device; ``endpoint`` counts from 0."""

    def __init__(self, inner: FrontEnd, dice: Dice, hands: Hands) -> None:
        self._inner, self._dice, self._hands = inner, dice, hands
        self._watches = watches()
        self._watch = self._watches[inner.dialect(FIRST)]
        self._storm = 0
        self._slow = 0.0
        self._before = self._last = b""
        self._late: list[tuple[float, bytes]] = []
        self._running: tuple[float, bytes] | None = None

    # --- a front end

    def accept(self, data: bytes, now: float) -> bytes:
        """Take the host's bytes as they left it; returns what reaches the host."""
        out = bytearray()
        for byte in data:
            self._watch = self._watches[self._inner.dialect(byte)]
            for arrived in self._on_their_way(byte, self._watch.host(byte)):
                out += self._reply(self._inner.accept(bytes((arrived,)), now), now)
        return bytes(out)

    def take_request(self) -> bytes | None:
        """The command to run now, once."""
        request = self._inner.take_request()
        if request is not None:
            self._dice.next_command(self._inner.command_code(request))
        return request

    def seconds(self, request: bytes) -> float:
        """How long the command takes; asked after :meth:`execute`."""
        slow, self._slow = self._slow, 0.0
        return seconds_of(self._inner, request) + slow

    def execute(self, request: bytes) -> bytes:
        """Let happen what happens to the device at this command, then run it."""
        for fault, _ in self._dice.happening(ON_COMMANDS):
            self._strike(fault)
        return self._inner.execute(request)

    def answer(self, payload: bytes, now: float) -> bytes:
        """Send an answer, as far as the line lets it."""
        return self._reply(self._inner.answer(payload, now), now)

    def due(self) -> float | None:
        """Monotonic reading at which :meth:`tick` is wanted."""
        moments = [at for at, _ in self._late]
        moments += [
            each for each in (self._inner.due(), self._running[0] if self._running else None) if each is not None
        ]
        return min(moments, default=None)

    def tick(self, now: float) -> bytes:
        """Let a deadline pass; returns what reaches the host."""
        out = bytearray()
        if self._running is not None and now >= self._running[0]:
            payload, self._running = self._running[1], None
            out += self.answer(payload, now)
        out += b"".join(data for at, data in self._late if at <= now)
        self._late = [each for each in self._late if each[0] > now]
        return bytes(out + self._reply(self._inner.tick(now), now))

    def power_off(self) -> None:
        """Nothing is under way any more."""
        self._late, self._running, self._storm = [], None, 0
        self._inner.power_off()
        self._watches = watches()
        self._watch = self._watches[self._inner.dialect(FIRST)]

    def receive(self, data: bytes, now: float) -> bytes:
        """All in one for a program without threads: commands run at once and answer when their time has passed."""
        out = bytearray(self.tick(now) + self._run(now))
        for byte in data:
            out += self.accept(bytes((byte,)), now) + self._run(now)
        return bytes(out)

    def _run(self, now: float) -> bytes:
        """Run what is ready: a command's end, or a deadline, may make the next one ready without a byte."""
        out = bytearray()
        while self._running is None and (request := self.take_request()) is not None:
            payload = self.execute(request)
            seconds = self.seconds(request)
            if seconds:
                self._running = (now + seconds, payload)
            else:
                out += self.answer(payload, now)
        return bytes(out)

    # --- bytes

    def _on_their_way(self, byte: int, spot: Spot) -> bytes:
        """The host's byte as it arrives. A message without its last byte is lost, one with a wrong one is refused."""
        if Spot.ACK in spot and self._dice.happening(ACK_LOST, "host"):
            return b""
        if Spot.END in spot and self._storm:
            self._storm -= 1
            return bytes((byte ^ 0xFF,))
        return self._spoiled(bytes((byte,)), "host")

    def _reply(self, sent: bytes, now: float) -> bytes:
        """What the device sends, as it arrives."""
        out = bytearray()
        for piece, data in self._watch.device(sent):
            if piece is Piece.ANSWER:
                out += self._through(data, now)
            elif piece is not Piece.ACK or not self._dice.happening(ACK_LOST, "device"):
                out += self._spoiled(data, "device")
        return bytes(out)

    def _through(self, frame: bytes, now: float) -> bytes:
        """An answer's frame: lost, late, or the one before it, then its bytes one by one."""
        if not frame:
            return b""
        if frame != self._last:
            self._before, self._last = self._last, frame
        for fault, _ in self._dice.happening(ANSWER):
            if fault.kind == "answer_lost":
                return b""
            if fault.kind == "answer_late":
                self._late.append((now + fault.seconds, self._spoiled(frame, "device")))
                return b""
            frame = self._before or frame
        return self._spoiled(frame, "device")

    def _spoiled(self, data: bytes, side: str) -> bytes:
        out = bytearray()
        for byte in data:
            passed = bytes((byte,))
            for fault, chance in self._dice.happening(ON_BYTES, side):
                passed = _spoil(passed, fault, chance)
            out += passed
        return bytes(out)

    # --- the device

    def _strike(self, fault: Fault) -> None:
        match fault.kind:
            case "nak_storm":
                self._storm += fault.count
            case "slow":
                self._slow += fault.seconds
            case "power":
                self._hands.cut_power(fault.moment, fault.seconds)
            case "cable":
                self._hands.pull_cable(self._dice.endpoint, fault.seconds, fault.name == "new")
            case "paper_out":
                self._hands.end_paper(fault.lines, fault.seconds)


def _spoil(data: bytes, fault: Fault, chance: Chance) -> bytes:
    match fault.kind:
        case "byte_lost":
            return b""
        case "byte_flipped" if data:
            return bytes((data[0] ^ 1 << chance.below(8),)) + data[1:]
        case "byte_inserted":
            return data + bytes((chance.below(256),))
        case "byte_doubled":
            return data * 2
    return data
