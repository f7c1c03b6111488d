"""Every golden request goes through the link whole, byte by byte and after garbage, and is cut into its parameters."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from emulator.shtrih.commands import COMMANDS
from emulator.shtrih.fields import Fields
from emulator.shtrih.link import Link
from emulator.shtrih.registry import Password

ENTRIES = tomllib.loads((Path(__file__).parent / "frames.toml").read_text("utf-8"))["frame"]
REQUESTS = [
    pytest.param(bytes.fromhex(line[2:]), id=f"{entry['id']}-{number}")
    for entry in ENTRIES
    for number, line in enumerate(entry["exchange"])
    if line.startswith("> 02")
]
DAMAGED = {"G4": "02 05 10 1E 00 00 00 0A"}
WHOLE = [param for param in REQUESTS if param.values[0].hex(" ").upper() != DAMAGED["G4"]]


def idle_link() -> Link:
    link = Link()
    assert link.receive(b"\x05", 0.0) == b"\x15"
    return link


def test_all_exchanges_are_here():
    wanted = {f"G{number}" for number in range(1, 47)} | {"G26a", "G53"}
    assert {entry["id"] for entry in ENTRIES} == wanted


@pytest.mark.parametrize("frame", WHOLE)
def test_whole(frame: bytes):
    link = idle_link()
    assert link.receive(frame, 0.0) == b"\x06"
    assert link.take_request() == frame[2:-1]
    assert link.take_request() is None


@pytest.mark.parametrize("frame", WHOLE)
def test_byte_by_byte(frame: bytes):
    link = idle_link()
    out = [link.receive(bytes((byte,)), at * 0.05) for at, byte in enumerate(frame)]
    assert b"".join(out) == b"\x06"
    assert out[-1] == b"\x06"
    assert link.take_request() == frame[2:-1]


@pytest.mark.parametrize("frame", WHOLE)
def test_garbage_in_front(frame: bytes):
    link = idle_link()
    assert link.receive(b"\x00\xff\x41\x05" + frame, 0.0) == b"\x15" * 4 + b"\x06"
    assert link.take_request() == frame[2:-1]


@pytest.mark.parametrize("frame", WHOLE)
def test_one_wrong_bit(frame: bytes):
    for at in range(2, len(frame)):
        broken = bytearray(frame)
        broken[at] ^= 0x40
        link = idle_link()
        assert link.receive(bytes(broken), 0.0) == b"\x15"
        assert link.take_request() is None


@pytest.mark.parametrize("frame", [param for param in WHOLE if not param.id.startswith("G46")])
def test_fits_the_declared_layout(frame: bytes):
    payload = frame[2:-1]
    command = COMMANDS.find(payload)
    assert command is not None
    password = 0 if command.password is Password.NONE else 4
    Fields(command.layout, payload[len(command.head) + password :])


def fields_of(golden, frame_id: str) -> Fields:
    payload = next(data for side, data in golden[frame_id] if side == ">" and data[0] == 2)[2:-1]
    command = COMMANDS.find(payload)
    return Fields(command.layout, payload[len(command.head) + 4 :])


def test_operation_parameters(golden):
    fields = fields_of(golden, "G26")
    numbers = {name: fields.num(name) for name in ("kind", "quantity", "price", "sum", "rate", "department")}
    assert numbers == {"kind": 1, "quantity": 3_000_000, "price": 1333, "sum": 4000, "rate": 1, "department": 0}
    assert (fields.num("method"), fields.num("subject"), fields.text("name")) == (4, 1, "Позиция 1")
    assert fields.all_ones("tax")
    assert not fields.all_ones("sum")


def test_close_parameters(golden):
    card, cash = fields_of(golden, "G31"), fields_of(golden, "G32")
    assert (card.num("pay3"), card.num("pay1"), card.num("system")) == (10_000, 0, 4)
    assert (cash.num("pay1"), cash.num("pay3"), cash.num("system")) == (10_000, 0, 1)


def test_print_parameters(golden):
    line = fields_of(golden, "G13")
    assert (line.num("flags"), line.num("font"), line.text("text")) == (3, 5, "ТЕРМИНАЛ #: 11122200")
    assert fields_of(golden, "G14").text("text") == "Баллы: 150"
    assert fields_of(golden, "G43").raw("data").rstrip(b"\0") == b"https://example.org/r/12345"
    code = fields_of(golden, "G44")
    assert [code.num(name) for name in ("kind", "length", "first", "version", "dot", "level", "align")] == [
        3, 27, 0, 0, 4, 2, 1,
    ]  # fmt: skip


def test_number_and_table_parameters(golden):
    assert fields_of(golden, "G40").num("fd") == 286
    assert fields_of(golden, "G37").num("fd") == 45817
    table = fields_of(golden, "G21")
    assert [table.num(name) for name in ("table", "row", "field")] == [2, 30, 2]
    assert table.text("value") == "Иванов И.И."
