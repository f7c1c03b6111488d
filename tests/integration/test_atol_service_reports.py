"""The service face on the emulated ATOL, v2 over a pty and v3 over memory: reports, OFD, corrections, getting ready,
and what is refused in words."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from kit.atol_desk import CASH, COFFEE, V2, V3, Desk, desk, sell

from drivers.api import Done, Refused
from drivers.atol.errors import NOT_SUPPORTED
from drivers.atol.service_paper import FieldFormat
from drivers.fiscal import Correction as CorrectionDocument
from drivers.fiscal import build, read_body
from drivers.fiscal import encode as tlv
from drivers.selling import ReceiptKind, Tender
from drivers.service import (
    Barcode,
    Correction,
    ExchangeParameters,
    Obstacle,
    OfdState,
    Picture,
    Repair,
    ShiftInfo,
)


@pytest.fixture(params=[V2, V3])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with desk(request.param, tmp_path) as made:
        yield made


def test_the_last_error_in_words(at: Desk) -> None:
    assert at.printer.print_document(9999).code == 0xDA
    told = at.printer.error_text()
    assert isinstance(told, Done)
    assert told.reply == at.printer.error_text(0xDA).reply
    assert at.printer.error_text(0x67).reply != told.reply


def test_shift_and_reports(at: Desk) -> None:
    printer = at.printer
    assert printer.shift_open() == Done(None)
    sell(printer)
    assert printer.shift_info() == Done(ShiftInfo(True, 1, at.device.fn.receipt_in_shift))
    assert printer.x_report() == Done(None)
    sections = printer.department_report()
    assert isinstance(sections, Refused)
    assert sections.code == 0xAA, "this device keeps no sums of sections"
    before = at.device.fn.last_fd
    report = printer.calculation_report()
    assert isinstance(report, Done)
    document = at.device.fn.document(before + 1)
    assert (report.reply.fd_number, report.reply.fpd, document.form) == (before + 1, document.sign, 21)
    assert printer.shift_close() == Done(None)
    assert printer.shift_info().reply.is_open is False
    assert printer.ready().reply.ready


def test_the_ofd(at: Desk) -> None:
    printer = at.printer
    at.device.ofd_deliver()
    assert printer.ofd_state() == Done(OfdState(0, 0, None, None, connected=False, reading=False))
    assert printer.shift_open() == Done(None)
    sell(printer)
    told = printer.ofd_state()
    assert isinstance(told, Done)
    queue = at.device.fn.ofd_queue()
    assert (told.reply.queue, told.reply.unconfirmed, told.reply.first_fd) == (2, 2, queue.first_fd)
    assert told.reply.first_at == queue.first_at.replace(second=0, microsecond=0)
    assert printer.ofd_receipt(queue.first_fd) == Done(None)
    at.device.ofd_deliver()
    receipt = printer.ofd_receipt(queue.first_fd)
    assert isinstance(receipt, Done)
    assert receipt.reply


def test_the_registrations_tags(at: Desk) -> None:
    rnm = at.printer.registration_tag(1037)
    assert isinstance(rnm, Done)
    assert at.device.profile.rnm.encode() in rnm.reply
    assert at.printer.registration_tag(9999) == Done(None)
    whole = at.printer.registration_tags()
    assert isinstance(whole, Done)
    assert rnm.reply in whole.reply


def correction_of(at: Desk, given: Correction) -> CorrectionDocument:
    before = at.device.fn.last_fd
    made = at.printer.correction(given)
    assert isinstance(made, Done), made
    assert made.reply.fd_number == before + 1
    stored = at.printer.read_document(before + 1).reply
    document = read_body(stored.form, stored.tlv)
    assert isinstance(document, CorrectionDocument)
    assert document.fpd == made.reply.fpd
    return document


@pytest.mark.parametrize(
    ("kind", "taxes", "vat"),
    [
        (ReceiptKind.SALE, (1667, 0, 0, 0, 0, 0), 1),
        (ReceiptKind.PURCHASE, (0, 0, 0, 10_000, 0, 0), 6),
        (ReceiptKind.SALE, (0,) * 6, 6),
    ],
)
def test_a_correction_has_one_registration(at: Desk, kind: ReceiptKind, taxes: tuple, vat: int) -> None:
    assert at.printer.shift_open() == Done(None)
    basis = tlv([build(1174, (build(1178, datetime(2026, 11, 1)), build(1179, "12")))])  # noqa: DTZ001
    tender = Tender(cashless_kop=10_000)
    document = correction_of(at, Correction(kind, 10_000, tender, by_order=True, taxes_kop=taxes, tlv=basis))
    assert (document.operation, document.total_kop) == ({"SALE": 1, "PURCHASE": 3}[kind.name], 10_000)
    assert document.payments.cashless_kop == 10_000
    assert (document.correction_type, document.basis_number) == (1, "12")
    assert [(item.vat, item.sum_kop) for item in document.items] == [(vat, 10_000)]


def test_what_a_correction_cannot_be(at: Desk) -> None:
    assert at.printer.shift_open() == Done(None)
    two = Correction(ReceiptKind.SALE, 100, Tender(cash_kop=100), taxes_kop=(10, 5, 0, 0, 0, 0))
    refused = at.printer.correction(two)
    assert isinstance(refused, Refused)
    assert "one tax" in refused.detail
    for wrong in (
        Correction(ReceiptKind.SALE, 100, Tender(cash_kop=99)),
        Correction(ReceiptKind.SALE_RETURN, 100, Tender(cash_kop=100)),
    ):
        with pytest.raises(ValueError, match=r"paym|returns"):
            at.printer.correction(wrong)
    assert at.printer.status().reply.receipt_open is False


def test_a_correction_that_is_refused_half_way_is_cancelled(at: Desk) -> None:
    assert at.printer.shift_open() == Done(None)
    given = Correction(ReceiptKind.SALE, 100, Tender(cash_kop=100), tlv=tlv([build(1008, "+79000000000")]) * 2)
    assert isinstance(at.printer.correction(given), Refused)
    assert at.printer.status().reply.receipt_open is False


@pytest.mark.parametrize("kind", list(ReceiptKind))
def test_a_correction_receipt_with_items(kind: ReceiptKind, tmp_path: Path) -> None:
    with desk(V3, tmp_path) as at:
        at.device.profile = at.device.profile.__class__(**{**vars(at.device.profile), "ffd": "1.1"})
        assert at.printer.shift_open() == Done(None)
        assert at.printer.cash_in(10_000) == Done(None)
        assert at.printer.correction_open(kind) == Done(None)
        assert at.printer.receipt_item(kind, COFFEE) == Done(None)
        assert isinstance(at.printer.receipt_close(CASH, 0), Done)
        last = at.device.fn.document(at.device.fn.last_fd)
        assert last.form == 31


def test_ready_tells_and_repairs(at: Desk) -> None:
    printer = at.printer
    assert printer.ready().reply.ready
    assert printer.shift_open() == Done(None)
    assert printer.receipt_open(ReceiptKind.SALE) == Done(None)
    assert printer.receipt_item(ReceiptKind.SALE, COFFEE) == Done(None)
    assert printer.ready().reply.obstacles == (Obstacle.RECEIPT_OPEN,)
    dropped = printer.ready(drop_receipt=True).reply
    assert (dropped.obstacles, dropped.repairs) == ((), (Repair.RECEIPT_DROPPED,))
    at.device.cover(opened=True)
    assert Obstacle.COVER_OPEN in printer.ready().reply.obstacles
    at.device.cover(opened=False)
    at.device.paper_out()
    assert Obstacle.PAPER_OUT in printer.ready().reply.obstacles
    at.device.paper_in()
    assert printer.ready().reply.ready
    at.device.pass_time(25.0)
    assert printer.ready().reply.obstacles == (Obstacle.SHIFT_OVER_24H,)


def test_what_no_low_level_knows_is_refused_in_words(at: Desk) -> None:
    sent = at.machine.starts, at.device.fn.last_fd
    printer = at.printer
    refused = [
        printer.open_drawer(1),
        printer.print_line("x", 3),
        printer.tax_report(),
        printer.table(2),
        printer.field(2, 1),
        printer.find_field(2, "Имя"),
        printer.read_field(10, 1, 1),
        printer.exchange_parameters(0),
        printer.set_exchange_parameters(ExchangeParameters(0, 115200, 100)),
        printer.mark_check(b"01", 1),
        printer.mark_accept(True),
        printer.mark_bind(b"01"),
    ]
    assert all(isinstance(each, Refused) and each.code == NOT_SUPPORTED and len(each.detail) > 20 for each in refused)
    assert (at.machine.starts, at.device.fn.last_fd) == sent


@pytest.mark.parametrize(
    ("switch", "call"),
    [
        ({"field_layout": False}, lambda p: p.print_field("x")),
        ({"copy_by_95": False}, lambda p: p.repeat_document()),
        ({"settlements": False}, lambda p: p.calculation_report()),
        ({"correction_sale_return": None}, lambda p: p.correction_open(ReceiptKind.SALE_RETURN)),
        ({"correction_purchase": 8}, lambda p: p.correction_open(ReceiptKind.SALE_RETURN)),
    ],
)
def test_a_switch_that_is_off_is_told(switch: dict, call, tmp_path: Path) -> None:
    with desk(V3, tmp_path, **switch) as at:
        refused = call(at.printer)
        assert isinstance(refused, Refused)
        assert refused.code == NOT_SUPPORTED
        assert refused.detail


@pytest.mark.parametrize(
    ("words", "switches", "call"),
    [
        (("high_first=false",), {"raster_high_first": False}, lambda p: p.print_barcode(Barcode("ean8", "46012340"))),
        (("archive_mode=0",), {"archive_mode": None}, lambda p: p.print_document(1)),
        (("table_mode=false",), {"table_mode": False}, lambda p: p.read_field(6, 1, 1)),
    ],
)
def test_a_switch_fits_the_device_that_is_so(words: tuple, switches: dict, call, tmp_path: Path) -> None:
    with desk(V3, tmp_path, words, **switches) as at:
        assert isinstance(call(at.printer), Done)


def test_values_no_register_takes_are_never_sent(at: Desk) -> None:
    printer = at.printer
    for call in (
        lambda: printer.tone(50, 1),
        lambda: printer.open_drawer(2),
        lambda: printer.drawer_impulse(0, 1),
        lambda: printer.print_line("x", 0),
        lambda: printer.print_field("x", FieldFormat(width=9)),
        lambda: printer.print_document(0),
        lambda: printer.print_stored_picture(256),
        lambda: printer.print_picture(Picture(16, (b"\x00",))),
        lambda: printer.print_barcode(Barcode("ean13", "1")),
        lambda: printer.print_barcode(Barcode("code128", "A" * 48, module_dots=8)),
        lambda: printer.set_clock(datetime(1999, 1, 1)),  # noqa: DTZ001
        lambda: printer.read_cell(0, 1, 1),
        lambda: printer.money_register(0x060000),
        lambda: printer.operation_register(-1),
        lambda: printer.shift_payments(ReceiptKind.SALE, 6),
        lambda: printer.registration_tag(0),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            call()


def test_not_connected_is_said_by_every_method(tmp_path: Path) -> None:
    with desk(V3, tmp_path) as at:
        at.printer.disconnect()
        printer = at.printer
        for outcome in (printer.beep(), printer.feed(1), printer.fonts(), printer.read_field(6, 1, 1), printer.ready()):
            assert "not connected" in outcome.detail
