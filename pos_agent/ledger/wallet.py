"""One customer's points while the fold runs: lots, debts, what each spend took. Every step is posted in the book."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import date

from pos_agent.ledger.accounts import REPAY, Accounts, Book
from pos_agent.ledger.lots import OpenLot
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
    takes: list[Take] = field(default_factory=list)


@dataclass
class Debt:
    """Points owed. `spend` when a spend fell short (its return forgives first what is still owed), None otherwise."""

    amount_pt: int
    spend: Spend | None = None


class Wallet:
    """State of one customer in one program. Amounts are hundredths >= 0; days only go forward."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self.book = Book()
        self.lots: dict[str, OpenLot] = {}
        self.debts: list[Debt] = []
        self.spends: dict[str, Spend] = {}  # event id -> what it spent
        self._calendar: list[tuple[date, int, str]] = []

    def open_lot(self, kind: EntryKind, source: str, lot: OpenLot, day: date) -> None:
        """New points from `source`, pending until their day; a life that is over already ends in breakage at once."""
        self.lots[lot.id] = lot
        if lot.expires is not None and lot.expires <= day:
            self.book.transfer(kind, source, self.accounts.breakage, lot.amount_pt, lot.id)
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

    def owe(self, kind: EntryKind, target: str, amount_pt: int, spend: Spend | None = None) -> None:
        """A shortfall: the customer owes it to the program."""
        if amount_pt:
            self.book.transfer(kind, self.accounts.debt, target, amount_pt)
            self.debts.append(Debt(amount_pt, spend))

    def repay(self, lot: OpenLot, came_pt: int) -> None:
        """What came into the lot pays debts, oldest first. A spend whose shortfall is paid has taken from this lot."""
        while self.debts and came_pt:
            debt = self.debts[0]
            paid = min(debt.amount_pt, came_pt)
            came_pt -= paid
            self.book.transfer(REPAY, self.account_of(lot), self.accounts.debt, paid, lot.id)
            lot.left_pt -= paid
            debt.amount_pt -= paid
            if debt.spend is not None:
                debt.spend.takes.append(Take(lot, paid))
            if not debt.amount_pt:
                self.debts.pop(0)

    def start_day(self, day: date) -> None:
        """What dates do up to the morning of `day`: of each day first expiry, then activation, by lot id."""
        while self._calendar and self._calendar[0][0] <= day:
            when, what, lot_id = heapq.heappop(self._calendar)
            lot, event, on = self.lots[lot_id], self.book.event, self.book.day
            if what == _EXPIRE:
                self.book.open_page(f"expire:{lot_id}", when)
                lot.expired_pt += self.draw(EntryKind.EXPIRE, self.accounts.breakage, lot, lot.left_pt)
            elif lot.pending:
                self.book.open_page(f"active:{lot_id}", when)
                self._activate(lot)
            self.book.open_page(event, on)

    def account_of(self, lot: OpenLot) -> str:
        """The account that holds what is left of the lot."""
        return self.accounts.pending if lot.pending else self.accounts.active

    def _activate(self, lot: OpenLot) -> None:
        self.book.transfer(EntryKind.ACTIVATE, self.accounts.pending, self.accounts.active, lot.left_pt, lot.id)
        lot.pending = False
        self.repay(lot, lot.left_pt)
