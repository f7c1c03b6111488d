"""Every method of the service face against the emulated registers, all shipped models, over a memory wire.

Two sides written apart from the same notes: what does not fit shows as a refusal, as another number, or on the paper.
"""

from __future__ import annotations

import inspect
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from kit.shtrih_counter import Counter

from drivers.api import Done, Outcome, Refused
from drivers.fiscal import Correction as CorrectionDocument
from drivers.fiscal import ShiftClose, ShiftOpen, build
from drivers.fiscal import encode as tlv
from drivers.selling import FiscalItem, ReceiptKind, Tender
from drivers.service import Correction, ExchangeParameters, ServicePrinter
from drivers.shtrih.notices import NoticeQueue
from emulator import profile as profiles

MODELS = [name for name in profiles.names() if name.startswith("shtrih")]
BUN = FiscalItem("Булочка", 8000, 1_000_000, 8000, vat=6, department=1)


@pytest.fixture(params=MODELS)
def counter(request: Any) -> Counter:
    return Counter(model=request.param)


def reply(outcome: Outcome[Any]) -> Any:
    assert isinstance(outcome, Done), outcome
    return outcome.reply


def lacks(counter: Counter, code: int) -> bool:
    return code in counter.front.machine.variant.unsupported


def unless_lacking(counter: Counter, code: int, outcome: Outcome[Any]) -> None:
    """Done, or 37h where the model has not got the command."""
    assert outcome == (Refused(0x37, f"{code:02X}h") if lacks(counter, code) else Done(None))


def paper(counter: Counter, since: int) -> str:
    return counter.device.tape.text(since)


def marks(counter: Counter) -> int:
    return len(counter.device.tape.marks)


def sold(counter: Counter) -> int:
    """A sale; its document number."""
    measured = FiscalItem(**{**BUN.__dict__, "measure": 0 if counter.device.profile.ffd == "1.2" else None})
    return counter.sell(ReceiptKind.SALE, [measured], Tender(cash_kop=10_000)).fd_number


def test_mechanics(counter: Counter) -> None:
    printer, since = counter.printer, marks(counter)
    unless_lacking(counter, 0x13, printer.beep())
    unless_lacking(counter, 0x28, printer.open_drawer())
    assert printer.feed(3) == Done(None)
    assert printer.print_line("перед отрезкой") == Done(None)
    assert printer.cut() == Done(None), "a device without a cutter feeds"
    assert printer.cut(partial=False) == Done(None)
    assert printer.print_header() == Done(None)
    assert printer.print_advertising() == Done(None)
    assert printer.end_document(advertising=True) == Done(None)
    told = paper(counter, since)
    assert "ДОБРО ПОЖАЛОВАТЬ!" in told
    assert told.count("ЗА ПОКУПКУ!") == 2
    assert reply(printer.print_title("ИНВЕНТАРИЗАЦИЯ", 17)) is not None
    assert "ИНВЕНТАРИЗАЦИЯ" in paper(counter, since)


def test_a_line_in_every_font_is_as_long_as_the_font_says(counter: Counter) -> None:
    printer = counter.printer
    fonts = reply(printer.fonts())
    assert len(fonts) == counter.front.machine.variant.fonts
    exact = counter.front.machine.variant.text_bytes
    for font in fonts:
        since = marks(counter)
        text = "".join(chr(ord("А") + at % 32) for at in range(font.columns + 5))
        assert printer.print_line(text, font.number) == Done(None), font
        longest = min(font.columns, exact or font.columns, counter.device.profile.columns)  # small fonts are drawn as 1
        printed = counter.device.tape.marks[since:]
        assert [mark.text for mark in printed] == [text[:longest]], font


def test_clock_and_ports(counter: Counter) -> None:
    printer = counter.printer
    at = counter.local() + timedelta(days=1, hours=2, seconds=5)
    assert printer.set_clock(at) == Done(None)
    assert reply(printer.clock()) == at
    port = reply(printer.exchange_parameters(counter.front.port))
    assert (port.speed, port.byte_timeout_ms) == (115200, 100)
    assert printer.set_exchange_parameters(ExchangeParameters(counter.front.port, 57600, 300)) == Done(None)
    assert reply(printer.exchange_parameters(counter.front.port)).speed == 57600
    assert reply(printer.exchange_parameters(128)).speed >= 48


