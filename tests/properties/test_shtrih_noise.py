"""Strange bytes: only the driver's own outcomes, bounded memory, no wait past its deadline, on both low levels."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from drivers.api import Done, NotSent, OutcomeUnknown, Refused
from drivers.exchange import Link
from drivers.shtrih.command import Command, Nothing
from drivers.shtrih.commands_shift import Z_REPORT
from drivers.shtrih.commands_status import SHORT_STATUS
from drivers.shtrih.frame import encode_frame
from drivers.shtrih.frame2 import encode_frame2
from drivers.shtrih.link import ShtrihLink, Timing
from drivers.shtrih.link2 import ShtrihLink2
from drivers.shtrih.session import TRIES, Session
from drivers.streams.byte_stream import StreamError

LINKS: dict[str, Callable[[], Link]] = {"1.0": ShtrihLink, "2.0": ShtrihLink2}
OWN = (Done, Refused, NotSent, OutcomeUnknown)
SEED = 20261121


class Babble:
    """A stream that always has more bytes; `pace_s` per byte. `taken` counts what was read."""

    def __init__(self, source: Iterator[bytes], pace_s: float) -> None:
        self.source, self.pace_s = source, pace_s
        self.now = 0.0
        self.taken = 0

    def open(self) -> None: ...

    def close(self) -> None: ...

    def drain_input(self) -> None: ...

    def write(self, payload: bytes) -> None: ...

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        piece = next(self.source, b"")[:max_bytes]
        self.taken += len(piece)
        self.now += len(piece) * self.pace_s if piece else timeout_s
        return piece


def run(stream: Babble, link: Link, command: Command[Any, Any] = Z_REPORT) -> object:
    return Session(stream, lambda: stream.now, link).run(command, Nothing())


def longest_s(timeout_s: float, tries: int) -> float:
    timing = Timing()
    return tries * (2 * timing.ask_s + timeout_s + timing.recover_s + 1.0)


def noises() -> dict[str, Callable[[], Iterator[bytes]]]:
    def forever(piece: bytes) -> Callable[[], Iterator[bytes]]:
        return lambda: iter(lambda: piece, None)

    def chance() -> Iterator[bytes]:
        dice = random.Random(SEED)
        while True:
            yield dice.randbytes(dice.randint(1, 512))

    return {
        "ff": forever(b"\xff" * 4096),
        "stx": forever(b"\x02" * 64),
        "ack": forever(b"\x06"),
        "nak": forever(b"\x15"),
        "enq": forever(b"\x05" * 7),
        "8f": forever(b"\x8f" * 64),
        "escape": forever(b"\x8f\x03\x00\x9f"),
        "longest 2.0 frame": forever(b"\x8f\xff\xff" + bytes(4096)),
        "foreign frames": forever(encode_frame(b"\x10\x00\x1e")),
        "foreign frames 2.0": forever(encode_frame2(7, b"\x10\x00\x1e")),
        "chance": chance,
    }


@pytest.mark.parametrize("pace_s", [0.0, 1e-5, 1e-3])
@pytest.mark.parametrize("protocol", LINKS)
@pytest.mark.parametrize("noise", noises())
def test_noise_ends_in_time_and_in_one_of_the_four_outcomes(noise: str, protocol: str, pace_s: float) -> None:
    stream = Babble(noises()[noise](), pace_s)
    outcome = run(stream, LINKS[protocol]())
    assert isinstance(outcome, NotSent | OutcomeUnknown), "noise is no answer"
    assert stream.now <= longest_s(Z_REPORT.timeout_s, 1)
    assert stream.taken <= 2 * Timing().heard_limit + 4096


@pytest.mark.parametrize("protocol", LINKS)
def test_long_noise_are_not_kept(protocol: str) -> None:
    stream = Babble(noises()["chance"](), 1e-6)
    link = LINKS[protocol]()
    run(stream, link)
    tracemalloc.start()
    for _ in range(20):
        run(stream, link)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert stream.taken > 200_000
    assert peak < stream.taken // 4


@pytest.mark.parametrize("length", range(256))
def test_frames_of_every_length(length: int) -> None:
    """10h answered with everything from nothing to the longest frame, with right and wrong checksum."""
    body = (b"\x10\x00" + bytes(range(2, 256)))[:length]
    whole = bytes((2, length)) + body
    check = length
    for byte in body:
        check ^= byte
    for last in (check, check ^ 1):
        answer = [b"\x15", b"\x06" + whole + bytes((last,))]
        stream = Babble(iter(answer * 3), 1e-5)
        outcome = run(stream, ShtrihLink(), SHORT_STATUS)
        assert isinstance(outcome, OWN)
        assert isinstance(outcome, Done) == (last == check and length >= 16)
        assert stream.now <= longest_s(SHORT_STATUS.timeout_s, TRIES)


@pytest.mark.parametrize("length", [0, 1, 2, 3, 5, 15, 16, 255, 256, 1455, 4080, 9000])
def test_frames_of_protocol_2_of_many_lengths(length: int) -> None:
    payload = (b"\x10\x00" + bytes(9000))[:length]
    answer = encode_frame2(8, payload) if payload else b"\x8f\x02\x00\x08\x00\x12\x34"
    for spoiled in (answer, answer[:-1] + bytes((answer[-1] ^ 1,))):
        stream = Babble(iter([encode_frame2(7, b"\x1e\x00"), spoiled] * 3), 1e-6)
        outcome = run(stream, ShtrihLink2(), SHORT_STATUS)
        assert isinstance(outcome, OWN)
        assert isinstance(outcome, Done) == (spoiled is answer and 16 <= length <= 4080)


def test_a_stream_that_breaks_is_an_outcome_too() -> None:
    class Broken(Babble):
        def read(self, max_bytes: int, timeout_s: float) -> bytes:
            from drivers.api import LinkFault

            raise StreamError(LinkFault.LOST, "pulled")

    for make in LINKS.values():
        assert isinstance(run(Broken(iter(()), 0.0), make()), NotSent)
