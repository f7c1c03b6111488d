"""The driver sells to the emulated register over a memory wire; what the FN keeps is read back through the driver.

Two sides that share no code: a sum, a rate, a payment or a tag in the wrong place shows as a different document.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from kit.shtrih_counter import Counter, cheese, coffee

from drivers.api import Done, Refused, Shift
from drivers.fiscal import Payments, Receipt, ShiftClose, ShiftOpen, Tag, build, read_body
from drivers.fiscal import encode as tlv
from drivers.selling import ReceiptKind, Tender

REPLACED = {1: 11, 3: 12}  # what table 17 field 71 = 1 makes of 20 % and 20/120 from 2026 on


@pytest.fixture(params=["1.05", "1.2"])
def counter(request: Any) -> Counter:
    made = Counter(request.param)
    assert made.printer.shift_open() == Done(None)
    return made


def given(tags: tuple[Tag, ...], *numbers: int) -> bytes:
    return tlv(tag for tag in tags if tag.tag in numbers)


def test_sale_is_kept_as_it_was_sent(counter: Counter) -> None:
    ffd = counter.device.profile.ffd
    items = [coffee(ffd), cheese(ffd)]
    total = 30110 + 27252
    contact = build(1008, "+79160000042")
    card = build(1084, (build(1085, "КАРТА"), build(1086, "7Q4M2XKD9W")))
    before = counter.last_fd()
    tender = Tender(cash_kop=50000, cashless_kop=20000, advance_kop=1000, credit_kop=252, provision_kop=110)
    registered = counter.sell(ReceiptKind.SALE, items, tender, tlv([contact, card]))
    change = 50000 + 20000 + 1000 + 252 + 110 - total
    assert (registered.fd_number, registered.change_kop) == (before + 1, change)
    found = counter.printer.find_document(before + 1)
    assert isinstance(found, Done)
    assert found.reply is not None
    assert (found.reply.form, found.reply.fpd, found.reply.operation) == (3, registered.fpd, 1)
    assert found.reply.total_kop == total
    receipt = counter.document(before + 1)
    assert isinstance(receipt, Receipt)
    assert (receipt.fd_number, receipt.fpd, receipt.total_kop) == (before + 1, registered.fpd, total)
    assert (receipt.operation, receipt.tax_system) == (1, 1)
    assert receipt.payments == Payments(50000 - change, 20000, 1000, 252, 110)
    assert receipt.buyer_contact == "+79160000042"
    assert (receipt.requisite_name, receipt.requisite_value) == ("КАРТА", "7Q4M2XKD9W")
    for sent, kept in zip(items, receipt.items, strict=True):
        assert kept.name == sent.name.replace("«", '"').replace("»", '"')
        assert (kept.price_kop, kept.quantity_micro, kept.sum_kop) == (
            sent.price_kop,
            sent.quantity_micro,
            sent.sum_kop,
        )
        assert (kept.vat, kept.method, kept.subject, kept.measure) == (
            sent.vat,
            sent.method,
            sent.subject,
            sent.measure,
        )
        own = (1222, 1224, 1226, 1191)
        assert given(kept.tags, *own) == sent.tlv


def test_return_and_purchases(counter: Counter) -> None:
    item = cheese(counter.device.profile.ffd, 6)
    assert counter.printer.cash_in(100_000) == Done(None)
    for kind in ReceiptKind:
        registered = counter.sell(kind, [item, item], Tender(cash_kop=2 * item.sum_kop))
        receipt = counter.document(registered.fd_number)
        assert (receipt.operation, receipt.total_kop) == (kind.value, 2 * item.sum_kop)
        assert receipt.payments == Payments(cash_kop=2 * item.sum_kop)


@pytest.mark.parametrize("replaced", [True, False], ids=["22 for 20", "as asked"])
def test_every_tax_rate(counter: Counter, replaced: bool) -> None:
    """As delivered the register makes 22 % of 20 %; with the switch off each rate stays what it was."""
    if not replaced:
        counter.keep_rates()
    items = [cheese(counter.device.profile.ffd, vat) for vat in range(1, 13)]
    total = sum(item.sum_kop for item in items)
    before = counter.last_fd()
    printer = counter.printer
    assert printer.receipt_open(ReceiptKind.SALE) == Done(None)
    for item in items:
        assert printer.receipt_item(ReceiptKind.SALE, item) == Done(None)
    assert isinstance(printer.receipt_close(Tender(cashless_kop=total), 1), Done)
    stored = printer.read_document(before + 1)
    assert isinstance(stored, Done)
    assert stored.reply is not None
    receipt = read_body(stored.reply.form, stored.reply.tlv)
    assert isinstance(receipt, Receipt)
    wanted = [REPLACED.get(item.vat, item.vat) if replaced else item.vat for item in items]
    assert [item.vat for item in receipt.items] == wanted
    assert {total.rate for total in receipt.vat} == set(wanted)


@pytest.mark.parametrize("vat", [10, 11, 12])
def test_nano_has_its_own_codes(vat: int) -> None:
    nano = Counter(model_code=152)
    assert nano.printer.shift_open() == Done(None)
    registered = nano.sell(ReceiptKind.SALE, [cheese("1.05", vat)], Tender(cash_kop=27252))
    assert [item.vat for item in nano.document(registered.fd_number).items] == [vat]


def test_shift_and_cash() -> None:
    counter = Counter()
    printer, before = counter.printer, counter.last_fd()
    assert printer.receipt_open(ReceiptKind.SALE) == Refused(0x3D, "8Dh")
    assert printer.shift_open() == Done(None)
    assert isinstance(counter.document(before + 1), ShiftOpen)
    assert printer.shift_open() == Refused(0x73, "E0h")
    assert printer.cash_in(10_000) == Done(None)
    assert printer.cash_out(4_000) == Done(None)
    assert printer.cash_out(6_001) == Refused(0x46, "51h")
    assert printer.x_report() == Done(None)
    assert counter.last_fd() == before + 1, "none of these is a fiscal document"
    status = printer.status()
    assert isinstance(status, Done)
    assert status.reply.shift is Shift.OPEN
    assert printer.shift_close() == Done(None)
    closing = counter.document(before + 2)
    assert isinstance(closing, ShiftClose)
    assert closing.receipts == 0
    status = printer.status()
    assert isinstance(status, Done)
    assert status.reply.shift is Shift.CLOSED


def test_cancelled_receipt_leaves_nothing(counter: Counter) -> None:
    before = counter.last_fd()
    assert counter.printer.receipt_open(ReceiptKind.SALE) == Done(None)
    assert counter.printer.receipt_item(ReceiptKind.SALE, cheese(counter.device.profile.ffd)) == Done(None)
    assert counter.printer.receipt_cancel() == Done(None)
    status, storage = counter.printer.status(), counter.printer.storage()
    assert isinstance(status, Done)
    assert isinstance(storage, Done)
    assert (status.reply.receipt_open, storage.reply.document_open, storage.reply.last_fd) == (False, False, before)


def test_a_refused_close_leaves_the_receipt_open(counter: Counter) -> None:
    item = cheese(counter.device.profile.ffd)
    before = counter.last_fd()
    counter.printer.receipt_open(ReceiptKind.SALE)
    assert isinstance(counter.printer.receipt_item(ReceiptKind.SALE, replace(item, sum_kop=item.sum_kop + 2)), Refused)
    assert counter.printer.receipt_item(ReceiptKind.SALE, item) == Done(None)
    assert counter.printer.receipt_close(Tender(cash_kop=item.sum_kop - 1), 1) == Refused(0x45, "FF45h")
    assert counter.printer.receipt_close(Tender(cashless_kop=item.sum_kop + 1), 1) == Refused(0x4D, "FF45h")
    assert counter.last_fd() == before
    assert isinstance(counter.printer.receipt_close(Tender(cash_kop=item.sum_kop), 1), Done)
    assert counter.last_fd() == before + 1
