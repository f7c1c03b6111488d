"""The selling half: exact commands of a sale, what is refused before a byte, and what is never promised."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from drivers.api import Done, LinkFault, NotSent, OutcomeUnknown, Refused
from drivers.atol.printer import AtolPrinter
from drivers.selling import FiscalItem, ReceiptKind, Registered, Tender

SALE = ReceiptKind.SALE
BUN = FiscalItem("Хлеб", 5990, 1_000_000, 5990, vat=6)
MAIL = bytes.fromhex("F00306006140622E7275")
AGENT = bytes.fromhex("C604010001")
CLIENT = bytes.fromhex("3C04 0E00 3D04 0300 41 42 43 3E04 0300 44 45 46")  # 1084 {1085, 1086}
BREAD = (
    "EB 00 00 00 00 00 00 59 90 00 00 00 10 00 00 00 00 00 00 59 90 06 00 00 00 00 00 00 00 00 01 04"
    " 00 00 00 00 00 00 00 00 00 00 95 AB A5 A1"
)


def test_open_receipt_enters_the_mode(register: Any) -> None:
    printer = register.connected()
    assert printer.receipt_open(SALE) == Done(None)
    assert register.seen == ["45", "56 01 00 00 00 30", "92 00 01"]


@pytest.mark.parametrize(("kind", "number"), [(1, 1), (2, 2), (3, 4), (4, 5)])
def test_kinds_of_receipts(v3: Any, kind: int, number: int) -> None:
    assert v3.connected().receipt_open(ReceiptKind(kind)) == Done(None)
    assert v3.seen[-1] == f"92 00 {number:02X}"


def test_another_mode_is_left_first(v3: Any) -> None:
    printer = v3.connected()
    v3.answers["45"] = ["55 23 00", "55 00 00"]
    assert printer.receipt_open(SALE) == Done(None)
    assert v3.seen == ["45", "48", "45", "56 01 00 00 00 30", "92 00 01"]
    v3.seen.clear()
    v3.answers["45"] = "55 01 00"
    assert printer.receipt_open(SALE) == Done(None)
    assert v3.seen == ["45", "92 00 01"]


def test_an_item(register: Any) -> None:
    printer = register.connected()
    assert printer.receipt_item(SALE, BUN) == Done(None)
    assert register.seen == ["EA 00 01 00", BREAD]


def test_tlvs_of_an_item_stand_inside_it(v3: Any) -> None:
    printer = v3.connected()
    item = FiscalItem("Хлеб", 5990, 1_000_000, 5990, vat=6, measure=0, tlv=AGENT)
    assert printer.receipt_item(SALE, item) == Done(None)
    assert v3.seen == ["EA 00 01 00", "E8 01 01 00 C6 04 01 00 01", BREAD]


def test_the_sum_is_given_and_not_computed(v3: Any) -> None:
    printer = v3.connected()
    assert printer.receipt_item(SALE, FiscalItem("x", 333, 333_000, 110, vat=2)) == Done(None)
    assert v3.seen[-1][3:62] == "00 00 00 00 00 00 03 33 00 00 00 03 33 00 00 00 00 00 01 10"


def test_a_long_name_is_cut_to_what_the_format_allows(v3: Any) -> None:
    printer = v3.connected()
    long = FiscalItem("Я" * 200, 100, 1_000_000, 100, vat=6)
    assert printer.receipt_item(SALE, long) == Done(None)
    assert len(bytes.fromhex(v3.seen[-1])) == 42 + 128
    v3.answers["91 36"] = "55 00 01 01"
    assert v3.connected().receipt_item(SALE, long) == Done(None)
    assert len(bytes.fromhex(v3.seen[-1])) == 42 + 100


@pytest.mark.parametrize(
    ("vat", "word"), [(7, "5 %"), (8, "7 %"), (9, "5/105"), (10, "7/107"), (11, "22 %"), (12, "22/122")]
)
def test_rates_without_a_number_are_refused_before_the_receipt(register: Any, vat: int, word: str) -> None:
    printer = register.connected()
    item = FiscalItem("Хлеб", 100, 1_000_000, 100, vat=vat)
    for lang in ("ru", "en"):
        why = printer.takes([BUN, item], lang)
        assert why is not None
        assert word in why
        assert "fptr10" in why
    with pytest.raises(ValueError, match="fptr10"):
        printer.receipt_item(SALE, item)
    assert register.seen == []


def test_what_else_is_not_taken(v3: Any) -> None:
    printer = v3.connected()
    assert printer.takes([BUN]) is None
    fine = FiscalItem("Сыр", 100, 1_500, 1, vat=6)
    marked = FiscalItem("Вода", 100, 1_000_000, 100, vat=6, tlv=bytes.fromhex("D007 0100 41"))
    for item, word in ((fine, "thousandths"), (marked, "2000")):
        assert word in str(printer.takes([item], "en"))
        with pytest.raises(ValueError, match=word):
            printer.receipt_item(SALE, item)
    assert v3.seen == []


def test_ffd_12_is_read_and_not_sold(v3: Any) -> None:
    v3.answers["91 36"] = "55 00 04 04"
    printer = v3.connected()
    assert "1.2" in str(printer.takes([BUN]))
    with pytest.raises(ValueError, match=r"FFD 1\.2"):
        printer.receipt_open(SALE)
    assert v3.seen == []
    assert isinstance(printer.find_document(3500), Done)


def test_old_builds_count_rates_otherwise(v3: Any) -> None:
    v3.answers["A5"] = v3.answers["A5"].replace("69 10", "30 00")
    printer = v3.connected()
    assert printer.takes([BUN]) is not None, "no number for without VAT there"
    assert printer.receipt_item(SALE, FiscalItem("x", 100, 1_000_000, 100, vat=1)) == Done(None)
    assert v3.seen[-1].split()[21] == "03"


def test_requisites_of_the_receipt(register: Any) -> None:
    printer = register.connected()
    assert printer.receipt_tlv(MAIL + CLIENT) == Done(None)
    assert register.seen == ["E8 01 01 00 F0 03 06 00 61 40 62 2E 72 75", "E8 01 01 00 " + CLIENT.hex(" ").upper()]
    register.seen.clear()
    with pytest.raises(ValueError, match="249"):
        printer.receipt_tlv(bytes.fromhex("F003 0001") + b"x" * 256)
    with pytest.raises(ValueError, match="1084"):
        register.connected(switches={"stlv_by_e8": False}).receipt_tlv(CLIENT)
    assert register.seen == []


def test_subtotal(v3: Any) -> None:
    printer = v3.connected()
    v3.answers["3F"] = v3.answers["3F"].replace("00 02 00 00 00 00 00 00 02 06", "00 02 01 00 00 09 59 00 02 06")
    assert printer.receipt_subtotal() == Done(95900)


AT = datetime(2026, 11, 21, 17, 36)  # noqa: DTZ001 - local
TOTAL = ("00 02 00 00 00 00 00 00 02 06", "00 02 01 00 00 09 59 00 02 06")


@pytest.mark.parametrize(
    ("tender", "tax_system", "commands", "change"),
    [
        (Tender(cash_kop=100000), 0, ["4A 00 01 00 00 10 00 00"], 4100),
        (Tender(cashless_kop=95900), 0, ["4A 00 02 00 00 00 00 00"], 0),
        (Tender(cash_kop=50000, cashless_kop=50000), 0, ["99 00 02 00 00 05 00 00", "4A 00 01 00 00 05 00 00"], 4100),
        (
            Tender(advance_kop=50000, credit_kop=45900),
            1,
            ["E8 01 01 00 1F 04 01 00 01", "99 00 03 00 00 05 00 00", "4A 00 04 00 00 00 00 00"],
            0,
        ),
        (Tender(), 0, ["4A 00 01 00 00 00 00 00"], 0),
    ],
)
def test_close(register: Any, tender: Tender, tax_system: int, commands: list[str], change: int) -> None:
    printer = register.connected()
    register.answers["3F"] = register.answers["3F"].replace(*TOTAL)
    assert printer.receipt_close(tender, tax_system) == Done(Registered(3501, 12345678, change, AT))
    assert register.seen == ["3F", *commands, "91 33 00 00", "48"]


def test_close_without_register_33_asks_the_storage(v3: Any) -> None:
    printer = v3.connected(switches={"register_33": False, "close_by_remainder": False})
    v3.answers["3F"] = v3.answers["3F"].replace(*TOTAL)
    assert printer.receipt_close(Tender(cashless_kop=95900), 0) == Done(Registered(3500, 12345678, 0, AT))
    assert v3.seen == ["3F", "4A 00 02 00 00 09 59 00", "A4 30", "A4 40 AC 0D 00 00", "48"]


@pytest.mark.parametrize(("form", "ours"), [(3, True), (4, True), (31, False), (41, False), (2, False), (5, False)])
def test_the_newest_document_of_the_storage_is_ours_when_it_is_a_receipt(v3: Any, form: int, ours: bool) -> None:
    """Fiscal notes, 2.1 and 2.3: a receipt is form 3, of a register for БСО form 4. Corrections are others'."""
    printer = v3.connected(switches={"register_33": False, "close_by_remainder": False})
    v3.answers["3F"] = v3.answers["3F"].replace(*TOTAL)
    v3.answers["A4 40"] = v3.answers["A4 40"].replace("55 00 03", f"55 00 {form:02X}", 1)
    outcome = printer.receipt_close(Tender(cashless_kop=95900), 0)
    assert (outcome == Done(Registered(3500, 12345678, 0, AT))) is ours
    assert isinstance(outcome, OutcomeUnknown) is not ours, "nobody may take it for the receipt just closed"


