"""Golden exchanges in both directions: encode, decode, and through the link, cut and soiled in every way."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from drivers.exchange import Answer, Finished, Send
from drivers.fields import decode_record
from drivers.shtrih.command import Password, decode_reply, encode_command, split_reply
from drivers.shtrih.commands import BY_CODE
from drivers.shtrih.frame import STX, FrameReader, Reading, encode_frame
from drivers.shtrih.link import ShtrihLink

SPEC = tomllib.loads((Path(__file__).parent / "frames.toml").read_text("utf-8"))
EXCHANGES = {entry["id"]: entry for entry in SPEC["exchange"]}
SCRIPTS = {entry["id"]: entry for entry in SPEC["script"]}
WHOLE_TRACES = ("G1", "G2", "G3")  # these name the bytes around the frame too


def _value(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("hex:"):
        return bytes.fromhex(value[4:])
    if isinstance(value, str) and value.startswith("PADDED40:"):
        return value[9:].ljust(40, "\0")
    return tuple(value) if isinstance(value, list) else value


def _record(record: type, given: dict[str, Any]) -> Any:
    return record(**{name: _value(value) for name, value in given.items()})


def _wire(entry: dict[str, Any], direction: str) -> list[bytes]:
    return [bytes.fromhex(line[2:]) for line in entry["wire"] if line[0] == direction]


def _frames(entry: dict[str, Any], direction: str) -> list[bytes]:
    return [piece for piece in _wire(entry, direction) if piece[0] == STX]


def _payload(frame: bytes) -> bytes:
    reader = FrameReader()
    readings = [reader.feed(byte) for byte in frame[1:]]
    assert readings[-1] is Reading.WHOLE
    assert set(readings[:-1]) == {Reading.MORE}
    return reader.payload


def _request(entry: dict[str, Any]) -> bytes:
    command = BY_CODE[entry["command"]]
    return encode_command(command, _record(command.request, entry["request"]), entry.get("password", 30))


def test_every_golden_frame_of_the_notes_is_here() -> None:
    assert list(EXCHANGES) == [*(f"G{n}" for n in range(1, 27)), "G26a", *(f"G{n}" for n in range(27, 47)), "G53"]
    assert list(SCRIPTS) == ["11.1", "11.2", "11.3", "11.4", "11.5"]


@pytest.mark.parametrize("name", EXCHANGES)
def test_driver_encodes_the_request(name: str) -> None:
    entry = EXCHANGES[name]
    assert encode_frame(_request(entry)).hex(" ") == _frames(entry, ">")[-1].hex(" ")


@pytest.mark.parametrize("name", EXCHANGES)
def test_driver_decodes_the_answer(name: str) -> None:
    entry = EXCHANGES[name]
    command = BY_CODE[entry["command"]]
    code, rest = split_reply(_payload(_frames(entry, "<")[-1]))
    assert code == entry.get("error", 0)
    if code:
        return
    reply = decode_reply(command, rest)
    for field in fields(command.reply):
        expected = _value(entry["reply"].get(field.name))
        assert getattr(reply, field.name) == expected, field.name


@pytest.mark.parametrize("name", EXCHANGES)
def test_request_fields_can_be_read_back(name: str) -> None:
    entry = EXCHANGES[name]
    command = BY_CODE[entry["command"]]
    skip = (2 if command.code > 0xFF else 1) + (0 if command.password is Password.NONE else 4)
    request = decode_record(command.request, _payload(_frames(entry, ">")[-1])[skip:])
    for key, value in entry["request"].items():
        expected = _value(value)
        assert getattr(request, key) == (expected.rstrip("\0") if isinstance(expected, str) else expected), key


class Replay:
    """Feeds the device's bytes of a trace whenever the host has written what the trace says comes before them."""

    def __init__(self, payload: bytes, trace: list[tuple[str, bytes]], chunk: int) -> None:
        self.link = ShtrihLink()
        self.trace = trace
        self.chunk = chunk
        self.host = b""
        self.now = 0.0
        self.link.begin(payload, 3.0, 0.0)

    def run(self) -> Any:
        for _ in range(10_000):
            action = self.link.poll(self.now)
            if isinstance(action, Finished):
                return action.result
            if isinstance(action, Send):
                self._wrote(action.payload)
            elif self.trace and self.trace[0][0] == "<":
                self._feed(self.trace.pop(0)[1])
            else:
                self.now = action.until
        raise AssertionError("no end")

    def _wrote(self, piece: bytes) -> None:
        self.host += piece
        expected = b"".join(part for side, part in self.trace if side == ">")
        assert expected.startswith(piece), f"host wrote {piece.hex(' ')}, expected {expected.hex(' ')}"
        at = next(i for i, (side, _) in enumerate(self.trace) if side == ">")
        assert at == 0, "the host wrote before it read"
        rest = self.trace[0][1][len(piece) :]
        self.trace[:1] = [(">", rest)] if rest else []

    def _feed(self, piece: bytes) -> None:
        for at in range(0, len(piece), self.chunk):
            self.link.receive(piece[at : at + self.chunk], self.now)


