"""The service face over a scripted register: what is sent, byte by byte, and what becomes of the answers."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from drivers.api import Done, NotSent, OutcomeUnknown, Refused
from drivers.selling import ReceiptKind, Registered, Tender
from drivers.service import (
    CalculationReport,
    Correction,
    ExchangeParameters,
    FieldInfo,
    FontInfo,
    MarkVerdict,
    OfdState,
    ServicePrinter,
    ShiftInfo,
    TableInfo,
)
from drivers.shtrih.printer import ShtrihPrinter

NOON = datetime.fromisoformat("2026-11-21T12:30:15")
NAME_FIELD = "00" + "C8ECFF".ljust(80, "0") + "01 40"  # "Имя", text of 64 bytes
NUMBER_FIELD = "00" + "CDEEECE5F0".ljust(80, "0") + "00 01 01 63"  # "Номер", 1 byte, 1..99
GIVEN = Correction(ReceiptKind.SALE, 10_000, Tender(cash_kop=4000, cashless_kop=6000), tax_system=1)


def test_it_has_the_service_face() -> None:
    for name, method in inspect.getmembers(ServicePrinter, inspect.isfunction):
        if not name.startswith("_"):
            assert inspect.signature(getattr(ShtrihPrinter, name)) == inspect.signature(method), name


SENT: dict[str, tuple[Any, str]] = {
    "beep": (lambda p: p.beep(), "13"),
    "drawer": (lambda p: p.open_drawer(1), "28 01"),
    "feed": (lambda p: p.feed(3), "29 0203"),
    "line": (lambda p: p.print_line("Ы"), "17 02" + "DB".ljust(80, "0")),
    "font line": (lambda p: p.print_line("Ы", 5), "2F 0205" + "DB".ljust(80, "0")),
    "header": (lambda p: p.print_header(), "52"),
    "advertising": (lambda p: p.print_advertising(), "54"),
    "end": (lambda p: p.end_document(True), "53 01"),
    "repeat": (lambda p: p.repeat_document(), "8C"),
    "department report": (lambda p: p.department_report(), "42"),
    "tax report": (lambda p: p.tax_report(), "43"),
    "correction by receipt": (lambda p: p.correction_open(ReceiptKind.SALE_RETURN), "8D 82"),
    "exchange": (lambda p: p.set_exchange_parameters(ExchangeParameters(0, 115200, 100)), "14 000664"),
    "exchange tcp": (lambda p: p.set_exchange_parameters(ExchangeParameters(128, 12345, 3000)), "14 8039A9"),
    "bind": (lambda p: p.mark_bind(b"01A", bulk=True), "FF67 03303141FF"),
}


@pytest.mark.parametrize("name", SENT)
def test_one_command_each(connected: ShtrihPrinter, register: Any, name: str) -> None:
    act, expected = SENT[name]
    register.answers[expected.split()[0]] = "00 01 00 00 00"
    assert act(connected) == Done(None)
    assert register.seen == [expected]


@pytest.mark.parametrize("name", SENT)
def test_nothing_before_connect_and_nothing_twice(printer: ShtrihPrinter, register: Any, name: str) -> None:
    act, expected = SENT[name]
    assert isinstance(act(printer), NotSent)
    assert register.seen == []
    assert isinstance(printer.connect(), Done)
    register.seen.clear()
    register.deaf_to = {expected.split()[0]}
    assert isinstance(act(printer), OutcomeUnknown)
    assert len(register.seen) == (3 if expected.startswith("14") else 1), "14h is a SET, the others are not"


def test_cut_waits_for_the_paper_and_feeds_without_a_cutter(connected: ShtrihPrinter, register: Any) -> None:
    assert connected.cut() == Done(None)
    assert register.seen == ["10", "25 01"]
    register.seen.clear()
    register.answers["25"] = "37"
    assert connected.cut(partial=False) == Done(None)
    assert register.seen == ["10", "25 00", "29 0205"]


def test_fonts(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["26"] = ["00 F8 01 0C 19 02", "00 F8 01 18 2D 02"]
    assert connected.fonts() == Done((FontInfo(1, 42, 12, 25), FontInfo(2, 21, 24, 45)))
    assert register.seen == ["26 01", "26 02"]


def test_clock_is_set_and_confirmed(connected: ShtrihPrinter, register: Any) -> None:
    register.answers |= dict.fromkeys(("21", "22", "23"), "00")
    assert connected.set_clock(NOON) == Done(None)
    assert register.seen == ["21 0C1E0F", "22 150B1A", "23 150B1A"]


@pytest.mark.parametrize("refusal", ["C0", "73"])
def test_clock_that_waits_for_its_date(connected: ShtrihPrinter, register: Any, refusal: str) -> None:
    """Mode 6: time and a new date are refused, the confirmation is what it waits for."""
    register.answers |= {"21": refusal, "22": refusal, "23": "00"}
    assert connected.set_clock(NOON) == Done(None)
    register.answers["23"] = refusal
    assert connected.set_clock(NOON) == Refused(int(refusal, 16), "23h"), "an open shift, then"


def test_a_date_that_may_be_set_is_not_called_not_sent(connected: ShtrihPrinter, register: Any) -> None:
    def fall_silent(code: str) -> None:
        register.mute = code == "22"

    register.answers |= dict.fromkeys(("21", "22", "23"), "00")
    register.on_request = fall_silent
    assert isinstance(connected.set_clock(NOON), OutcomeUnknown)


def test_table_and_fields(connected: ShtrihPrinter, register: Any) -> None:
    register.answers |= {"2D": "00" + "D2".ljust(80, "0") + "02 00 02", "2E": [NUMBER_FIELD, NAME_FIELD]}
    assert connected.table(2) == Done(TableInfo(2, "Т", 2, 2))
    assert connected.find_field(2, "имя") == Done(FieldInfo(2, 2, "Имя", True, 64))
    register.answers["2E"] = NUMBER_FIELD
    assert connected.field(2, 1) == Done(FieldInfo(2, 1, "Номер", False, 1, 1, 99))
    assert connected.find_field(2, "нет такого") == Done(None)
    register.answers |= {"2D": "5D", "2E": "5D"}
    assert connected.table(99) == Done(None)
    assert connected.field(99, 1) == Done(None)
    assert connected.read_field(99, 1, 1) == Refused(0x5D, "2Eh", "table 99 has no field 1")


def test_cells(connected: ShtrihPrinter, register: Any) -> None:
    register.answers |= {"2E": NAME_FIELD, "1F": "00 C8 E2 E0 ED 20 00 00", "1E": "00"}
    assert connected.read_field(2, 30, 2) == Done("Иван")
    assert connected.write_field(2, 30, 2, "Иван") == Done(None)
    assert register.seen[-1] == "1E 021E0002" + "C8E2E0ED".ljust(128, "0"), "as long as the field"
    with pytest.raises(ValueError, match="64 fit"):
        connected.write_field(2, 30, 2, "я" * 65)
    with pytest.raises(ValueError, match="holds text"):
        connected.write_field(2, 30, 2, 5)
    register.answers |= {"2E": NUMBER_FIELD, "1F": "00 07"}
    assert connected.read_field(1, 1, 1) == Done(7)
    assert connected.write_field(1, 1, 1, 99) == Done(None)
    assert register.seen[-1] == "1E 0101000163"
    with pytest.raises(ValueError, match=r"within 1\.\.99"):
        connected.write_field(1, 1, 1, 100)


def test_registers(connected: ShtrihPrinter, register: Any) -> None:
    register.answers |= {"1A": "00 1E 10 27 00 00 00 00", "1B": "00 1E 05 00"}
    assert connected.money_register(242) == Done(10_000)
    assert connected.operation_register(153) == Done(5)
    assert register.seen == ["1A F2", "1B 99"]
    with pytest.raises(ValueError, match=r"0\.\.255"):
        connected.money_register(256)
    register.answers["F7"] = "00" + (1 << 23).to_bytes(8, "little").hex() + "00" * 20
    assert isinstance(connected.connect(), Done)
    assert connected.money_register(4192) == Done(10_000)
    assert register.seen[-1] == "1A 6010", "cash core: two bytes above 255"


def test_exchange_parameters(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["15"] = "00 06 64"
    assert connected.exchange_parameters(0) == Done(ExchangeParameters(0, 115200, 100))
    register.answers["15"] = "00 39 FA"
    assert connected.exchange_parameters(128) == Done(ExchangeParameters(128, 12345, 30_000))


def test_error_text_in_both_forms(connected: ShtrihPrinter, register: Any) -> None:
    register.answers["6B"] = "00 CD E5 F2"
    assert connected.error_text(0x6B) == Done("Нет")
    assert connected.error_text() == Done("Нет")
    assert register.seen == ["6B 6B", "6B"]


def test_shift_and_ofd(connected: ShtrihPrinter, register: Any) -> None:
    register.answers |= {"FF40": "00 01 34 01 05 00", "FF39": "00 03 01 02 00 1E 01 00 00 1A 0B 15 0C 1E"}
    assert connected.shift_info() == Done(ShiftInfo(True, 308, 5))
    for width, count in (("00 02 00", 2), ("00 03 00 00 00", 3)):
        register.answers["FF3F"] = width
        at = datetime.fromisoformat("2026-11-21T12:30")
        assert connected.ofd_state() == Done(OfdState(2, count, 286, at, True, True)), "two bytes or four"
    register.answers |= {"FF3C": "00 AA BB"}
    assert connected.ofd_receipt(286) == Done(b"\xaa\xbb")
    register.answers["FF3C"] = "08"
    assert connected.ofd_receipt(286) == Done(None)


def test_calculation_report(connected: ShtrihPrinter, register: Any) -> None:
    register.answers |= {"FF37": "00", "FF38": "00 1E 01 00 00 0D 0C 0B 0A 02 00 00 00 1A 0B 15", "FF08": "00"}
    assert connected.calculation_report() == Done(CalculationReport(286, 0x0A0B0C0D, 2, date(2026, 11, 21)))
    register.answers["FF38"] = "00 1E 01 00 00 0D 0C 0B 0A"
    assert connected.calculation_report() == Done(CalculationReport(286, 0x0A0B0C0D)), "one source: two numbers"
    register.answers["FF38"] = "02"
    register.seen.clear()
    assert connected.calculation_report() == Refused(2, "FF38h")
    assert register.codes() == ["FF37", "FF38", "FF08"], "what was begun is dropped"
    register.seen.clear()
    register.deaf_to = {"FF38"}
    assert isinstance(connected.calculation_report(), OutcomeUnknown)
    assert register.codes() == ["FF37", "FF38"], "it may be registered: nothing is dropped, nothing repeated"


def test_correction(connected: ShtrihPrinter, register: Any) -> None:
    register.answers |= {"FF35": "00", "FF0C": "00", "FF4A": "00 05 00 1E 01 00 00 0D 0C 0B 0A", "FF08": "00"}
    tag = bytes.fromhex("9A04010031")
    assert connected.correction(replace(GIVEN, tlv=tag)) == Done(Registered(286, 0x0A0B0C0D))
    sums = "1027000000 A00F000000 7017000000" + "0000000000" * 9
    assert register.seen == ["FF35", "FF0C 9A04010031", f"FF4A 0001{sums.replace(' ', '')}01"]
    register.seen.clear()
    register.answers["FF4A"] = "33"
    assert connected.correction(GIVEN) == Refused(0x33, "FF4Ah")
    assert register.codes() == ["FF35", "FF4A", "FF08"]
    register.seen.clear()
    register.deaf_to = {"FF4A"}
    assert isinstance(connected.correction(GIVEN), OutcomeUnknown)
    assert register.codes() == ["FF35", "FF4A"]


@pytest.mark.parametrize(
    "wrong",
    [
        replace(GIVEN, kind=ReceiptKind.SALE_RETURN),
        replace(GIVEN, total_kop=1),
        replace(GIVEN, tax_system=3),
        replace(GIVEN, tlv=b"\x01"),
        replace(GIVEN, tlv=bytes(250)),
    ],
)
def test_a_correction_nobody_takes(connected: ShtrihPrinter, register: Any, wrong: Correction) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        connected.correction(wrong)
    assert register.seen == []


def test_marks(connected: ShtrihPrinter, register: Any) -> None:
    """G46: the answer without a server; then one with error 0, tag 2106 = 15."""
    register.answers |= {"FF61": "00 00 01 05 00", "FF69": "00 0F"}
    code = bytes.fromhex("30313034363030363533313035393930323135 32 43 55 6E 71 1D 39 33 47 6B 33 30".replace(" ", ""))
    assert connected.mark_check(code, 1) == Done(MarkVerdict(0, 1, 5))
    assert register.seen == [f"FF61 01001F00{code.hex().upper()}"]
    register.answers["FF61"] = "00 03 00 05 02 00 0F"
    assert connected.mark_check(code, 1) == Done(MarkVerdict(3, 0, 5, 15))
    assert connected.mark_accept(True) == Done(15)
    with pytest.raises(ValueError, match="marking code"):
        connected.mark_check(b"", 1)


def test_long_tags_go_through_the_buffer(till: ShtrihPrinter, register: Any) -> None:
    register.answers |= {"FF32": "00 64", "FF33": "00", "FF64": "00"}
    body = bytes(range(250))
    tag = (1192).to_bytes(2, "little") + (250).to_bytes(2, "little") + body
    assert till.receipt_tlv(tag) == Done(None)
    assert register.seen == [
        "FF32 FE00",
        f"FF33 000064{tag[:100].hex().upper()}",
        f"FF33 640064{tag[100:200].hex().upper()}",
        f"FF33 C80036{tag[200:].hex().upper()}",
        "FF64",
    ]
    register.seen.clear()
    register.deaf_to = {"FF64"}
    assert isinstance(till.receipt_tlv(tag), OutcomeUnknown)
    assert register.codes().count("FF64") == 1


def test_power_failure_while_answering(till: ShtrihPrinter, register: Any) -> None:
    """6Ah comes after the work: a question is asked once more, a commit is unknown and not sent again."""
    register.answers |= {"89": ["6A", "00 1E A0 0F 00 00 00"], "FF45": "6A"}
    assert till.receipt_subtotal() == Done(4000)
    assert isinstance(till.receipt_close(Tender(cash_kop=100), 1), OutcomeUnknown)
    assert register.codes() == ["89", "89", "FF45"]
