"""Points of one person while the fold runs: lots, debts, what each spend took. Every step is posted in the book.

One person may have had several cards: customers joined by merges share a wallet, each lot and debt has an owner, and a
merge changes owners (loyalty rules, section 10).
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import date

from pos_agent.ledger.accounts import MERGE, REPAY, SETTLE, Accounts, Book, hold_account, settlement_account
from pos_agent.ledger.lots import HoldKey, OpenLot, consumption_order
from pos_agent.model.events import EntryKind

_EXPIRE, _ACTIVATE = 0, 1  # order of what happens at the start of a day


@dataclass
class Take:
    """What a spend took from one lot and how much of it has gone back."""

    lot: OpenLot
    amount_pt: int
    back_pt: int = 0


@dataclass
class Spend:
    """One document's spend: `takes` in the order of consumption, later repayments of its shortfall included."""

    amount_pt: int = 0
    restored_pt: int = 0
    merchant: str = ""
    takes: list[Take] = field(default_factory=list)


@dataclass
class Debt:
    """Points owed. `spend` when a spend fell short (its return forgives first what is still owed), None otherwise."""

    owner: str
    amount_pt: int
    spend: Spend | None = None


class Wallet:
    """State of one person in one program. Amounts are hundredths >= 0; days only go forward."""

    def __init__(self, program: str) -> None:
        self.program = program
        self.common = Accounts("", program)  # of the program; only its `prog/` accounts are used
        self.book = Book()
        self.lots: dict[str, OpenLot] = {}
        self.debts: list[Debt] = []
        self.spends: dict[str, Spend] = {}  # event id -> what it spent
        self._into: dict[str, str] = {}  # merged customer -> where all of it went
        self._calendar: list[tuple[date, int, str]] = []

    def owner(self, customer: str) -> str:
        """Who has the customer's points now: itself, or the survivor of its merges."""
        while customer in self._into:
            customer = self._into[customer]
        return customer

    def usable(self, owner: str) -> list[OpenLot]:
        """Lots that can be spent anywhere, in consumption order."""
        return consumption_order(
            lot for lot in self.lots.values() if lot.owner == owner and lot.left_pt and not lot.pending
        )

    def open_lot(self, kind: EntryKind, source: str, lot: OpenLot, day: date) -> None:
        """New points from `source`, pending until their day; a life that is over already ends in breakage at once."""
        self.lots[lot.id] = lot
        if lot.expires is not None and lot.expires <= day:
            self.book.transfer(kind, source, self.common.breakage, lot.amount_pt, lot.id)
            lot.expired_pt = lot.amount_pt
            return
        lot.pending = lot.active_from > day
        if lot.expires is not None:
            heapq.heappush(self._calendar, (lot.expires, _EXPIRE, lot.id))
        if lot.pending:
            heapq.heappush(self._calendar, (lot.active_from, _ACTIVATE, lot.id))
        self.put(kind, source, lot, lot.amount_pt)

    def put(self, kind: EntryKind, source: str, lot: OpenLot, amount_pt: int) -> None:
        """Points into a lot; a debt takes its share at once."""
        self.book.transfer(kind, source, self.account_of(lot), amount_pt, lot.id)
        lot.left_pt += amount_pt
        self.repay(lot, amount_pt)

    def draw(self, kind: EntryKind, target: str, lot: OpenLot, amount_pt: int) -> int:
        """Points out of a lot, at most what is left; how much it was."""
        taken = min(amount_pt, lot.left_pt)
        self.book.transfer(kind, self.account_of(lot), target, taken, lot.id)
        lot.left_pt -= taken
        return taken

    def take(self, spend: Spend, lot: OpenLot, amount_pt: int) -> None:
        """The spend has used points of this lot; another merchant's points are settled with the one who took them."""
        if amount_pt:
            spend.takes.append(Take(lot, amount_pt))
            self.settle(spend, lot, amount_pt)

    def settle(self, spend: Spend, lot: OpenLot, amount_pt: int) -> None:
        """SETTLE: `amount_pt` > 0 when the lot was used, < 0 when it got points back."""
        if not spend.merchant or not lot.merchant or spend.merchant == lot.merchant:
            return
        source, target = self.common.redeemed, settlement_account(spend.merchant)
        if amount_pt < 0:
            source, target = target, source
        self.book.transfer(SETTLE, source, target, abs(amount_pt), lot.id, spend.merchant)

    def owe(self, kind: EntryKind, target: str, owner: str, amount_pt: int, spend: Spend | None = None) -> None:
        """A shortfall: the customer owes it to the program."""
        if amount_pt:
            self.book.transfer(kind, self.accounts(owner).debt, target, amount_pt)
            self.debts.append(Debt(owner, amount_pt, spend))

    def repay(self, lot: OpenLot, came_pt: int) -> None:
        """What came into the lot pays its owner's debts, oldest first. A spend whose shortfall is paid has taken from
        this lot.
        """
        for debt in [debt for debt in self.debts if debt.owner == lot.owner]:
            paid = min(debt.amount_pt, came_pt)
            came_pt -= paid
            self.book.transfer(REPAY, self.account_of(lot), self.accounts(lot.owner).debt, paid, lot.id)
            lot.left_pt -= paid
            debt.amount_pt -= paid
            if debt.spend is not None:
                self.take(debt.spend, lot, paid)
        self.debts = [debt for debt in self.debts if debt.amount_pt]

    def merge(self, gone: str, into: str) -> None:
        """All of one owner goes to another, holds stay where they are; then usable points pay what is owed."""
        self._into[gone] = into
        old, new = self.accounts(gone), self.accounts(into)
        for lot in sorted((lot for lot in self.lots.values() if lot.owner == gone), key=lambda lot: lot.id):
            source = self.account_of(lot)
            lot.owner = into
            self.book.transfer(MERGE, source, self.account_of(lot), lot.left_pt, lot.id)
        for debt in self.debts:
            if debt.owner == gone:
                self.book.transfer(MERGE, new.debt, old.debt, debt.amount_pt)
                debt.owner = into
        for lot in self.usable(into):
            self.repay(lot, lot.left_pt)

    def start_day(self, day: date) -> None:
        """What dates do up to the morning of `day`: of each day first expiry, then activation, by lot id."""
        while self._calendar and self._calendar[0][0] <= day:
            when, what, lot_id = heapq.heappop(self._calendar)
            lot, event, on = self.lots[lot_id], self.book.event, self.book.day
            if what == _EXPIRE:
                self.book.open_page(f"expire:{lot_id}", when)
                self._expire(lot)
            elif lot.pending:
                self.book.open_page(f"active:{lot_id}", when)
                self._activate(lot)
            self.book.open_page(event, on)

    def accounts(self, owner: str) -> Accounts:
        """The owner's accounts."""
        return Accounts(owner, self.program)

    def account_of(self, lot: OpenLot) -> str:
        """The account that holds what is left of the lot."""
        names = self.accounts(lot.owner)
        return names.pending if lot.pending else names.active

    def _expire(self, lot: OpenLot) -> None:
        """All that is left, kept for registers too, goes to breakage."""
        lot.expired_pt += self.draw(EntryKind.EXPIRE, self.common.breakage, lot, lot.left_pt)
        for key in sorted(lot.held):
            lot.expired_pt += self.release(EntryKind.EXPIRE, self.common.breakage, lot, key, lot.held[key])

    def release(self, kind: EntryKind, target: str, lot: OpenLot, key: HoldKey, amount_pt: int) -> int:
        """Points out of a hold, at most what is kept of this lot; how much it was."""
        taken = min(amount_pt, lot.held.get(key, 0))
        self.book.transfer(kind, hold_account(*key), target, taken, lot.id)
        if taken:
            lot.held[key] -= taken
            if not lot.held[key]:
                del lot.held[key]
        return taken

    def _activate(self, lot: OpenLot) -> None:
        names = self.accounts(lot.owner)
        self.book.transfer(EntryKind.ACTIVATE, names.pending, names.active, lot.left_pt, lot.id)
        lot.pending = False
        self.repay(lot, lot.left_pt)