def test_tables(counter: Counter) -> None:
    printer = counter.printer
    names = reply(printer.table(2))
    assert (names.rows, names.fields) == (30, 2)
    assert printer.table(99) == Done(None)
    assert printer.field(2, 9) == Done(None)
    field = reply(printer.find_field(2, "должности и фамилии кассиров"))
    assert (field.number, field.is_text, field.size) == (2, True, 64)
    assert printer.write_field(2, 5, 2, "Иванов И.И.") == Done(None)
    assert printer.read_field(2, 5, 2) == Done("Иванов И.И.")
    number = reply(printer.field(1, 1))
    assert (number.is_text, number.least, number.most) == (False, 1, 99)
    assert printer.write_field(1, 1, 1, 42) == Done(None)
    assert printer.read_field(1, 1, 1) == Done(42)
    with pytest.raises(ValueError, match=r"1\.\.99"):
        printer.write_field(1, 1, 1, 100)
    fixed = printer.write_field(1, 1, 20, 1)
    assert isinstance(fixed, Refused)
    assert fixed.code == 0x7A


def test_every_table_that_there_is_can_be_read_whole(counter: Counter) -> None:
    printer = counter.printer
    seen = 0
    for number in range(1, 27):
        table = reply(printer.table(number))
        for at in range(1, table.fields + 1 if table else 0):
            field = reply(printer.field(number, at))
            if field is not None:
                assert isinstance(reply(printer.read_field(number, table.rows, at)), str if field.is_text else int)
                seen += 1
    assert seen > 100


def test_a_day(counter: Counter) -> None:
    printer = counter.printer
    assert reply(printer.shift_info()).is_open is False
    assert printer.shift_open() == Done(None)
    assert printer.cash_in(50_000) == Done(None)
    first = sold(counter)
    assert printer.cash_out(20_000) == Done(None)
    info = reply(printer.shift_info())
    assert (info.is_open, info.receipts) == (True, 1)
    assert reply(printer.operation_register(144)) == 1
    assert reply(printer.operation_register(153)) == 1
    assert (reply(printer.money_register(242)), reply(printer.money_register(243))) == (50_000, 20_000)
    assert reply(printer.money_register(193)) == 8_000
    since = marks(counter)
    for act in (printer.x_report, printer.department_report, printer.tax_report, printer.repeat_document):
        assert act() == Done(None)
    assert "Булочка" in paper(counter, since)
    assert counter.last_fd() == first, "none of these is a fiscal document"
    state = reply(printer.ofd_state())
    assert state.queue == state.unconfirmed == first
    assert state.first_fd == 1
    assert printer.ofd_receipt(first) == Done(None)
    counter.device.ofd_deliver(None)
    assert reply(printer.ofd_receipt(first))
    assert reply(printer.find_document(first)).ofd_confirmed
    after = reply(printer.ofd_state())
    assert (after.queue, after.unconfirmed, after.first_fd) == (0, 0, None)
    assert printer.shift_close() == Done(None)
    assert isinstance(counter.document(first + 1), ShiftClose)
    assert reply(printer.shift_info()).is_open is False


def test_storage_documents_in_steps(counter: Counter) -> None:
    """A shift with the cashier's tags, a calculation report; number and sign are told."""
    printer = counter.printer
    cashier = tlv([build(1021, "Кассир Петрова А.А."), build(1203, "500100732259")])
    opened = reply(printer.shift_open_tagged(cashier))
    document = counter.document(opened.fd_number)
    assert isinstance(document, ShiftOpen)
    assert (document.fpd, opened.fd_number) == (opened.fpd, counter.last_fd())
    assert {tag.tag: tag.value for tag in document.tags}[1021] == "Кассир Петрова А.А."
    again = printer.shift_open_tagged(b"")
    assert isinstance(again, Refused)
    assert reply(printer.storage()).document_open is False, "what was begun is dropped"
    closed = reply(printer.shift_close_tagged(b""))
    assert isinstance(counter.document(closed.fd_number), ShiftClose)
    report = reply(printer.calculation_report())
    document = counter.document(report.fd_number)
    assert (document.form, document.fpd) == (21, report.fpd)
    assert report.unconfirmed in (None, report.fd_number, report.fd_number - 1)
    assert report.oldest in (None, counter.local().date())


