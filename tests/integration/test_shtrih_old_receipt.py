"""A register without FF46h and FF45h: the driver sells by 80h and 85h, and the document is the same one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from kit.shtrih_counter import Counter

from drivers.api import Done, OutcomeUnknown, Refused
from drivers.fiscal import Payments, Receipt, build
from drivers.fiscal import encode as tlv
from drivers.selling import FiscalItem, MarkCode, ReceiptKind, Tender
from emulator.shtrih.silence import Fate

BUN = FiscalItem("Булочка", 8000, 1_000_000, 8000, vat=6, department=1)
CHEESE = FiscalItem("Сыр", 78990, 345_000, 27252, vat=2, department=3)
TEA = FiscalItem("Чай", 4550, 3_000_000, 13650, vat=5)
MISSING = frozenset({0xFF46, 0xFF45, 0xFF4D})


def old(ffd: str = "1.05") -> Counter:
    counter = Counter(ffd, old_operations=True, tax_systems=1)
    machine = counter.front.machine
    machine.variant = replace(machine.variant, unsupported=machine.variant.unsupported | MISSING)
    assert counter.printer.shift_open() == Done(None)
    counter.frames.clear()
    return counter


@pytest.mark.parametrize("ffd", ["1.05", "1.2"])
@pytest.mark.parametrize("kind", ReceiptKind)
def test_the_document_is_the_one_of_the_new_commands(ffd: str, kind: ReceiptKind) -> None:
    documents = []
    for counter in (old(ffd), Counter(ffd, tax_systems=1)):
        counter.printer.shift_open()  # 73h where it is open
        assert counter.printer.cash_in(100_000) == Done(None)
        items = [BUN, CHEESE, TEA]
        contact = tlv([build(1008, "+79160000042")])
        registered = counter.sell(kind, items, Tender(cash_kop=30_000, cashless_kop=20_000), contact)
        assert registered.fd_number == counter.last_fd()
        assert registered.change_kop == 50_000 - 48_902
        receipt = counter.document(registered.fd_number)
        assert isinstance(receipt, Receipt)
        assert receipt.fpd == registered.fpd
        assert receipt.payments == Payments(28_902, 20_000)
        documents.append(replace(receipt, fpd=0, tags=()))
    assert documents[0] == documents[1]


def test_the_commands_that_went_out() -> None:
    counter = old()
    counter.sell(ReceiptKind.SALE, [BUN], Tender(cash_kop=8000))
    assert counter.frames == ["8D", "80", "89", "FF09", "85", "FF01", "FF0A"]


def test_without_the_switch_the_register_refuses() -> None:
    counter = Counter()
    machine = counter.front.machine
    machine.variant = replace(machine.variant, unsupported=machine.variant.unsupported | MISSING)
    counter.printer.shift_open()
    assert counter.printer.receipt_open(ReceiptKind.SALE) == Done(None)
    assert counter.printer.receipt_item(ReceiptKind.SALE, BUN) == Refused(0x37, "FF46h")


CANNOT = {
    "thousandth": replace(BUN, quantity_micro=1_000_500, sum_kop=8004),
    "price": replace(BUN, sum_kop=7999),
    "rate": replace(BUN, vat=11),
    "subject": replace(BUN, subject=4),
    "measure": replace(BUN, measure=11),
    "code": replace(BUN, mark=MarkCode(b"0104600653105990")),
    "tags": replace(BUN, tlv=tlv([build(1191, "сорт высший")])),
}


@pytest.mark.parametrize("word", CANNOT)
def test_what_cannot_be_said_is_refused_before_the_receipt(word: str) -> None:
    counter = old()
    refusal = counter.printer.takes([BUN, CANNOT[word]], "en")
    assert refusal is not None
    assert word in refusal
    assert refusal.startswith("Item 2: ")
    assert "Позиция 2" in (counter.printer.takes([BUN, CANNOT[word]]) or "")
    with pytest.raises(ValueError, match="old commands"):
        counter.printer.receipt_item(ReceiptKind.SALE, CANNOT[word])
    assert counter.frames == []
    assert counter.printer.takes([BUN, CHEESE, TEA]) is None


def test_payments_and_tax_systems_without_a_place_are_refused_before_the_close() -> None:
    counter = old()
    counter.printer.receipt_open(ReceiptKind.SALE)
    counter.printer.receipt_item(ReceiptKind.SALE, BUN)
    with pytest.raises(ValueError, match="cash and cashless"):
        counter.printer.receipt_close(Tender(cash_kop=7000, credit_kop=1000), 1)
    with pytest.raises(ValueError, match="registered tax system"):
        counter.printer.receipt_close(Tender(cash_kop=8000), 0x20)
    assert "85" not in counter.frames
    assert counter.printer.receipt_close(Tender(cash_kop=7999), 1) == Refused(0x45, "85h")
    assert isinstance(counter.printer.receipt_close(Tender(cash_kop=8000), 1), Done)


def test_closed_but_the_storage_does_not_tell_is_unknown_and_85_goes_once() -> None:
    counter = old()
    counter.printer.receipt_open(ReceiptKind.SALE)
    counter.printer.receipt_item(ReceiptKind.SALE, BUN)
    before = counter.last_fd()
    counter.front.machine.silence.ask(0xFF01, Fate.LOST, 5)
    assert isinstance(counter.printer.receipt_close(Tender(cash_kop=8000), 1), OutcomeUnknown)
    counter.front.machine.silence.ask(0xFF01, Fate.SENT, 0)
    assert counter.last_fd() == before + 1
    assert counter.frames.count("85") == 1
