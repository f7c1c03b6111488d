"""The emulated cash register: what a front end may order. Vendor neutral.

Shift, receipts, cash and corrections: protocol notes on 54-FZ, sections 2.11 and 4.2; Shtrih-M protocol 2.0, sections
of shift, receipt and FN commands. Refusals leave the state as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from emulator import discounts, documents
from emulator.device_cash import KINDS, CashDevice
from emulator.device_core import SYSTEM_OPERATOR, nothing
from emulator.fn_document import Document
from emulator.marks import Line
from emulator.receipt import Item, OpenReceipt, Payments, given_tags, settle, settle_correction
from emulator.terms import (
    Closed,
    CorrectionInput,
    DeviceMode,
    FiscalReply,
    ItemInput,
    PaperState,
    Queue,
    Reason,
    Refusal,
    ShortForm,
)
from emulator.tlv import Tlv, encode, make, number

__all__ = [
    "Closed",
    "CorrectionInput",
    "Device",
    "DeviceMode",
    "FiscalReply",
    "ItemInput",
    "PaperState",
    "Queue",
    "Reason",
    "Refusal",
    "ShortForm",
]

PAYING_OUT = (2, 3)
RECEIPT_TLV_LIMIT = 30 * 1024
ITEM_LIMIT = 1024  # tag 1059


class Device(CashDevice):
    """One cash register. Call every method with `lock` held."""

    # --- shift and reports

    def open_shift(self, operator: int, tlvs: bytes = b"") -> FiscalReply:
        """Form 2. Refuses SHIFT_OPEN, FN and paper reasons."""
        self._ready()
        given = given_tags(tlvs) if tlvs else []
        warnings = self.fn.warnings(self.now())
        return self._report(2, operator, documents.shift_opening(self.profile, operator, warnings, given))

    def close_shift(self, operator: int, tlvs: bytes = b"") -> FiscalReply:
        """Form 5. Refuses SHIFT_CLOSED, RECEIPT_OPEN and paper reasons; 24 hours do not hinder it."""
        self._ready()
        given = given_tags(tlvs) if tlvs else []
        warnings = self.fn.warnings(self.now())
        tags = documents.shift_closing(self.profile, operator, warnings, given)
        return self._report(5, operator, tags, self._clear_cash_counts)

    def calculation_report(self, operator: int) -> FiscalReply:
        """Form 21."""
        self._ready()
        return self._report(21, operator, documents.calculation_state(self.profile, operator))

    def _report(self, form: int, operator: int, given: list[Tlv], settle: Callable[[], None] = nothing) -> FiscalReply:
        document = self.fn.prepare(form, self.now(), [], given)
        self.operator = operator
        self._commit(document, settle, 0)
        return self._reply(document)

    def _clear_cash_counts(self) -> None:
        kept = ("x_count",) if self.empties_drawer() else ("x_count", "cash_kop")
        self._money |= {name: 0 for name in self._money if name not in kept}
        self._sections = {}

    # --- receipt

    def open_receipt(self, kind: int, operator: int, correction: bool = False) -> None:
        """`kind` as tag 1054. Refuses RECEIPT_OPEN, SHIFT_CLOSED, SHIFT_OVER_24H, FN and paper reasons."""
        self._ready()
        if kind not in KINDS or (correction and self.profile.ffd == "1.05" and kind not in (1, 3)):
            raise Refusal(Reason.BAD_PARAMETER, f"kind {kind}")
        self.fn.check(31 if correction else 3, self.now())
        self.operator = operator
        self.receipt = OpenReceipt(kind, operator, correction)
        self._mark_current_document()
        self._keep()

    def add_item(self, item: ItemInput, operator: int | None = None, tlvs: bytes = b"") -> None:
        """Add a line with its tags. Refuses NO_RECEIPT, WRONG_OPERATOR, BAD_PARAMETER, BAD_SUM, TLV_TOO_LONG."""
        receipt = self._opened(operator)
        receipt.add(item)
        if tlvs:
            try:
                receipt.items[-1] = self._bound(receipt.items[-1], tlvs)
            except Refusal:
                receipt.items.pop()
                raise
        self._keep()

    def add_receipt_tlv(self, tlv: bytes) -> None:
        """Tags for the whole receipt. Refuses NO_RECEIPT, BAD_PARAMETER, TLV_TOO_LONG."""
        receipt = self._opened(None)
        given_tags(tlv)
        if len(receipt.tlvs) + len(tlv) > RECEIPT_TLV_LIMIT:
            raise Refusal(Reason.TLV_TOO_LONG)
        receipt.tlvs += tlv
        self._keep()

    def add_item_tlv(self, tlv: bytes) -> None:
        """Tags for the last line. Refuses NO_RECEIPT, WRONG_STATE (no line yet), BAD_PARAMETER, TLV_TOO_LONG."""
        receipt = self._opened(None)
        if not receipt.items:
            raise Refusal(Reason.WRONG_STATE, "no line to bind the tag to")
        receipt.items[-1] = self._bound(receipt.items[-1], tlv)
        self._keep()

    def _bound(self, item: Item, tlv: bytes) -> Item:
        bound = replace(item, tlvs=item.tlvs + tlv)
        given_tags(bound.tlvs)
        if len(encode(documents.item_tags(self.profile, bound))) > ITEM_LIMIT:
            raise Refusal(Reason.TLV_TOO_LONG, f"a line of more than {ITEM_LIMIT} bytes")
        return bound

    def change_total(self, delta_kop: int, operator: int) -> None:
        """A discount (below 0) or surcharge on the lines so far. Refuses as `discounts.spread` does."""
        discounts.spread(self._opened(operator), delta_kop)
        self._keep()

    def undo_change(self, delta_kop: int, operator: int) -> None:
        """Take back a discount (above 0) or surcharge (below). Refuses NOTHING_TO_UNDO, NO_RECEIPT, WRONG_OPERATOR."""
        discounts.undo(self._opened(operator), delta_kop)
        self._keep()

    def storno(self, item: ItemInput, operator: int) -> None:
        """Take back a quantity of an earlier line. Refuses STORNO_TOO_LARGE, NO_RECEIPT, WRONG_OPERATOR."""
        discounts.storno(self._opened(operator), item)
        self._keep()

    def subtotal(self) -> int:
        """Kopecks so far. Refuses NO_RECEIPT."""
        return self._opened(None).subtotal_kop

    def close_receipt(
        self, payments: list[int], rounding_kop: int, tax_system: int, operator: int, text: str = ""
    ) -> Closed:
        """Register the receipt: sixteen payments, 0..99 kopecks off the total, one bit of tag 1055 (0: the default).

        Refuses NO_RECEIPT, EMPTY_RECEIPT, WRONG_OPERATOR, BAD_PARAMETER, NOT_ENOUGH_PAYMENT, NONCASH_OVER_TOTAL,
        NOT_ENOUGH_CASH, SHIFT_OVER_24H, FN and paper reasons; the receipt stays open then.
        """
        self.head.check()
        receipt = self._opened(operator)
        if not receipt.items:
            raise Refusal(Reason.EMPTY_RECEIPT)
        if not 0 <= rounding_kop <= min(99, receipt.subtotal_kop):
            raise Refusal(Reason.BAD_PARAMETER, f"rounding {rounding_kop}")
        total = receipt.subtotal_kop - rounding_kop
        paid = settle(total, payments)
        self._check_drawer(receipt.kind, paid)
        given = given_tags(receipt.tlvs, RECEIPT_TLV_LIMIT) if receipt.tlvs else []
        basis = documents.correction_basis(False, self.now())
        tags = documents.receipt(self.profile, receipt, paid, self._tax_system(tax_system), given, basis)
        own = [make(1054, receipt.kind), make(1020, total)]
        document = self.fn.prepare(31 if receipt.correction else 3, self.now(), own, tags)
        lines = [Line(row[: self.profile.columns]) for row in text.splitlines()]
        self._commit(document, lambda: self._settle(receipt.kind, paid), paid.change, [*receipt.text, *lines])
        shift, order = self.fn.shift_number, self.fn.receipt_in_shift
        return Closed(paid.change, document.fd, document.sign, document.at, shift, order)

    def cancel_receipt(self, operator: int) -> None:
        """Drop the open receipt. Refuses NO_RECEIPT, WRONG_OPERATOR and paper reasons."""
        self.head.check()
        self._opened(operator)
        self.receipt = None
        self._money["cancelled_count"] += 1
        self._mark_current_document()
        self._count_document(operator)
        self._print_document([Line("ЧЕК АННУЛИРОВАН".center(self.profile.columns).rstrip())])

    def correction(self, order: CorrectionInput, operator: int) -> FiscalReply:
        """Form 31 without lines. Refuses UNSUPPORTED for FFD 1.2, where a correction repeats the lines."""
        self._ready()
        if self.profile.ffd != "1.05":
            raise Refusal(Reason.UNSUPPORTED, "in FFD 1.2 a correction is a receipt with lines")
        paid = settle_correction(order)
        self._check_drawer(order.operation, paid)
        basis = documents.correction_basis(order.by_order, self.now())
        system = self._tax_system(order.tax_system)
        tags = documents.correction(self.profile, order, operator, paid, system, basis)
        own = [make(1054, order.operation), make(1020, order.total_kop)]
        document = self.fn.prepare(31, self.now(), own, tags)
        self.operator = operator
        self._commit(document, lambda: self._settle(order.operation, paid), 0)
        return self._reply(document)

    def repeat_document(self, operator: int) -> None:
        """Print the last fiscal document once more. Refuses NOTHING_TO_REPEAT, RECEIPT_OPEN and paper reasons."""
        self._ready()
        if self.fn.last_fd <= self.fn.registrations:
            raise Refusal(Reason.NOTHING_TO_REPEAT)
        self.operator = operator
        copy = Line("ПОВТОР ДОКУМЕНТА".center(self.profile.columns).rstrip())
        self._print_document([copy, *self._form(self.fn.document(self.fn.last_fd))])

    def print_archived(self, fd: int, operator: int) -> None:
        """Print any document of the storage once more. Refuses NO_DOCUMENT, RECEIPT_OPEN and paper reasons."""
        self._ready()
        self.operator = operator
        self._print_document(self._form(self.fn.document(fd)))

    # --- parts

    def _opened(self, operator: int | None) -> OpenReceipt:
        if self.receipt is None:
            raise Refusal(Reason.NO_RECEIPT)
        if operator not in (None, SYSTEM_OPERATOR, self.receipt.operator):
            raise Refusal(Reason.WRONG_OPERATOR, f"opened by operator {self.receipt.operator}")
        return self.receipt

    def _tax_system(self, bits: int) -> int:
        chosen = bits or self.profile.tax_system
        if chosen.bit_count() != 1 or chosen & ~self.profile.tax_systems:
            raise Refusal(Reason.BAD_PARAMETER, f"tax system {bits:#x}")
        return chosen

    def _check_drawer(self, kind: int, paid: Payments) -> None:
        if self.profile.check_drawer_cash and kind in PAYING_OUT and paid.cash > self._money["cash_kop"]:
            raise Refusal(Reason.NOT_ENOUGH_CASH, f"{paid.cash} of {self._money['cash_kop']}")

    def _settle(self, kind: int, paid: Payments) -> None:
        self._money["cash_kop"] += -paid.cash if kind in PAYING_OUT else paid.cash
        for item in self.receipt.items if self.receipt else ():
            self._sections.setdefault(str(item.order.department), [0] * len(KINDS))[kind - 1] += item.sum_kop
        self.receipt = None
        self._mark_current_document()

    def _reply(self, document: Document) -> FiscalReply:
        queue = self.fn.ofd_queue()
        receipt = number(document.tags, 1042)
        shift = self.fn.shift_number
        return FiscalReply(document.fd, document.sign, document.at, shift, receipt, queue.count, queue.first_at)