def test_closed_but_unreadable_is_unknown(v3: Any) -> None:
    printer = v3.connected()
    v3.answers |= {"91 33": "55 6C 00", "A4 40": "55 DA 00"}
    outcome = printer.receipt_close(Tender(), 0)
    assert isinstance(outcome, OutcomeUnknown)


@pytest.mark.parametrize("code", [0x67, 0x68, 0x69, 0xD1])
@pytest.mark.parametrize("act", ["close", "shift_close"])
def test_paper_trouble_after_a_commit_is_no_refusal(register: Any, code: int, act: str) -> None:
    printer = register.connected()
    key = {"close": "4A", "shift_close": "5A"}[act]
    register.answers[key] = f"55 {code:02X} 00"
    outcome = printer.receipt_close(Tender(), 0) if act == "close" else printer.shift_close()
    assert isinstance(outcome, OutcomeUnknown)
    assert f"{code:02X}h" in outcome.detail


def test_a_wrong_tax_system_is_refused_before_a_byte(v3: Any) -> None:
    printer = v3.connected()
    with pytest.raises(ValueError, match="tax system"):
        printer.receipt_close(Tender(), 3)
    assert v3.seen == []


Act = Callable[[AtolPrinter], Any]
SIMPLE: list[tuple[Act, list[str]]] = [
    (lambda printer: printer.receipt_cancel(), ["59", "48"]),
    (lambda printer: printer.shift_open(), ["45", "56 01 00 00 00 30", "9A 00", "45", "48"]),
    (lambda printer: printer.shift_close(), ["45", "56 03 00 00 00 30", "5A", "45", "48"]),
    (lambda printer: printer.x_report(), ["45", "56 02 00 00 00 30", "67 01", "45", "48"]),
    (lambda printer: printer.cash_in(5000), ["45", "56 01 00 00 00 30", "49 00 00 00 00 50 00", "45", "48"]),
    (lambda printer: printer.cash_out(5000), ["45", "56 01 00 00 00 30", "4F 00 00 00 00 50 00", "45", "48"]),
]


