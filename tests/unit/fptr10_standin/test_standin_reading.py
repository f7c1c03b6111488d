"""Documents told by the stand-in are the FN's: by JSON, by records and as raw bytes; statuses and counters too."""

import base64
import json
from decimal import Decimal

import pytest
from standin.libfptr10 import IFptr
from standin.standin_bench import build
from standin.standin_habits import Habits

from emulator.forms import fiscal_qr
from emulator.tlv import encode


def begin(fptr, kind, **given):
    fptr.setParam(IFptr.LIBFPTR_PARAM_RECORDS_TYPE, kind)
    for name, value in given.items():
        fptr.setParam(getattr(IFptr, f"LIBFPTR_PARAM_{name}"), value)
    return fptr.beginReadRecords()


def read(fptr):
    """(tag, type, bytes) of every record of the reading just begun."""
    number = fptr.getParamString(IFptr.LIBFPTR_PARAM_RECORDS_ID)
    found = []
    while True:
        fptr.setParam(IFptr.LIBFPTR_PARAM_RECORDS_ID, number)
        if fptr.readNextRecord() < 0:
            assert fptr.errorCode() == 30
            break
        tag, kind = (fptr.getParamInt(one) for one in (IFptr.LIBFPTR_PARAM_TAG_NUMBER, IFptr.LIBFPTR_PARAM_TAG_TYPE))
        found.append((tag, kind, fptr.getParamByteArray(IFptr.LIBFPTR_PARAM_TAG_VALUE)))
    fptr.setParam(IFptr.LIBFPTR_PARAM_RECORDS_ID, number)
    assert fptr.endReadRecords() == 0
    return found


def test_records_are_the_fns(opened, sale):
    bench = opened()
    bench.do(sale)
    fptr, document = bench.fptr, bench.device.fn.document(3)
    assert begin(fptr, IFptr.LIBFPTR_RT_FN_DOCUMENT_TLVS, DOCUMENT_NUMBER=3) == 0
    assert fptr.getParamInt(IFptr.LIBFPTR_PARAM_FN_DOCUMENT_TYPE) == 3
    assert fptr.getParamInt(IFptr.LIBFPTR_PARAM_COUNT) == len(document.tags)
    found = read(fptr)
    assert [(tag, raw) for tag, _, raw in found] == [(tlv.tag, tlv.raw) for tlv in document.tags]
    nested = next(raw for tag, kind, raw in found if tag == 1059 and kind == 0)
    assert begin(fptr, IFptr.LIBFPTR_RT_PARSE_COMPLEX_ATTR, TAG_VALUE=nested) == 0
    item = next(tlv for tlv in document.tags if tlv.tag == 1059)
    assert [(tag, raw) for tag, _, raw in read(fptr)] == [(tlv.tag, tlv.raw) for tlv in item.value]


def test_records_by_type(opened, sale):
    bench = opened(habits=Habits(record_bytes=False))
    bench.do(sale)
    fptr = bench.fptr
    begin(fptr, IFptr.LIBFPTR_RT_FN_DOCUMENT_TLVS, DOCUMENT_NUMBER=3)
    number = fptr.getParamString(IFptr.LIBFPTR_PARAM_RECORDS_ID)
    told = {}
    for _ in bench.device.fn.document(3).tags:
        fptr.setParam(IFptr.LIBFPTR_PARAM_RECORDS_ID, number)
        fptr.readNextRecord()
        value = IFptr.LIBFPTR_PARAM_TAG_VALUE
        told[fptr.getParamInt(IFptr.LIBFPTR_PARAM_TAG_NUMBER)] = (
            fptr.getParamString(value),
            fptr.getParamInt(value),
            fptr.getParamDouble(value),
            fptr.getParamDateTime(value).isoformat(),
            len(fptr.getParamByteArray(value)),
        )
    assert told[1021][0] == "Иванова А."
    assert told[1020][1:3] == (95900, 959.0)
    assert told[1012][3] == "2026-11-21T10:00:00"
    assert (told[1021][4], told[1077][4]) == (0, 6)


def test_records_that_are_not_there(opened, sale):
    bench = opened(full_store_days=30)
    bench.do(sale)
    assert begin(bench.fptr, IFptr.LIBFPTR_RT_FN_DOCUMENT_TLVS, DOCUMENT_NUMBER=99) == -1
    assert bench.fptr.errorCode() == 123
    bench.do({"type": "closeShift"})
    bench.device.ofd_deliver()
    bench.device.pass_time(24 * 31)
    bench.do({"type": "openShift"})
    assert begin(bench.fptr, IFptr.LIBFPTR_RT_FN_DOCUMENT_TLVS, DOCUMENT_NUMBER=3) == -1
    assert bench.fptr.errorCode() == 123
    told = bench.do({"type": "getFnDocument", "fiscalDocumentNumber": 3})["documentTLV"]
    assert told["short"] is True
    assert told["1020"] == Decimal(959)
    assert "1059" not in told
    bench.fptr.setParam(IFptr.LIBFPTR_PARAM_RECORDS_ID, "records-77")
    assert bench.fptr.readNextRecord() == -1
    assert bench.fptr.errorCode() == 13


