"""Lots of points and the order in which they are used up (loyalty rules, section 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

HoldKey = tuple[str, str]  # (register, customer to whom it was granted)


@dataclass(frozen=True)
class Lot:
    """A lot after the fold. `left_pt` is active or, when `pending`, not usable yet; `expired_pt` went to breakage.

    `held_pt` is kept for registers. `expires` is the first day it cannot be used, None = never. `event` opened it,
    for `customer` (whose card may have been merged into another since). `merchant` gave the points.
    """

    id: str
    event: str
    amount_pt: int
    earned: date
    active_from: date
    expires: date | None
    left_pt: int
    pending: bool
    expired_pt: int = 0
    held_pt: int = 0
    customer: str = ""
    merchant: str = ""

    @property
    def usable_pt(self) -> int:
        """What can be spent from it now, anywhere."""
        return 0 if self.pending else self.left_pt


@dataclass
class OpenLot:
    """A lot inside the fold; `reversed_pt` is what returns have taken back on its account, wherever it was found.

    `owner` has it now, `customer` had it opened. `held`: what of it is kept for whom, never in `left_pt`.
    """

    id: str
    event: str
    owner: str
    amount_pt: int
    earned: date
    active_from: date
    expires: date | None
    customer: str = ""
    merchant: str = ""
    left_pt: int = 0
    pending: bool = False
    expired_pt: int = 0
    reversed_pt: int = 0
    held: dict[HoldKey, int] = field(default_factory=dict)

    def frozen(self) -> Lot:
        """The value that leaves the fold."""
        return Lot(
            id=self.id,
            event=self.event,
            amount_pt=self.amount_pt,
            earned=self.earned,
            active_from=self.active_from,
            expires=self.expires,
            left_pt=self.left_pt,
            pending=self.pending,
            expired_pt=self.expired_pt,
            held_pt=sum(self.held.values()),
            customer=self.customer,
            merchant=self.merchant,
        )


def consumption_order(lots: Iterable[OpenLot]) -> list[OpenLot]:
    """Nearest expiry (never = last), then earlier earned, then id."""
    return sorted(lots, key=lambda lot: (lot.expires or date.max, lot.earned, lot.id))
