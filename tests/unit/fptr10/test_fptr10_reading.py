"""Status, storage, passport, documents, slips, and the table of errors."""

from __future__ import annotations

import base64
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from unit.fptr10.conftest import Bench

from drivers.api import Cut, Done, Feed, LinkFault, NotSent, Paper, Qr, Refused, Shift, Text
from drivers.fiscal.tlv import build, decode, encode
from drivers.fptr10.errors import Recovery, all_errors, explain, ranges
from drivers.fptr10.readings import local_time
from drivers.fptr10.switches import EVIDENCE, Switches
from drivers.fptr10.task import EFFECTS
from drivers.selling import ReceiptKind
from drivers.service import Correction, Tender

AT = datetime.fromisoformat("2026-11-21T20:40:00")
ITEM = (build(1030, "Кофе"), build(1079, 19_900), build(1023, Decimal("2")), build(1043, 39_800), build(1199, 11))
RECEIPT = encode(
    [
        build(1012, AT),
        build(1054, 1),
        build(1020, 39_800),
        build(1059, ITEM),
        build(1021, "Кассир"),
        build(1037, "0000000001"),
        build(1209, 4),
        build(1040, 7),
        build(1041, "9999078902001234"),
        build(1077, b"\x31\x04" + (180150000).to_bytes(4, "big")),
    ]
)

OTHER = encode([build(1040, 8)])


def test_identity_and_capabilities(cold):
    identity = cold.printer.connect().reply
    assert (identity.vendor, identity.model, identity.serial, identity.inn) == (
        "ATOL", "АТОЛ 27Ф", "00106900000001", "7700000000",
    )  # fmt: skip
    shown = cold.printer.capabilities()
    assert (shown.columns, shown.double_columns, shown.graphics_dots, shown.native_qr) == (48, 24, 576, True)


def test_a_register_that_does_not_tell_its_registration_is_identified(cold):
    cold.trip("getRegistrationInfo", 225)
    assert cold.printer.connect().reply.inn == ""


@pytest.mark.parametrize(("code", "fault"), [(2, LinkFault.SILENT), (3, LinkFault.BUSY), (4, LinkFault.NO_PORT)])
def test_a_port_that_does_not_open_says_why(cold, code, fault):
    cold.fptr.open = lambda: cold.fptr._fail(code)
    outcome = cold.printer.connect()
    assert isinstance(outcome, NotSent)
    assert outcome.fault is fault


def test_status_clock_storage_passport(bench):
    status = bench.printer.status().reply
    assert (status.shift, status.paper, status.idle) == (Shift.OPEN, Paper.PRESENT, True)
    assert bench.printer.clock() == Done(datetime.fromisoformat("2026-11-21T20:41:09"))
    storage = bench.printer.storage().reply
    assert (storage.fn_serial, storage.last_fd, storage.fiscal) == ("9999078902001234", 41, True)
    assert (storage.shift_open, storage.document_open) == (True, False)
    assert storage.warnings == {"replace_now"}
    passport = bench.printer.passport().reply
    assert (passport.expires, passport.production, passport.registrations_left) == (date(2027, 12, 1), True, 28)


def test_a_receipt_the_device_holds_is_seen(bench):
    bench.fptr.receipt_open = True
    assert bench.printer.status().reply.receipt_open
    assert bench.printer.storage().reply.document_open


def test_that_question_can_be_switched_off_or_be_unknown_to_the_wrapper():
    bench = Bench(switches=Switches(ask_receipt_state=False))
    bench.printer.connect()
    bench.fptr.receipt_open = True
    assert not bench.printer.status().reply.receipt_open
    assert "queryData" not in bench.fptr.calls


@pytest.mark.parametrize(
    "text", ["2026-11-21T20:40:00+03:00", "2026.11.21 20:40:00", "21.11.2026 20:40", "2026-11-21T20:40:00Z"]
)
def test_times_are_read_as_the_wall_clock(text):
    assert local_time(text) == AT


@pytest.mark.parametrize("raw", [True, False])
def test_a_document_reads_the_same_by_raw_data_and_by_records(raw):
    bench = Bench(switches=Switches(raw_document=raw))
    bench.printer.connect()
    bench.fptr.documents[7] = (3, RECEIPT)
    stored = bench.printer.read_document(7).reply
    assert (stored.form, stored.fd_number, stored.tlv) == (3, 7, RECEIPT)
    assert ("beginReadRecords" in bench.fptr.calls) is not raw
    assert decode(stored.tlv, parent=3)[3].tags[0].value == "Кофе"


@pytest.mark.parametrize(
    "raw",
    [
        "not base64!",
        "",
        None,
        5,
        base64.b64encode(b"\1\2").decode(),
        base64.b64encode(encode([build(1040, 8)])).decode(),
    ],
)
def test_raw_data_that_are_not_this_document_are_not_believed(bench, raw):
    bench.fptr.documents[7] = (3, RECEIPT)
    bench.fptr.answers["getFnDocument"] = {"documentTLV": {"fiscalDocumentType": "receipt"}, "rawData": raw}
    assert bench.printer.read_document(7).reply.tlv == RECEIPT
    assert "endReadRecords" in bench.fptr.calls


def test_raw_data_wrapped_in_the_form_code_are_unwrapped(bench):
    wrapped = (3).to_bytes(2, "little") + len(RECEIPT).to_bytes(2, "little") + RECEIPT
    told = {"documentTLV": {"fiscalDocumentType": "receipt"}, "rawData": base64.b64encode(wrapped).decode()}
    bench.fptr.answers["getFnDocument"] = told
    assert bench.printer.read_document(7).reply.tlv == RECEIPT


