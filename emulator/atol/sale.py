"""A receipt while the host builds it: what the device core does not hold between two commands (section 3.4).

It lives in memory: a power cut forgets a half-made item, collected requisites and payments; the receipt with its
finished items stays in the device.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from emulator.atol.errors import NONCASH_ABOVE_TOTAL, PAID_TOO_LITTLE, STORNO_ABOVE_PAID, WRONG_PAYMENT, CommandError

ITEM = 1059
RECEIPTS = {3, 4, 31, 41}
CASH = 1
PLACE = {1: 0, 2: 1, 3: 13, 4: 14, 5: 15}
"""Payment type -> place among the sixteen payments of the device: cash, electronic, advance, credit, other."""


@cache
def _tags() -> dict[int, tuple[frozenset[int], bool]]:
    table = tomllib.loads(files("drivers.spec").joinpath("ffd_tags.toml").read_text("utf-8"))
    return {
        int(tag): (frozenset(row.get("parents", ())), bool(row.get("multiple")))
        for tag, row in table.items()
        if tag.isdigit()
    }


def is_item_tag(tag: int) -> bool:
    """The tag may stand inside 1059."""
    return ITEM in _tags().get(tag, (frozenset(), False))[0]


def is_receipt_tag(tag: int) -> bool:
    """The tag may stand in a receipt outside its lines."""
    return bool(RECEIPTS & _tags().get(tag, (frozenset(), False))[0])


def may_repeat(tag: int) -> bool:
    """The tag may stand more than once."""
    return _tags().get(tag, (frozenset(), False))[1]


@dataclass
class Sale:
    """State of one open receipt. ``paid``: payment type 1..5 -> kopecks accepted by 99h."""

    paperless: bool = False
    item_open: bool = False
    item_tlvs: bytes = b""
    receipt_tags: set[int] = field(default_factory=set)
    item_tags: set[int] = field(default_factory=set)
    paid: dict[int, int] = field(default_factory=dict)
    discounted: bool = False

    def begin_item(self) -> None:
        """EAh: requisites of the item are collected from now on."""
        self.item_open, self.item_tlvs, self.item_tags = True, b"", set()

    def end_item(self) -> None:
        """EBh has made the item."""
        self.item_open, self.item_tlvs, self.item_tags = False, b"", set()

    def pay(self, kind: int, kop: int, total: int) -> tuple[int, int]:
        """Accept a payment; returns the remainder and the change, kopecks. Refuses 7Eh, 71h."""
        after = self._with(kind, kop, total)
        self.paid = after
        return self.left(total)

    def unpay(self, kind: int, kop: int, total: int) -> tuple[int, int]:
        """Take a payment back. Refuses 7Eh, 70h."""
        if kind not in PLACE:
            raise CommandError(WRONG_PAYMENT)
        if kop > self.paid.get(kind, 0):
            raise CommandError(STORNO_ABOVE_PAID)
        self.paid = {**self.paid, kind: self.paid[kind] - kop}
        return self.left(total)

    def left(self, total: int) -> tuple[int, int]:
        """Remainder and change."""
        balance = total - sum(self.paid.values())
        return max(0, balance), max(0, -balance)

    def closing(self, kind: int, kop: int, total: int) -> list[int]:
        """Sixteen payments that close the receipt; sum 0 is exactly the remainder. Refuses 7Eh, 71h, 72h."""
        paid = self._with(kind, kop or self.left(total)[0], total)
        if sum(paid.values()) < total:
            raise CommandError(PAID_TOO_LITTLE)
        sums = [0] * 16
        for each, amount in paid.items():
            sums[PLACE[each]] = amount
        return sums

    def _with(self, kind: int, kop: int, total: int) -> dict[int, int]:
        if kind not in PLACE:
            raise CommandError(WRONG_PAYMENT)
        paid = {**self.paid, kind: self.paid.get(kind, 0) + kop}
        if sum(amount for each, amount in paid.items() if each != CASH) > total:
            raise CommandError(NONCASH_ABOVE_TOTAL)
        return paid
