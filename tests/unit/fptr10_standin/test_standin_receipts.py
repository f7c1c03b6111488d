"""Receipts of JSON tasks end in the FN as ordered; what is wrong in a task is refused and leaves nothing behind."""

import base64
import copy
from datetime import datetime
from decimal import Decimal

import pytest
from standin.standin_bench import build
from standin.standin_habits import Habits

from emulator.marks import Line, QrMark
from emulator.tlv import first, members, number

KINDS = {"sell": 1, "buy": 3, "buyReturn": 4, "sellReturn": 2}


def lines(device):
    return [mark.text for mark in device.tape.marks if isinstance(mark, Line)]


def test_a_sale_lies_in_the_fn(opened, sale):
    bench = opened()
    told = bench.do(sale)
    tags = bench.device.fn.document(bench.device.fn.last_fd).tags
    assert number(tags, 1020) == 95900
    assert number(tags, 1031) == 95900
    assert first(tags, 1021).value == "Иванова А."
    assert first(tags, 1203).value == "500100732259"
    items = [tlv.value for tlv in tags if tlv.tag == 1059]
    assert [number(item, 1199) for item in items] == [11, 2]
    assert [number(item, 1214) for item in items] == [4, 4]
    assert number(items[0], 1043) == 89910
    params = told["fiscalParams"]
    document = bench.device.fn.document(params["fiscalDocumentNumber"])
    assert params == {
        "fiscalDocumentNumber": 3,
        "fiscalDocumentSign": str(document.sign),
        "fiscalDocumentDateTime": "2026-11-21T10:00:00+03:00",
        "shiftNumber": 1,
        "fnNumber": bench.device.fn.serial,
        "registrationNumber": bench.device.profile.rnm,
        "fnsUrl": "www.nalog.gov.ru",
        "fiscalReceiptNumber": 1,
        "total": Decimal("959.00"),
    }
    assert told["warnings"] == {}


@pytest.mark.parametrize("kind", KINDS)
def test_all_kinds(opened, sale, kind):
    bench = opened()
    bench.do({"type": "cashIn", "cashSum": 5000})
    bench.do({**sale, "type": kind})
    assert number(bench.device.fn.document(3).tags, 1054) == KINDS[kind]


RATES = [
    ("none", 6), ("vat0", 5), ("vat10", 2), ("vat110", 4), ("vat20", 1), ("vat120", 3), ("vat5", 7), ("vat105", 9),
    ("vat7", 8), ("vat107", 10), ("vat22", 11), ("vat122", 12),
]  # fmt: skip


@pytest.mark.parametrize(("name", "code"), RATES)
def test_rates(opened, sale, name, code):
    bench = opened()
    sale["items"][0]["tax"] = {"type": name}
    bench.do(sale)
    assert number(members(bench.device.fn.document(3).tags, 1059), 1199) == code


def test_old_scripts_do_not_know_newer_rates(opened, sale):
    assert opened(habits=Habits(newer_rates=False)).refused(sale) == 501


def test_discount_is_print_only(opened, sale):
    bench = opened()
    sale["items"][0]["infoDiscountAmount"] = 99.9
    bench.do(sale)
    assert number(bench.device.fn.document(3).tags, 1020) == 95900
    assert any("99.90" in line for line in lines(bench.device))


def test_kopecks_may_be_dropped_and_nothing_else(opened, sale):
    bench = opened()
    sale["items"][1] |= {"price": 60.37, "amount": 60.37}
    assert bench.refused({**sale, "total": 958}) == 227
    bench.do({**sale, "total": 959})
    assert number(bench.device.fn.document(3).tags, 1020) == 95900


def test_requisites(opened, sale):
    bench = opened()
    sale |= {
        "clientInfo": {"emailOrPhone": "+79990001234", "name": "Анна К", "birthDate": "1990.01.31"},
        "operationInfo": {"id": 1, "data": "данные", "dateTime": "2026.11.21 09:59:00"},
        "industryInfo": [{"fois": "030", "date": "2024.02.01", "number": "1", "industryAttribute": "x=1"}],
    }
    sale["items"].append({"type": "userAttribute", "name": "КАРТА", "value": "7788"})
    bench.do(sale)
    tags = bench.device.fn.document(3).tags
    assert first(tags, 1008).value == "+79990001234"
    assert [(tlv.tag, tlv.value) for tlv in members(tags, 1256)] == [(1227, "Анна К"), (1243, "31.01.1990")]
    assert first(members(tags, 1270), 1273).value == datetime.fromisoformat("2026-11-21T09:59")
    assert first(members(tags, 1261), 1263).value == "01.02.2024"
    assert [tlv.value for tlv in members(tags, 1084)] == ["КАРТА", "7788"]


