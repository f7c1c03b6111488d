"""From tags to values: product codes, contacts, corrections, registrations, old meanings of tag numbers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from drivers.fiscal import Correction, FiscalDocument, Receipt, Registration, build, decode, encode, read_body
from drivers.fiscal.values import fpd_from_integer, printed_fpd


def body(*members):
    return encode(build(number, value) for number, value in members)


def item(*members):
    (line,) = read_body(3, encode([build(1059, tuple(build(n, v) for n, v in members))])).items
    return line


@pytest.mark.parametrize(
    ("code", "gtin"),
    [
        ((1162, bytes.fromhex("444D 042FEFD9C395") + b"abc"), "04603934000021"),
        ((1162, bytes.fromhex("444D 000000000001")), "00000000000001"),
        ((1162, bytes.fromhex("444D FFFFFFFFFFFF")), ""),
        ((1162, bytes.fromhex("444D 0001")), ""),
        ((1162, bytes.fromhex("0003 042F1F9681") + b"x"), ""),
        ((1163, (build(1301, "46012345"),)), "00000046012345"),
        ((1163, (build(1302, "4601234567893"),)), "04601234567893"),
        ((1163, (build(1303, "14601234567890"),)), "14601234567890"),
        ((1163, (build(1304, "0104601234567893"),)), "04601234567893"),
        ((1163, (build(1305, "0104601234567893215Qbag!"),)), "04601234567893"),
        ((1163, (build(1305, "21046012345678935Qbag!"),)), ""),
        ((1163, (build(1305, "010460123456"),)), ""),
        ((1163, (build(1300, "4601234567893"),)), ""),
        ((1163, ()), ""),
    ],
)
def test_gtin(code, gtin):
    assert item(code).gtin == gtin


def test_quantities_are_millionths():
    assert item((1023, Decimal("0.238"))).quantity_micro == 238_000
    assert item((1023, Decimal("12.345678"))).quantity_micro == 12_345_678
    assert item((1030, "без количества")).quantity is None


def test_contact_and_requisites():
    extra = (build(1085, "loyalty"), build(1086, "op-17"))
    receipt = read_body(3, body((1008, "+79161234567"), (1084, extra), (1192, "77")))
    assert isinstance(receipt, Receipt)
    assert receipt.buyer_contact == "+79161234567"
    assert (receipt.requisite_name, receipt.requisite_value, receipt.receipt_requisite) == ("loyalty", "op-17", "77")
    assert read_body(3, body((1008, "none"))).buyer_contact == ""
    assert read_body(4, body((1054, 2))).is_return


def test_payments_by_kind():
    receipt = read_body(3, body((1031, 1), (1081, 20), (1215, 300), (1216, 4000), (1217, 50000)))
    paid = receipt.payments
    assert (paid.cash_kop, paid.cashless_kop, paid.advance_kop, paid.credit_kop, paid.provision_kop) == (
        (1, 20, 300, 4000, 50000)
    )
    assert paid.total_kop == 54321


def test_the_zero_placeholder_is_not_turnover():
    rate = build(1119, (build(1199, 7), build(1120, 500, parent=1119)), parent=1115)
    flat = body((1209, 4), (1104, 0))
    with_container = flat + encode([build(1115, (rate,))])
    assert [(t.rate, t.sum_kop) for t in read_body(3, with_container).vat] == [(7, 500)]
    assert [(t.rate, t.sum_kop) for t in read_body(3, flat).vat] == [(5, 0)]


def test_correction():
    basis = (build(1178, datetime.fromisoformat("2026-11-20")), build(1179, "12/3"))
    document = read_body(31, body((1054, 1), (1173, 1), (1174, basis), (1020, 100)))
    assert isinstance(document, Correction)
    assert (document.correction_type, document.basis_number) == (1, "12/3")
    assert document.basis_at == datetime.fromisoformat("2026-11-20")


def test_registration():
    members = ((1013, "00106712345678"), (1062, 33), (1002, True), (1017, "7704358518"), (1205, 1 << 31))
    for form in (1, 11):
        document = read_body(form, body(*members))
        assert isinstance(document, Registration)
        assert (document.kkt_serial, document.tax_systems, document.offline) == ("00106712345678", 33, True)
        assert (document.ofd_inn, document.change_reasons) == ("7704358518", 1 << 31)


def test_other_forms_are_plain_documents():
    assert type(read_body(6, body((1040, 7)))) is FiscalDocument
    assert read_body(6, body((1040, 7))).fd_number == 7


def test_values_of_a_wrong_size_count_as_absent():
    receipt = read_body(3, bytes.fromhex("1E04 0200 0100  F403 0200 0100  1E04 0000"))
    assert receipt.operation is None
    assert receipt.at is None
    assert [tag.value for tag in receipt.tags] == [b"\x01\x00", b"\x01\x00", b""]


# one number, two meanings: (bytes, form, value or member numbers by version)
PHONE = "+74951234567".encode("cp866")
OLD, NEW = b"", bytes.fromhex("B9040100 04")  # no 1209 = FFD 1.0; 1209 = 4


def frame(number, value):
    return number.to_bytes(2, "little") + len(value).to_bytes(2, "little") + value


@pytest.mark.parametrize(
    ("number", "raw", "version", "value"),
    [
        (1011, b"\x03", NEW, 3),
        (1011, b"\xe8\x03", OLD, 1000),
        (1011, b"\xe8\x03", NEW, b"\xe8\x03"),
        (1082, PHONE, OLD, "+74951234567"),
        (1082, b"\xe8\x03", NEW, b"\xe8\x03"),
        (1115, b"www.nalog.ru", OLD, "www.nalog.ru"),
        (1115, b"www.nalog.ru", NEW, b"www.nalog.ru"),
        (1119, PHONE, OLD, "+74951234567"),
        (1119, PHONE, NEW, PHONE),
        (1120, b"\x05", NEW, b"\x05"),
        (1125, b"\x01", NEW, 1),
        (1125, b"OFD", OLD, "OFD"),
    ],
)
def test_numbers_that_changed_their_meaning(number, raw, version, value):
    tags = read_body(3, frame(number, raw) + version).tags
    assert tags[0].value == value
    assert encode(tags) == frame(number, raw) + version


def test_new_meanings_inside_their_containers():
    payments = frame(1234, frame(1235, frame(1082, b"\xe8\x03") + frame(1236, b"\x01")))
    for version in (OLD, NEW):
        tags = read_body(3, payments + version).tags
        assert [tag.value for tag in tags[0].tags[0].tags] == [1000, 1]


def test_new_meanings_start_with_ffd_105():
    container = frame(1115, frame(1119, frame(1199, b"\x07") + frame(1120, b"\x05")))
    for version, new in ((2, True), (3, True), (4, True), (1, False)):
        tags = read_body(3, container + frame(1209, bytes([version]))).tags
        assert bool(tags[0].tags) is new


def test_empty_values():
    """Zero by the notes for flags and VLN; for the rest an empty value is no value."""
    for number, value in ((1002, 0), (1081, 0), (1162, b""), (1030, ""), (1054, b""), (1040, b""), (1023, b"")):
        assert decode(frame(number, b""))[0].value == value


def test_a_lone_tag_without_a_document_stays_raw():
    for number, raw in ((1011, b"\x03"), (1125, b"\x01"), (1119, PHONE), (1115, b"www.nalog.ru")):
        assert decode(frame(number, raw))[0].value == raw


def test_the_fiscal_sign():
    assert printed_fpd(bytes.fromhex("31040ABCDEF0")) == 180150000
    assert printed_fpd(b"\x0a\xbc\xde\xf0") is None
    packed = int.from_bytes(bytes.fromhex("31040ABCDEF0"), "little")
    assert fpd_from_integer(packed) == 180150000
    assert fpd_from_integer(180150000) == 180150000
    assert fpd_from_integer(2**32 - 1) == 2**32 - 1
    assert fpd_from_integer(2**32) == 0x0100  # little-endian 00 00 00 00 01 00, of them 00 00 01 00
    with pytest.raises(ValueError, match="not a fiscal sign"):
        fpd_from_integer(2**48)


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (9999, 1),
        (1054, 256),
        (1054, -1),
        (1054, "1"),
        (1054, True),
        (1020, 2**48),
        (1021, 7),
        (1030, "x" * 129),
        (1041, "123"),
        (1012, 5),
        (1023, 2),
        (1023, Decimal("NaN")),
        (1023, Decimal(10) ** 18),
        (1023, Decimal("1e-16")),
        (1077, b"12345"),
        (1162, "text"),
        (1059, 5),
        (1054, ()),
        (1059, (build(1191, "x" * 64),) * 16),
    ],
)
def test_what_cannot_be_written_is_refused(number, value):
    with pytest.raises(ValueError, match=r"tag|allowed"):
        build(number, value)


def test_texts_are_made_fit_for_cp866():
    assert build(1030, "«Кофе» — 2×250 г ☕ №1").value == '"Кофе" - 2x250 г ? №1'
