"""The face of a printer that registers receipts, beside the watching one in `drivers.api`.

Pure values: no I/O, no clock. Sums are kopecks, quantities millionths.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from drivers.api import Outcome


class ReceiptKind(Enum):
    """What is being registered; the value is tag 1054."""

    SALE = 1
    SALE_RETURN = 2
    PURCHASE = 3
    PURCHASE_RETURN = 4


PLANNED = frozenset({1, 2, 3, 4, 255})  # tag 2003
MEASURED = frozenset({2, 4})
LONGEST_MARK = 256  # tag 2000


@dataclass(frozen=True)
class MarkCode:
    """The code on the pack of a marked item, FFD 1.2: 1..256 bytes as scanned, GS (1Dh) between its groups.

    `planned` is tag 2003: 1 piece sold, 2 measured goods being sold, 3 and 4 the same returned, 255 unchanged.
    `part`: how much of the pack, (1, 3) = a third, tag 1291; the item's quantity is then 1. ValueError for anything
    else. The code is not in `repr`: no log and no traceback shows it.
    """

    code: bytes = field(repr=False)
    planned: int = 1
    part: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.code) <= LONGEST_MARK:
            raise ValueError(f"a marking code has 1..{LONGEST_MARK} bytes, not {len(self.code)}")
        if self.planned not in PLANNED:
            raise ValueError(f"planned status {self.planned} is none of {sorted(PLANNED)}")
        if self.part is not None and not 0 < self.part[0] < self.part[1]:
            raise ValueError(f"a part of a pack is less than the whole, not {self.part[0]}/{self.part[1]}")

    @property
    def measured(self) -> bool:
        """Sold by measure: neither by the piece nor as a part of a pack."""
        return self.planned in MEASURED and self.part is None


@dataclass(frozen=True)
class FiscalItem:
    """One item to register, discounts already in the price: `sum_kop` = half_up(price x quantity).

    `vat` is a code of tag 1199 (1..12), `method` of 1214, `subject` of 1212, `measure` of 2108 (None = not given).
    `tlv` are whole TLVs bound to this item (1162, 1163, 1191, ...), "" when none. `mark`: the code of a marked item,
    checked before (see `drivers.marking`).
    """

    name: str
    price_kop: int
    quantity_micro: int
    sum_kop: int
    vat: int
    method: int = 4
    subject: int = 1
    department: int = 0
    measure: int | None = None
    tlv: bytes = b""
    mark: MarkCode | None = None


@dataclass(frozen=True)
class Tender:
    """How a receipt is paid, kopecks. Cash may exceed the total (change); the others may not."""

    cash_kop: int = 0
    cashless_kop: int = 0
    advance_kop: int = 0
    credit_kop: int = 0
    provision_kop: int = 0


@dataclass(frozen=True)
class Registered:
    """The device's answer to a closed receipt, shift or report; `at` when it tells."""

    fd_number: int
    fpd: int
    change_kop: int = 0
    at: datetime | None = None


class FiscalSeller(Protocol):
    """What a printer must do besides watching to register receipts. One command a method; effects in brackets.

    A STEP or COMMIT whose outcome is unknown is never repeated by the driver: the caller resolves. Values that no
    device could take are a ValueError before a byte is sent.
    """

    def takes(self, items: Sequence[FiscalItem], lang: str = "ru") -> str | None:
        """To be asked before `receipt_open`, sends nothing: why this device cannot register these items, None = it can.

        One sentence in `ru` or `en` that names what to do instead (another rate, another backend).
        """

    def receipt_open(self, kind: ReceiptKind) -> Outcome[None]:
        """Open a fiscal document [STEP]."""

    def receipt_item(self, kind: ReceiptKind, item: FiscalItem) -> Outcome[None]:
        """Register one item, its own TLVs, its marking code [STEP]. Refused by a later one: the item is in, bare."""

    def receipt_tlv(self, tlv: bytes) -> Outcome[None]:
        """Whole TLVs for the receipt (1008, 1084, ...) [STEP]."""

    def receipt_subtotal(self) -> Outcome[int]:
        """Kopecks of the open receipt [QUERY]."""

    def receipt_close(self, tender: Tender, tax_system: int) -> Outcome[Registered]:
        """Register it in the fiscal storage [COMMIT]. `tax_system`: one bit of tag 1055, 0 = the registered one."""

    def receipt_cancel(self) -> Outcome[None]:
        """Drop the open receipt; nothing was registered [STEP]."""

    def shift_open(self) -> Outcome[Registered | None]:
        """Open a shift [COMMIT]. None: the device does not tell the document; read the storage."""

    def shift_close(self) -> Outcome[Registered | None]:
        """Z report: close the shift [COMMIT]."""

    def x_report(self) -> Outcome[None]:
        """Report without clearing [PRINT]."""

    def cash_in(self, kop: int) -> Outcome[None]:
        """Put money in [COMMIT: a repeat would be counted twice]."""

    def cash_out(self, kop: int) -> Outcome[None]:
        """Take money out [COMMIT]."""
