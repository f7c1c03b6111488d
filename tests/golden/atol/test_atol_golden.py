"""Golden frames in both directions: encode, decode, whole, byte by byte and among garbage; commands to their bytes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from drivers.atol import (
    commands_print,
    commands_receipt,
    commands_settings,
    commands_status,
    commands_storage,
    frame_v2,
)
from drivers.atol import packet as packet_v3
from drivers.atol.code_page import encode_text
from drivers.atol.command import Command, Nothing, decode_reply, encode_command, split_reply
from drivers.atol.frame_v2 import STX, FrameReader, Reading, encode_frame
from drivers.atol.packet import Packet, PacketReader, crc8, encode_packet, escape

FRAMES = {frame["id"]: frame for frame in tomllib.loads((Path(__file__).parent / "frames.toml").read_text())["frame"]}
V2 = [name for name, frame in FRAMES.items() if frame["layer"] == "v2"]
V3 = [name for name, frame in FRAMES.items() if frame["layer"] == "v3"]


def wire(name: str) -> bytes:
    return bytes.fromhex(FRAMES[name]["wire"])


def content(name: str) -> bytes:
    return bytes.fromhex(FRAMES[name]["data"])


def read_v2(stream: bytes) -> list[bytes]:
    """As a receiver does: everything before STX is skipped."""
    found, reader = [], None
    for byte in stream:
        if reader is None:
            reader = FrameReader() if byte == STX else None
            continue
        reading = reader.feed(byte)
        if reading is not Reading.MORE:
            if reading is Reading.WHOLE:
                found.append(reader.payload)
            reader = None
    return found


def read_v3(stream: bytes) -> list[Packet]:
    reader = PacketReader()
    return [packet for byte in stream if (packet := reader.feed(byte)) is not None]


def test_all_of_them_are_here() -> None:
    assert [name for name in FRAMES if name[0] == "G"] == [f"G{number:02d}" for number in range(1, 55)]
    assert {name[:3] for name in FRAMES if name[0] == "B"} == {"B.1", "B.2", "B.3", "B.4", "B.5"}
    assert (len(V2), len(V3)) == (48, 70)


def test_check_value_of_the_catalogue() -> None:
    assert crc8(b"123456789") == 0xF7


@pytest.mark.parametrize("name", V2)
def test_v2_both_ways(name: str) -> None:
    assert encode_frame(content(name)) == wire(name)
    assert read_v2(wire(name)) == [content(name)]
    assert read_v2(b"\x00\x06\x15\xff" + wire(name) + b"\x04\x41" + wire(name)) == [content(name)] * 2
    damaged = wire(name)[:-1] + bytes((wire(name)[-1] ^ 0x40,))
    assert read_v2(damaged + wire(name)) == [content(name)]


@pytest.mark.parametrize("name", V3)
def test_v3_both_ways(name: str) -> None:
    packet = Packet(FRAMES[name]["number"], content(name))
    assert encode_packet(packet.number, packet.data) == wire(name)
    assert read_v3(wire(name)) == [packet]
    assert read_v3(b"\x00\xfd\x06" + wire(name) + b"\x41\xfe\x03" + wire(name) * 2) == [packet] * 3
    assert read_v3(wire(name)[:-1] + wire(name)) == [packet], "a torn packet is dropped at the next FEh"


def test_a_wrong_crc_is_told_and_not_believed() -> None:
    damaged = wire("G31")[:-1] + b"\x00"
    assert read_v3(damaged) == [Packet(1, b"\xa3", intact=False)]


def test_the_other_reading_of_the_crc_differs_where_it_must() -> None:
    """G50 is the probe: document 254 has a masked byte."""
    ask = content("G50")
    other = encode_packet(0x11, ask, crc_of_masked=True)
    assert other[:-1] == wire("G50")[:-1]
    assert other != wire("G50")
    reader = PacketReader(crc_of_masked=True)
    assert [reader.feed(byte) for byte in other][-1] == Packet(0x11, ask)
    assert read_v3(other) == [Packet(0x11, ask, intact=False)]


def test_length_rule() -> None:
    assert encode_packet(1, bytes(128))[1:3] == b"\x00\x01"
    assert encode_packet(1, bytes(127))[1:3] == b"\x7f\x00"
    assert escape(b"\xfe\xfd\x00") == b"\xfd\xee\xfd\xed\x00"
    with pytest.raises(ValueError, match="16383"):
        encode_packet(1, bytes(1 << 14))
    with pytest.raises(ValueError, match="255"):
        encode_frame(bytes(256))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("G03", "02 .. .. 3F 03 .."),
        ("G07", "02 .. .. 56 10 03 .. .. .. .. 03 .."),
        ("G40", "FE 06 00 06 C1 01 02 .. .. 3F .."),
        ("G41", "FE 0B 00 07 C1 01 03 .. .. 56 01 .. .. .. .. .."),
        ("G22", "FE 01 00 06 C4 58"),
        ("B.3-5-v3", None),
    ],
)
def test_a_trace_shows_no_password(name: str, shown: str | None) -> None:
    hidden = (frame_v2 if name in V2 else packet_v3).password_bytes(wire(name))
    told = " ".join(".." if at in hidden else f"{byte:02X}" for at, byte in enumerate(wire(name)))
    if shown is None:
        assert told.endswith("20 A3 .. .."), "a masked CRC has two bytes"
    else:
        assert told == shown


ITEM_1 = commands_receipt.EndItem(0, 44955, 2_000_000, 89910, 6, 0, 0, 1, 4, 0, 0, bytes(2), encode_text("Кофе 250 г"))
ITEM_2 = commands_receipt.EndItem(0, 5990, 1_000_000, 5990, 6, 0, 0, 1, 4, 0, 0, bytes(2), encode_text("Хлеб"))
QR = bytes.fromhex("08 00 00 00 00 00 00 00 00 00 00 00") + b"https://example.org/k/7"
BUILT: list[tuple[str, Command[Any, Any], Any]] = [
    ("G02", commands_status.DEVICE_TYPE, Nothing()),
    ("G03", commands_status.FULL_STATUS, Nothing()),
    ("G04", commands_status.STATE_CODE, Nothing()),
    ("G05", commands_status.EXIT_MODE, Nothing()),
    ("G06", commands_status.ENTER_MODE, commands_status.EnterMode(1, 30)),
    ("G07", commands_status.ENTER_MODE, commands_status.EnterMode(3, 30)),
    ("G08", commands_receipt.OPEN_SHIFT, commands_receipt.ShiftFlags(0)),
    ("G09", commands_receipt.OPEN_RECEIPT, commands_receipt.OpenReceipt(0, 1)),
    ("G10", commands_receipt.OLD_ITEM, commands_receipt.OldItem(0, 1603, 1_500_000, 3)),
    ("G11", commands_print.PRINT_LINE, commands_print.Line(encode_text("Хлеб №1 $"))),
    ("G12", commands_receipt.CLOSE_RECEIPT, commands_receipt.Payment(0, 1, 0)),
    ("G13", commands_receipt.CLOSE_RECEIPT, commands_receipt.Payment(0, 1, 5000)),
    ("G14", commands_receipt.Z_REPORT, Nothing()),
    ("G15", commands_receipt.X_REPORT, commands_receipt.ReportKind(1)),
    ("G16", commands_settings.DRAWER_CASH, commands_settings.Parameters()),
    ("G17", commands_receipt.PAYMENT, commands_receipt.Payment(0, 2, 1000)),
    ("B.1-5-v2", commands_storage.STORAGE_STATE, Nothing()),
    ("B.1-6-v2", commands_storage.STORAGE_NUMBER, Nothing()),
    ("B.2-2-v2", commands_storage.REQUEST_TLV, commands_storage.FdNumber(1)),
    ("B.2-3-v2", commands_storage.READ_TLV, Nothing()),
    ("B.2-4-v2", commands_storage.REQUEST_TLV, commands_storage.FdNumber(259)),
    ("B.2-5-v2", commands_storage.FIND_DOCUMENT, commands_storage.FdNumber(1)),
    ("B.3-4-v2", commands_receipt.BEGIN_ITEM, commands_receipt.BeginItem()),
    ("B.3-5-v2", commands_receipt.END_ITEM, ITEM_1),
    ("B.3-7-v2", commands_receipt.END_ITEM, ITEM_2),
    ("B.4-1-v2", commands_print.PRINT_LINE, commands_print.Line(encode_text("НЕФИСКАЛЬНЫЙ ДОКУМЕНТ"))),
    ("B.4-3-v2", commands_print.PRINT_BARCODE, commands_print.Barcode(0, 2, QR)),
    ("B.4-5-v2", commands_print.CUT, commands_print.CutKind(1)),
]


@pytest.mark.parametrize(("name", "command", "request_"), BUILT, ids=[name for name, _, _ in BUILT])
def test_declared_commands_give_the_golden_bytes(name: str, command: Command[Any, Any], request_: Any) -> None:
    assert encode_command(command, request_, 0) == content(name)


def test_a_requisite_gives_the_golden_bytes() -> None:
    mail = commands_receipt.WriteRequisite(1, 1, 0, bytes.fromhex("F003 0C00") + b"+79001234567")
    assert encode_command(commands_receipt.WRITE_REQUISITE, mail, 0) == content("G45")[3:]


def test_a_full_status_is_read() -> None:
    fields = split_reply(commands_status.FULL_STATUS, content("G54")[2:])
    assert isinstance(fields, bytes)
    status = decode_reply(commands_status.FULL_STATUS, fields)
    assert status.at is not None
    assert (status.at.isoformat(), status.serial, status.model) == ("2026-11-21T17:35:00", 12345, 82)
    assert (status.flags, status.receipt_number, status.last_closed_shift, status.receipt_kop) == (0x49, 5, 2, 0)
    assert (status.receipt_state, status.decimal_point, status.interface) == (0, 2, 6)
