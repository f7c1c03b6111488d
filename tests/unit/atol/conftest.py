"""A small register for driver tests: canned answers by command, both protocols, own framing."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from drivers.api import Done
from drivers.atol.printer import AtolPrinter
from drivers.atol.switches import Switches
from drivers.streams.memory import answering_stream

Answers = dict[str, list[str] | str]
STATUS = "44 00 01 26 11 21 17 35 00 4A 00 01 23 45 52 33 31 00 00 05 00 02 00 00 00 00 00 00 02 06"
FN = b"9999078900001234".hex(" ")
DEFAULTS: Answers = {
    # command -> answer, hex; a list is used up, its last entry stays; the longest matching key counts
    "A5": "00 01 01 52 10 00 05 07 00 69 10 80 92 8E 8B 20 39 31 94",
    "3F": STATUS,
    "45": "55 00 00",
    "91 36": "55 00 02 02",
    "91 18": "55 00 42",
    "91 16": "55 00 00 10 67 00 01 23 45",
    "91 12": "55 00 01 22 11 26 09 00 00",
    "91 33": "55 00 00 00 00 35 01 01 00 00 00 00 09 59 00 21 11 26 17 36 00 12 34 56 78 00 00 00",
    "A4 10": "55 00 01 03 00 05 00",
    "A4 20": "55 00 01 00 02 00 F4 0D 00 00 1A 0B 15 11 20",
    "A4 30": "55 00 03 00 00 01 02 1A 0B 15 11 24 " + FN + " AC 0D 00 00",
    "A4 31": "55 00 " + FN,
    "A4 32": "55 00 1C 02 1D 1C 02",
    "A4 33": "55 00 " + b"fn_v_1_1        ".hex(" ") + " 01",
    "A4 40": "55 00 03 01 1A 0B 15 11 24 AC 0D 00 00 4E 61 BC 00 01 9C 76 01 00 00",
    "A4 43": "55 00 18 06 01 0C 00 " + b"7700000000  ".hex(" ") + b"0000000001012345    ".hex(" ") + " 01 00",
    **dict.fromkeys(("56", "48", "9A", "5A", "67", "92", "EA", "EB", "E8", "4A", "59", "49", "4F"), "55 00 00"),
    **dict.fromkeys(("4C", "C1", "75", "8E"), "55 00 00"),
    "99": "55 00 00 00 00 40 00 00 00 00 00 00",
}


def crc8(covered: bytes) -> int:
    """Bit by bit, unlike the driver."""
    check = 0xFF
    for byte in covered:
        check ^= byte
        for _ in range(8):
            check = ((check << 1) ^ 0x31) & 0xFF if check & 0x80 else check << 1
    return check


def packet(number: int, data: bytes) -> bytes:
    body = (data + bytes([crc8(bytes([number]) + data)])).replace(b"\xfd", b"\xfd\xed").replace(b"\xfe", b"\xfd\xee")
    return bytes([0xFE, len(data) & 0x7F, len(data) >> 7, number]) + body


def frame(data: bytes) -> bytes:
    body = data.replace(b"\x10", b"\x10\x10").replace(b"\x03", b"\x10\x03") + b"\x03"
    check = 0
    for byte in body:
        check ^= byte
    return b"\x02" + body + bytes([check])


def unframed(wire: bytes) -> bytes:
    """Data of one whole v2 frame."""
    data, masked = bytearray(), False
    for byte in wire[1:-2]:
        masked = byte == 0x10 and not masked
        if not masked:
            data.append(byte)
    return bytes(data)


def unpacked(stream: bytes) -> list[tuple[int, bytes]]:
    """Id and data of every packet in a write of the host."""
    found = []
    for piece in stream.split(b"\xfe")[1:]:
        body = piece[3:].replace(b"\xfd\xee", b"\xfe").replace(b"\xfd\xed", b"\xfd")
        assert crc8(piece[2:3] + body[:-1]) == body[-1]
        found.append((piece[2], body[:-1]))
    return found


class Register:
    """The peer of `answering_stream`. `seen`: commands with parameters in hex, password left out."""

    def __init__(self, protocol: str) -> None:
        self.protocol = protocol
        self.answers: Answers = copy.deepcopy(DEFAULTS)
        self.seen: list[str] = []
        self.buffer: list[str] = []  # what else the host said to the task buffer: `C4`, `C2 11`
        self.now = 0.0
        self.waited: list[float] = []
        self.deaf_to: set[str] = set()  # executed, and no answer ever comes
        self.states: dict[int, list[bytes]] = {}  # canned answers to Req, by tid
        self.asynchronous = True
        self.add_status: bytes | None = None  # answered to each Add instead of running it
        self.on_task: Callable[[str], None] = lambda text: None
        self.mute = False
        self.last_words = "-"  # after this command's whole exchange (v2) the register is mute
        self._pending = b""

    def __call__(self, asked: bytes) -> bytes:
        if self.mute or not asked:
            return b""
        return self._v3(asked) if self.protocol == "v3" else self._v2(asked)

    def _execute(self, task: bytes) -> bytes | None:
        assert task[:2] == b"\0\0", "access password"
        text = task[2:].hex(" ").upper()
        self.seen.append(text)
        self.on_task(text)
        key = max((key for key in self.answers if text.startswith(key)), key=len, default="")
        if any(text.startswith(deaf) for deaf in self.deaf_to):
            return None
        answer = self.answers.get(key, "55 7A 00")
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return bytes.fromhex(answer)

    def _v3(self, asked: bytes) -> bytes:
        out = b""
        for number, data in unpacked(asked) if 0xFE in asked else []:
            if data[0] == 0xC1:
                out += self._add(number, data[2], data[3:])
            else:
                self.buffer.append(data.hex(" ").upper())
                states = self.states.get(data[1]) if data[0] == 0xC3 else None
                missing = b"\xb3" if data[0] == 0xC3 else b"\xa3"
                out += packet(number, states.pop(0) if states else missing)
        return out

    def _add(self, number: int, tid: int, task: bytes) -> bytes:
        if self.add_status is not None:
            return packet(number, self.add_status)
        answer = self._execute(task)
        if answer is None:
            return b""
        failed = answer[0] == 0x55 and len(answer) > 2 and answer[1] > 1 and task[2] != 0x45
        if self.asynchronous:
            return packet(number, b"\xa2") + packet(0xF0, bytes([0xA7 if failed else 0xA6, tid]) + answer)
        return packet(number, bytes([0xA4 if failed else 0xA3]) + answer)

    def _v2(self, asked: bytes) -> bytes:
        if asked == b"\x05":
            return b"\x06"
        if asked[0] == 0x02:
            answer = self._execute(unframed(asked))
            self._pending = b"" if answer is None else frame(answer)
            return b"\x06"
        if asked == b"\x04":
            return b"\x05" if self._pending else b""
        if asked == b"\x06":
            out, self._pending = self._pending, b""
            self.mute = not out and self.seen[-1].startswith(self.last_words)
            return out or b"\x04"
        return b""

    def advance(self, seconds: float) -> None:
        self.now += max(seconds, 0.001)

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds

    def printer(self, **given: Any) -> AtolPrinter:
        stream = answering_stream(self, self.advance)
        given.setdefault("protocol", self.protocol)
        return AtolPrinter(stream, lambda: self.now, self.wait, **given)

    def connected(self, **given: Any) -> AtolPrinter:
        """A printer whose way to identify itself is forgotten."""
        switches = Switches(**given.pop("switches", {}))
        printer = self.printer(switches=switches, **given)
        outcome = printer.connect()
        assert isinstance(outcome, Done), outcome
        self.seen.clear()
        self.buffer.clear()
        return printer


@pytest.fixture(params=["v3", "v2"])
def register(request: pytest.FixtureRequest) -> Register:
    return Register(request.param)


@pytest.fixture
def v3() -> Register:
    return Register("v3")


@pytest.fixture
def v2() -> Register:
    return Register("v2")