def test_records_of_another_document_are_garbage():
    bench = Bench(switches=Switches(raw_document=False))
    bench.printer.connect()
    bench.fptr.documents[9] = (3, RECEIPT)
    outcome = bench.printer.read_document(9)
    assert isinstance(outcome, NotSent)
    assert outcome.fault is LinkFault.GARBAGE


def test_what_is_gone_is_none(bench):
    assert bench.printer.read_document(7) == Done(None)
    assert bench.printer.find_document(7) == Done(None)
    bench.fptr.documents[7] = (3, RECEIPT)
    bench.fptr.short.add(7)
    assert bench.printer.read_document(7) == Done(None)
    assert bench.printer.find_document(7).reply.fpd == 180150000


@pytest.mark.parametrize("with_raw", [True, False])
def test_the_short_form(bench, with_raw):
    bench.fptr.documents[7] = (3, RECEIPT)
    bench.fptr.with_raw = with_raw
    short = bench.printer.find_document(7).reply
    assert (short.form, short.fd_number, short.fpd, short.at) == (3, 7, 180150000, AT)
    assert (short.operation, short.total_kop) == (1, 39_800 if with_raw else 95_900)
    assert short.ofd_confirmed, "the first that waits is document 41"


# ---------------------------------------------------------------- slips


def test_a_slip_is_one_task_and_a_cut(bench):
    parts = [Text("НАША ПРОГРАММА", double=True), Text("б"), Qr("HTTPS://EXAMPLE.ORG", 6), Feed(2), Cut()]
    assert bench.printer.print_slip(parts) == Done(None)
    task = bench.fptr.sent("nonFiscal")
    assert [item["type"] for item in task["items"]] == ["text", "text", "barcode", "text", "text"]
    assert task["items"][0]["doubleWidth"] is True
    assert task["items"][2]["barcodeType"] == "QR"
    assert task["items"][2]["scale"] == 6
    assert bench.fptr.calls[-1] == "cut"
    assert bench.fptr.params[bench.fptr.LIBFPTR_PARAM_CUT_TYPE] == bench.fptr.LIBFPTR_CT_PART


@pytest.mark.parametrize("part", [Qr("x" * 2332), Qr("x", level="Z"), Feed(0), Feed(256)])
def test_a_part_nobody_prints_is_told_before_the_first_line(bench, part):
    with pytest.raises(ValueError, match=r"QR|feed"):
        bench.printer.print_slip([Text("а"), Cut(), part])
    assert not bench.fptr.tasks


def test_silence_after_the_first_piece_is_unknown(bench):
    bench.fptr.cut = lambda: bench.fptr._fail(241)
    outcome = bench.printer.print_slip([Text("а"), Cut()])
    assert outcome.fault is LinkFault.LOST
    assert not isinstance(outcome, NotSent)


# ---------------------------------------------------------------- corrections


def test_a_correction_without_items(bench):
    basis = encode([build(1174, (build(1178, AT), build(1179, "12-3")))])
    given = Correction(ReceiptKind.SALE, 10_000, Tender(cash_kop=10_000), True, (1_667, 0, 0, 0, 0, 0), 1, basis)
    assert bench.printer.correction(given).reply.fd_number == 42
    sent = bench.fptr.sent("sellCorrection")
    assert (sent["correctionType"], sent["correctionBaseDate"], sent["correctionBaseNumber"]) == (
        "instruction", "2026.11.21", "12-3",
    )  # fmt: skip
    assert sent["taxes"] == [{"type": "vat20", "sum": 16.67}]
    assert "items" not in sent


# ---------------------------------------------------------------- tables

NOTES = """0 1 2 3 4 11 12 13 15 44 45 46 47 66 68 73 80 82 83 114 115 116 117 118 119 120 121 122 123 124 133 134
135 136 137 138 140 141 142 143 144 157 159 165 166 172 173 174 175 176 177 178 196 200 201 203 219 225 227 241
249 401 426 501 502 503 504 505 601 602 603 1000 1999"""


def test_every_code_of_the_notes_is_described():
    for code in map(int, NOTES.split()):
        assert explain(code).meaning != "code without a description", code


def test_codes_that_block_the_queue_never_read_as_a_plain_refusal():
    for code in (1, 2, 3, 4, 15, 115, 116, 159, 166, 177, 241):
        assert explain(code).recovery in (Recovery.LINK, Recovery.DOUBT), code
        assert explain(code).safe == "C", code


def test_every_sentence_says_what_happened_and_what_to_do():
    described = [*all_errors().values(), *(explain(codes[0]) for codes in ranges()), explain(31_337)]
    for entry in described:
        for text in (entry.ru, entry.en):
            assert len(re.findall(r"[.!?](?:\s|$)", text)) >= 2, text
        assert re.search("[а-яё]", entry.ru)
        assert not re.search("[а-яё]", entry.en)
        assert (entry.fault is not None) is (entry.recovery is Recovery.LINK), entry.code
        assert entry.safe in ("R", "N", "C", "-")


def test_a_code_nobody_described_promises_nothing():
    assert explain(31_337).safe == "C"
    assert explain(31_337).recovery is Recovery.DOUBT


def test_every_switch_has_its_evidence():
    assert set(EVIDENCE) == set(Switches.__dataclass_fields__)


def test_every_task_the_code_names_has_an_effect():
    named: set[str] = set()
    for path in Path(__file__).parents[3].joinpath("drivers", "fptr10").glob("*.py"):
        named |= set(re.findall(r'(?:Task|_run|_ask)\(\s*"(\w+)"', path.read_text("utf-8")))
    assert named
    assert named <= set(EFFECTS)


def test_an_unexpected_refusal_of_a_question_is_one(bench):
    bench.trip("getFnInfo", 118)
    assert bench.printer.passport() == Refused(118, "getFnInfo", "ошибка 118")
