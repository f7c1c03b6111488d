"""Limits against abuse (loyalty rules, section 10), judged on the register from its own ledger: offline all the same.

They concern points alone. The fiscal receipt is never refused: what is too much earns or spends nothing, is asked a
code or a senior for, or is only marked in the event for a person to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pos_agent.checkout.at_register import AtRegister, cashier_of, manual_of
from pos_agent.ledger.calendar import instant
from pos_agent.model.events import EntryKind, EventKind, LedgerEvent
from pos_agent.model.receipt import Operation
from pos_agent.rules.basket_values import Basket
from pos_agent.rules.limit_terms import (
    CODE,
    CODE_ATTEMPTS,
    FLAG,
    LATE_CARD,
    ONLY_EARNING,
    ONLY_SPENDING,
    REFUSE,
    SENIOR,
    Limit,
    Limits,
)
from pos_agent.store.repositories import View
from pos_agent.store.session import stamp

HOUR = timedelta(hours=1)
ALL = 10_000  # basis points
PROVISIONAL = "provisional"  # the customer has not confirmed the card yet: earns, does not spend
SPENDING = (*ONLY_SPENDING, PROVISIONAL)


@dataclass(frozen=True)
class Verdict:
    """What is too much now. `yes`: who said that it is all right, CODE or SENIOR, "" = nobody did."""

    broken: tuple[Limit, ...] = ()
    yes: str = ""

    @property
    def earns(self) -> bool:
        """May the receipt earn points?"""
        return not any(self._stops(one) and one.name not in SPENDING for one in self.broken)

    @property
    def spends(self) -> bool:
        """May points be spent in it?"""
        return not any(self._stops(one) and one.name not in ONLY_EARNING for one in self.broken)

    @property
    def asks(self) -> str:
        """What would let the points pass: SENIOR, CODE, or "" when nothing is asked or nothing would."""
        if self.yes or any(one.action == REFUSE for one in self.broken):
            return ""
        wanted = {one.action for one in self.broken}
        return SENIOR if SENIOR in wanted else CODE if CODE in wanted else ""

    def flags(self) -> list[str]:
        """Marks of the event: `limit:<name>:<what was done>`."""
        return [f"limit:{one.name}:{self._done(one)}" for one in self.broken if one.name != PROVISIONAL]

    def applied(self, basket: Basket) -> Basket:
        """The same goods without the points that are too much."""
        flags = (frozenset() if self.earns else {"no_accrue"}) | (frozenset() if self.spends else {"no_spend"})
        if not flags:
            return basket
        lines = tuple(replace(line, flags=line.flags | flags) for line in basket.lines)
        return replace(basket, lines=lines, asked_pt=basket.asked_pt if self.spends else 0)

    def _stops(self, one: Limit) -> bool:
        """A senior may say yes to what asks a code; a code is not enough where a senior is asked."""
        if one.action == FLAG:
            return False
        return one.action == REFUSE or not (self.yes == SENIOR or self.yes == one.action)

    def _done(self, one: Limit) -> str:
        return FLAG if one.action == FLAG else "refused" if self._stops(one) else f"by_{self.yes}"


ALLOWED = Verdict()


@dataclass(frozen=True)
class Seen:
    """What the limits look at. `mine`: sales of the person; `day`: named sales of this register today, others' too.

    `wrong`: wrong codes within so many minutes, asked for only when a limit wants it.
    """

    now: datetime
    register: str
    cards: Collection[str]
    mine: Sequence[LedgerEvent]
    day: Callable[[], Sequence[LedgerEvent]]
    wrong: Callable[[int], int]
    said: AtRegister


def judge(limits: Limits, seen: Seen, yes: str = "") -> Verdict:
    """What this receipt would break. Pure but for what `seen` is asked."""
    return Verdict(tuple(one for one in limits.all if _broken(one, seen)), yes)


def seen_by(view: View, customer: str, register: str, now: datetime, said: AtRegister) -> Seen:
    """Read off the ledger. `now` is aware, in the store's zone."""
    events = [chained.event for chained in view.ledger.by_customer(customer)]
    cards = {one.customer or "" for one in events} | {customer}
    today = now.date().isoformat()

    def of_day() -> Sequence[LedgerEvent]:
        rows = (chained.event for chained in view.ledger.of_day(today))
        return [one for one in rows if one.register == register and one.customer and is_sale(one)]

    def wrong(minutes: int) -> int:
        return view.confirmations.wrong_since(stamp(now - timedelta(minutes=minutes)), register, cards)

    return Seen(now, register, cards, [one for one in events if is_sale(one)], of_day, wrong, said)


def is_sale(event: LedgerEvent) -> bool:
    """A sale receipt."""
    return event.kind is EventKind.RECEIPT and event.facts.get("operation") == int(Operation.SALE)


def quick_return(limits: Limits, sold_at: str, now: datetime) -> list[str]:
    """Marks of a return: it came within minutes of its sale. A return is never held back."""
    limit = limits.get("quick_return")
    if limit is None or not timedelta(0) <= now - instant(sold_at) < timedelta(minutes=limit.minutes):
        return []
    return Verdict((limit,)).flags()


def _broken(limit: Limit, seen: Seen) -> bool:
    if limit.name == LATE_CARD:
        return seen.said.late
    if limit.name == CODE_ATTEMPTS:
        return seen.wrong(limit.minutes) >= limit.most
    if limit.name == "cashier_share":
        receipts = _of_cashier(seen)
        return _too_large(limit, sum(one.customer in seen.cards for one in receipts), len(receipts))
    if limit.name == "manual_share":
        receipts = _of_cashier(seen)
        return seen.said.manual and _too_large(limit, sum(manual_of(one.facts) for one in receipts), len(receipts))
    return _counted(limit, seen) >= limit.most


def _counted(limit: Limit, seen: Seen) -> int:
    """Earlier receipts of the person that count against the limit."""
    kind = {"accruals": EntryKind.ACCRUE, "spends": EntryKind.SPEND}.get(limit.name.partition("_")[0])
    if limit.name.endswith("_day"):
        today = seen.now.date().isoformat()
        near = [one for one in seen.mine if one.business_date == today]
    else:
        near = [one for one in seen.mine if timedelta(0) <= seen.now - instant(one.at) < HOUR]
    if kind is None:
        return sum(one.register == seen.register for one in near)
    return sum(any(entry.kind is kind for entry in one.entries) for one in near)


def _of_cashier(seen: Seen) -> list[LedgerEvent]:
    return [one for one in seen.day() if cashier_of(one.facts) == seen.said.cashier]


def _too_large(limit: Limit, same: int, whole: int) -> bool:
    """This receipt is one more of both."""
    return whole + 1 >= limit.least and (same + 1) * ALL > limit.most * (whole + 1)
