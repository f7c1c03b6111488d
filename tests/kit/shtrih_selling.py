"""What selling tests share: one call per command, and what a register says to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drivers.selling import FiscalItem, ReceiptKind, Tender
from drivers.shtrih.printer import ShtrihPrinter

SALE = ReceiptKind.SALE
BUN = FiscalItem("Булочка", 8000, 1_000_000, 8000, vat=6, department=1)
AGENT = bytes.fromhex("C604010001")
MAIL = bytes.fromhex("F00306006140622E7275")

Act = Callable[[ShtrihPrinter], Any]
ACTS: dict[str, Act] = {
    "E0": lambda printer: printer.shift_open(),
    "41": lambda printer: printer.shift_close(),
    "40": lambda printer: printer.x_report(),
    "8D": lambda printer: printer.receipt_open(SALE),
    "FF46": lambda printer: printer.receipt_item(SALE, BUN),
    "FF0C": lambda printer: printer.receipt_tlv(MAIL),
    "88": lambda printer: printer.receipt_cancel(),
    "FF45": lambda printer: printer.receipt_close(Tender(cash_kop=100), 1),
    "50": lambda printer: printer.cash_in(100),
    "51": lambda printer: printer.cash_out(100),
}
ANSWERS = {
    **dict.fromkeys(("E0", "41", "40", "8D", "88"), "00 1E"),
    **dict.fromkeys(("FF46", "FF4D", "FF0C"), "00"),
    **dict.fromkeys(("50", "51"), "00 1E 07 00"),
    "89": "00 1E A0 0F 00 00 00",
    "FF40": "00 00 34 01 05 00",
    "FF45": "00 00 00 00 00 00 B3 60 03 00 DB 45 DB 70",
}


def tlv(tag: int, size: int) -> bytes:
    """A TLV of zeros."""
    return tag.to_bytes(2, "little") + size.to_bytes(2, "little") + bytes(size)