def test_corrections(counter: Counter) -> None:
    printer, modern = counter.printer, counter.device.profile.ffd == "1.2"
    printer.shift_open()
    reason = build(1174, (build(1178, counter.local().replace(hour=0, minute=0, second=0)), build(1179, "17")))
    if modern:
        assert printer.correction_open(ReceiptKind.SALE) == Done(None)
        assert printer.receipt_tlv(tlv([build(1173, 0), reason])) == Done(None)
        assert printer.receipt_item(ReceiptKind.SALE, BUN) == Done(None)
        done = reply(printer.receipt_close(Tender(cash_kop=8000), 1))
        document = counter.document(done.fd_number)
        assert isinstance(document, CorrectionDocument)
        return
    tender = Tender(cash_kop=4000, cashless_kop=6000)
    order = Correction(
        ReceiptKind.SALE, 10_000, tender, taxes_kop=(0, 0, 0, 10_000, 0, 0), tax_system=1, tlv=tlv([reason])
    )
    done = reply(printer.correction(order))
    document = counter.document(done.fd_number)
    assert isinstance(document, CorrectionDocument)
    assert (document.total_kop, document.payments.cash_kop, document.payments.cashless_kop) == (10_000, 4000, 6000)
    old = reply(printer.correction_old(ReceiptKind.PURCHASE, 300))
    assert counter.last_fd() == old.fd_number == done.fd_number + 1


def test_storage_words(counter: Counter) -> None:
    printer = counter.printer
    memory = reply(printer.storage_memory())
    assert memory.documents > 1000
    assert reply(printer.storage_execution())
    size = reply(printer.document_size())
    assert size.document > 100
    assert printer.sync_registers() == Done(None)
    passport = reply(printer.passport())
    assert passport.expires > counter.local().date()
    if lacks(counter, 0x6B):
        assert printer.error_text(0x46) == Refused(0x37, "6Bh")
    else:
        assert reply(printer.error_text(0x46))
    assert reply(printer.ready()).ready


def test_notices(counter: Counter) -> None:
    queue = counter.printer.mark_notices()
    if counter.device.profile.ffd == "1.05":
        assert queue == Refused(0x37, "FF68h")
        assert counter.printer.mark_work() == Refused(0x37, "FF70h")
        return
    assert queue == Done(NoticeQueue(0, 0, None, None))
    assert counter.printer.first_notice() == Done(None)
    printer, code = counter.printer, b"0104600653105990215RTYU\x1d93Gk30"
    printer.shift_open()
    reply(printer.mark_check(code, 1))
    reply(printer.mark_accept(True))
    assert printer.receipt_open(ReceiptKind.SALE) == Done(None)
    item = FiscalItem("Вода", 5000, 1_000_000, 5000, vat=6, subject=33, measure=0)
    assert printer.receipt_item(ReceiptKind.SALE, item) == Done(None)
    assert printer.mark_bind(code) == Done(None)
    assert reply(printer.mark_work()).in_document == 1
    fd = reply(printer.receipt_close(Tender(cash_kop=5000), 1)).fd_number
    assert reply(printer.mark_notices()).queue == 1
    notice = reply(printer.first_notice())
    assert tlv([build(1040, fd)]) in notice.content
    assert reply(printer.first_notice()) == notice, "reading takes nothing away"
    assert printer.notice_taken(notice) == Done(None)
    assert printer.first_notice() == Done(None)


def test_every_method_of_the_face_is_met_in_these_files() -> None:
    folder = Path(__file__).parent
    text = "".join(file.read_text("utf-8") for file in folder.glob("test_shtrih_service_*.py"))
    names = [name for name, _ in inspect.getmembers(ServicePrinter, inspect.isfunction) if not name.startswith("_")]
    assert [name for name in names if f"printer.{name}" not in text] == []
