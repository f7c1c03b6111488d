"""The faulty wire for a front end of either vendor, and the same wire as a USB cable under pyusb."""

from collections.abc import Callable

from unit.streams.usb_bench import Bus, Peripheral

from drivers.streams.usb_bulk import UsbBulkStream
from emulator.atol.front import AtolFront
from emulator.shtrih.front import ShtrihFront
from kit.faulty_wire import ACK, FaultyWire

IDS = (0x1FC9, 0x0089)


class AnyWire(FaultyWire):
    """Asks for the next command after every step of the device: a queue of tasks may have one without a byte."""

    def __init__(self, front: ShtrihFront | AtolFront, clock, mains: Callable[[], bool]) -> None:
        self.requests: list[bytes] = []  # commands as the device took them, since `reset`
        self._running = False
        super().__init__(front, clock, mains)

    def reset(self, *fault: Callable[[str, int, bytes], bytes]) -> None:
        super().reset(*fault)
        self.requests = []

    def _device(self, arrived: bytes) -> None:
        for at in range(len(arrived)):
            self._hear(self.front.accept(arrived[at : at + 1], self.clock.seconds))

    def _hear(self, answer: bytes) -> None:
        for piece in (answer[:1], answer[1:]) if answer[:1] == ACK else (answer,):
            if piece:
                arrived = self._passes("device", piece)
                if self._open:
                    self._inbox += arrived
        self._next()

    def _next(self) -> None:
        """Start what the device may start now."""
        request = None if self._running or not self.mains() else self.front.take_request()
        if request is None:
            return
        self.requests.append(request)
        self._running = True
        seconds = self.slow(request)
        if seconds:
            self.later(seconds, lambda: self._execute(request))
        else:
            self._execute(request)

    def _execute(self, request: bytes) -> None:
        payload = self.front.execute(request) if self.mains() else b""
        self._running = False
        if self.mains():
            self._hear(self.front.answer(payload, self.clock.seconds))


class UsbWire(AnyWire):
    """The agent's end is `UsbBulkStream` on an emulated bus; what is counted and spoiled are bulk transfers."""

    def __init__(self, front: ShtrihFront | AtolFront, clock, mains: Callable[[], bool]) -> None:
        super().__init__(front, clock, mains)
        self._bus = Bus(self._pass_time)
        self._peripheral = self._bus.plug(Peripheral(*IDS, "0000000000012345"))
        self._peripheral.peer = self._transfer
        self._stream = UsbBulkStream(*IDS, backend=self._bus, holder=lambda place: "")

    def open(self) -> None:
        self._happen()
        if not self._peripheral.plugged and self.clock.seconds >= self._cut_until:
            self._bus.plug(self._peripheral)
        self._stream.open()
        self._open = True

    def close(self) -> None:
        self._open = False
        self._stream.close()

    def write(self, payload: bytes) -> None:
        self._stream.write(payload)

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        return self._stream.read(max_bytes, timeout_s)

    def drain_input(self) -> None:
        self._stream.drain_input()

    def cut(self, seconds: float) -> None:
        super().cut(seconds)
        if self._peripheral.plugged:
            self._bus.unplug(self._peripheral)

    def unplug(self) -> None:
        super().unplug()
        self._stream.close()

    def _transfer(self, asked: bytes) -> bytes:
        if asked:
            self._happen()
            if asked[:1] == b"\x02":
                self.frames.append(asked)
            self.before(self.count["host"] + 1, asked)
            arrived = self._passes("host", asked) if self._peripheral.plugged else b""
            if arrived and self.mains():
                self._device(arrived)
        told = bytes(self._inbox)
        self._inbox.clear()
        return told

    def _pass_time(self, seconds: float) -> None:
        until = self.clock.seconds + seconds
        while not self._inbox and self.clock.seconds < until:
            step = min([until, *self._due()])
            self.clock.advance(max(step - self.clock.seconds, 0.001))
            self._happen()
            if self.mains():
                self._hear(self.front.tick(self.clock.seconds))
