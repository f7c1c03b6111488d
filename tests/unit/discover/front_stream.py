"""An emulated register in this process as a byte stream; time is virtual and moves only when somebody waits."""

from collections.abc import Callable

from drivers.streams.byte_stream import StreamError
from emulator.shtrih.bench import Bench

STEP_S = 0.01


class FrontStream:
    """A `ByteStream` over a bench. `soil` changes what the device says; `refuse` is raised by `open`."""

    def __init__(self, bench: Bench, soil: Callable[[bytes], bytes] = bytes, refuse: StreamError | None = None) -> None:
        self.bench = bench
        self.soil = soil
        self.refuse = refuse
        self.sent: list[bytes] = []
        self.opened = 0
        self._inbox = bytearray()

    def monotonic(self) -> float:
        return self.bench.clocks.monotonic

    def open(self) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.opened += 1

    def close(self) -> None:
        self._inbox.clear()

    def write(self, payload: bytes) -> None:
        self.sent.append(payload)
        self._inbox += self.soil(self.bench.send(payload))

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        end = self.monotonic() + timeout_s
        while not self._inbox and self.monotonic() < end:
            self.bench.clocks.monotonic += min(STEP_S, end - self.monotonic())
            self._inbox += self.soil(self.bench.front.tick(self.monotonic()))
        piece = bytes(self._inbox[:max_bytes])
        del self._inbox[:max_bytes]
        return piece

    def drain_input(self) -> None:
        self._inbox.clear()