@pytest.mark.parametrize(("act", "commands"), SIMPLE)
def test_shift_reports_and_cash(register: Any, act: Act, commands: list[str]) -> None:
    assert act(register.connected()) == Done(None)
    assert register.seen == commands


def test_a_report_is_waited_for(v3: Any) -> None:
    printer = v3.connected()
    v3.answers["45"] = ["55 00 00", "55 23 00", "55 17 00", "55 03 00"]
    assert printer.shift_close() == Done(None)
    assert v3.waited == [0.5, 0.5]


def test_a_busy_register_is_asked_again(register: Any) -> None:
    printer = register.connected()
    register.answers["92"] = ["55 76 00", "55 76 00", "55 00 00"]
    assert printer.receipt_open(SALE) == Done(None)
    assert register.seen[-3:] == ["92 00 01"] * 3


def test_an_extended_code_is_asked_for(register: Any) -> None:
    printer = register.connected()
    register.answers |= {"EB": "55 EE 00", "91 37": "55 00 00 EB 02 06 04 2C"}
    outcome = printer.receipt_item(SALE, BUN)
    assert outcome == Refused(0xEE, "EBh", "extended 0206h: a required requisite is missing, tag 1068")
    register.answers["92"] = "55 F6 01"
    assert printer.receipt_open(SALE) == Refused(0xF6, "92h", "F6h, 01h: wrong FFD version")


