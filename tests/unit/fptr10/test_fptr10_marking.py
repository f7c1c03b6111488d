"""An item with its marking code in the draft: members of `imcParams`, the result of the check, clearing."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from unit.fptr10.told import told_by

from drivers.api import Done, NotSent, OutcomeUnknown
from drivers.marking import MarkChecker
from drivers.selling import FiscalItem, MarkCode, ReceiptKind, Tender

SALE, BACK = ReceiptKind.SALE, ReceiptKind.SALE_RETURN
CODE = b"0104603934000793215uXqJx9aPb6YQ\x1d93abcd"
WATER = FiscalItem("Вода", 100, 1_000_000, 100, vat=6, subject=33, measure=0, mark=MarkCode(CODE))
RIGHT = {
    "imcCheckFlag": True,
    "imcCheckResult": True,
    "imcStatusInfo": True,
    "imcEstimatedStatusCorrect": True,
    "ecrStandAloneFlag": False,
}


def check(bench, code=CODE, planned=1):
    bench.fptr.answers["getMarkingCodeValidationStatus"] = {
        "ready": True,
        "onlineValidation": {"itemInfoCheckResult": RIGHT},
    }
    bench.fptr.answers["acceptMarkingCode"] = {"itemInfoCheckResult": RIGHT}
    assert isinstance(bench.printer.mark_check(code, planned), Done)
    assert bench.printer.mark_accept(True) == Done(15)


def sold(bench, item, kind=SALE):
    bench.printer.receipt_open(kind)
    assert bench.printer.receipt_item(kind, item) == Done(None)
    assert isinstance(bench.printer.receipt_close(Tender(cash_kop=100), 1), Done)
    return bench.fptr.sent("sell" if kind is SALE else "sellReturn")


def test_the_printer_is_a_checker(bench):
    assert isinstance(bench.printer, MarkChecker)


def test_a_checked_item_goes_with_its_result(bench):
    check(bench)
    task = sold(bench, WATER)
    assert task["items"][0]["imcParams"] == {
        "imcType": "auto",
        "imc": base64.b64encode(CODE).decode(),
        "itemEstimatedStatus": "itemPieceSold",
        "imcModeProcessing": 0,
        "itemInfoCheckResult": RIGHT,
    }
    assert "validateMarkingCodes" not in task


def test_a_part_of_a_pack_comes_back(bench):
    check(bench, planned=4)
    item = sold(bench, replace(WATER, mark=MarkCode(CODE, 4, (1, 3))), BACK)["items"][0]
    assert item["imcParams"]["itemEstimatedStatus"] == "itemDryReturn"
    assert item["imcParams"]["itemFractionalAmount"] == "1/3"
    assert item["quantity"] == 1


def test_a_code_twice_leaves_the_draft_as_it_was(bench):
    bench.printer.receipt_open(SALE)
    bench.printer.receipt_item(SALE, WATER)
    with pytest.raises(ValueError, match="twice"):
        bench.printer.receipt_item(SALE, WATER)
    assert bench.printer.receipt_subtotal() == Done(100)


def test_clearing_forgets_results(bench):
    check(bench)
    assert bench.printer.mark_clear() == Done(None)
    assert bench.fptr.names()[-2:] == ["cancelMarkingCodeValidation", "clearMarkingCodeValidationResult"]
    task = sold(bench, WATER)
    assert "itemInfoCheckResult" not in task["items"][0]["imcParams"]
    assert task["validateMarkingCodes"] is True, "nobody checked it: the driver does"


def test_a_check_of_an_earlier_connection_is_stopped(bench):
    bench.trip("getMarkingCodeValidationStatus", 241)
    assert isinstance(bench.printer.mark_check(CODE, 1), NotSent)
    assert isinstance(bench.printer.connect(), Done)
    bench.trip("cancelMarkingCodeValidation", 401)
    assert bench.printer.mark_clear() == Done(None), "a refusal says that none was on"
    bench.trip("clearMarkingCodeValidationResult", 241)
    assert isinstance(bench.printer.mark_clear(), OutcomeUnknown)


def test_an_older_format_has_no_marking(cold):
    assert cold.printer.takes([WATER]) is None, "nothing is known before connect"
    about = told_by(cold.fptr, "getDeviceInfo")["deviceInfo"]
    cold.fptr.answers["getDeviceInfo"] = {"deviceInfo": {**about, "ffdVersion": "1.05"}}
    assert isinstance(cold.printer.connect(), Done)
    assert "1.2" in cold.printer.takes([WATER])
    assert "1.2" in cold.printer.takes([WATER], "en")
    assert cold.printer.takes([replace(WATER, mark=None)]) is None
