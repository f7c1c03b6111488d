"""The loop between link and stream: what leaves, what a broken stream means, and that it always ends."""

from __future__ import annotations

from drivers.api import LinkFault
from drivers.exchange import Answer, NotSentResult, UnknownResult, exchange
from drivers.shtrih.link import ShtrihLink, Timing
from drivers.streams.byte_stream import StreamError
from drivers.streams.memory import MemoryStream, answering_stream

PAYLOAD = bytes.fromhex("10 1E000000")
REPLY = bytes.fromhex("02 03 10 00 1E 0D")


class Clock:
    """Seconds that pass only when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def idle_device(asked: bytes) -> bytes:
    if asked == b"\x05":
        return b"\x15"
    return b"\x06" + REPLY if asked[:1] == b"\x02" else b""


def run(stream: MemoryStream, clock: Clock, timeout_s: float = 3.0) -> object:
    return exchange(stream, ShtrihLink(), PAYLOAD, timeout_s, clock.monotonic)


def test_answer() -> None:
    clock = Clock()
    assert run(answering_stream(idle_device, clock.advance), clock) == Answer(REPLY[2:-1])
    assert clock.now == 0.0


def test_input_of_an_earlier_exchange_is_dropped_first() -> None:
    clock = Clock()
    late = bytearray(b"\x06" + REPLY)

    def device(asked: bytes) -> bytes:
        return idle_device(asked)

    stream = answering_stream(device, clock.advance)
    stream._inbox += late
    assert run(stream, clock) == Answer(REPLY[2:-1])


def test_silence_takes_the_time_of_three_enq() -> None:
    clock = Clock()
    result = run(answering_stream(lambda asked: b"", clock.advance), clock)
    assert isinstance(result, NotSentResult)
    assert clock.now == 3 * Timing().enq_s


def test_closed_stream_is_not_sent_and_a_cable_pulled_after_the_frame_is_unknown() -> None:
    clock = Clock()
    stream = answering_stream(idle_device, clock.advance)
    stream.close()
    result = run(stream, clock)
    assert isinstance(result, NotSentResult)
    assert result.fault is LinkFault.LOST

    def pull(asked: bytes) -> bytes:
        if asked[:1] == b"\x02":
            raise StreamError(LinkFault.LOST, "pulled")
        return idle_device(asked)

    result = run(answering_stream(pull, clock.advance), clock)
    assert result == UnknownResult(LinkFault.LOST, "pulled")


def test_garbage_that_never_ends_on_a_clock_that_stands_still() -> None:
    clock = Clock()
    result = run(answering_stream(lambda asked: b"\x00\x7e" * 50), clock)
    assert isinstance(result, NotSentResult)
    assert result.fault is LinkFault.GARBAGE