@pytest.mark.parametrize("deaf", ["92", "EA", "EB", "4A", "59", "9A", "5A", "49"])
def test_silence_never_sends_a_step_twice(register: Any, deaf: str) -> None:
    printer = register.connected()
    register.deaf_to = {deaf}
    acts: dict[str, Act] = {
        "92": lambda one: one.receipt_open(SALE),
        "EA": lambda one: one.receipt_item(SALE, BUN),
        "EB": lambda one: one.receipt_item(SALE, BUN),
        "4A": lambda one: one.receipt_close(Tender(), 0),
        "59": lambda one: one.receipt_cancel(),
        "9A": lambda one: one.shift_open(),
        "5A": lambda one: one.shift_close(),
        "49": lambda one: one.cash_in(100),
    }
    outcome = acts[deaf](printer)
    assert isinstance(outcome, OutcomeUnknown)
    if register.protocol == "v2":
        assert [seen.split()[0] for seen in register.seen].count(deaf) == 1
    else:
        assert register.buffer[-1].startswith("C3"), "Req, after the same packet again"


@pytest.mark.parametrize(("tlv", "count"), [(b"", 1), (AGENT, 1), (AGENT + AGENT, 1)])
def test_an_item_cut_off_after_its_beginning_is_unknown(v2: Any, tlv: bytes, count: int) -> None:
    """EAh is in, the next command certainly is not: NotSent would promise too much."""
    printer = v2.connected()
    v2.last_words = "EA"
    outcome = printer.receipt_item(SALE, FiscalItem("Хлеб", 5990, 1_000_000, 5990, vat=6, tlv=tlv))
    assert isinstance(outcome, OutcomeUnknown)
    assert len(v2.seen) == count


def test_requisites_and_payments_cut_off_are_unknown(v2: Any) -> None:
    printer = v2.connected()
    v2.last_words = "E8"
    assert isinstance(printer.receipt_tlv(MAIL + AGENT), OutcomeUnknown)
    v2.mute = False
    assert isinstance(printer.receipt_close(Tender(cash_kop=100), 1), OutcomeUnknown)
    v2.mute, v2.last_words = False, "99"
    assert isinstance(printer.receipt_close(Tender(cash_kop=100, cashless_kop=100), 0), OutcomeUnknown)
    v2.mute, v2.last_words = False, "3F"
    assert isinstance(printer.receipt_close(Tender(cash_kop=100), 0), NotSent), "nothing was begun"


def test_lost_port(register: Any) -> None:
    printer = register.connected()
    printer.disconnect()
    assert printer.receipt_open(SALE) == NotSent(LinkFault.LOST, "not connected")
