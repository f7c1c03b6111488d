"""One customer in one world: points, level metric, visits and stamps before the next receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from pos_agent.checkout.standing import ladder
from pos_agent.ledger.calendar import lot_dates
from pos_agent.model.loyalty import CustomerSnapshot
from pos_agent.money import MICRO, returned_part
from pos_agent.rules.basket_values import BasketLine
from pos_agent.rules.level_policy import course, first_day
from pos_agent.rules.levels import Policy, level_of
from pos_agent.rules.values import AccrueRule, Rules
from pos_agent.simulate.lots import Lots, SimLot
from pos_agent.simulate.purchases import Purchases


@dataclass(frozen=True)
class SoldLine:
    """A line as it was sold in this world; sums of the whole line."""

    quantity_micro: int
    gross_kop: int
    discount_kop: int
    points_kop: int
    net_kop: int
    spent_pt: int
    accrued_pt: int


@dataclass
class Sold:
    """A sale that a return will name. `cards`: what it put on stamp cards, as the ledger's facts have it.

    `names`: what goods a return that only names the sale is matched by (GTIN, else name).
    """

    id: str
    day: date
    net_kop: int
    lines: Mapping[int, SoldLine]
    cards: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    back_micro: dict[int, int] = field(default_factory=dict)
    back_kop: int = 0
    returned: bool = False

    def fits(self, pieces: Sequence[tuple[int, int]]) -> bool:
        """Are these pieces of its lines, and not more than are left?"""
        return bool(pieces) and all(
            number in self.lines and 0 < micro <= self.lines[number].quantity_micro - self.back_micro.get(number, 0)
            for number, micro in pieces
        )

    def matched(self, lines: Sequence[BasketLine]) -> list[tuple[int, int]]:
        """Pieces of a return that says goods, not lines; [] when one of them was not sold, or not so much is left."""
        left = {n: line.quantity_micro - self.back_micro.get(n, 0) for n, line in self.lines.items()}
        found: list[tuple[int, int]] = []
        for line in lines:
            wanted = line.quantity_micro
            for number in [n for n in self.lines if self.names.get(n) == goods_name(line)]:
                part = min(wanted, left[number])
                if part:
                    found.append((number, part))
                    left[number], wanted = left[number] - part, wanted - part
            if wanted:
                return []
        return _together(found)

    def part(self, name: str, pieces: Sequence[tuple[int, int]]) -> int:
        """C(k after) - C(k before) of the figure `name` over the lines (loyalty rules, section 9)."""
        total = 0
        for number, micro in pieces:
            line, before = self.lines[number], self.back_micro.get(number, 0)
            whole: int = getattr(line, name)
            total += returned_part(whole, before + micro, line.quantity_micro)
            total -= returned_part(whole, before, line.quantity_micro)
        return total

    def give_back(self, pieces: Sequence[tuple[int, int]]) -> None:
        """These pieces are back."""
        for number, micro in pieces:
            self.back_micro[number] = self.back_micro.get(number, 0) + micro

    @property
    def left_kop(self) -> int:
        """Of its money, what still counts for levels."""
        return max(0, self.net_kop - self.back_kop)

    @property
    def gone(self) -> bool:
        """Returned in full: by pieces, else by money."""
        whole = all(self.back_micro.get(number, 0) == line.quantity_micro for number, line in self.lines.items())
        return (bool(self.lines) and whole) or (self.returned and self.back_kop >= self.net_kop > 0)

    def stamps(self) -> dict[str, int]:
        """Counter -> what the sale still puts on the card (returned units count as paid ones first)."""
        return {counter: sum(self._left(card, line) for line in card["lines"]) for counter, card in self.cards.items()}

    def _left(self, card: Mapping[str, Any], line: Mapping[str, int]) -> int:
        sold = self.lines[line["number"]].quantity_micro // MICRO
        back = self.back_micro.get(line["number"], 0) // MICRO
        free_back = max(0, back - (sold - line["free"]))
        left: int = max(0, line["units"] - back) - card["every"] * (line["free"] - free_back)
        return left


class Account:
    """State before the next receipt. Receipts come in business order.

    `named`: ids of sales that returns name, `named_lots` of their lots; all accounts of a world share these two.
    """

    def __init__(self, rules: Rules, named: frozenset[str], named_lots: frozenset[str]) -> None:
        self._rules, self._named = rules, named
        self.lots = Lots(named_lots)
        settings = rules.program.level
        self._tiers = ladder(rules) if settings.policy is not Policy.IMMEDIATE else ()
        self.purchases = Purchases(settings.window, keep=bool(self._tiers))
        self.stamps: dict[str, int] = {}
        self._today: tuple[date, int] = (date.min, 0)

    def level(self, customer: str, day: date) -> str:
        """The level that the program's policy keeps, "" = none kept: the metric of the day tells it (section 8)."""
        if not self._tiers:
            return ""
        settings = self._rules.program.level
        start = first_day(settings, self.purchases.first, day)
        days = [start + timedelta(days=count) for count in range((day - start).days + 1)]
        step = course(settings, days, [self._step(customer, one) for one in days])[-1]
        return self._tiers[step].name if step >= 0 else ""

    def _step(self, customer: str, day: date) -> int:
        net_kop, visits = self.purchases.before(day)
        found = level_of(self._tiers, CustomerSnapshot(customer, net_kop, visits))
        return self._tiers.index(found) if found else -1

    def visits_today(self, day: date) -> int:
        """Earlier sale receipts of this day."""
        return self._today[1] if self._today[0] == day else 0

    def sale(self, sold: Sold, spent_pt: int, accrued_pt: int) -> None:
        """Points spent, points earned, a visit, stamps; in the order of the ledger."""
        named, day = sold.id in self._named, sold.day
        self.lots.start_day(day)
        if spent_pt:
            self.lots.spend(sold.id, spent_pt, named)
        if accrued_pt:
            self.lots.open(self._lot(sold.id, accrued_pt, day), day)
        self.purchases.add(day, sold.net_kop, 1)
        self._today = (day, self.visits_today(day) + 1)
        for counter, count in sold.stamps().items():
            self.stamps[counter] = self.stamps.get(counter, 0) + count

    def sale_return(self, document: str, day: date, sold: Sold, pieces: Sequence[tuple[int, int]], kop: int) -> None:
        """A return of a known sale, `kop` of money. What the pieces do not fit moves no points."""
        self.lots.start_day(day)
        before = sold.left_kop, sold.gone, sold.stamps()
        fits = sold.fits(pieces)
        if fits:
            restored, reversed_ = sold.part("spent_pt", pieces), sold.part("accrued_pt", pieces)
            if restored:
                self.lots.restore(sold.id, document, restored, day, self._rules.program.grace_days)
            if reversed_:
                self.lots.reverse(lot_name(sold.id, self._rules.program.id), reversed_)
            sold.give_back(pieces)
        sold.returned = True
        sold.back_kop += kop
        self.purchases.add(sold.day, sold.left_kop - before[0], int(before[1]) - int(sold.gone))
        for counter, count in sold.stamps().items():
            self.stamps[counter] = self.stamps.get(counter, 0) + count - before[2][counter]

    def forget(self, sale: str) -> None:
        """No return will name this sale any more."""
        self.lots.forget(sale, lot_name(sale, self._rules.program.id))

    def loose_return(self, day: date, kop: int, points_pt: int) -> None:
        """A return that names no sale: its own date is lowered, points are taken where they are."""
        self.lots.start_day(day)
        if points_pt:
            self.lots.reverse("", points_pt)
        self.purchases.add(day, -kop, 0)

    def gift(self, name: str, day: date, points_pt: int, active_from: str, expires: str) -> None:
        """Points given or, below zero, taken by hand."""
        self.lots.start_day(day)
        if points_pt < 0:
            self.lots.reverse("", -points_pt)
            return
        begins = date.fromisoformat(active_from) if active_from else day
        ends = date.fromisoformat(expires) if expires else None
        self.lots.open(SimLot(name, points_pt, day, begins, ends), day)

    def _lot(self, sale: str, accrued_pt: int, day: date) -> SimLot:
        rule = self._rules.accrue or AccrueRule()
        dates = lot_dates(day, rule.delay_days, rule.life_days, rule.life_months)
        name = lot_name(sale, self._rules.program.id)
        return SimLot(name, accrued_pt, dates.earned, dates.active_from, dates.expires)


def lot_name(sale: str, program: str) -> str:
    """As the ledger names the lot of a sale: ties of consumption go by this text."""
    return f"receipt:{sale.replace('/', ':')}:ACCRUE:{program}"


def goods_name(line: BasketLine) -> str:
    """What a returned line is found by."""
    return line.gtin or " ".join(line.name.casefold().split())


def _together(pieces: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    sums: dict[int, int] = {}
    for number, micro in pieces:
        sums[number] = sums.get(number, 0) + micro
    return sorted(sums.items())
