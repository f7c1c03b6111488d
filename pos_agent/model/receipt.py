"""A fiscal document as the agent understands it: what the fiscal storage says was registered.

Sums are kopecks, quantities millionths. Times are the printer's own local time (tag 1012), without a zone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

RECEIPT_FORMS = frozenset({3, 4})  # receipt and BSO; corrections (31, 41) earn nothing


class Operation(IntEnum):
    """Tag 1054, признак расчета."""

    SALE = 1  # приход
    SALE_RETURN = 2  # возврат прихода
    PURCHASE = 3  # расход
    PURCHASE_RETURN = 4  # возврат расхода


@dataclass(frozen=True, order=True)
class DocumentId:
    """Identity of a fiscal document: (FN serial, document number). Written FN/FD by people."""

    fn_serial: str
    fd_number: int

    def __str__(self) -> str:
        return f"{self.fn_serial}/{self.fd_number}"

    @classmethod
    def parse(cls, text: str) -> DocumentId:
        """`9999078902001234/102` -> DocumentId. ValueError when it is not of that form."""
        fn_serial, slash, number = text.strip().partition("/")
        if not (slash and fn_serial.isdigit() and number.isdigit()):
            raise ValueError(f"not a document number FN/FD: {text!r}")
        return cls(fn_serial, int(number))


@dataclass(frozen=True)
class ReceiptLine:
    """One item (tag 1059) after discounts, in the document's order. `number` counts from 1."""

    number: int
    name: str
    price_kop: int
    quantity_micro: int
    sum_kop: int
    gtin: str = ""  # 14 digits or "", from 1162/1163


@dataclass(frozen=True)
class FiscalDocument:
    """Any document of the archive; `receipt` only for forms 3 and 4.

    `cashier`: tag 1021, a person's name: it goes no further than the code that the store makes of it.
    """

    id: DocumentId
    form: int
    fpd: int
    at: datetime
    shift: int | None = None
    receipt: Receipt | None = None
    cashier: str = field(default="", repr=False)


@dataclass(frozen=True)
class Receipt:
    """What loyalty looks at in a receipt or a return."""

    operation: Operation
    total_kop: int
    lines: tuple[ReceiptLine, ...]
    number_in_shift: int | None = None
    buyer_contact: str = ""  # tag 1008, "" when absent or "none"
    requisite_name: str = ""  # tag 1085 inside 1084
    requisite_value: str = ""  # tag 1086 inside 1084
    receipt_requisite: str = ""  # tag 1192
    advance_kop: int = 0  # tag 1215: paid with, or given back to, what had been paid before
