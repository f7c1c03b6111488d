"""Golden frames of protocol 2.0 in both directions, and through the link, cut and soiled."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from drivers.exchange import Answer, Finished, Send
from drivers.shtrih.command import decode_reply, encode_command, split_reply
from drivers.shtrih.commands import BY_CODE
from drivers.shtrih.frame import Reading, password_bytes
from drivers.shtrih.frame2 import QUESTION, Frame2, FrameReader2, crc16, encode_frame2
from drivers.shtrih.link2 import ShtrihLink2

FRAMES = {
    entry["id"]: entry for entry in tomllib.loads((Path(__file__).parent / "frames2.toml").read_text("utf-8"))["frame"]
}
EXCHANGES = (("G48 request", "G48 answer"), ("G49 request", "G49 answer"), ("G51 request", "G51 answer"))


def _wire(name: str) -> bytes:
    return bytes.fromhex(FRAMES[name]["wire"][2:])


def _payload(name: str) -> bytes:
    return bytes.fromhex(FRAMES[name]["payload"])


def _value(value: Any) -> Any:
    return bytes.fromhex(value[4:]) if isinstance(value, str) and value.startswith("hex:") else value


def test_every_golden_frame_of_the_notes_is_here() -> None:
    assert {name.split()[0] for name in FRAMES} == {f"G{number}" for number in range(47, 53)}


def test_checks_named_in_the_notes() -> None:
    assert crc16(bytes.fromhex("0000")) == 0x1D0F
    assert crc16(bytes.fromhex("03000400FC")) == 0x0D8D
    assert _wire("G47") == QUESTION


@pytest.mark.parametrize("name", FRAMES)
def test_frames_are_written_and_read(name: str) -> None:
    entry, wire = FRAMES[name], _wire(name)
    number = entry.get("number")
    if number is not None:
        assert encode_frame2(number, _payload(name)).hex(" ") == wire.hex(" ")
    reader = FrameReader2()
    readings = [reader.feed(byte) for byte in wire[1:]]
    assert readings[-1] is Reading.WHOLE
    assert set(readings[:-1]) == {Reading.MORE}
    assert reader.frame == Frame2(number, _payload(name))


@pytest.mark.parametrize("name", [name for name, entry in FRAMES.items() if "request" in entry])
def test_driver_encodes_the_request(name: str) -> None:
    entry = FRAMES[name]
    command = BY_CODE[entry["command"]]
    payload = encode_command(command, command.request(**entry["request"]), entry.get("password", 30))
    assert encode_frame2(entry["number"], payload) == _wire(name)


@pytest.mark.parametrize("name", [name for name, entry in FRAMES.items() if "reply" in entry])
def test_driver_decodes_the_answer(name: str) -> None:
    entry = FRAMES[name]
    command = BY_CODE[entry["command"]]
    code, rest = split_reply(_payload(name))
    assert code == 0
    reply = decode_reply(command, rest)
    for field in fields(command.reply):
        assert getattr(reply, field.name) == _value(entry["reply"].get(field.name)), field.name


@pytest.mark.parametrize("chunk", [1, 3, 4096])
@pytest.mark.parametrize(
    "soil", [b"", b"\xff\xff", bytes.fromhex("00 15 06 9F 8F 03 00 01")], ids=["clean", "ff", "junk"]
)
@pytest.mark.parametrize(("request_id", "answer_id"), EXCHANGES)
def test_link_plays_the_exchange(request_id: str, answer_id: str, soil: bytes, chunk: int) -> None:
    """The number is asked for first; the frame before ours is answered with its own code, which is not ours."""
    number = FRAMES[request_id]["number"]
    device = [encode_frame2(number - 1, b"\x1e\x00"), _wire(answer_id)]
    link, now, host = ShtrihLink2(), 0.0, b""
    link.begin(_payload(request_id), 3.0, now)
    for _ in range(200):
        action = link.poll(now)
        if isinstance(action, Finished):
            break
        if isinstance(action, Send):
            host += action.payload
            came = soil + device.pop(0)
            for at in range(0, len(came), chunk):
                link.receive(came[at : at + chunk], now)
        else:
            now = action.until
    assert isinstance(action, Finished)
    assert action.result == Answer(_payload(answer_id))
    assert host == QUESTION + _wire(request_id)
    assert now == 0.0, "nothing was waited for"


def test_password_is_hidden_in_a_trace() -> None:
    """Password and checksum; a stuffed byte before them shifts nothing."""
    plain = encode_frame2(1, bytes.fromhex("10 1E000000"))
    assert password_bytes(plain) == {6, 7, 8, 9, 10, 11}
    stuffed = encode_frame2(0x8F, bytes.fromhex("FF46 8F9F0000 01"))
    hidden = password_bytes(stuffed)
    shown = bytes(byte for at, byte in enumerate(stuffed) if at not in hidden)
    assert shown == bytes.fromhex("8F 09 00 9F 81 00 FF 46 01")
    assert password_bytes(QUESTION) == frozenset()
    assert password_bytes(_wire("G48 request")) == frozenset(), "FCh has no password"
