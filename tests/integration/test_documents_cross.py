"""Every kind of document the emulator writes, read by the drivers' own decoder: two codecs that share no code.

A wrong offset, length or type in either would show here as a lost byte, a different value or a finding.
"""

from datetime import datetime, timedelta

import pytest

from drivers.fiscal.documents import Receipt
from drivers.fiscal.findings import Context, check, check_sequence
from drivers.fiscal.reading import read_body
from drivers.fiscal.tlv import encode
from emulator.device import Device
from emulator.paper import Tape
from emulator.profile import load
from emulator.terms import CorrectionInput, ItemInput
from emulator.tlv import encode as emulator_encode
from emulator.tlv import make

START = datetime.fromisoformat("2026-11-21T09:00:00")
GTIN = "04600653105990"


def line(
    kind: int, name: str, price_kop: int, micro: int = 1_000_000, vat: int = 11, sum_kop: int | None = None
) -> ItemInput:
    return ItemInput(kind, micro, price_kop, None, None, vat, 1, 4, 1, name)


def a_day(ffd: str) -> Device:
    """Forms 1, 2, 3 (all four operations), 21, 31 (1.05) and 5."""
    now = [START]

    def clock() -> datetime:
        now[0] += timedelta(minutes=1)
        return now[0]

    profile = load("shtrih-m-01f" if ffd == "1.05" else "shtrih-m-01f-ffd12")
    device = Device.open(profile, Tape(48, 576), None, clock, 7)
    device.open_shift(1)
    device.cash_in(1, 500_000)
    for kind in (1, 1, 2, 3, 4):
        device.open_receipt(kind, 1)
        for vat in range(1, 13) if kind == 1 else (6,):
            device.add_item(line(kind, f"Товар {vat} № «а»", 33_33 + vat, 347_000, vat))
        device.add_item(line(kind, "Ничего", 0))
        device.add_item(line(kind, "Дробь", 100, 12_345_678, 5))
        marked = bytes.fromhex("444D") + int(GTIN).to_bytes(6, "big") + b"52CUnq1"
        code = make(1162, marked) if ffd == "1.05" else make(1163, [make(1302, GTIN[1:])])
        device.add_item_tlv(emulator_encode([code]))
        device.add_receipt_tlv(emulator_encode([make(1008, "+79160000042"), make(1192, "7Q4M2XKD9W")]))
        device.add_receipt_tlv(emulator_encode([make(1084, [make(1085, "КАРТА"), make(1086, "7Q4M2XKD9W")])]))
        total = device.subtotal()
        device.close_receipt([total // 2, total - total // 2] + [0] * 14, 0, 1, 1)
    device.calculation_report(1)
    if ffd == "1.05":
        device.correction(CorrectionInput(1, 12_345, cash_kop=12_345, vat_kop={1105: 12_345}, tax_system=1), 1)
    device.close_shift(1)
    return device


@pytest.mark.parametrize("ffd", ["1.05", "1.2"])
def test_every_document_survives_a_round_trip_and_has_no_errors(ffd: str) -> None:
    device = a_day(ffd)
    documents = []
    forms = set()
    for fd in range(1, device.fn.last_fd + 1):
        form, body = device.fn.body(fd)
        forms.add(form)
        document = read_body(form, body)
        documents.append(document)
        assert encode(document.tags) == body, f"document {fd}, form {form}"
        context = Context(now=START + timedelta(days=1), kkt_serial=device.profile.serial)
        errors = [one for one in check(document, context) if one.severity == "E"]
        assert errors == [], f"document {fd}, form {form}"
        assert (document.fn_serial, document.fd_number) == (device.fn.serial, fd)
    assert forms == ({1, 2, 3, 5, 21, 31} if ffd == "1.05" else {1, 2, 3, 5, 21})
    assert [one for one in check_sequence(documents) if one.severity == "E"] == []


@pytest.mark.parametrize("ffd", ["1.05", "1.2"])
def test_typed_values_are_what_was_sold(ffd: str) -> None:
    device = a_day(ffd)
    form, body = device.fn.body(3)
    receipt = read_body(form, body)
    assert isinstance(receipt, Receipt)
    assert receipt.operation == 1
    assert receipt.buyer_contact == "+79160000042"
    assert (receipt.requisite_name, receipt.requisite_value) == ("КАРТА", "7Q4M2XKD9W")
    assert receipt.receipt_requisite == "7Q4M2XKD9W"
    assert [item.vat for item in receipt.items] == [*range(1, 13), 11, 5]
    assert receipt.items[0].quantity_micro == 347_000
    assert receipt.items[-1].quantity_micro == 12_345_678
    assert receipt.items[-1].gtin == GTIN
    assert receipt.total_kop == sum(item.sum_kop for item in receipt.items)
    assert receipt.payments.total_kop == receipt.total_kop
