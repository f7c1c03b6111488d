"""A small register for driver tests: idle link, canned answers by command code, own framing."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from kit.shtrih_selling import ANSWERS

from drivers.api import Done
from drivers.shtrih.printer import ShtrihPrinter
from drivers.streams.memory import answering_stream

Answers = dict[str, list[str] | str]

DEFAULTS: Answers = {
    # code -> result and fields, hex; a list is used up, its last entry stays
    "FC": "00 00 00 01 0E 16 00 D0 C8 D2 C5 C9 CB 2D 30 31 D4",
    "F7": "00 5A A0 40 07 20 6C 00 00 0C 18 01 0C 10 00 00 00 00 00 00 1E 00 00 00 00 06 FF 00 40 40 B6 03 12 13",
    "11": "00 1E 43 31 CB D3 19 04 12 01 1C 00 92 02 02 00 02 4E 41 00 00 01 01 10 19 0A 12 07 2D 17 00"
    " 39 30 00 00 03 00 00 00 00 00 00 AD F4 CA 01 00",
    "10": "00 1E 92 02 02 00 00 9D D7 00 00 00 00 00 00",
    "1F": "5D",
    "26": ["00 F8 01 0C 19 09", "00 F8 01 18 2D 09"],  # 504 dots: 42 and 21 characters
    "DD": "00 1E",
    "FF01": "00 03 00 00 01 00 12 06 15 06 25 39 32 38 39 30 30 30 31 30 30 30 35 35 36 33 32 F9 B2 00 00",
    "FF09": "02",
    **dict.fromkeys(("17", "12", "2F", "29", "25", "28", "B0", "DE", "C3", "C4"), "00 1E"),
}


def _frame(payload: bytes) -> bytes:
    check = len(payload)
    for byte in payload:
        check ^= byte
    return bytes([2, len(payload)]) + payload + bytes([check])


class Register:
    """The peer of `answering_stream`. `seen` holds request payloads as `CODE parameters` in hex, password left out."""

    def __init__(self) -> None:
        self.answers: Answers = copy.deepcopy(DEFAULTS)
        self.seen: list[str] = []
        self.now = 0.0
        self.waited: list[float] = []
        self.deaf_to: set[str] = set()  # executed, but neither ACK nor answer comes, and nothing is stored
        self.mute = False  # from the next byte on
        self.on_request: Callable[[str], None] = lambda code: None

    def __call__(self, asked: bytes) -> bytes:
        if self.mute:
            return b""
        out = b""
        while asked:
            if asked[0] == 0x02:
                size = asked[1]
                out += self._execute(asked[2 : 2 + size])
                asked = asked[size + 3 :]
                continue
            out += b"\x15" if asked[0] == 0x05 else b""
            asked = asked[1:]
        return out

    def _execute(self, payload: bytes) -> bytes:
        size = 2 if payload[0] == 0xFF else 1
        code = payload[:size].hex().upper()
        secret = 0 if code in ("FC", "F7", "6B") else 4
        self.seen.append(f"{code} {payload[size + secret :].hex().upper()}".strip())
        self.on_request(code)
        if code in self.deaf_to:
            return b""
        answer = self.answers.get(code, "37")
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return b"\x06" + _frame(payload[:size] + bytes.fromhex(answer))

    def monotonic(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds

    def printer(self, **switches: bool) -> ShtrihPrinter:
        """Not connected yet; 30 and 1 as passwords so that a mix-up shows."""
        stream = answering_stream(self, self.advance)
        return ShtrihPrinter(stream, self.monotonic, self.wait, password=30, operator_password=1, **switches)

    def codes(self) -> list[str]:
        """Codes of all requests, in order."""
        return [entry.split()[0] for entry in self.seen]


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def printer(register: Register) -> ShtrihPrinter:
    return register.printer()


@pytest.fixture
def connected(printer: ShtrihPrinter, register: Register) -> ShtrihPrinter:
    assert isinstance(printer.connect(), Done)
    register.seen.clear()
    return printer


@pytest.fixture
def till(connected: ShtrihPrinter, register: Register) -> ShtrihPrinter:
    """Connected, and knows the commands that sell."""
    register.answers |= ANSWERS
    return connected
