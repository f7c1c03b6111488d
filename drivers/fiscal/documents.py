"""Fiscal documents as typed values: what the till, the ledger and the slip need, built from TLV.

Sums are kopecks, quantities millionths, times the printer's own local time without a zone. Nothing is invented: an
absent tag is None, "" or (). Whether a document is right is not decided here but in `drivers.fiscal.findings`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from drivers.fiscal.tlv import Tag


@dataclass(frozen=True)
class FiscalDocument:
    """What every form has. `ffd` is the value of 1209 (0 = absent, FFD 1.0); `fd_number` 0 = absent."""

    form: int
    name: str
    ffd: int
    fn_serial: str
    fd_number: int
    fpd: int | None
    at: datetime | None
    inn: str
    rnm: str
    shift: int | None
    cashier: str
    tags: tuple[Tag, ...]


@dataclass(frozen=True)
class Item:
    """One line, tag 1059, prices and sum after discounts. `number` counts from 1; `gtin` is 14 digits or ""."""

    number: int
    name: str
    price_kop: int
    quantity_micro: int
    sum_kop: int
    vat: int | None  # tag 1199
    method: int | None  # tag 1214
    subject: int | None  # tag 1212
    measure: int | None  # tag 2108
    gtin: str
    quantity: Decimal | None  # exact, as written; None when absent
    tags: tuple[Tag, ...]


@dataclass(frozen=True)
class Payments:
    """How the receipt was paid, kopecks. Change is not in TLV: `cash_kop` is what the till keeps."""

    cash_kop: int = 0  # 1031
    cashless_kop: int = 0  # 1081
    advance_kop: int = 0  # 1215
    credit_kop: int = 0  # 1216
    provision_kop: int = 0  # 1217

    @property
    def total_kop(self) -> int:
        """Their sum: equals the receipt's total."""
        return self.cash_kop + self.cashless_kop + self.advance_kop + self.credit_kop + self.provision_kop


@dataclass(frozen=True)
class VatTotal:
    """Receipt total of one rate. `rate` is a code of 1199; for codes 5 and 6 the sum is turnover, not tax."""

    rate: int
    sum_kop: int


@dataclass(frozen=True)
class Receipt(FiscalDocument):
    """Receipt or BSO (forms 3, 4), sale or return by `operation` (tag 1054, 1..4; None = absent)."""

    operation: int | None
    total_kop: int
    number_in_shift: int | None
    tax_system: int | None
    items: tuple[Item, ...]
    payments: Payments
    vat: tuple[VatTotal, ...]
    buyer_contact: str  # tag 1008; "" when absent or "none"
    requisite_name: str  # 1085 inside 1084
    requisite_value: str  # 1086 inside 1084
    receipt_requisite: str  # 1192

    @property
    def is_return(self) -> bool:
        """True for возврат прихода and возврат расхода."""
        return self.operation in (2, 4)


@dataclass(frozen=True)
class Correction(Receipt):
    """Correction receipt (31, 41). In FFD 1.05 it has no items. `basis_at` is a date (midnight)."""

    correction_type: int | None  # 1173
    basis_at: datetime | None  # 1178
    basis_number: str  # 1179


@dataclass(frozen=True)
class ShiftOpen(FiscalDocument):
    """Form 2. `warnings`: raised tags among 1050..1053."""

    kkt_version: str
    warnings: frozenset[int]


@dataclass(frozen=True)
class ShiftClose(FiscalDocument):
    """Form 5. `receipts` counts receipts, BSO and corrections, `documents` everything in the shift, forms 2 and 5
    included; `key_days` is the resource of the storage's keys."""

    receipts: int | None
    documents: int | None
    unsent: int | None
    first_unsent_at: datetime | None
    key_days: int | None
    warnings: frozenset[int]


@dataclass(frozen=True)
class Registration(FiscalDocument):
    """Forms 1 and 11. `tax_systems` and `change_reasons` are bit masks (1062, 1205)."""

    user: str
    address: str
    place: str
    kkt_serial: str
    tax_systems: int | None
    ofd_inn: str
    offline: bool
    change_reasons: int | None