def test_document_by_json(opened, sale):
    bench = opened()
    sale["items"][0] |= {"quantity": 0.5, "price": 1798.2}
    bench.do(sale)
    document = bench.device.fn.document(3)
    told = bench.do({"type": "getFnDocument", "fiscalDocumentNumber": 3, "withRawData": True})
    assert base64.b64decode(told["rawData"]) == document.body
    tlv = told["documentTLV"]
    assert (tlv["fiscalDocumentType"], tlv["short"], tlv["qr"]) == ("receipt", False, fiscal_qr(document.tags))
    assert (tlv["1020"], tlv["1031"], tlv["1054"], tlv["1055"]) == (Decimal("959.00"), Decimal("959.00"), 1, 1)
    assert tlv["1012"] == "2026-11-21T10:00:00+03:00"
    assert [(item["1030"], item["1023"], item["1043"], item["1199"]) for item in tlv["1059"]] == [
        ("Кофе", Decimal("0.5"), Decimal("899.10"), 11),
        ("Молоко", 1, Decimal("59.90"), 2),
    ]
    assert bytes.fromhex(tlv["1077"]) == next(one.raw for one in document.tags if one.tag == 1077)


def test_doubtful_shapes_can_be_had_the_other_way(opened, sale):
    bench = opened(habits=Habits(values_as="strings", bytes_as="base64", raw_with_header=True, raw_as="hex"))
    bench.do(sale)
    told = bench.do({"type": "getFnDocument", "fiscalDocumentNumber": 3, "withRawData": True})
    body = bench.device.fn.document(3).body
    assert bytes.fromhex(told["rawData"]) == b"\x03\x00" + len(body).to_bytes(2, "little") + body
    assert (told["documentTLV"]["1020"], told["documentTLV"]["1054"]) == ("959.00", "1")
    assert told["documentTLV"]["1059"][0]["1043"] == "899.10"


def test_every_document_can_be_read(opened, sale):
    bench = opened()
    bench.do(sale)
    bench.do({"type": "reportOfdExchangeStatus"})
    bench.do({"type": "closeShift"})
    kinds = []
    for fd in range(1, 6):
        told = bench.do({"type": "getFnDocument", "fiscalDocumentNumber": fd, "withRawData": True})
        kinds.append(told["documentTLV"]["fiscalDocumentType"])
        assert base64.b64decode(told["rawData"]) == encode(bench.device.fn.document(fd).tags)
    assert kinds == ["registration", "openShift", "receipt", "ofdExchangeStatus", "closeShift"]
    assert bench.refused({"type": "getFnDocument", "fiscalDocumentNumber": 6}) == 123


def test_statuses(opened, sale):
    bench = opened()
    bench.do(sale)
    fn = bench.device.fn
    assert bench.do({"type": "getShiftStatus"})["shiftStatus"] == {
        "state": "opened",
        "number": 1,
        "expiredTime": "2026-11-22T10:00:00+03:00",
        "documentsCount": fn.shift_documents,
    }
    assert bench.do({"type": "getFnStatus"})["fnStatus"]["fiscalDocumentNumber"] == fn.last_fd == 3
    info = bench.do({"type": "getDeviceInfo"})["deviceInfo"]
    assert (info["serial"], info["receiptLineLength"], info["ffdVersion"]) == (bench.device.profile.serial, 32, "1.2")
    status = bench.do({"type": "getDeviceStatus"})["deviceStatus"]
    assert (status["shift"], status["paperPresent"], status["fiscal"]) == ("opened", True, True)
    storage = bench.do({"type": "getFnInfo"})["fnInfo"]
    assert (storage["serial"], storage["livePhase"], storage["numberOfRegistrations"]) == (fn.serial, "fiscalMode", 1)
    assert bench.do({"type": "ofdExchangeStatus"})["status"]["notSentCount"] == 3
    registered = bench.do({"type": "getRegistrationInfo"})
    assert registered["organization"]["taxationTypes"] == ["osn", "usnIncome"]
    assert registered["device"]["registrationNumber"] == bench.device.profile.rnm


@pytest.mark.parametrize("whole", [True, False])
def test_receipt_state(opened, sale, whole):
    bench = opened()
    if not whole:
        bench.port.lose_link("halfway", "sell")
        bench.refused(sale)
        bench.connect()
    bench.fptr.setParam(IFptr.LIBFPTR_PARAM_DATA_TYPE, IFptr.LIBFPTR_DT_RECEIPT_STATE)
    assert bench.fptr.queryData() == 0
    state = bench.fptr.getParamInt(IFptr.LIBFPTR_PARAM_RECEIPT_TYPE)
    assert state == (IFptr.LIBFPTR_RT_CLOSED if whole else IFptr.LIBFPTR_RT_SELL)
    bench.fptr.setParam(IFptr.LIBFPTR_PARAM_DATA_TYPE, -1)
    assert bench.fptr.queryData() == -1
    assert bench.fptr.errorCode() == 11


def test_the_state_file_is_the_devices_own(tmp_path, sale):
    state = tmp_path / "fn.state"
    bench = build(state=state)
    bench.do({"type": "openShift"})
    bench.do(sale)
    body = bench.device.fn.document(3).body
    bench.device.close()
    again = build(state=state)
    told = again.do({"type": "getFnDocument", "fiscalDocumentNumber": 3, "withRawData": True})
    assert base64.b64decode(told["rawData"]) == body
    again.device.close()


def test_numbers_of_the_answer_are_exact(opened, sale):
    bench = opened()
    sale["items"][0] |= {"price": 0.07, "amount": 0.07}
    bench.do(sale)
    text = bench.fptr.getParamString(IFptr.LIBFPTR_PARAM_JSON_DATA)
    assert '"total": 59.97' in text
    assert json.loads(text)["fiscalParams"]["total"] == 59.97
