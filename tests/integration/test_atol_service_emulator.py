"""The service face on the emulated ATOL, v2 over a pty and v3 over memory: paper, clock, tables, registers.

What it does is looked up in the device itself, on its tape and in its storage, which share no code with the driver.
"""

import inspect
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from kit.atol_desk import V2, V3, Desk, desk, sell

from drivers.api import Done, Refused
from drivers.atol.errors import NOT_SUPPORTED
from drivers.atol.printer import AtolPrinter
from drivers.atol.service_paper import FieldFormat
from drivers.selling import ReceiptKind, Tender
from drivers.service import Barcode, Picture, ServicePrinter


@pytest.fixture(params=[V2, V3])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with desk(request.param, tmp_path) as made:
        yield made


def test_it_has_the_service_face() -> None:
    for name, method in inspect.getmembers(ServicePrinter, inspect.isfunction):
        if not name.startswith("_"):
            assert inspect.signature(getattr(AtolPrinter, name)) == inspect.signature(method), name


def test_mechanics(at: Desk) -> None:
    printer = at.printer
    assert printer.beep() == Done(None)
    assert printer.tone(1000, 5) == Done(None)
    assert printer.open_drawer() == Done(None)
    assert at.device.drawer_open
    at.device.close_drawer()
    assert printer.drawer_impulse(100, 200, 2) == Done(None)
    assert at.device.drawer_open
    assert at.paper(lambda p: p.feed(3)).count("\n") >= 2
    assert printer.cut() == Done(None)
    assert printer.cut(partial=False) == Done(None)


def test_lines_in_every_font_and_formatted(at: Desk) -> None:
    fonts = at.printer.fonts()
    assert isinstance(fonts, Done)
    assert [(font.number, font.columns) for font in fonts.reply] == [(1, 32), (2, 16)]
    assert "Итого №1" in at.paper(lambda p: p.print_line("Итого №1"))
    marks = len(at.device.tape.marks)
    assert at.printer.print_line("СКИДКА", 2) == Done(None)
    assert at.device.tape.marks[marks].double
    marks = len(at.device.tape.marks)
    assert at.printer.print_field("КРУПНО", FieldFormat(height=2, width=2)) == Done(None)
    assert (at.device.tape.marks[marks].text, at.device.tape.marks[marks].double) == ("КРУПНО", True)
    marks = len(at.device.tape.marks)
    assert at.printer.print_field("мелко") == Done(None)
    assert not at.device.tape.marks[marks].double


def test_header_footer_end_and_copy(at: Desk) -> None:
    assert "ДОБРО ПОЖАЛОВАТЬ" in at.paper(lambda p: p.print_header())
    assert "СПАСИБО ЗА ПОКУПКУ" in at.paper(lambda p: p.print_advertising())
    assert "СПАСИБО ЗА ПОКУПКУ" in at.paper(lambda p: p.end_document(advertising=True))
    assert at.printer.end_document() == Done(None)
    assert at.printer.shift_open() == Done(None)
    registered = sell(at.printer)
    assert "Кофе" in at.paper(lambda p: p.repeat_document())
    assert "Кофе" in at.paper(lambda p: p.print_document(registered.fd_number))
    missing = at.printer.print_document(9999)
    assert isinstance(missing, Refused)
    assert missing.code == 0xDA
    assert at.printer.status().reply.receipt_open is False


def test_pictures_and_bar_codes(at: Desk) -> None:
    rows = (b"\x80\x01", b"\x80\x01", b"\xff\xff", b"\x80\x01")
    marks = len(at.device.tape.marks)
    assert at.printer.print_picture(Picture(16, rows)) == Done(None)
    drawn = [row for mark in at.device.tape.marks[marks:] for row in mark.rows]
    assert [row[:2] for row in drawn] == list(rows)
    for kind, text in (("ean13", "4601234567893"), ("ean8", "46012340"), ("code128", "KARTA-7Q4M")):
        marks = len(at.device.tape.marks)
        assert at.printer.print_barcode(Barcode(kind, text, height_dots=40)) == Done(None), kind
        printed = at.device.tape.marks[marks:]
        assert len(printed[0].rows) == 40
        assert len(set(printed[0].rows)) == 1
        assert text in printed[-1].text
    wide = at.printer.print_picture(Picture(1000, (bytes(125),)))
    assert isinstance(wide, Refused)
    assert "384 dots" in wide.detail
    stored = at.printer.print_stored_picture(7)
    assert isinstance(stored, Refused)
    assert stored.code == 0x6F