def _full_trace(entry: dict[str, Any], before: bytes = b"") -> list[tuple[str, bytes]]:
    if entry["id"] in WHOLE_TRACES:
        return [(line[0], bytes.fromhex(line[2:])) for line in entry["wire"]]
    request, answer = _frames(entry, ">")[-1], _frames(entry, "<")[-1]
    return [
        (">", b"\x05"),
        ("<", before + b"\x15"),
        (">", request),
        ("<", before + b"\x06"),
        ("<", before + answer),
        (">", b"\x06"),
    ]


@pytest.mark.parametrize("chunk", [1, 3, 4096])
@pytest.mark.parametrize("before", [b"", b"\xff", b"\xff\xff\xff"], ids=["clean", "filler", "fillers"])
@pytest.mark.parametrize("name", EXCHANGES)
def test_link_plays_the_exchange(name: str, before: bytes, chunk: int) -> None:
    entry = EXCHANGES[name]
    replay = Replay(_request(entry), _full_trace(entry, before), chunk)
    assert replay.run() == Answer(_payload(_frames(entry, "<")[-1]))
    assert not replay.trace, "the whole trace was played"


@pytest.mark.parametrize("name", EXCHANGES)
def test_garbage_before_the_answer_is_skipped(name: str) -> None:
    entry = EXCHANGES[name]
    request, answer = _frames(entry, ">")[-1], _frames(entry, "<")[-1]
    soil = bytes.fromhex("00 15 06 7E FF 8F")
    trace = [
        (">", b"\x05"),
        ("<", b"\x15"),
        (">", request),
        ("<", b"\x06" + soil + answer + soil),
        (">", b"\x06"),
    ]
    assert Replay(_request(entry), trace, 4096).run() == Answer(_payload(answer))


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_frames_are_known_commands(name: str) -> None:
    """Each request of the minimum path reads as a declared command and writes back to the same bytes."""
    for request in _frames(SCRIPTS[name], ">"):
        payload = _payload(request)
        code = int.from_bytes(payload[:2], "big") if payload[0] == 0xFF else payload[0]
        command = BY_CODE[code]
        size = 2 if code > 0xFF else 1
        password = 0
        if command.password is not Password.NONE:
            password = int.from_bytes(payload[size : size + 4], "little")
            size += 4
        fields_read = decode_record(command.request, payload[size:])
        assert encode_frame(encode_command(command, fields_read, password)) == request


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_answers_decode(name: str) -> None:
    for answer in _frames(SCRIPTS[name], "<"):
        payload = _payload(answer)
        code = int.from_bytes(payload[:2], "big") if payload[0] == 0xFF else payload[0]
        result, rest = split_reply(payload)
        assert result == 0
        decode_reply(BY_CODE[code], rest)


def _pairs(name: str) -> list[tuple[bytes, bytes]]:
    frames = [(line[0], bytes.fromhex(line[2:])) for line in SCRIPTS[name]["wire"]]
    frames = [(side, piece) for side, piece in frames if piece[0] == STX]
    return [(one, two) for (a, one), (b, two) in pairwise(frames) if (a, b) == (">", "<")]


@pytest.mark.parametrize("chunk", [1, 4096])
@pytest.mark.parametrize("soil", ["", "FF FF", "00 15 06 7E FF 8F"], ids=["clean", "filler", "garbage"])
@pytest.mark.parametrize("name", SCRIPTS)
def test_link_plays_the_script(name: str, soil: str, chunk: int) -> None:
    """Every exchange of it that has an answer, byte by byte, a fresh link each."""
    pairs = _pairs(name)
    assert pairs or name in ("11.1", "11.2"), "these two list requests alone"
    for request, answer in pairs:
        trace = [
            (">", b"\x05"),
            ("<", b"\x15"),
            (">", request),
            ("<", b"\x06" + bytes.fromhex(soil) + answer),
            (">", b"\x06"),
        ]
        replay = Replay(_payload(request), trace, chunk)
        assert replay.run() == Answer(_payload(answer))
        assert not replay.trace
