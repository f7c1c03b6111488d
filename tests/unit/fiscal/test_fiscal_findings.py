"""Each rule of the fiscal notes, section 8: a document that breaks it, and the good ones that do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from drivers.fiscal import build, read_body, read_image
from drivers.fiscal.findings import Context, check, check_qr, check_sequence, check_text, check_wrapping, tax_kop
from drivers.fiscal.findings.identity import crc16, is_inn, rnm_check_digits
from drivers.fiscal.tags import table

AT = datetime.fromisoformat("2026-11-21T09:05")
KNOWN = Context(now=AT, kkt_serial="00106712345678", tax_systems=1)
GOOD_QR = "t=20261121T0905&s=959.00&fn=9999078902001234&i=102&fp=180150000&n=1"
CODE_M = (build(1305, "0104601234567893215abc"),)

# code, path of the finding, changes of the FFD 1.2 receipt, options
BROKEN = [
    ("form.size", "", [((1084,), b""), ((9999,), bytes(33000))], {}),
    ("tag.missing", "1187", [((1187,), None)], {}),
    ("tag.missing", "1059[1]/2108", [((1, 2108), None)], {}),
    ("tag.missing", "1059[2]/1030", [((2, 1030), None)], {}),
    ("tag.missing", "1174", [], {"form": 31}),
    ("tag.expected", "1018", [((1018,), None)], {}),
    ("tag.unknown", "1059[1]/9999", [((1, 9999), b"\x01")], {}),
    ("tag.length", "1054", [((1054,), b"\x01\x00")], {}),
    ("tag.too_long", "1059[1]/1030", [((1, 1030), b"x" * 129)], {}),
    ("tag.length", "1203", [((1203,), b"500100732259 ")], {}),
    ("tag.too_long", "1020", [((1020,), bytes.fromhex("9c760100000001"))], {}),
    ("supplier.missing", "1059[1]/1226", [((1, 1222), 64)], {}),
    ("inn.invalid", "1018", [((1018,), "7707083894")], {}),
    ("inn.invalid", "1203", [((1203,), "500100732258")], {}),
    ("inn.invalid", "1018", [((1018,), "000000000000")], {}),
    ("rnm.format", "1037", [((1037,), "000000012304167")], {}),
    ("rnm.crc", "1037", [((1037,), "0000000123041678")], {}),
    ("rnm.unchecked", "1037", [], {"context": Context()}),
    ("fn.format", "1041", [((1041,), b"999907890200123X")], {}),
    ("fn.debug", "1041", [], {"context": Context(production=True)}),
    ("at.old", "1012", [((1012,), datetime.fromisoformat("2016-12-31T23:59:59"))], {}),
    ("at.future", "1012", [], {"context": Context(now=AT - timedelta(minutes=5, seconds=1))}),
    ("at.order", "1012", [], {"context": Context(previous_at=AT + timedelta(seconds=1))}),
    ("at.shift_age", "1012", [], {"context": Context(shift_opened_at=AT - timedelta(hours=24, seconds=1))}),
    ("contact.format", "1008", [((1008,), "+7916123456")], {}),
    ("contact.format", "1008", [((1008,), "89161234567")], {}),
    ("total.mismatch", "1020", [((1020,), 95899)], {}),
    ("total.mismatch", "1020", [((1020,), 96000)], {}),
    ("total.rounded", "1020", [((2, 1043), 5995)], {}),
    ("payments.mismatch", "1020", [((1081,), 1)], {}),
    ("line.mismatch", "1059[1]/1043", [((1, 1043), 89912)], {}),
    ("line.rounding", "1059[1]/1043", [((1, 1043), 89911)], {}),
    ("quantity.zero", "1059[1]/1023", [((1, 1023), Decimal(0))], {}),
    ("quantity.fine", "1059[1]/1023", [((1, 1023), Decimal("2.0000001"))], {}),
    ("advance.subject", "1059[1]/1212", [((1, 1214), 3), ((1, 1199), 12)], {}),
    ("advance.rate", "1059[1]/1199", [((1, 1214), 3), ((1, 1212), 10)], {}),
    ("advance.offset", "1215", [((1215,), 100), ((1, 1214), 1), ((2, 1214), 1)], {}),
    ("vat.none", "", [((1103,), None), ((1115,), None)], {}),
    ("vat.placeholder", "1104", [((1103,), None), ((2, 1199), 11)], {}),
    ("vat.early", "1059[1]/1199", [((1012,), datetime.fromisoformat("2025-12-31T23:59"))], {}),
    ("vat.ended", "1059[1]/1199", [((1, 1199), 1)], {}),
    ("vat.total_missing", "1103", [((1103,), None), ((1104,), 0)], {}),
    ("vat.total_missing", "1115", [((1, 1199), 12)], {}),
    ("vat.total_missing", "1105", [((2, 1199), 6)], {}),
    ("vat.sum", "1103", [((1103,), 547)], {}),
    ("tax.bits", "1055", [((1055,), 3)], {}),
    ("tax.bits", "1055", [((1055,), 0)], {}),
    ("tax.registered", "1055", [((1055,), 2)], {}),
    ("list.value", "1054", [((1054,), 5)], {}),
    ("list.value", "1059[1]/1199", [((1, 1199), 13)], {}),
    ("list.value", "1059[1]/1212", [((1, 1212), 27)], {}),
    ("list.value", "1059[1]/1214", [((1, 1214), 8)], {}),
    ("list.value", "1059[1]/2108", [((1, 2108), 1)], {}),
    ("list.bits", "1055", [((1055,), 64)], {}),
    ("unit.forbidden", "1059[1]/1197", [((1, 1197), "шт")], {}),
    ("code.version", "1059[1]/1162", [((1, 1162), bytes.fromhex("444d0427a1f4c1e5"))], {}),
    ("code.version", "1059[1]/1163", [((1, 1163), CODE_M)], {"ffd": "1.05"}),
    ("correction.operation", "1054", [((1054,), 2)], {"form": 31, "ffd": "1.05"}),
    ("marking.version", "1059[1]/1212", [((1, 1212), 33)], {"ffd": "1.05"}),
    ("marking.code", "1059[1]/1163", [((1, 1212), 33)], {}),
    ("marking.code", "1059[1]/2106", [((1, 1212), 31), ((1, 1163), CODE_M)], {}),
    ("marking.child", "1059[1]/1163", [((1, 1163), (build(1300, "a"), build(1302, "4601234567893")))], {}),
    ("marking.child", "1059[1]/1163", [((1, 1163), ())], {}),
    ("marking.quantity", "1059[1]/1023", [((1, 1212), 33), ((1, 1163), CODE_M)], {}),
    ("marking.duplicate", "1059[2]/1163", [((1, 1163), CODE_M), ((2, 1163), CODE_M)], {}),
    ("marking.summary", "2107", [((1, 1163), CODE_M)], {}),
    ("text.control", "1059[1]/1030", [((1, 1030), b"\x1b[2J")], {}),
]

# changes that keep a receipt right: the finding must not come
FINE = [
    ("inn.invalid", [((1203,), "000000000000")], {}),
    ("inn.invalid", [((1018,), "007707083893")], {}),
    ("tag.length", [((1081,), b"")], {}),
    ("tag.length", [((1020,), bytes.fromhex("9c7601000000"))], {}),
    ("tag.missing", [((1, 1030), None), ((1, 1214), 3)], {}),
    ("at.future", [], {"context": Context(now=AT - timedelta(minutes=5))}),
    ("at.order", [], {"context": Context(previous_at=AT)}),
    ("at.shift_age", [], {"context": Context(shift_opened_at=AT - timedelta(hours=24))}),
    ("fn.debug", [((1041,), "7384440900001234")], {"context": Context(production=True)}),
    ("contact.format", [((1008,), "none")], {}),
    ("contact.format", [((1008,), "+79161234567")], {}),
    ("contact.format", [((1008,), "a.b@example.ru")], {}),
    ("line.mismatch", [((1, 1043), 89911)], {}),
    ("line.rounding", [((1, 1023), Decimal("0.5")), ((1, 1043), 22478)], {}),
    ("total.mismatch", [((2, 1043), 5995)], {}),
    ("quantity.fine", [((1, 1023), Decimal("2.000001"))], {}),
    ("advance.subject", [((1, 1214), 3), ((1, 1212), 10)], {}),
    ("advance.rate", [((1, 1214), 3), ((1, 1199), 6)], {}),
    ("advance.offset", [((1215,), 100)], {}),
    ("vat.total_missing", [((1103,), None), ((1115,), None), ((1, 1199), 5), ((2, 1199), 5), ((1104,), 95900)], {}),
    ("vat.ended", [((1, 1199), 1), ((1054,), 2)], {}),
    ("vat.ended", [((1, 1199), 1), ((1, 1214), 7)], {}),
    ("vat.ended", [((1, 1199), 1), ((1012,), datetime.fromisoformat("2025-12-31T23:59:59"))], {}),
    ("vat.early", [((1012,), datetime.fromisoformat("2026-01-01"))], {}),
    ("vat.sum", [((1103,), 546)], {}),
    ("marking.quantity", [((1, 1212), 33), ((1, 1163), CODE_M), ((1, 1023), Decimal(1))], {}),
    ("marking.quantity", [((1, 1212), 33), ((1, 2108), 11)], {}),
    ("marking.summary", [((1, 1163), CODE_M), ((2107,), 0)], {}),
    ("marking.duplicate", [((1, 1163), CODE_M), ((2, 1163), (build(1305, "0104601234567893215abd"),))], {}),
    ("marking.duplicate", [((n, 1163), (build(1302, "4601234567893"),)) for n in (1, 2)], {}),
    ("supplier.missing", [((1, 1222), 64), ((1, 1226), "000000000000")], {}),
]
ELSEWHERE = {"form.unknown", "form.guessed", "tail.unknown", "header.mismatch", "tag.duplicate", "text.lost"}
ELSEWHERE |= {"fd.gap", "receipt.gap", "close.count", "close.counter", "qr.mismatch", "qr.unreadable"}


def findings(receipt_with, changes, options):
    rest = {key: value for key, value in options.items() if key != "context"}
    return check(receipt_with(*changes, **rest), options.get("context", KNOWN))


@pytest.mark.parametrize(("code", "path", "changes", "options"), BROKEN, ids=lambda v: v if isinstance(v, str) else "")
def test_a_broken_rule_is_found(receipt_with, code, path, changes, options):
    found = findings(receipt_with, changes, options)
    assert (code, path) in [(item.code, item.path) for item in found]
    one = next(item for item in found if (item.code, item.path) == (code, path))
    assert one.severity == table("ffd_findings")[code]["severity"]
    assert "{" not in one.message_ru + one.message_en


@pytest.mark.parametrize(("code", "changes", "options"), FINE, ids=lambda v: v if isinstance(v, str) else "")
def test_a_kept_rule_is_silent(receipt_with, code, changes, options):
    assert code not in [item.code for item in findings(receipt_with, changes, options)]


def test_every_finding_of_the_table_has_a_test():
    assert {code for code, *_ in BROKEN} | ELSEWHERE == set(table("ffd_findings"))


def test_errors_come_first(receipt_with):
    found = check(receipt_with(((1054,), 5), ((1018,), None)), Context())
    severities = [item.severity for item in found]
    assert severities == sorted(severities)
    assert set(severities) == {"E", "W"}


def test_personal_values_stay_out_of_findings(receipt_with):
    found = check(receipt_with(((1203,), "500100732258"), ((1008,), "8 916 123-45-67")))
    assert not any(secret in item.message_ru + item.message_en for item in found for secret in ("5001007", "916"))


def test_repeated_tags(images):
    body = images[3, "1.2"][4:]
    twice = read_body(3, body + bytes.fromhex("1E04010001" * 2))
    assert [(f.code, f.path) for f in check(twice, KNOWN)] == [("tag.duplicate", "1054")]
    assert "tag.duplicate" not in [f.code for f in check(read_body(3, body + bytes.fromhex("3B08010000" * 2)), KNOWN)]


def test_old_format_is_only_asked_for_its_identity(images):
    """FFD 1.0: no 1209, VAT inside the lines, closed since 2019 but still in archives."""
    body = images[3, "1.05"][4:]
    for gone in ("B904010002", "4E040200893A4F0402002102"):
        assert bytes.fromhex(gone) in body
        body = body.replace(bytes.fromhex(gone), b"")
    found = check(read_body(3, body), KNOWN)
    assert [f.code for f in found if f.severity == "E"] == []


def test_wrapping(images):
    image = images[3, "1.2"]
    assert list(check_wrapping(*read_image(image))) == []
    assert [f.code for f in check_wrapping(*read_image(image[4:]))] == ["form.guessed"]
    assert [f.code for f in check_wrapping(*read_image(image + b"\1\2\3"))] == ["tail.unknown"]
    header = bytes([0xA5, 1, 1, 0, 0]) + bytes.fromhex("9999078902001235") + (103).to_bytes(3, "big") + bytes(12)
    found = check_wrapping(*read_image(header + image))
    assert [(f.code, f.path) for f in found] == [("header.mismatch", "1041"), ("header.mismatch", "1040")]


def test_a_body_nobody_can_name():
    document, image = read_image(bytes.fromhex("1E04010001"))
    assert [f.code for f in check(document)] == ["form.unknown"]
    assert list(check_wrapping(document, image)) == []


def test_text_before_it_is_sent():
    assert [f.code for f in check_text("Кофе ☕ 250 г")] == ["text.lost"]
    assert [f.code for f in check_text("a\tb")] == ["text.control"]
    assert list(check_text("Кофе № 1")) == []


@pytest.fixture
def shift(images):
    return [read_image(images[form, "1.2"])[0] for form in (2, 3, 5)]


def test_sequence_finds_a_missing_document(shift):
    codes = [f.code for f in check_sequence([shift[0], shift[2]])]
    assert codes[0] == "fd.gap"
    assert {"close.count", "close.counter"} < set(codes)
    assert [f.code for f in check_sequence(shift[1:])] == []  # the opening was not read: nothing to compare


def test_sequence_finds_a_wrong_receipt_number(shift):
    shift[1] = replace(shift[1], number_in_shift=2)
    assert [(f.code, f.path) for f in check_sequence(shift)] == [("receipt.gap", "FD 102/1042")]


def test_sequence_finds_a_wrong_counter(shift):
    shift[1] = replace(shift[1], total_kop=95800)
    assert [(f.code, f.path) for f in check_sequence(shift)] == [("close.counter", "FD 103/1194/1129/1201")]
    shift[1] = replace(shift[1], total_kop=95900, operation=2)
    assert [f.path for f in check_sequence(shift)] == [
        f"FD 103/1194/{tag}" for tag in ("1129/1135", "1129/1201", "1130/1135", "1130/1201")
    ]


def test_corrections_have_their_own_counter(shift, receipt_with):
    correction = replace(receipt_with(form=31), fd_number=103, number_in_shift=2)
    close = replace(shift[2], fd_number=104, documents=4, receipts=2)
    found = check_sequence([*shift[:2], correction, close])
    assert [(f.code, f.path) for f in found] == [("close.counter", "FD 104/1194/1133/1144")]


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [
        ("t", "0905", "0906"),
        ("s", "959.00", "959.01"),
        ("fn", "1234&", "1235&"),
        ("i", "i=102", "i=103"),
        ("fp", "180150000", "180150001"),
        ("n", "n=1", "n=2"),
    ],
)
def test_qr_against_the_document(images, field, old, new):
    receipt, _ = read_image(images[3, "1.2"])
    assert check_qr(receipt, GOOD_QR) == []
    assert check_qr(receipt, GOOD_QR.replace("T0905", "T090517").replace("fp=", "fp=0")) == []
    (found,) = check_qr(receipt, GOOD_QR.replace(old, new))
    assert (found.code, found.severity) == ("qr.mismatch", "E")
    assert f"поле {field}:" in found.message_ru
    assert [f.code for f in check_qr(receipt, "http://example.ru")] == ["qr.unreadable"]


def test_check_digits():
    """Worked numbers of the fiscal notes, section 8, rules 2 and 3."""
    assert is_inn("7707083893")
    assert is_inn("500100732259")
    assert is_inn("007707083893")
    assert not any(map(is_inn, ("7707083890", "500100732258", "", "770708389", "77070838a3", "0000000000")))
    assert crc16(b"123456789") == 0x29B1
    assert rnm_check_digits("0000000123", "7707083893", "00106712345678") == "041677"


def test_inn_with_remainder_ten():
    """The second `mod 10`: a weighted sum with remainder 10 gives the digit 0."""
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    found = next(
        text
        for text in (f"{number:09d}" for number in range(770000000, 770001000))
        if sum(w * int(d) for w, d in zip(weights, text, strict=True)) % 11 == 10
    )
    assert is_inn(found + "0")


@pytest.mark.parametrize(
    ("gross", "rate", "tax"),
    [(80730, 11, 14558), (89910, 1, 14985), (5990, 2, 545), (89910, 11, 16213), (10500, 7, 500), (10700, 10, 700)],
)
def test_tax_inside_a_gross_sum(gross, rate, tax):
    assert tax_kop(gross, rate) == tax