def test_text_around_the_receipt(opened, sale):
    bench = opened()
    since = len(bench.device.tape.marks)
    sale |= {
        "preItems": [{"type": "text", "text": "ДО", "alignment": "center"}],
        "postItems": [
            {"type": "text", "text": "ПОСЛЕ " * 8, "wrap": "words"},
            {"type": "barcode", "barcode": "https://example.org/c", "barcodeType": "QR", "scale": 3},
        ],
    }
    bench.do(sale)
    marks = bench.device.tape.marks[since:]
    assert marks[0] == Line("ДО".center(32).rstrip())
    assert QrMark("https://example.org/c", 3, "M", "left") in marks
    assert sum(mark.text.count("ПОСЛЕ") for mark in marks if isinstance(mark, Line)) == 8
    bench.do({"type": "closeShift"})
    assert not any(
        "ПОСЛЕ" in mark.text for mark in bench.device.tape.marks[since + len(marks) :] if hasattr(mark, "text")
    )


def test_a_wrong_barcode_refuses_the_receipt_or_is_dropped(opened, sale):
    bench = opened()
    sale["postItems"] = [{"type": "barcode", "barcode": "4600051000058", "barcodeType": "EAN13"}]
    assert bench.refused(sale) == 157
    assert bench.device.fn.last_fd == 2
    bench.do({**sale, "ignoreNonFiscalPrintErrors": True})
    assert bench.device.fn.last_fd == 3


def test_electronic_receipt_is_not_printed(opened, sale):
    bench = opened()
    before = bench.device.tape.marks
    assert bench.refused({**sale, "electronically": True}) == 501
    bench.do({**sale, "electronically": True, "clientInfo": {"emailOrPhone": "a@example.org"}})
    assert bench.device.tape.marks == before
    assert bench.device.fn.last_fd == 3


def change(path, value):
    def apply(task):
        place = task
        for step in path[:-1]:
            place = place[step]
        if value is None:
            del place[path[-1]]
        else:
            place[path[-1]] = value

    return apply


REFUSED = [
    (("items", 0, "price"), "899.10", 501, "неверный тип: items[0].price"),
    (("items", 0, "price"), None, 501, "нет поля: items[0].price"),
    (("items", 1, "paymentMethod"), "later", 501, "неверное значение: items[1].paymentMethod"),
    (("items", 1, "type"), "thing", 501, "неверное значение: items[1].type"),
    (("items", 1, "amount"), 50, 13, ""),
    (("items", 1, "tax"), {"type": "vat13"}, 144, "items[1].tax.type"),
    (("items", 1, "agentInfo"), {}, 11, "items[1].agentInfo"),
    (("items", 1, "imcParams"), {"imc": "%"}, 501, "items[1].imcParams.imc"),
    (("items",), None, 501, "нет поля: items"),
    (("taxationType",), "patent", 143, "patent"),
    (("payments",), [{"type": "cash", "sum": 900}], 66, ""),
    (("payments",), [], 66, ""),
    (("payments",), [{"type": "electronically", "sum": 960}], 13, ""),
    (("items", 0, "tax"), {"type": "vat18"}, 219, ""),
]


@pytest.mark.parametrize(("path", "value", "code", "told"), REFUSED)
def test_refusals_leave_nothing(opened, sale, path, value, code, told):
    bench = opened()
    whole = copy.deepcopy(sale)
    sale["items"][1]["tax"] = {"type": "vat20"}
    change(path, value)(sale)
    assert bench.refused(sale) == code
    assert told in bench.fptr.errorDescription()
    assert bench.device.receipt is None
    assert bench.device.fn.last_fd == 2
    bench.do(whole)


def test_not_a_task(bench):
    assert bench.refused("{") == 501
    assert bench.refused({"type": "sing"}) == 501
    assert bench.refused({"type": "getLicenses"}) == 11
    assert bench.refused({"items": []}) == 501


