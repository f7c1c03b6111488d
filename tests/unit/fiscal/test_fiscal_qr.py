"""The receipt's QR: the order's own sample, and what real receipts do to it (fiscal notes, section 3)."""

from __future__ import annotations

from datetime import datetime

import pytest

from drivers.fiscal import QrError, ReceiptQr, parse_qr

CANONICAL = "t=20251121T0905&s=959.00&fn=9999078902001234&i=102&fp=180150000&n=1"
SAMPLE = "t=20150720T1638&s=9999999.00&fn=000110000105&i=12345678&fp=123456&n=2"
RECEIPT = ReceiptQr(datetime.fromisoformat("2025-11-21T09:05"), 95900, "9999078902001234", 102, 180150000, 1)


def test_both_directions():
    assert parse_qr(CANONICAL) == RECEIPT
    assert RECEIPT.text() == CANONICAL


def test_sample_of_the_order():
    qr = parse_qr(SAMPLE)
    want = ReceiptQr(datetime.fromisoformat("2015-07-20T16:38"), 999999900, "000110000105", 12345678, 123456, 2)
    assert qr == want
    assert qr.text() == SAMPLE


@pytest.mark.parametrize(
    "text",
    [
        "t=20251121t0905&s=959.00&fn=9999078902001234&i=102&fp=180150000&n=1",
        "n=1&fp=180150000&i=102&fn=9999078902001234&s=959.00&t=20251121T0905",
        "T=20251121T0905&S=959.00&FN=9999078902001234&I=102&FP=180150000&N=1",
        " t=20251121T0905 & s=959.00&fn=9999078902001234&i=102&fp=180150000&n=1\r\n",
        "t=20251121T0905&s=959&fn=9999078902001234&i=00102&fp=0180150000&n=1",
        "t=20251121T0905&s=959,0&fn=9999078902001234&i=102&fp=180150000&n=1",
        CANONICAL + "&x=7",
    ],
)
def test_variants_of_real_receipts(text):
    assert parse_qr(text) == RECEIPT
    assert parse_qr(text).text() == CANONICAL


def test_seconds_are_read_and_not_printed():
    qr = parse_qr(CANONICAL.replace("T0905", "T090559"))
    assert qr.at == datetime.fromisoformat("2025-11-21T09:05:59")
    assert qr.text() == CANONICAL


@pytest.mark.parametrize(("text", "kop"), [("0.05", 5), ("0.5", 50), ("1234567.89", 123456789), ("0", 0)])
def test_sums_are_exact(text, kop):
    assert parse_qr(CANONICAL.replace("959.00", text)).total_kop == kop


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("", ""),
        ("", "http://check.example.ru/959"),
        ("", "x" * 513),
        ("fp", CANONICAL.replace("&fp=180150000", "")),
        ("n", CANONICAL.replace("n=1", "n=")),
        ("n", CANONICAL.replace("n=1", "n=5")),
        ("n", CANONICAL + "&n=2"),
        ("t", CANONICAL.replace("1121T", "1332T")),
        ("t", CANONICAL.replace("T0905", "")),
        ("s", CANONICAL.replace("959.00", "959.001")),
        ("s", CANONICAL.replace("959.00", "-1")),
        ("s", CANONICAL.replace("959.00", "٩٥٩")),
        ("fn", CANONICAL.replace("9999078902001234", "99990789020")),
        ("fn", CANONICAL.replace("9999078902001234", "99990789020012345")),
        ("i", CANONICAL.replace("i=102", "i=0")),
        ("i", CANONICAL.replace("i=102", "i=x")),
        ("fp", CANONICAL.replace("180150000", "4294967296")),
    ],
)
def test_not_a_receipt(field, text):
    with pytest.raises(QrError) as caught:
        parse_qr(text)
    assert caught.value.field == field
    assert caught.value.message_ru
