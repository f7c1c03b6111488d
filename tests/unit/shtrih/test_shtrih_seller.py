"""Registering receipts: golden bytes, numbering of kinds and payments, tax rates, TLVs in frames."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import reduce
from operator import xor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit.shtrih_selling import ACTS, AGENT, ANSWERS, BUN, MAIL, SALE, Act, tlv

from drivers.api import Done
from drivers.selling import FiscalItem, ReceiptKind, Registered, Tender
from drivers.shtrih.printer import ShtrihPrinter
from drivers.shtrih.seller import TLV_BYTES, _groups
from drivers.streams.memory import answering_stream

GOLDEN = tomllib.loads((Path(__file__).parents[2] / "golden" / "shtrih" / "frames.toml").read_text("utf-8"))
COFFEE = FiscalItem("Кофе", 15000, 2_000_000, 30000, vat=1, department=1)
LUNCH = FiscalItem("Комплексный обед", 10000, 1_000_000, 10000, vat=6, method=0, subject=0)


class Script:
    """A register that knows one sequence of frames by heart, and nothing else. `register` answers until it is set."""

    def __init__(self, register: Any) -> None:
        self.register = register
        self.steps: list[tuple[bytes, bytes]] | None = None

    def __call__(self, asked: bytes) -> bytes:
        if self.steps is None:
            return bytes(self.register(asked))
        out = b""
        while asked:
            if asked[0] == 0x02:
                request, answer = self.steps.pop(0)
                frame, asked = asked[: asked[1] + 3], asked[asked[1] + 3 :]
                assert frame.hex(" ") == request.hex(" ")
                out += b"\x06" + answer
                continue
            out += b"\x15" if asked[0] == 0x05 else b""
            asked = asked[1:]
        return out


@pytest.fixture
def play(register: Any) -> Callable[[list[str], Act], Any]:
    script = Script(register)
    stream = answering_stream(script, register.advance)
    printer = ShtrihPrinter(stream, register.monotonic, register.wait)
    assert isinstance(printer.connect(), Done)

    def run(wire: list[str], act: Act) -> Any:
        frames = [bytes.fromhex(line[2:]) for line in wire]
        script.steps = list(zip(frames[::2], frames[1::2], strict=True))
        outcome = act(printer)
        assert script.steps == [], "every frame was sent"
        return outcome

    return run


def without_padding(line: str) -> str:
    """That log pads the name with 00, which the frame need not carry."""
    content = bytes.fromhex(line[2:])[2:-1].rstrip(b"\0")
    check = reduce(xor, content, len(content))
    return "> " + bytes([2, len(content), *content, check]).hex(" ")


def wire_of(*names: str) -> list[str]:
    exchanges = {entry["id"]: entry["wire"] for entry in GOLDEN["exchange"]}
    exchanges["G26"][0] = without_padding(exchanges["G26"][0])
    return [line for name in names for line in exchanges[name]]


POSITION = FiscalItem("Позиция 1", 1333, 3_000_000, 4000, vat=1)
SUPPLIER = bytes.fromhex("C804150093040C002B3739313233343536373839C904010080")


@pytest.mark.parametrize(
    ("names", "act", "expected"),
    [
        (["G24"], ACTS["E0"], Done(None)),
        (["G25"], ACTS["8D"], Done(None)),
        (["G26"], lambda printer: printer.receipt_item(SALE, POSITION), Done(None)),
        (["G26a"], lambda printer: printer.receipt_item(SALE, LUNCH), Done(None)),
        (["G26a", "G27"], lambda printer: printer.receipt_item(SALE, replace(LUNCH, tlv=AGENT)), Done(None)),
        (["G26a", "G29"], lambda printer: printer.receipt_item(SALE, replace(LUNCH, tlv=SUPPLIER)), Done(None)),
        (["G28"], ACTS["FF0C"], Done(None)),
        (["G30"], lambda printer: printer.receipt_subtotal(), Done(4000)),
        (["G32"], lambda p: p.receipt_close(Tender(cash_kop=10000), 1), Done(Registered(221363, 1893418459))),
        (["G33"], ACTS["88"], Done(None)),
        (["G34"], ACTS["41"], Done(None)),
        (["G35"], ACTS["40"], Done(None)),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else "",
)
def test_golden_frames(play: Any, names: list[str], act: Act, expected: Any) -> None:
    assert play(wire_of(*names), act) == expected


def test_close_without_cash(play: Any) -> None:
    """G31 pays by payment 3; ours goes to payment 2. Moving a sum inside a frame leaves its check byte as it is."""
    wire = wire_of("G31")
    third, second = "00 00 00 00 00 10 27 00 00 00", "10 27 00 00 00 00 00 00 00 00"
    assert wire[0].index(third) == len("> 02 76 FF 45 1E 00 00 00 00 00 00 00 00 ")
    wire[0] = wire[0].replace(third, second, 1)
    outcome = play(wire, lambda printer: printer.receipt_close(Tender(cashless_kop=10000), 4))
    assert outcome == Done(Registered(17884, 289979573))


@pytest.mark.parametrize(("code", "check", "act"), [("50", "73", "cash_in"), ("51", "72", "cash_out")])
def test_cash_frames(play: Any, code: str, check: str, act: str) -> None:
    wire = [
        f"> 02 0A {code} 1E 00 00 00 10 27 00 00 00 {check}",
        f"< 02 05 {code} 00 1E 07 00 {int(code, 16) ^ 28:02X}",
    ]
    assert play(wire, lambda printer: getattr(printer, act)(10000)) == Done(None)


def test_whole_sale_is_the_script_of_the_notes(play: Any) -> None:
    """Section 11.3 byte for byte: FF01h, 8Dh, two FF46h, 89h, FF45h; then 10h."""

    def sell(printer: ShtrihPrinter) -> list[Any]:
        storage = printer.storage()
        assert isinstance(storage, Done)
        assert storage.reply.last_fd == 45817
        steps = [
            printer.receipt_open(SALE),
            printer.receipt_item(SALE, COFFEE),
            printer.receipt_item(SALE, BUN),
            printer.receipt_subtotal(),
            printer.receipt_close(Tender(cash_kop=50000), 1),
        ]
        assert isinstance(printer.status(), Done)
        return steps

    wire = list(next(entry["wire"] for entry in GOLDEN["script"] if entry["id"] == "11.3"))
    wire.append("< 02 10 10 00 1E 92 02 02 00 00 9D D7 00 00 00 00 00 00 C6")
    expected = [Done(None), Done(None), Done(None), Done(38000), Done(Registered(45818, 1893418459, 12000))]
    assert play(wire, sell) == expected


@pytest.mark.parametrize(
    ("kind", "opens", "operation"),
    [
        (ReceiptKind.SALE, "00", "01"),
        (ReceiptKind.SALE_RETURN, "02", "02"),
        (ReceiptKind.PURCHASE, "01", "03"),
        (ReceiptKind.PURCHASE_RETURN, "03", "04"),
    ],
)
def test_the_two_numberings_of_kinds(
    till: ShtrihPrinter, register: Any, kind: ReceiptKind, opens: str, operation: str
) -> None:
    till.receipt_open(kind)
    till.receipt_item(kind, BUN)
    assert register.seen[0] == f"8D {opens}"
    assert register.seen[1].startswith(f"FF46 {operation}40420F000000401F000000401F000000FFFFFFFFFF08")


def test_each_payment_has_its_place(till: ShtrihPrinter, register: Any) -> None:
    assert isinstance(till.receipt_close(Tender(1, 2, 3, 4, 5), 0x20), Done)
    payload = bytes.fromhex(register.seen[0].split()[1])
    sums = [int.from_bytes(payload[at : at + 5], "little") for at in range(0, 80, 5)]
    assert sums == [1, 2, *[0] * 11, 3, 4, 5]
    assert payload[80:] == bytes(31) + b"\x20", "no rounding, no taxes, the tax system"


def test_time_of_the_document_when_the_device_tells(till: ShtrihPrinter, register: Any) -> None:
    register.answers["FF45"] = ANSWERS["FF45"] + "1A 0B 15 0C 1F"
    at = datetime(2026, 11, 21, 12, 31)  # noqa: DTZ001 - device time
    assert till.receipt_close(Tender(100), 0) == Done(Registered(221363, 1893418459, 0, at))


GENERAL = "01 02 10 20 04 08 81 82 84 88 CB CC"
NANO = "01 02 10 20 04 08 81 82 84 88 90 A0"
ODD_7_107 = "01 02 10 20 04 08 81 82 84 90 CB CC"


@pytest.mark.parametrize(
    ("model", "table", "codes"),
    [(22, None, GENERAL), (152, None, NANO), (152, "general", GENERAL), (22, "7-107-as-90", ODD_7_107)],
)
def test_tax_rate_bytes(register: Any, model: int, table: str | None, codes: str) -> None:
    register.answers |= ANSWERS | {"FC": f"00 00 00 01 0E {model:02X} 00 D0"}
    printer = register.printer(vat_table=table)
    assert isinstance(printer.connect(), Done)
    register.seen.clear()
    for vat in range(1, 13):
        assert printer.receipt_item(SALE, replace(BUN, vat=vat)) == Done(None)
    assert [entry[5 + 44 : 5 + 46] for entry in register.seen] == codes.split()


def test_unknown_table_of_tax_rates(register: Any) -> None:
    with pytest.raises(ValueError, match="nano-f"):
        register.printer(vat_table="other")


def test_names_hold_what_the_storage_can_keep(till: ShtrihPrinter, register: Any) -> None:
    name = "«Сыр» — №1\t5\u00d7\u0438\u0306 café\0…\U0001f9c0"
    assert till.receipt_item(SALE, replace(BUN, name=name)) == Done(None)
    sent = bytes.fromhex(register.seen[0].split()[1])[26:]
    assert sent.decode("cp1251") == '"Сыр" - №1 5xй cafe ...?'


# --- TLVs


def test_item_tlvs_go_whole_in_full_frames_after_the_measure(till: ShtrihPrinter, register: Any) -> None:
    first, second, third = tlv(1191, 120), tlv(1197, 116), tlv(1162, 32)
    assert till.receipt_item(SALE, replace(BUN, measure=11, tlv=first + second + third)) == Done(None)
    assert register.codes() == ["FF46", "FF4D", "FF4D"]
    measure = bytes.fromhex("3C0801000B")
    assert len(measure + first + second) == TLV_BYTES, "a frame of 255 bytes, the fullest there is"
    assert register.seen[1] == f"FF4D {(measure + first + second).hex().upper()}"
    assert register.seen[2] == f"FF4D {third.hex().upper()}"


def test_receipt_tlvs_in_several_frames(till: ShtrihPrinter, register: Any) -> None:
    many = [tlv(1192, 16) for _ in range(30)]
    assert till.receipt_tlv(b"".join(many)) == Done(None)
    assert [len(entry.split()[1]) // 2 for entry in register.seen] == [240, 240, 120]
    register.seen.clear()
    assert till.receipt_tlv(b"") == Done(None)
    assert register.seen == []


@given(st.lists(st.tuples(st.sampled_from((1008, 1192, 1226)), st.integers(0, TLV_BYTES - 4)), max_size=20))
def test_groups_lose_nothing_and_split_nothing(sizes: list[tuple[int, int]]) -> None:
    pieces = [tlv(tag, size) for tag, size in sizes]
    groups = _groups(b"".join(pieces), 3)
    assert b"".join(groups) == b"".join(pieces)
    assert all(0 < len(group) <= TLV_BYTES for group in groups)
    ends = {sum(map(len, pieces[:count])) for count in range(len(pieces) + 1)}
    assert all(sum(map(len, groups[:count])) in ends for count in range(len(groups) + 1))


@pytest.mark.parametrize(
    "act",
    [
        lambda printer: printer.receipt_item(SALE, replace(BUN, vat=13)),
        lambda printer: printer.receipt_item(SALE, replace(BUN, name="я" * 129)),
        lambda printer: printer.receipt_item(SALE, replace(BUN, sum_kop=-1)),
        lambda printer: printer.receipt_item(SALE, replace(BUN, measure=256)),
        lambda printer: printer.receipt_item(SALE, replace(BUN, tlv=AGENT + b"\x01")),
        lambda printer: printer.receipt_item(SALE, replace(BUN, tlv=AGENT + tlv(1191, TLV_BYTES - 3))),
        lambda printer: printer.receipt_tlv(MAIL[:-1]),
        lambda printer: printer.receipt_close(Tender(cash_kop=1 << 40), 1),
        lambda printer: printer.receipt_close(Tender(), 3),
        lambda printer: printer.cash_in(-1),
    ],
)
def test_what_no_device_takes_is_told_before_a_byte_is_sent(till: ShtrihPrinter, register: Any, act: Act) -> None:
    with pytest.raises(ValueError, match=r"byte|tax|fit|allowed"):
        act(till)
    assert register.seen == []
