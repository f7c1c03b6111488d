"""A receipt is collected and goes as one task; what the task says, member by member."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from decimal import Decimal

import pytest

from drivers.api import Done, Refused
from drivers.fiscal.tlv import build, encode
from drivers.fptr10.task import kopecks, read, units, written
from drivers.fptr10.words import VAT
from drivers.selling import FiscalItem, ReceiptKind, Tender

SALE = ReceiptKind.SALE
COFFEE = FiscalItem("Кофе", 19_900, 2_000_000, 39_800, vat=11, measure=0)
BEANS = FiscalItem("Зёрна", 120_000, 350_000, 42_000, vat=2, measure=11, department=2)


def sell(bench, *items, tender=None, kind=SALE, tlvs=(), tax_system=1):
    assert bench.printer.receipt_open(kind) == Done(None)
    for tlv in tlvs:
        assert bench.printer.receipt_tlv(tlv) == Done(None)
    for item in items:
        assert bench.printer.receipt_item(kind, item) == Done(None)
    return bench.printer.receipt_close(tender or Tender(cash_kop=sum(item.sum_kop for item in items)), tax_system)


def test_nothing_is_sent_before_the_close_and_one_task_then(bench):
    assert bench.printer.receipt_open(SALE) == Done(None)
    asked = len(bench.fptr.tasks)
    bench.printer.receipt_item(SALE, COFFEE)
    bench.printer.receipt_item(SALE, BEANS)
    assert bench.printer.receipt_subtotal() == Done(81_800)
    assert len(bench.fptr.tasks) == asked
    assert bench.printer.status().reply.receipt_open
    closed = bench.printer.receipt_close(Tender(cash_kop=50_000, cashless_kop=40_000), 1)
    assert isinstance(closed, Done)
    assert (closed.reply.fd_number, closed.reply.fpd, closed.reply.change_kop) == (42, 180150000, 8_200)
    assert closed.reply.at == datetime.fromisoformat("2026-11-21T20:40:00")
    assert bench.fptr.names().count("sell") == 1
    assert not bench.printer.status().reply.receipt_open


def test_the_task_is_as_the_notes_say(bench):
    contact, place = encode([build(1008, "+70000000000")]), encode([build(1187, "Касса 1")])
    extra = encode([build(1084, (build(1085, "КАРТА"), build(1086, "1234")))])
    sell(bench, COFFEE, BEANS, tender=Tender(cash_kop=10_000, cashless_kop=71_800), tlvs=(contact, place, extra))
    text = json.dumps(bench.fptr.sent("sell"), ensure_ascii=False)
    assert json.loads(text) == {
        "type": "sell",
        "taxationType": "osn",
        "operator": {"name": "Кассир"},
        "clientInfo": {"emailOrPhone": "+70000000000"},
        "paymentsPlace": "Касса 1",
        "total": 818.00,
        "payments": [{"type": "electronically", "sum": 718.0}, {"type": "cash", "sum": 100.0}],
        "items": [
            {"type": "userAttribute", "name": "КАРТА", "value": "1234", "print": True},
            {
                "type": "position",
                "name": "Кофе",
                "price": 199.0,
                "quantity": 2,
                "amount": 398.0,
                "measurementUnit": 0,
                "paymentMethod": "fullPayment",
                "paymentObject": 1,
                "tax": {"type": "vat22"},
            },
            {
                "type": "position",
                "name": "Зёрна",
                "price": 1200.0,
                "quantity": 0.35,
                "amount": 420.0,
                "department": 2,
                "measurementUnit": 11,
                "paymentMethod": "fullPayment",
                "paymentObject": 1,
                "tax": {"type": "vat10"},
            },
        ],
    }


@pytest.mark.parametrize("kind", list(ReceiptKind))
def test_every_kind_has_its_task(bench, kind):
    assert isinstance(sell(bench, COFFEE, kind=kind), Done)
    assert bench.fptr.names().count({1: "sell", 2: "sellReturn", 3: "buy", 4: "buyReturn"}[kind.value]) == 1


def test_every_rate_of_1199_has_its_word():
    assert VAT == {
        1: "vat20", 2: "vat10", 3: "vat120", 4: "vat110", 5: "vat0", 6: "none",
        7: "vat5", 8: "vat7", 9: "vat105", 10: "vat107", 11: "vat22", 12: "vat122",
    }  # fmt: skip


@pytest.mark.parametrize("wrong", [{"vat": 13}, {"method": 8}, {"subject": 28}, {"measure": 1}, {"name": ""}])
def test_what_has_no_word_is_told_before_anything_is_sent(bench, wrong):
    given = {"name": "Кофе", "price_kop": 1, "quantity_micro": 1_000_000, "sum_kop": 1, "vat": 6, **wrong}
    bench.printer.receipt_open(SALE)
    with pytest.raises(ValueError, match=r"word|lists|name"):
        bench.printer.receipt_item(SALE, FiscalItem(**given))
    assert "sell" not in bench.fptr.names()


@pytest.mark.parametrize("tender", [Tender(cashless_kop=39_801), Tender(cash_kop=-1)])
def test_an_impossible_tender_keeps_the_draft(bench, tender):
    bench.printer.receipt_open(SALE)
    bench.printer.receipt_item(SALE, COFFEE)
    with pytest.raises(ValueError, match="cash"):
        bench.printer.receipt_close(tender, 1)
    assert bench.printer.receipt_subtotal() == Done(39_800)


def test_unknown_tags_are_refused_whole(bench):
    bench.printer.receipt_open(SALE)
    with pytest.raises(ValueError, match="1055"):
        bench.printer.receipt_tlv(encode([build(1008, "a@b.c"), build(1055, 1)]))
    bench.printer.receipt_item(SALE, COFFEE)
    bench.printer.receipt_close(Tender(cash_kop=39_800), 1)
    assert "clientInfo" not in bench.fptr.sent("sell")


def test_cancel_drops_the_draft_and_what_the_device_has_open(bench):
    bench.printer.receipt_open(SALE)
    bench.fptr.receipt_open = True
    assert bench.printer.receipt_cancel() == Done(None)
    assert "cancelReceipt" in bench.fptr.calls
    assert bench.printer.receipt_subtotal() == Refused(201, "receipt_subtotal", "no receipt was begun")


@pytest.mark.parametrize(("shift", "code"), [("closed", 73), ("expired", 68)])
def test_a_receipt_needs_an_open_shift(bench, shift, code):
    bench.fptr.shift = shift
    outcome = bench.printer.receipt_open(SALE)
    assert isinstance(outcome, Refused)
    assert outcome.code == code


def test_somebodys_receipt_is_not_ours_to_begin_over(bench):
    bench.fptr.receipt_open = True
    assert bench.printer.receipt_open(SALE).code == 82
    assert "cancelReceipt" not in bench.fptr.calls


def test_tags_of_an_item_have_their_members(bench):
    fois = (build(1262, "030"), build(1263, "21.11.2023"), build(1264, "1944"), build(1265, "UUID=1&Time=2"))
    tlv = encode([build(1191, "доп"), build(1229, 1_250), build(1230, "643"), build(1260, fois)])
    item = FiscalItem("Вода", 100, 1_000_000, 100, vat=7, subject=33, tlv=tlv)
    sell(bench, item)
    position = bench.fptr.sent("sell")["items"][0]
    assert position["additionalAttribute"] == "доп"
    assert position["exciseSum"] == 12.5
    assert position["countryCode"] == "643"
    assert position["industryInfo"][0]["date"] == "2023.11.21"
    assert position["tax"] == {"type": "vat5"}


# ---------------------------------------------------------------- marking

CODE = b"010460043993125621JgXJ5.T\x1d93abcd"
READY = {
    "ready": True,
    "onlineValidation": {
        "imcType": "imcVerifyCode44",
        "itemInfoCheckResult": {
            "imcCheckFlag": True,
            "imcCheckResult": True,
            "imcStatusInfo": True,
            "imcEstimatedStatusCorrect": True,
            "ecrStandAloneFlag": False,
        },
    },
}


def test_a_checked_code_goes_with_its_verdict(bench):
    bench.fptr.answers["beginMarkingCodeValidation"] = {
        "offlineValidation": {"fmCheck": True, "fmCheckResult": True, "fmCheckErrorReason": "checked"}
    }
    bench.fptr.answers["getMarkingCodeValidationStatus"] = READY
    bench.fptr.answers["acceptMarkingCode"] = READY["onlineValidation"]
    verdict = bench.printer.mark_check(CODE, 1).reply
    assert (verdict.local, verdict.reason, verdict.kind, verdict.server) == (3, 0, 3, 15)
    assert bench.printer.mark_accept(True) == Done(15)
    bench.printer.receipt_open(SALE)
    bench.printer.receipt_item(SALE, FiscalItem("Вода", 100, 1_000_000, 100, vat=6, subject=33, measure=0))
    assert bench.printer.mark_bind(CODE) == Done(None)
    bench.printer.receipt_close(Tender(cash_kop=100), 1)
    sent = bench.fptr.sent("sell")
    params = sent["items"][0]["imcParams"]
    assert base64.b64decode(params["imc"]) == CODE
    assert params["itemEstimatedStatus"] == "itemPieceSold"
    assert params["itemInfoCheckResult"] == READY["onlineValidation"]["itemInfoCheckResult"]
    assert "validateMarkingCodes" not in sent


def test_an_unchecked_code_is_left_to_the_driver(bench):
    bench.printer.receipt_open(ReceiptKind.SALE_RETURN)
    tlv = encode([build(1291, (build(1292, "1/3"), build(1293, 1), build(1294, 3)))])
    item = FiscalItem("Вода", 100, 1_000_000, 100, vat=6, subject=33, tlv=tlv)
    bench.printer.receipt_item(ReceiptKind.SALE_RETURN, item)
    bench.printer.mark_bind(CODE)
    bench.printer.receipt_close(Tender(cash_kop=100), 1)
    sent = bench.fptr.sent("sellReturn")
    assert sent["validateMarkingCodes"] is True
    assert sent["items"][0]["imcParams"]["itemEstimatedStatus"] == "itemPieceReturn"
    assert sent["items"][0]["imcParams"]["itemFractionalAmount"] == "1/3"


def test_one_code_is_sold_once(bench):
    bench.printer.receipt_open(SALE)
    bench.printer.receipt_item(SALE, COFFEE)
    bench.printer.mark_bind(CODE)
    with pytest.raises(ValueError, match="twice"):
        bench.printer.mark_bind(CODE)


def test_a_check_that_never_ends_is_cancelled(bench):
    bench.fptr.answers["getMarkingCodeValidationStatus"] = {"ready": False}
    outcome = bench.printer.mark_check(CODE, 1)
    assert outcome.fault.value == "silent"
    assert sum(bench.waited) == 40
    assert bench.fptr.names()[-1] == "cancelMarkingCodeValidation"


# ---------------------------------------------------------------- numbers


def test_money_never_goes_through_a_float():
    assert written({"a": Decimal("0.10"), "b": None, "c": [True, 1, "ё"]}) == '{"a": 0.10, "c": [true, 1, "ё"]}'
    with pytest.raises(TypeError):
        written({"a": 0.1})
    assert kopecks(read('{"s": 2871.10}')["s"]) == 287_110
    assert kopecks("4.35") == 435


@pytest.mark.parametrize("wrong", ["1.234", None, "abc", "NaN"])
def test_a_sum_that_is_none_is_told(wrong):
    with pytest.raises(ValueError, match="roubles"):
        kopecks(wrong)


def test_quantities_are_exact():
    assert [str(units(micro)) for micro in (1_000_000, 350_000, 1, 10_000_000)] == ["1", "0.35", "0.000001", "10"]
