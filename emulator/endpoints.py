"""Threads that move bytes between the ports of one device and its front ends.

Each endpoint has two threads: one waits for bytes and deadlines, the other runs commands. So a device that is busy
with a command still answers what its link protocol answers meanwhile (ENQ), and two endpoints of one device share
nothing but the device itself, whose lock a command holds from start to end.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

from emulator.device_time import seconds_of
from emulator.pace import ByteClock
from emulator.pty_port import PtyPort
from emulator.tcp_port import TcpPort

STOP_SECONDS = 5.0


class Port(Protocol):
    """A way into the device. Methods are called by one thread."""

    address: str

    def descriptors(self) -> list[int]: ...
    def receive(self, alive: bool) -> bytes: ...
    def send(self, data: bytes) -> None: ...
    def plug(self) -> None: ...
    def plug_renamed(self) -> None: ...
    def unplug(self) -> None: ...
    def close(self) -> None: ...


class Front(Protocol):
    """The device side of a link protocol, without input and output; times are monotonic seconds."""

    def accept(self, data: bytes, now: float) -> bytes: ...
    def take_request(self) -> bytes | None: ...
    def execute(self, request: bytes) -> bytes: ...
    def answer(self, payload: bytes, now: float) -> bytes: ...
    def due(self) -> float | None: ...
    def tick(self, now: float) -> bytes: ...
    def power_off(self) -> None: ...


class Endpoint:
    """One port of the device with its own link state. ``pace``: bits per second of the line, None for no delay."""

    def __init__(
        self, front: Front, port: Port, pace: int | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.port = port
        self._front = front
        self._monotonic = monotonic
        self._inbound, self._outbound = ByteClock(pace), ByteClock(pace)
        self._powered = True
        self._starts = 0
        self._stopping = False
        self._ended = threading.Event()
        self._requests: SimpleQueue[tuple[int, bytes] | None] = SimpleQueue()
        self._orders: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._wake_read, self._wake_write = os.pipe()
        self._threads = [
            threading.Thread(target=self._move_bytes, name=f"{port.address} bytes", daemon=True),
            threading.Thread(target=self._run_commands, name=f"{port.address} commands", daemon=True),
        ]

    def start(self) -> None:
        """Serve the port until :meth:`stop`."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the command that runs, close the port, end both threads."""
        self._ended.set()
        self._order(self._end)
        self._requests.put(None)
        for thread in self._threads:
            thread.join(STOP_SECONDS)
        os.close(self._wake_read)
        os.close(self._wake_write)

    def power(self, on: bool) -> None:
        """Switch the device's side of the line; without power bytes vanish and the stored answer is lost."""
        self._order_and_wait(lambda: self._set_power(on))

    def cable(self, plugged: bool, renamed: bool = False) -> None:
        """Pull or plug the cable; ``renamed``: it comes back under another device name, as after a re-plug of USB."""
        self._order_and_wait((self.port.plug_renamed if renamed else self.port.plug) if plugged else self.port.unplug)

    def _set_power(self, on: bool) -> None:
        self._powered = on
        if not on:
            self._starts += 1
            self._front.power_off()
            self._inbound.clear()
            self._outbound.clear()

    def _end(self) -> None:
        self._stopping = True

    def _order(self, action: Callable[[], None]) -> None:
        self._orders.put(action)
        os.write(self._wake_write, b"!")

    def _order_and_wait(self, action: Callable[[], None]) -> None:
        done = threading.Event()

        def act() -> None:
            action()
            done.set()

        self._order(act)
        if not done.wait(STOP_SECONDS):
            raise TimeoutError(f"{self.port.address} does not react")

    def _run_commands(self) -> None:
        while (taken := self._requests.get()) is not None:
            start, request = taken
            payload = self._front.execute(request)
            if seconds := seconds_of(self._front, request):
                self._ended.wait(seconds)
            self._order(partial(self._answer, start, payload))

    def _answer(self, start: int, payload: bytes) -> None:
        """Send an answer, unless power was lost since its command came."""
        if start != self._starts:
            return
        now = self._monotonic()
        self._outbound.push(self._front.answer(payload, now), now)

    def _move_bytes(self) -> None:
        while not self._stopping:
            ready, _, _ = select.select([self._wake_read, *self.port.descriptors()], [], [], self._patience())
            if self._wake_read in ready:
                os.read(self._wake_read, 4096)
            while not self._orders.empty():
                self._orders.get()()
            self._turn()
        self.port.close()

    def _turn(self) -> None:
        now = self._monotonic()
        data = self.port.receive(self._powered)
        if self._powered:
            self._inbound.push(data, now)
        for at, byte in self._inbound.pop(now):
            self._outbound.push(self._front.accept(bytes((byte,)), at), at)
            self._take_request()
        self._outbound.push(self._front.tick(now), now)
        self._take_request()
        self.port.send(bytes(byte for _, byte in self._outbound.pop(now)))

    def _take_request(self) -> None:
        """A command may also become ready without a byte: when a deadline passes or the one before it has run."""
        request = self._front.take_request()
        if request is not None:
            self._requests.put((self._starts, request))

    def _patience(self) -> float | None:
        readings = (self._front.due(), self._inbound.due(), self._outbound.due())
        waiting = [reading for reading in readings if reading is not None]
        return max(0.0, min(waiting) - self._monotonic()) if waiting else None


def open_port(address: str, baud: Callable[[], int]) -> Port:
    """Make the port of ``pty:PATH`` or ``tcp:HOST:PORT``; ``ValueError`` when it is neither."""
    kind, _, rest = address.partition(":")
    if kind == "pty" and rest:
        return PtyPort(Path(rest), baud)
    host, _, number = rest.rpartition(":")
    if kind == "tcp" and host and number.isdigit():
        return TcpPort(host.strip("[]"), int(number))
    raise ValueError(f"{address!r} is neither pty:PATH nor tcp:HOST:PORT")


def is_network(address: str) -> bool:
    """True for addresses of a TCP port."""
    return address.startswith("tcp:")
