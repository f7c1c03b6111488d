"""Shift, cash, free prints, the clock and the buzzer."""

import pytest
from standin.libfptr10 import IFptr

from emulator.marks import CutMark, Line, QrMark, Raster


def test_shift(bench, sale):
    assert bench.refused(sale) == 73
    assert bench.refused({"type": "closeShift"}) == 73
    bench.do({"type": "openShift", "operator": {"name": "Петров"}})
    assert bench.refused({"type": "openShift"}) == 83
    bench.do(sale)
    closed = bench.do({"type": "closeShift"})["fiscalParams"]
    assert (closed["receiptsCount"], closed["fiscalDocumentNumber"]) == (1, 4)
    assert [bench.device.fn.document(fd).form for fd in range(1, 5)] == [1, 2, 3, 5]


def test_shift_over_24_hours(opened, sale):
    bench = opened()
    bench.device.pass_time(25)
    assert bench.do({"type": "getShiftStatus"})["shiftStatus"]["state"] == "expired"
    assert bench.refused(sale) == 68
    bench.do({"type": "closeShift"})
    bench.do({"type": "openShift"})
    bench.do(sale)


def test_cash(opened, sale):
    bench = opened()
    assert bench.do({"type": "cashIn", "cashSum": 100.5})["counters"]["cashSum"] * 100 == 10050
    assert bench.refused({"type": "cashOut", "cashSum": 200}) == 80
    assert bench.refused({"type": "cashOut", "cashSum": "1"}) == 501
    assert bench.refused({**sale, "type": "sellReturn"}) == 80
    assert bench.device.receipt is None
    bench.do({"type": "cashOut", "cashSum": 100})
    bench.do({"type": "openCashDrawer"})
    told = bench.do({"type": "getCashDrawerStatus"})
    assert told["cashDrawerStatus"] == {"cashDrawerOpened": True}
    assert told["counters"]["cashSum"] * 100 == 50


def test_non_fiscal(bench):
    items = [
        {"type": "text", "text": "Ваши баллы: 120", "doubleWidth": True},
        {"type": "text", "text": "по правому краю", "alignment": "right"},
        {"type": "barcode", "barcode": "C:7788", "barcodeType": "QR", "scale": 5, "alignment": "center"},
        {"type": "barcode", "barcode": "4600051000057", "barcodeType": "EAN13", "printText": True},
    ]
    bench.do({"type": "nonFiscal", "items": items})
    marks = bench.device.tape.marks
    assert Line("Ваши баллы: 120", double=True) in marks
    assert Line("по правому краю".rjust(32)) in marks
    assert QrMark("C:7788", 5, "M", "center") in marks
    assert any(isinstance(mark, Raster) for mark in marks)
    assert isinstance(marks[-1], CutMark)
    assert bench.device.fn.last_fd == 1


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"type": "barcode", "barcode": "1", "barcodeType": "QR", "scale": 40}, 157),
        ({"type": "barcode", "barcode": "x" * 5000, "barcodeType": "QR"}, 157),
        ({"type": "barcode", "barcode": "x" * 900, "barcodeType": "QR", "scale": 6}, 157),
        ({"type": "barcode", "barcode": "1", "barcodeType": "CODE128"}, 11),
        ({"type": "barcode", "barcode": "1", "barcodeType": "QRX"}, 501),
        ({"type": "text"}, 501),
        ({"type": "text", "text": "a", "alignment": "middle"}, 501),
        ({"type": "position"}, 501),
    ],
)
def test_non_fiscal_refusals_print_nothing(bench, item, code):
    before = bench.device.tape.marks
    assert bench.refused({"type": "nonFiscal", "items": [{"type": "text", "text": "строка"}, item]}) == code
    assert bench.device.tape.marks == before


def test_reports_and_copies(opened, sale):
    bench = opened()
    bench.do(sale)
    bench.do({"type": "reportX"})
    bench.do({"type": "reportDepartments"})
    bench.do({"type": "printLastReceiptCopy"})
    bench.do({"type": "printFnDocument", "fiscalDocumentNumber": 2})
    assert bench.refused({"type": "printFnDocument", "fiscalDocumentNumber": 20}) == 123
    assert bench.device.fn.last_fd == 3
    assert any("ПОВТОР ДОКУМЕНТА" in mark.text for mark in bench.device.tape.marks if isinstance(mark, Line))


def test_clock(bench):
    bench.do({"type": "setDateTime", "dateTime": "2026.11.21 12:30:00"})
    assert bench.do({"type": "getDeviceStatus"})["deviceStatus"]["currentDateTime"] == "2026-11-21T12:30:00+03:00"
    bench.do({"type": "openShift"})
    assert bench.refused({"type": "setDateTime", "dateTime": "2026-11-21T13:00:00"}) == 83
    assert bench.refused({"type": "setDateTime", "dateTime": "noon"}) == 501


def test_cut_and_beep(bench):
    bench.fptr.setParam(IFptr.LIBFPTR_PARAM_CUT_TYPE, IFptr.LIBFPTR_CT_PART)
    assert bench.fptr.cut() == 0
    assert bench.fptr.cut() == 0
    assert bench.device.tape.marks[-2:] == (CutMark(True), CutMark(False))
    bench.fptr.setParam(IFptr.LIBFPTR_PARAM_CUT_TYPE, 7)
    assert (bench.fptr.cut(), bench.fptr.errorCode()) == (-1, 13)
    assert bench.fptr.beep() == 0
    assert bench.device.beeps == 1


def test_a_busy_printer_is_waited_for(opened, sale):
    bench = opened(print_seconds=2.0)
    bench.do(sale)
    assert bench.clocks.monotonic >= 2.0
    bench.port.wait = None
    assert bench.refused(sale) == 12