def test_correction_of_ffd_12_has_lines(opened, sale):
    bench = opened()
    basis = {"correctionType": "instruction", "correctionBaseDate": "2026.11.20", "correctionBaseNumber": "12"}
    assert bench.refused({**sale, "type": "sellCorrection"}) == 501
    bench.do({"type": "cashIn", "cashSum": 959})
    bench.do({**sale, "type": "sellReturnCorrection", **basis})
    document = bench.device.fn.document(3)
    assert (document.form, number(document.tags, 1054), number(document.tags, 1173)) == (31, 2, 1)
    assert [tlv.value for tlv in members(document.tags, 1174)] == [datetime.fromisoformat("2026-11-20"), "12"]
    assert [tlv.tag for tlv in document.tags].count(1059) == 2


def test_correction_of_ffd_105_has_sums_alone(opened):
    bench = opened(ffd="1.05")
    task = {
        "type": "buyCorrection",
        "correctionType": "self",
        "correctionBaseDate": "2026.11.20",
        "payments": [{"type": "1", "sum": 120}, {"type": "0", "sum": 0}],
        "taxes": [{"type": "vat20", "sum": 20}],
    }
    bench.do(task)
    tags = bench.device.fn.document(3).tags
    assert [number(tags, tag) for tag in (1054, 1020, 1081, 1102, 1173)] == [3, 12000, 12000, 2000, 0]
    assert bench.refused({**task, "taxes": [{"type": "vat22", "sum": 20}]}) == 144


def test_marking(opened, sale):
    bench = opened()
    code = b"0104600051000057215abcdefghijkl\x1d91EE10\x1d92c2lnbg=="
    imc = base64.b64encode(code).decode()
    begin = {
        "type": "beginMarkingCodeValidation",
        "params": {"imcType": "auto", "imc": imc, "itemEstimatedStatus": "itemPieceSold", "imcModeProcessing": 0},
    }
    assert bench.refused({"type": "acceptMarkingCode"}) == 401
    bench.do(begin)
    assert bench.refused(begin) == 401
    assert bench.do({"type": "getMarkingCodeValidationStatus"})["ready"] is True
    flags = bench.do({"type": "acceptMarkingCode"})["itemInfoCheckResult"]
    sale["items"][0] |= {
        "paymentObject": "commodityWithMarking",
        "imcParams": {"imc": imc, "imcModeProcessing": 0, "itemFractionalAmount": "1/2", "itemInfoCheckResult": flags},
    }
    bench.do(sale)
    item = members(bench.device.fn.document(3).tags, 1059)
    assert first(members(item, 1163), 1305).value == "0104600051000057215abcdefghijkl"
    assert [number(members(item, 1291), tag) for tag in (1293, 1294)] == [1, 2]
    assert number(item, 1212) == 33
    bench.do(begin)
    bench.do({"type": "declineMarkingCode"})
    bench.do({"type": "clearMarkingCodeValidationResult"})


def test_marking_wants_ffd_12(sale):
    bench = build(ffd="1.05")
    assert bench.refused({"type": "cancelMarkingCodeValidation"}) == 11
    bench.do({"type": "openShift"})
    mark = base64.b64encode(b"0104600051000057215abcdefghijkl\x1d91EE10").decode()
    sale["items"][0]["markingCode"] = {"type": "other", "mark": mark}
    del sale["items"][1]["measurementUnit"]
    bench.do(sale)
    code = first(members(bench.device.fn.document(3).tags, 1059), 1162)
    assert code.raw == b"\x44\x4d" + (4600051000057).to_bytes(6, "big") + b"5abcdefghijkl"


def test_payment_types(opened, sale):
    bench = opened()
    given = [("other", 1), ("prepaid", 2), ("credit", 3), ("electronically", 4), ("7", 5), ("cash", 0), ("0", 1000)]
    sale["payments"] = [{"type": name, "sum": roubles} for name, roubles in given]
    bench.do(sale)
    tags = bench.device.fn.document(3).tags
    assert [number(tags, tag) for tag in (1031, 1081, 1215, 1216, 1217)] == [94400, 900, 200, 300, 100]


def test_nothing_is_printed_into_a_receipt_that_stands_open(opened, sale):
    bench = opened()
    bench.port.lose_link("halfway", "sell")
    bench.refused(sale)
    bench.connect()
    before = [*bench.device.receipt.text]
    text = [{"type": "text", "text": "ЧУЖОЕ"}]
    assert bench.refused({**sale, "preItems": text}) == 82
    assert bench.refused({"type": "reportX", "preItems": text}) == 82
    assert bench.refused({"type": "nonFiscal", "items": text}) == 82
    assert bench.device.receipt.text == before
