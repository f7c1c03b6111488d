"""Which low level a device speaks: found by asking, never by switching."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.api import Done, LinkFault, NotSent
from drivers.shtrih.frame import Reading
from drivers.shtrih.frame2 import NUMBERS, QUESTION, FrameReader2, encode_frame2
from drivers.shtrih.printer import ShtrihPrinter
from drivers.streams.memory import answering_stream


class Register2:
    """The scripted register behind frames of protocol 2.0: silent to ENQ and to everything else."""

    def __init__(self, register: Any) -> None:
        self.register = register
        self.last, self.answer = 7, b"\x1e\x00"
        self.heard: list[bytes] = []

    def __call__(self, asked: bytes) -> bytes:
        if asked:
            self.heard.append(asked)
        if asked[:1] != b"\x8f":
            return b""
        if asked != QUESTION:
            reader = FrameReader2()
            assert [reader.feed(byte) for byte in asked[1:]][-1] is Reading.WHOLE
            frame = reader.frame
            if frame.number == (self.last + 1) % NUMBERS:
                self.last, self.answer = frame.number, self._execute(frame.payload)
        return encode_frame2(self.last, self.answer)

    def _execute(self, payload: bytes) -> bytes:
        framed = self.register._execute(payload)
        return bytes(framed[3:-1])  # without ACK, STX, N and LRC


def printer_for(register: Any, peer: Any, protocol: str) -> ShtrihPrinter:
    stream = answering_stream(peer, register.advance)
    return ShtrihPrinter(stream, register.monotonic, register.wait, password=30, operator_password=1, protocol=protocol)


@pytest.mark.parametrize("protocol", ["auto", "2.0"])
def test_a_device_in_protocol_2(register: Any, protocol: str) -> None:
    device = Register2(register)
    printer = printer_for(register, device, protocol)
    outcome = printer.connect()
    assert isinstance(outcome, Done), outcome
    assert outcome.reply.model == "РИТЕЙЛ-01Ф"
    assert (b"\x05" in device.heard) == (protocol == "auto"), "ENQ first, then the question for the number"
    assert device.heard.count(QUESTION) == 1
    register.answers["FF40"] = "00 01 34 01 05 00"
    assert isinstance(printer.storage(), Done)
    assert device.heard.count(QUESTION) == 1, "numbers go on from command to command"
    device.last = 900
    assert isinstance(printer.storage(), Done), "out of step: a question is asked again, in step"
    assert isinstance(printer.connect(), Done), "a reconnect takes the number from the device"


@pytest.mark.parametrize("protocol", ["auto", "1.0"])
def test_a_device_in_protocol_1_never_sees_protocol_2(register: Any, protocol: str) -> None:
    seen = bytearray()

    def peer(asked: bytes) -> bytes:
        seen.extend(asked[:1])
        return bytes(register(asked))

    assert isinstance(printer_for(register, peer, protocol).connect(), Done)
    assert set(seen) == {0x05, 0x02, 0x06}


def test_protocol_2_wanted_and_not_there(register: Any) -> None:
    outcome = printer_for(register, register, "2.0").connect()
    assert isinstance(outcome, NotSent)
    assert register.seen == [], "nothing was executed"


def test_silence_in_both(register: Any) -> None:
    outcome = printer_for(register, lambda asked: b"", "auto").connect()
    assert isinstance(outcome, NotSent)
    assert outcome.fault is LinkFault.SILENT
    assert "ENQ" in outcome.detail, "the first protocol's words"


def test_a_refusal_is_no_reason_to_try_the_other(register: Any) -> None:
    device = Register2(register)
    register.answers["FC"] = "4F"
    printer = printer_for(register, register, "auto")
    assert not isinstance(printer.connect(), NotSent)
    assert device.heard == []


def test_unknown_protocol(register: Any) -> None:
    with pytest.raises(ValueError, match=r"auto, 1\.0, 2\.0"):
        printer_for(register, register, "3.0")