def test_an_ean13_without_raster_goes_through_the_registers_own_bar_code(tmp_path: Path) -> None:
    with desk(V3, tmp_path) as at:
        run = at.machine.run

        def without_8e(request: bytes, *rest: object):
            return run(request[:2] + b"\xd3" if request[2] == 0x8E else request, *rest)

        at.machine.run = without_8e
        assert "4601234567893" in at.paper(lambda p: p.print_barcode(Barcode("ean13", "4601234567893")))
        other = at.printer.print_barcode(Barcode("code128", "A"))
        assert isinstance(other, Refused)
        assert other.code == NOT_SUPPORTED


def test_the_clock(at: Desk) -> None:
    wanted = at.device.now().replace(microsecond=0) + timedelta(hours=1)
    assert at.printer.set_clock(wanted) == Done(None)
    told = at.printer.clock()
    assert isinstance(told, Done)
    assert abs(told.reply - wanted) < timedelta(seconds=30)
    assert at.printer.shift_open() == Done(None)
    refused = at.printer.set_clock(wanted)
    assert isinstance(refused, Refused)
    assert refused.code == 0x9C


def test_tables_are_read_and_written_only_when_allowed(at: Desk, tmp_path: Path) -> None:
    printer = at.printer
    assert printer.read_field(6, 1, 1) == Done("ДОБРО ПОЖАЛОВАТЬ")
    assert printer.read_field(13, 2, 2) == Done(1000)
    assert printer.read_field(2, 1, 24) == Done(1)
    assert printer.read_field(3, 30, 1) == Done(30)
    assert printer.read_cell(2, 1, 24) == Done(b"\x01")
    assert printer.read_cell(99, 1, 1) == Done(None)
    assert printer.read_field(6, 99, 1).code == 0x91
    closed = printer.write_field(6, 2, 1, "ПРИВЕТ")
    assert isinstance(closed, Refused)
    assert "table_writes" in closed.detail
    assert printer.status().reply.receipt_open is False
    assert at.machine.modes.mode == 0, "mode 4 is left again"


@pytest.mark.parametrize("internal", [False, True])
@pytest.mark.parametrize("protocol", [V2, V3])
def test_tables_written(protocol: str, internal: bool, tmp_path: Path) -> None:
    words = (f"internal_tables={str(internal).lower()}",)
    with desk(protocol, tmp_path, words, table_writes=True, internal_tables=internal) as at:
        assert at.printer.write_field(6, 2, 1, "ПРИВЕТ, ёж №7") == Done(None)
        assert at.printer.read_field(6, 2, 1) == Done("ПРИВЕТ, ёж №7")
        assert at.machine.tables.text(6, 2, 1) == "ПРИВЕТ, ёж №7"
        assert at.printer.write_field(2, 1, 24, 0) == Done(None)
        assert at.machine.tables.number(2, 1, 24) == 0
        assert at.printer.write_field(13, 2, 2, 1010) == Done(None)
        assert at.machine.tables.number(13, 2, 2) == 1010
        for wrong in ("x", 256):
            with pytest.raises(ValueError, match="cell"):
                at.printer.write_field(2, 1, 24, wrong)


def test_registers(at: Desk) -> None:
    printer = at.printer
    assert printer.shift_open() == Done(None)
    sell(printer)
    sell(printer, Tender(cashless_kop=5990))
    assert printer.cash_in(10_000) == Done(None)
    assert printer.cash_out(1_000) == Done(None)
    assert printer.drawer_cash() == Done(5990 + 9_000)
    assert printer.money_register(0x0A0000) == printer.drawer_cash()
    assert printer.shift_payments(ReceiptKind.SALE, 1) == Done(5990)
    assert printer.shift_payments(ReceiptKind.SALE, 2) == Done(5990)
    assert printer.shift_payments(ReceiptKind.SALE_RETURN, 1) == Done(0)
    assert printer.money_register(0x280100) == Done(2 * 5990)
    assert printer.operation_register(0x060100) == Done(2)
    waiting = printer.operation_register(0x2C0000)
    assert isinstance(waiting, Done)
    assert waiting.reply == at.device.fn.ofd_queue().count
    last = printer.last_shift()
    assert isinstance(last, Done)
    assert (last.reply.income_kop, last.reply.outcome_kop) == (2 * 5990, 0)
