"""The threads of tap mode: they move bytes between till, device and the agent's driver, as the router says.

The bytes pass as long as this process lives, whatever the agent's logic does: both threads depend on nothing of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from drivers.api import LinkFault
from drivers.streams.byte_stream import ByteStream, StreamError
from drivers.streams.till_port import TillPort
from drivers.tap.router import Router

READ_S = 0.05  # how long a thread sits in a read: also how exactly refusals are timed
REOPEN_S = 1.0
TURN_S = 1.0  # how long the agent's driver waits for its turn before it calls the line busy


class Tap:
    """One printer shared by the till software and the agent.

    `monotonic` gives seconds; `lost` is told when the device's port breaks and when it is back ("" = back).
    """

    def __init__(
        self,
        device: ByteStream,
        till: TillPort,
        router: Router,
        monotonic: Callable[[], float],
        lost: Callable[[str], None] = lambda why: None,
    ) -> None:
        self._device = device
        self._till = till
        self._router = router
        self._monotonic = monotonic
        self._lost = lost
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._fault: StreamError | None = StreamError(LinkFault.NO_PORT, "not opened yet")
        self._threads = [
            threading.Thread(target=self._from_till, name="tap-till", daemon=True),
            threading.Thread(target=self._from_device, name="tap-device", daemon=True),
        ]

    def start(self) -> None:
        """Offer the till's port. StreamError when it cannot be made."""
        self._till.open()
        self._open_device()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End both threads and let go of both ports."""
        self._stopping.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        self._till.close()
        self._device.close()

    @property
    def refused(self) -> int:
        """Commands of the till answered with "busy" so far."""
        return self._router.refused

    def free(self) -> bool:
        """May the agent begin something of its own now?"""
        with self._changed:
            return self._router.free(self._monotonic())

    @contextmanager
    def block(self, gives_way: bool = False) -> Iterator[bool]:
        """Several exchanges in a row. Gives False when the till has the line: then do nothing.

        `gives_way`: a slip, which may be cut short for a till that waits; a sale may not.
        """
        with self._changed:
            begun = self._router.begin_block(self._monotonic(), gives_way)
        try:
            yield begun
        finally:
            if begun:
                self._step(self._router.end_block)

    # ------------------------------------------------------------------ the agent's side, see TapStream

    def fault(self) -> StreamError | None:
        """Why the device cannot be reached, None when it can."""
        return self._fault

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The line for one exchange. StreamError BUSY when the till does not leave it in time."""
        with self._changed:
            until = self._monotonic() + TURN_S
            while not self._router.begin_exchange(now := self._monotonic()):
                if self._router.torn:
                    raise StreamError(LinkFault.LOST, "the till needed the line: the block was cut short")
                if now >= until or self._stopping.is_set():
                    raise StreamError(LinkFault.BUSY, "the till software is talking to the printer")
                self._changed.wait(READ_S)
        try:
            yield
        finally:
            self._step(self._router.end_exchange)

    def write(self, data: bytes) -> None:
        """The agent's bytes. StreamError LOST: the turn was taken back or the port broke."""
        self._step(lambda now: self._require(self._router.from_agent(data, now)))
        if self._fault is not None:
            raise StreamError(LinkFault.LOST, self._fault.detail)

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """What the device wrote to the agent."""
        inbox = self._router.out.agent
        with self._changed:
            until = self._monotonic() + timeout_s
            while not inbox and (left := until - self._monotonic()) > 0:
                self._require(self._router.alive(self._monotonic()))
                if self._fault is not None:
                    raise StreamError(LinkFault.LOST, self._fault.detail)
                self._changed.wait(min(left, READ_S))
            piece = bytes(inbox[:max_bytes])
            del inbox[:max_bytes]
            return piece

    @staticmethod
    def _require(mine: bool) -> None:
        if not mine:
            raise StreamError(LinkFault.LOST, "the turn on the line was taken back")

    # ------------------------------------------------------------------ threads

    def _from_till(self) -> None:
        while not self._stopping.is_set():
            data = self._till.read(READ_S)
            self._step(partial(self._router.from_till, data) if data else self._router.poll)

    def _from_device(self) -> None:
        while not self._stopping.is_set():
            try:
                data = self._device.read(4096, READ_S) if self._fault is None else self._wait_and_open()
            except StreamError as error:
                self._broke(error)
                continue
            if data:
                self._step(partial(self._router.from_device, data))

    def _step(self, work: Callable[[float], None]) -> None:
        """Let the router decide, then hand its bytes over, in order, under the same lock."""
        with self._changed:
            work(self._monotonic())
            out = self._router.out
            to_device, to_till = bytes(out.device), bytes(out.till)
            out.device.clear()
            out.till.clear()
            try:
                if to_device and self._fault is None:
                    self._device.write(to_device)
            except StreamError as error:
                self._broke(error)
            if to_till:
                self._till.write(to_till)
            self._changed.notify_all()

    def _broke(self, error: StreamError) -> None:
        with self._changed:
            self._device.close()
            self._fault = error
            self._changed.notify_all()
        self._lost(error.detail)

    def _wait_and_open(self) -> bytes:
        self._stopping.wait(REOPEN_S)
        self._open_device()
        return b""

    def _open_device(self) -> None:
        try:
            self._device.open()
        except StreamError as error:
            self._fault = error
            return
        self._fault = None
        self._lost("")


class TapStream:
    """The agent's driver on a shared line: a `ByteStream` that takes a turn for each exchange (`drivers.exchange`)."""

    def __init__(self, tap: Tap) -> None:
        self._tap = tap

    def open(self) -> None:
        if (fault := self._tap.fault()) is not None:
            raise StreamError(fault.fault, fault.detail)

    def close(self) -> None:
        """The line stays open: the till needs it."""

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        return self._tap.read(max_bytes, timeout_s)

    def write(self, payload: bytes) -> None:
        self._tap.write(payload)

    def drain_input(self) -> None:
        """Nothing of an earlier exchange can be there: what comes outside our turn goes to the till."""

    def turn(self) -> AbstractContextManager[None]:
        """See `Tap.turn`."""
        return self._tap.turn()
