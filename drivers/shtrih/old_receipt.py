"""Selling by the old commands (80h to 83h, 85h), for a register that has no FF46h and FF45h: switch `old_operations`.

They carry quantity in thousandths, price, department, one of four tax groups and a name, and four payments. The device
reckons each sum itself; method, subject, measure, tags of an item and the tax system cannot be given: the register puts
what it is set to. What would need them is refused in words before the receipt is opened. 85h tells the change alone;
number and sign are read from the storage afterwards. Whether firmware of today fills in full payment and goods is not
told by any source [derived]: read a document back before selling so. Source: protocol notes, sections 2.6 and 8.
"""

from __future__ import annotations

from collections.abc import Sequence

from drivers.api import Done, LinkFault, Outcome, OutcomeUnknown, Refused
from drivers.selling import FiscalItem, ReceiptKind, Registered, Tender
from drivers.shtrih import commands_old as old
from drivers.shtrih.command import Command, Nothing, Operator
from drivers.shtrih.commands_storage import FIND_DOCUMENT, REGISTRATION, STORAGE_STATE, FdNumber
from drivers.shtrih.paper_text import item_name
from drivers.shtrih.seller import ShtrihSeller
from drivers.shtrih.till import plain

MICRO_PER_MILLI = 1000
MICRO = 1_000_000
GROUPS = {1: 1, 2: 2, 5: 3, 6: 4}  # code of tag 1199 -> row 1..4 of table 6: 20 %, 10 %, 0 %, without
FULL_PAYMENT, GOODS, PIECE = 4, 1, 0  # what an item without these tags means
OPERATIONS: dict[ReceiptKind, Command[old.OldOperation, Operator]] = {
    ReceiptKind.SALE: old.OLD_SALE,
    ReceiptKind.SALE_RETURN: old.OLD_SALE_RETURN,
    ReceiptKind.PURCHASE: old.OLD_PURCHASE,
    ReceiptKind.PURCHASE_RETURN: old.OLD_PURCHASE_RETURN,
}
FAULTS = {
    "quantity": ("количество точнее тысячной", "a quantity finer than a thousandth"),
    "sum": ("сумма не равна цене на количество", "a sum other than price by quantity"),
    "vat": ("такой ставки НДС у него нет", "a tax rate it has no group for"),
    "kind": ("способ или предмет расчёта, мера", "a payment method, subject or measure"),
    "tags": ("реквизиты предмета расчёта, маркировка", "tags of the item, a marking code"),
}


class ShtrihOldReceipt(ShtrihSeller):
    """`ShtrihSeller`, by the old commands where the profile says so."""

    def takes(self, items: Sequence[FiscalItem], lang: str = "ru") -> str | None:
        """As ever; by the old commands also what cannot be said in them."""
        if not self._by_old_commands():
            return super().takes(items, lang)
        for number, item in enumerate(items, 1):
            fault = _fault(item)
            if fault is None:
                continue
            ru, en = FAULTS[fault]
            if lang == "en":
                return f"Item {number}: this printer sells by old commands, which cannot carry {en}. Nothing was begun."
            return f"Позиция {number}: принтер продаёт старыми командами, они не передают: {ru}. Чек не начат."
        return None

    def receipt_item(self, kind: ReceiptKind, item: FiscalItem) -> Outcome[None]:
        """80h..83h. ValueError for an item that `takes` refuses."""
        if not self._by_old_commands():
            return super().receipt_item(kind, item)
        if (fault := _fault(item)) is not None:
            raise ValueError(f"old commands cannot carry {FAULTS[fault][1]}")
        request = old.OldOperation(
            quantity_milli=item.quantity_micro // MICRO_PER_MILLI,
            price_kop=item.price_kop,
            department=item.department,
            taxes=bytes((GROUPS[item.vat], 0, 0, 0)),
            text=item_name(item.name),
        )
        return plain(self._command(OPERATIONS[kind], request))

    def receipt_close(self, tender: Tender, tax_system: int) -> Outcome[Registered]:
        """85h, then FF01h and FF0Ah for number and sign; closed and not read: unknown, the storage decides.

        ValueError before a byte of 85h: advance, credit or provision, which it has no place for, or a tax system that
        is not the only one the register has (FF09h).
        """
        if not self._by_old_commands():
            return super().receipt_close(tender, tax_system)
        if tender.advance_kop or tender.credit_kop or tender.provision_kop:
            raise ValueError("old commands carry cash and cashless payments alone")
        if tax_system:
            known = self._command(REGISTRATION, Nothing())
            if not isinstance(known, Done):
                return known
            if known.reply.tax_systems != tax_system:
                raise ValueError(f"old commands use the registered tax system, not {tax_system:#x}")
        outcome = self._command(old.OLD_CLOSE, old.OldClose((tender.cash_kop, tender.cashless_kop)))
        return self._registered(outcome.reply.change_kop or 0) if isinstance(outcome, Done) else outcome

    def receipt_discount(self, discount_kop: int, surcharge_kop: int = 0) -> Outcome[None]:
        """FF4Bh: kopecks off or onto the whole receipt [STEP]. 37h on most models; table 17 field 3 allows it."""
        if min(discount_kop, surcharge_kop) < 0:
            raise ValueError("a discount and a surcharge are zero or more")
        return plain(self._command(old.RECEIPT_DISCOUNT, old.ReceiptDiscount(discount_kop, surcharge_kop)))

    def _by_old_commands(self) -> bool:
        till = self._till()
        return till is not None and till.profile.old_operations

    def _registered(self, change_kop: int) -> Outcome[Registered]:
        """The receipt is closed. The newest document is ours: nobody sold since on a port of our own; `fits` checks."""
        state = self._command(STORAGE_STATE, Nothing())
        if not isinstance(state, Done):
            return _unread(state)
        found = self._command(FIND_DOCUMENT, FdNumber(state.reply.last_fd))
        if not isinstance(found, Done):
            return _unread(found)
        return Done(Registered(found.reply.fd_number, found.reply.fpd, change_kop, found.reply.at))


def _unread(outcome: Outcome[object]) -> OutcomeUnknown:
    fault = LinkFault.GARBAGE if isinstance(outcome, Done | Refused) else outcome.fault
    return OutcomeUnknown(fault, "85h", "closed, but the storage did not tell the document")


def _fault(item: FiscalItem) -> str | None:
    """A key of `FAULTS`; None: the old commands say it all."""
    if item.quantity_micro % MICRO_PER_MILLI:
        return "quantity"
    if item.sum_kop != (2 * item.price_kop * item.quantity_micro + MICRO) // (2 * MICRO):
        return "sum"
    if item.vat not in GROUPS:
        return "vat"
    if item.method not in (0, FULL_PAYMENT) or item.subject not in (0, GOODS) or item.measure not in (None, PIECE):
        return "kind"
    return "tags" if item.tlv or item.mark is not None else None
