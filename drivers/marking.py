"""Marked goods on a printer that sells: codes are checked before the receipt is opened, bound with their item.

The order is that of the registers: a code is checked and accepted (its wrong order is an error of its own, and a code
nobody checked cannot be bound), then the item is registered and the code is bound to it at once. A check registers
nothing and may be begun again at any time, with all that was accepted before cleared. Source: Shtrih notes, sections
2.8 and 3.4; JSON tasks notes, sections 3 and 3.2; fiscal notes, section 2.5.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol, runtime_checkable

from drivers.api import Outcome
from drivers.fiscal.tlv import build, encode
from drivers.selling import FiscalItem
from drivers.service import MarkVerdict

MICRO = 1_000_000
PIECES = 0  # tag 2108


@runtime_checkable
class MarkChecker(Protocol):
    """What a printer does with codes before a receipt. A lost answer is never repeated: clear, then check afresh."""

    def mark_clear(self) -> Outcome[None]:
        """Forget codes that wait or were accepted, as far as the device can [STEP]."""

    def mark_check(self, code: bytes, planned: int, tlv: bytes = b"") -> Outcome[MarkVerdict]:
        """Check one code, up to 40 s; `planned` is tag 2003, `tlv` as `check_tlv` [STEP]."""

    def mark_accept(self, accept: bool) -> Outcome[int]:
        """Take or drop the code checked last; tag 2106 [STEP]."""


def check_tlv(item: FiscalItem) -> bytes:
    """What a check is told besides the code: 2108 and 1023 of a part of a pack or of measured goods, else nothing."""
    mark = item.mark
    if mark is None or not (mark.measured or mark.part):
        return b""
    quantity = Decimal(item.quantity_micro) / MICRO
    return encode((build(2108, item.measure or PIECES), build(1023, quantity, parent=1059)))


def item_tlv(item: FiscalItem) -> bytes:
    """The item's own TLVs, 1291 of a part of a pack after them."""
    if item.mark is None or item.mark.part is None:
        return item.tlv
    over, under = item.mark.part
    return item.tlv + encode((build(1291, (build(1292, f"{over}/{under}"), build(1293, over), build(1294, under))),))
