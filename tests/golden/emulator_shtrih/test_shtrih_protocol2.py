"""Protocol 2.0: frames of the notes (G47..G52), numbers, repeats, damage, choice by the first byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.shtrih.frame2 import Unstuffer, crc16, framed, pack
from emulator.shtrih.link import LinkState
from emulator.shtrih.variant import Variant

EMPTY = bytes.fromhex("8F 00 00 0F 1D")
DEVICE_TYPE = bytes.fromhex("8F 03 00 04 00 FC 8D 0D")
STATUS = b"\x10\x1e\0\0\0"


@pytest.fixture
def bench2(make_bench):
    """A device of protocol 2.0; `make_bench` wakes by ENQ, which 2.0 does not answer, so it starts as auto."""
    bench = make_bench(Variant(protocol="auto", protocol_version=(2, 0)), model_code=45, title="ШТРИХ-СМАРТПОС-Ф")
    bench.front.power_off()
    return bench


def frame(bench, number: int, payload: bytes) -> bytes:
    return bench.send(pack(number, payload))


def plain(data: bytes) -> tuple[int, bytes]:
    """Number and payload of one frame."""
    assert data[:1] == b"\x8f"
    reader = Unstuffer()
    body = bytes(byte for byte in (reader.take(one) for one in data[1:]) if byte is not None)
    assert crc16(body[:-2]) == int.from_bytes(body[-2:], "little")
    assert int.from_bytes(body[:2], "little") == len(body) - 4
    return int.from_bytes(body[2:4], "little"), body[4:-2]


def test_check_sums_of_the_notes():
    assert crc16(b"\0\0") == 0x1D0F
    assert crc16(bytes.fromhex("03 00 04 00 FC")) == 0x0D8D
    assert framed(b"\0\0") == EMPTY
    assert pack(4, b"\xfc") == DEVICE_TYPE


def test_g48_device_type(bench2):
    for number in (1, 2, 3):
        frame(bench2, number, STATUS)
    answer = bench2.send(DEVICE_TYPE)
    wanted = "8F 1A 00 04 00 FC 00 00 00 02 00 2D 00 D8 D2 D0 C8 D5 2D D1 CC C0 D0 D2 CF CE D1 2D D4 B8 28"
    assert answer == bytes.fromhex(wanted)


@pytest.mark.parametrize(
    ("number", "payload", "frame_hex"),
    [
        (0x26, "10 01 00 00 00", "8F 07 00 26 00 10 01 00 00 00 E4 14"),
        (0x26, "10 00 01 90 00 02 00 00 33 48 00 00 00 FF FF FF 00",
         "8F 13 00 26 00 10 00 01 90 00 02 00 00 33 48 00 00 00 FF FF FF 00 78 C2"),
        (0x25, "FF 45 00 00 00 00 00 00 52 00 00 00 F2 BF 0B 3E",
         "8F 12 00 25 00 FF 45 00 00 00 00 00 00 52 00 00 00 F2 BF 0B 3E 90 6B"),
        (0xDC, "FF 3B 1E 00 00 00", "8F 08 00 DC 00 FF 3B 1E 00 00 00 73 81"),
        (0xDC, "FF 3B 00 10 04 04 00 1E 01 00 00", "8F 0D 00 DC 00 FF 3B 00 10 04 04 00 1E 01 00 00 F1 30"),
        (0x2D, "FF 3B 00 35 04 06 00 31 04 3E 0B BF F2", "8F 0F 00 2D 00 FF 3B 00 35 04 06 00 31 04 3E 0B BF F2 BD C0"),
        (0x8F, "FC", "8F 03 00 9F 81 00 FC 26 C6"),
    ],
)  # fmt: skip
def test_g49_to_g52_frames(number, payload, frame_hex):
    assert pack(number, bytes.fromhex(payload)) == bytes.fromhex(frame_hex)


def test_g47_the_number_before_anything_was_executed(bench2):
    assert plain(bench2.send(EMPTY)) == (0, b"")


def test_a_number_is_executed_once_and_repeats_its_answer(bench2):
    first = frame(bench2, 1, b"\xe0\x1e\0\0\0")
    assert plain(first) == (1, b"\xe0\0\x1e")
    fd = bench2.device.fn.last_fd
    for _ in range(3):
        assert frame(bench2, 1, b"\xe0\x1e\0\0\0") == first
    assert bench2.send(EMPTY) == first
    assert bench2.device.fn.last_fd == fd


def test_a_wrong_number_gets_the_answer_to_another_command(bench2):
    """The trap of the notes: compare the command code."""
    frame(bench2, 1, STATUS)
    number, payload = plain(frame(bench2, 7, b"\x11\x1e\0\0\0"))
    assert (number, payload[0]) == (1, 0x10)


@pytest.mark.parametrize(
    "broken",
    ["8F 07 00 01 00 10 1E 00 00 00 00 00", "8F 01 00 00", "8F FF FF 01 00", "8F 07 9F 00", "10 20 30"],
)
def test_damage_is_not_answered_and_does_not_hurt(bench2, broken):
    frame(bench2, 1, STATUS)
    assert bench2.send(bytes.fromhex(broken)) == b""
    assert plain(frame(bench2, 2, STATUS))[0] == 2


def test_a_late_byte_drops_the_frame(bench2):
    request = pack(1, STATUS)
    assert bench2.send(request[:5]) == b""
    bench2.clocks.monotonic += 1.0
    assert bench2.send(request[5:]) == b""
    assert plain(bench2.send(request))[0] == 1


def test_power_off_forgets_the_number(bench2):
    frame(bench2, 1, STATUS)
    bench2.front.power_off()
    assert plain(bench2.send(EMPTY)) == (0, b"")


def test_numbers_wrap(bench2):
    bench2.send(EMPTY)
    bench2.front.link._new.number = 0xFFFF
    assert plain(frame(bench2, 0, STATUS))[0] == 0


def test_the_first_byte_chooses_and_14h_lets_choose_again(bench2):
    assert bench2.send(b"\x05") == b"\x15"
    assert bench2.send(EMPTY) == b"\x15" * len(EMPTY), "protocol 1.0 stays chosen"
    assert bench2.ask(bytes.fromhex("14 1E 00 00 00 02 06 64")) == b"\x14\0"
    assert plain(bench2.send(EMPTY)) == (0, b"")
    assert bench2.send(b"\x05") == b"", "now 2.0 is"


def test_the_device_says_that_it_speaks_it(bench2):
    _, answer = plain(frame(bench2, 1, b"\xf7\x01"))
    assert int.from_bytes(answer[2:10], "little") >> 28 & 1


def test_an_answer_of_1455_bytes_of_command(make_bench):
    bench = make_bench(Variant(protocol="auto", max_command=1455))
    bench.front.power_off()
    frame(bench, 1, b"\xe0\x1e\0\0\0")
    lines = b"".join(bytes((0x55, 0xAA)) * 20 for _ in range(36))
    assert plain(frame(bench, 2, b"\xc4\x1e\0\0\0\1\0" + lines)) == (2, b"\xc4\0\x1e")
    assert len(bench.machine.pictures.lines[0]) == 36


def test_speed_changes_after_the_answer_went_out(bench2):
    frame(bench2, 1, bytes.fromhex("14 1E 00 00 00 02 02 64"))
    assert bench2.machine.ports.baud(2) == 115200
    bench2.clocks.monotonic += 0.2
    bench2.front.tick(bench2.clocks.monotonic)
    assert bench2.machine.ports.baud(2) == 9600


@given(st.integers(0, 0xFFFF), st.binary(min_size=1, max_size=300))
def test_any_payload_survives_the_frame(number, payload):
    whole = pack(number, payload)
    assert b"\x8f" not in whole[1:]
    assert plain(whole) == (number, payload)


def test_a_muted_answer_is_fetched_by_repeating(bench2):
    from emulator.shtrih.silence import Fate

    bench2.machine.silence.ask(0xE0, Fate.MUTED, 1)
    assert frame(bench2, 1, b"\xe0\x1e\0\0\0") == b""
    assert plain(frame(bench2, 1, b"\xe0\x1e\0\0\0")) == (1, b"\xe0\0\x1e")
    assert bench2.front.link.state is LinkState.WAIT_STX
