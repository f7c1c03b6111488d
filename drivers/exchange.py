"""The one loop that moves bytes between a link and a byte stream.

A link is a protocol without I/O: it is told which bytes came and what time it is, and says what to send,
until when to wait, or how the exchange ended. So every lost byte is tested in microseconds, and every
vendor shares this loop. Deadlines are readings of a monotonic clock, in seconds, passed in by the caller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from drivers.api import LinkFault
from drivers.streams.byte_stream import ByteStream, StreamError

READ_SIZE = 4096


@dataclass(frozen=True)
class Answer:
    """The device answered our command; `payload` is the frame's content, checksum already verified."""

    payload: bytes


@dataclass(frozen=True)
class NotSentResult:
    """The command did not reach the device: it cannot have been executed."""

    fault: LinkFault
    detail: str = ""


@dataclass(frozen=True)
class UnknownResult:
    """The command left us and no trustworthy answer came."""

    fault: LinkFault
    detail: str = ""


LinkResult = Answer | NotSentResult | UnknownResult


@dataclass(slots=True)  # not frozen: 3 per exchange and more, and a frozen one takes twice the time to make
class Send:
    """Write these bytes, then ask the link again."""

    payload: bytes


@dataclass(slots=True)
class Wait:
    """Nothing to do before bytes come or the clock reaches `until`."""

    until: float


@dataclass(slots=True)
class Finished:
    """The exchange is over."""

    result: LinkResult


Action = Send | Wait | Finished
Payload = bytes | Callable[[], bytes]  # made late, a frame is made while the device answers the question before it


def made(payload: Payload) -> bytes:
    """The payload, now."""
    return payload if isinstance(payload, bytes) else payload()


class Link(Protocol):
    """A protocol without I/O. `poll` always leads to Finished in bounded time, whatever bytes come."""

    def begin(self, payload: Payload, timeout_s: float, now: float) -> None:
        """Start an exchange. `timeout_s`: how long the device may take to execute the command.

        An error of making the payload comes from here or from `poll`, always before a byte of it is sent.
        """

    def receive(self, chunk: bytes, now: float) -> None:
        """Bytes came from the device. Any split of the stream into chunks means the same."""

    def poll(self, now: float) -> Action:
        """What to do now. Send is handed out once: the bytes count as sent."""

    def abandon(self, fault: LinkFault, detail: str) -> LinkResult:
        """The stream died: end the exchange and say whether the command may have left."""


def exchange(
    stream: ByteStream, link: Link, payload: Payload, timeout_s: float, monotonic: Callable[[], float]
) -> LinkResult:
    """Run one command to its end. Never raises for what a cable or a device does."""
    turn = getattr(stream, "turn", None)  # a SharedStream; isinstance would cost more than this
    if turn is None:
        return _exchange(stream, link, payload, timeout_s, monotonic)
    try:
        with turn():
            return _exchange(stream, link, payload, timeout_s, monotonic)
    except StreamError as error:
        return NotSentResult(error.fault, error.detail)


def _exchange(
    stream: ByteStream, link: Link, payload: Payload, timeout_s: float, monotonic: Callable[[], float]
) -> LinkResult:
    link.begin(payload, timeout_s, monotonic())
    try:
        stream.drain_input()
        while True:
            now = monotonic()
            action = link.poll(now)
            if isinstance(action, Wait):
                chunk = stream.read(READ_SIZE, max(0.0, action.until - now))
                if chunk:
                    link.receive(chunk, monotonic())
            elif isinstance(action, Send):
                stream.write(action.payload)
            else:
                return action.result
    except StreamError as error:
        return link.abandon(error.fault, error.detail)
