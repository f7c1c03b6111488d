"""A wire between the agent and an emulated register that loses, spoils, delays or cuts what a test points at.

Messages are counted in both directions from `reset`: what the agent hands over in one write, what the register gives
as one ACK, NAK, ENQ or frame. Whoever waits moves the virtual clock; what was planned for later happens meanwhile.
"""

from collections.abc import Callable

from drivers.api import LinkFault
from drivers.streams.byte_stream import StreamError
from emulator.shtrih.front import ShtrihFront

ACK = b"\x06"
NAK = b"\x15"
LEAST_WAIT_S = 0.001
Fault = Callable[[str, int, bytes], bytes]  # ("host" | "device", number from 1, message) -> what arrives of it


def clean(direction: str, number: int, message: bytes) -> bytes:
    return message


def nobody(number: int, message: bytes) -> None:
    """Nothing happens before a message arrives."""


def at_once(request: bytes) -> float:
    """A device that needs no time."""
    return 0.0


class FaultyWire:
    """The agent's end, a `ByteStream`. `front` is the register's end; `mains` says whether it has power now.

    `slow` says how many seconds the device needs for a request; ENQ is answered meanwhile. `tell` sees every message
    as it was given and what arrived of it.
    """

    def __init__(self, front: ShtrihFront, clock, mains: Callable[[], bool]) -> None:
        self.front, self.clock, self.mains = front, clock, mains
        self.tell: Callable[[str, bytes, bytes], None] = lambda direction, given, arrived: None
        self._inbox = bytearray()
        self._open = False
        self._cut_until = 0.0
        self._planned: list[tuple[float, int, Callable[[], None]]] = []
        self._plans = 0
        self.reset()

    def reset(self, fault: Fault = clean) -> None:
        """Count from 1 again, with this fault from now on and nothing else."""
        self.fault = fault
        self.before = nobody  # e.g. somebody else's command
        self.slow = at_once
        self.count = {"host": 0, "device": 0}
        self.frames: list[bytes] = []  # command frames as the agent sent them

    def cut(self, seconds: float) -> None:
        """The cable is out for so long."""
        self._cut_until = self.clock.seconds + seconds
        self.unplug()

    def unplug(self) -> None:
        """The port is closed, what was on its way is gone."""
        self._open = False
        self._inbox.clear()

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """`act` when so many seconds are over and somebody looks at the wire."""
        self._plans += 1
        self._planned.append((self.clock.seconds + seconds, self._plans, act))

    def arrives_late(self, message: bytes, seconds: float) -> bytes:
        """For a fault: nothing of this message now, all of it after so long."""
        self.later(seconds, lambda: self._inbox.extend(message))
        return b""

    def calm(self) -> None:
        """Every fault ends; what was planned happens now."""
        self.reset()
        self._cut_until = 0.0
        while self._planned:
            self._planned.sort()
            self._planned.pop(0)[2]()

    # ------------------------------------------------------------------ ByteStream

    def open(self) -> None:
        self._happen()
        if self.clock.seconds < self._cut_until:
            raise StreamError(LinkFault.NO_PORT, "the cable is out")
        self._open = True

    def close(self) -> None:
        self._open = False

    def write(self, payload: bytes) -> None:
        self._check()
        self._happen()
        if payload[:1] == b"\x02":
            self.frames.append(payload)
        self.before(self.count["host"] + 1, payload)
        arrived = self._passes("host", payload)
        self._check()
        if arrived and self.mains():
            self._device(arrived)

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        self._check()
        until = self.clock.seconds + timeout_s
        while not self._inbox and self.clock.seconds < until:
            step = min([until, *self._due()])
            self.clock.advance(max(step - self.clock.seconds, LEAST_WAIT_S))
            self._happen()
            if self.mains():
                self._hear(self.front.tick(self.clock.seconds))
            self._check()
        piece = bytes(self._inbox[:max_bytes])
        del self._inbox[:max_bytes]
        return piece

    def drain_input(self) -> None:
        self._check()
        self._inbox.clear()

    # ------------------------------------------------------------------ parts

    def _due(self) -> list[float]:
        due = self.front.due()
        return [*(at for at, _, _ in self._planned), *([due] if due is not None and self.mains() else [])]

    def _happen(self) -> None:
        for plan in sorted(one for one in self._planned if one[0] <= self.clock.seconds):
            self._planned.remove(plan)
            plan[2]()

    def _device(self, arrived: bytes) -> None:
        for at in range(len(arrived)):
            self._hear(self.front.accept(arrived[at : at + 1], self.clock.seconds))
            request = self.front.take_request()
            if request is None:
                continue
            seconds = self.slow(request)
            if seconds:
                self.later(seconds, lambda request=request: self._execute(request))
            else:
                self._execute(request)

    def _execute(self, request: bytes) -> None:
        if self.mains():
            self._hear(self.front.answer(self.front.execute(request), self.clock.seconds))

    def _hear(self, answer: bytes) -> None:
        """An ACK and the frame after it are two messages: either may be lost."""
        for piece in (answer[:1], answer[1:]) if answer[:1] == ACK else (answer,):
            if piece:
                arrived = self._passes("device", piece)
                if self._open:
                    self._inbox += arrived

    def _passes(self, direction: str, message: bytes) -> bytes:
        self.count[direction] += 1
        arrived = self.fault(direction, self.count[direction], message)
        self.tell(direction, message, arrived)
        return arrived

    def _check(self) -> None:
        if not self._open:
            raise StreamError(LinkFault.LOST, "the cable was pulled")


def on(direction: str, number: int, act: Callable[[bytes], bytes]) -> Fault:
    """`act` on that one message."""
    return lambda way, index, message: act(message) if (way, index) == (direction, number) else message


def command(frame: bytes) -> str:
    """`FF45`, `8D`: what a command frame asks for."""
    return frame[2:4].hex().upper() if frame[2] == 0xFF else f"{frame[2]:02X}"
