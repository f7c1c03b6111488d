"""Double entry: accounts, postings and the book that keeps them (loyalty rules, section 10).

"From" is lowered and "to" is raised: `issued` and `adjust` are sources and go below zero, `debt` holds minus what the
customer owes. All other accounts never go below zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

# Computed by the fold, never an entry of an event:
REPAY = "REPAY"  # points that came in pay a debt
MERGE = "MERGE"  # all of one customer goes to another
SETTLE = "SETTLE"  # points of one merchant were spent at another


@dataclass(frozen=True)
class Posting:
    """One account moved by one step of one event, in hundredths; the postings of an event sum to zero.

    `event` is the event's id, or `expire:<lot>` / `active:<lot>` for what a date does. `lot` is the lot moved, "" for
    movements without one. `at` is the merchant where points were spent, of SETTLE only.
    """

    event: str
    day: date
    kind: str
    account: str
    amount_pt: int
    lot: str = ""
    at: str = ""


@dataclass(frozen=True)
class Accounts:
    """Names of the accounts of one customer in one program."""

    customer: str
    program: str

    @property
    def pending(self) -> str:
        return f"cust/{self.customer}/pending"

    @property
    def active(self) -> str:
        return f"cust/{self.customer}/active"

    @property
    def debt(self) -> str:
        return f"cust/{self.customer}/debt"

    @property
    def issued(self) -> str:
        return f"prog/{self.program}/issued"

    @property
    def redeemed(self) -> str:
        return f"prog/{self.program}/redeemed"

    @property
    def breakage(self) -> str:
        return f"prog/{self.program}/breakage"

    @property
    def adjust(self) -> str:
        return f"prog/{self.program}/adjust"


def hold_account(register: str, customer: str) -> str:
    """Points kept for a register; a merge of cards does not rename it."""
    return f"hold/{register}/{customer}"


def settlement_account(partner: str) -> str:
    """What the program owes a merchant who gave goods for points of others."""
    return f"partner/{partner}/settlement"


class Book:
    """Postings in the order they were made. `event` and `day` are set by whoever applies an event."""

    def __init__(self) -> None:
        self.postings: list[Posting] = []
        self.event = ""
        self.day = date.min

    def open_page(self, event: str, day: date) -> None:
        """What follows belongs to this event."""
        self.event, self.day = event, day

    def transfer(self, kind: str, source: str, target: str, amount_pt: int, lot: str = "", at: str = "") -> None:
        """Move `amount_pt` >= 0 from one account to another; nothing is written for 0."""
        if amount_pt < 0:
            raise ValueError("a transfer moves a non-negative amount")
        if amount_pt:
            self.postings.append(Posting(self.event, self.day, kind, source, -amount_pt, lot, at))
            self.postings.append(Posting(self.event, self.day, kind, target, amount_pt, lot, at))


def account_sums(postings: Iterable[Posting]) -> dict[str, int]:
    """Account -> hundredths, of all postings."""
    sums: dict[str, int] = {}
    for posting in postings:
        sums[posting.account] = sums.get(posting.account, 0) + posting.amount_pt
    return sums
