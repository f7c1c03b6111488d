"""Every command of the protocol notes is answered as they say, or refused with 37h by models that lack it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from emulator.shtrih.commands import COMMANDS
from emulator.shtrih.variant import SCALED_320, Variant
from emulator.till_orders import close, item

ROWS = tomllib.loads((Path(__file__).parent / "catalogue.toml").read_text("utf-8"))["command"]
CODE = b"0104600653105990"
OPERATOR_TELLS = {"op", "adm"}
REFUSED = {"op": (0, 31), "adm": (0, 1, 28, 31), "sys": (0, 1, 29, 31), "none": ()}
NOT_IN_THE_NOTES = {0x42, 0x43}
"""Department and tax report: the vendor's codes, which the notes' catalogue leaves out."""


def number(row) -> int:
    return int(row["code"], 16)


def args(row) -> bytes:
    """`00*40` is forty zeros."""
    out = b""
    for word in row["args"].split():
        piece, _, times = word.partition("*")
        out += bytes.fromhex(piece) * int(times or 1)
    return out


def shift(bench) -> None:
    bench.ok(0xE0)


def receipt(bench) -> None:
    shift(bench)
    bench.ok(0x8D, b"\0")


def line(bench) -> None:
    receipt(bench)
    bench.ok(0xFF46, item())


def printed(bench) -> None:
    line(bench)
    bench.ok(0xFF45, close({1: 10_000}))


def paper_back(bench) -> None:
    shift(bench)
    bench.device.paper_out(1)
    bench.ok(0x40)
    bench.device.paper_in()


def changed(code: int):
    def prepare(bench) -> None:
        line(bench)
        bench.ok(code, b"\xc8\0\0\0\0\0\0\0\0")

    return prepare


def buffer_filled(bench) -> None:
    receipt(bench)
    bench.ok(0xFF32, b"\x0a\0")
    bench.ok(0xFF33, b"\0\0\x0a\xf0\x03\x06\x00a@b.ru")


def code_checked(bench) -> None:
    bench.ok(0xFF61, bytes((1, 0, len(CODE), 0)) + CODE)


def code_accepted(bench) -> None:
    code_checked(bench)
    bench.ok(0xFF69, b"\1")
    line(bench)


def code_sold(bench) -> None:
    code_accepted(bench)
    bench.ok(0xFF67, bytes((len(CODE),)) + CODE)
    bench.ok(0xFF45, close({1: 10_000}))


def code_sold_reading(bench) -> None:
    code_sold(bench)
    bench.ok(0xFF71)


PREPARED = {
    "idle": lambda bench: None,
    "shift": shift,
    "receipt": receipt,
    "line": line,
    "printed": printed,
    "paper back": paper_back,
    "data block": lambda bench: bench.ok(0xDD, b"\0\0" + b"A" * 64),
    "date set": lambda bench: bench.ok(0x22, b"\x15\x0b\x1a"),
    "discounted": changed(0x86),
    "surcharged": changed(0x87),
    "asked for document 1": lambda bench: bench.ok(0xFF3A, b"\1\0\0\0"),
    "delivered": lambda bench: bench.device.ofd_deliver(),
    "buffer of 10": lambda bench: bench.ok(0xFF32, b"\x0a\0"),
    "buffer filled": buffer_filled,
    "code checked": code_checked,
    "code accepted": code_accepted,
    "code sold": code_sold,
    "code sold, reading": code_sold_reading,
}


def able(make_bench, row):
    """A device that has the command."""
    match row.get("need"):
        case "1.2":
            return make_bench(ffd="1.2")
        case "scaled":
            return make_bench(Variant(capabilities=Variant().capabilities | {SCALED_320}))
        case "discounts":
            return make_bench(Variant(table_values={"17.1.3": 1}))
    return make_bench()


ANSWERED = [row for row in ROWS if row.get("need") != "never"]
FEATURES = [row for row in ROWS if "need" in row]


@pytest.mark.parametrize("row", ANSWERED, ids=lambda row: row["code"])
def test_it_is_answered_as_the_notes_say(make_bench, row):
    bench = able(make_bench, row)
    PREPARED[row["state"]](bench)
    head = bytes.fromhex(row["code"])
    password = b"" if row["password"] == "none" else b"\x1e\0\0\0"
    answer = bench.ask(head + password + args(row))
    assert answer.startswith(head)
    result = answer[len(head)]
    if "result" in row:
        assert answer == head + bytes.fromhex(row["result"])
        return
    assert result == 0, f"{result:02X}h"
    assert len(answer) in row["answer"]
    if row["password"] in OPERATOR_TELLS and len(head) == 1:
        assert answer[2] == 30


@pytest.mark.parametrize("row", ANSWERED, ids=lambda row: row["code"])
def test_passwords_that_may_not(make_bench, row):
    bench = able(make_bench, row)
    for password in REFUSED[row["password"]]:
        assert bench.code(number(row), args(row), password) == 0x4F, password
    allowed = {"op": 1, "adm": 29, "sys": 30}.get(row["password"])
    if allowed is not None:
        assert bench.code(number(row), args(row), allowed) != 0x4F


@pytest.mark.parametrize("row", FEATURES, ids=lambda row: row["code"])
def test_a_model_without_it_says_37h(make_bench, row):
    bench = make_bench()
    line(bench)
    assert bench.code(number(row), args(row)) == 0x37


def test_the_device_knows_no_other_commands():
    assert set(COMMANDS.codes()) == {number(row) for row in ANSWERED} | NOT_IN_THE_NOTES


@pytest.mark.parametrize("row", ANSWERED, ids=lambda row: row["code"])
def test_a_profile_can_take_any_command_away(make_bench, row):
    bench = make_bench(Variant(unsupported=frozenset({number(row)})), ffd="1.2")
    head = bytes.fromhex(row["code"])
    assert bench.ask(head + b"\x1e\0\0\0" + args(row)) == head + b"\x37"
