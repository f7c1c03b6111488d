"""Sums of a simulation: what two worlds gave away, who is better off, by day, segment and store."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from pos_agent.money import floor
from pos_agent.rules.values import Program
from pos_agent.simulate.world import Effect

NO_CARD = "-"  # the segment of receipts of nobody, and the store of receipts that name none


@dataclass
class Sums:
    """One world's receipts, returns taken off. `kop_per_pt` turns points into kopecks once, at the end."""

    kop_per_pt: tuple[int, int]
    gross_kop: int = 0
    discount_kop: int = 0
    points_kop: int = 0
    paid_kop: int = 0
    issued_pt: int = 0
    spent_pt: int = 0
    coupons: int = 0
    refused: int = 0

    def add(self, effect: Effect) -> None:
        """One document."""
        self.gross_kop += effect.gross_kop
        self.discount_kop += effect.discount_kop
        self.points_kop += effect.points_kop
        self.paid_kop += effect.paid_kop
        self.issued_pt += effect.issued_pt
        self.spent_pt += effect.spent_pt
        self.coupons += effect.coupons
        self.refused += effect.refused

    @property
    def issued_kop(self) -> int:
        """Points issued at their rate, whole kopecks downwards."""
        return worth(self.issued_pt, self.kop_per_pt)

    def to_json(self) -> dict[str, int]:
        """`given_kop`: discounts and points issued at their rate; spent points are issued ones that came back."""
        issued_kop = self.issued_kop
        return {
            "gross_kop": self.gross_kop,
            "discount_kop": self.discount_kop,
            "points_issued_pt": self.issued_pt,
            "points_issued_kop": issued_kop,
            "points_spent_pt": self.spent_pt,
            "points_spent_kop": self.points_kop,
            "paid_kop": self.paid_kop,
            "given_kop": self.discount_kop + issued_kop,
            "coupons": self.coupons,
            "refused_prices": self.refused,
        }


def worth(points_pt: int, kop_per_pt: tuple[int, int]) -> int:
    """Kopecks of points at the program's rate, downwards."""
    kop, per_pt = kop_per_pt
    return floor(Fraction(points_pt * kop, per_pt))


@dataclass
class Slice:
    """Receipts of one day, segment or store: how many changed, whom the new rules give more or less."""

    receipts: int = 0
    changed: int = 0
    better: int = 0
    worse: int = 0
    given_kop: Fraction = field(default_factory=Fraction)
    paid_kop: int = 0

    def add(self, changed: bool, gain: Fraction, paid_kop: int) -> None:
        """One sale. `gain`: what the customer has more of under the new rules, kopecks."""
        self.receipts += 1
        self.changed += changed
        self.better += gain > 0
        self.worse += gain < 0
        self.given_kop += gain
        self.paid_kop += paid_kop

    def to_json(self) -> dict[str, int]:
        """Differences, new less old."""
        return {
            "receipts": self.receipts,
            "changed": self.changed,
            "better": self.better,
            "worse": self.worse,
            "given_kop": floor(self.given_kop),
            "paid_kop": self.paid_kop,
        }


class Comparison:
    """Two worlds over the same receipts."""

    def __init__(self, new: Program, old: Program) -> None:
        self.new, self.old = Sums(new.kop_per_pt), Sums(old.kop_per_pt)
        self._rates = Fraction(*new.kop_per_pt), Fraction(*old.kop_per_pt)
        self.whole = Slice()
        self.by: dict[str, dict[str, Slice]] = {"day": {}, "segment": {}, "store": {}}
        self._customers: dict[str, Fraction] = {}
        self.returns = self.identified = 0

    def sale(self, new: Effect, old: Effect, day: str, store: str, customer: str) -> None:
        """One sale in both worlds. A segment is the level that the old rules saw, else the new; "-" without a card."""
        self.new.add(new)
        self.old.add(old)
        self.identified += bool(customer)
        gain = self._benefit(new, 0) - self._benefit(old, 1)
        changed = (new.lines, new.discount_kop, new.paid_kop) != (old.lines, old.discount_kop, old.paid_kop)
        segment = (old.level or new.level or "card") if customer else NO_CARD
        paid_kop = new.paid_kop - old.paid_kop
        for slice_ in (
            self.whole,
            self._slice("day", day),
            self._slice("segment", segment),
            self._slice("store", store),
        ):
            slice_.add(changed, gain, paid_kop)
        if customer:
            self._customers[customer] = self._customers.get(customer, Fraction()) + gain

    def sale_return(self, new: Effect, old: Effect) -> None:
        """One return in both worlds: figures are net of returns."""
        self.returns += 1
        self.new.add(new)
        self.old.add(old)

    def _benefit(self, effect: Effect, which: int) -> Fraction:
        """What the customer got: discounts, and points issued at their rate."""
        return effect.discount_kop + effect.issued_pt * self._rates[which]

    def _slice(self, axis: str, name: str) -> Slice:
        return self.by[axis].setdefault(name or NO_CARD, Slice())

    def to_json(self) -> dict[str, Any]:
        """The report's figures; every list in the order of its names."""
        new, old = self.new.to_json(), self.old.to_json()
        gains = list(self._customers.values())
        return {
            "receipts": {
                "sales": self.whole.receipts,
                "returns": self.returns,
                "identified": self.identified,
                "changed": self.whole.changed,
                "better": self.whole.better,
                "worse": self.whole.worse,
            },
            "new": new,
            "old": old,
            "difference": {name: new[name] - old[name] for name in new},
            "customers": {
                "known": len(gains),
                "winners": sum(1 for one in gains if one > 0),
                "losers": sum(1 for one in gains if one < 0),
                "won_kop": floor(sum((one for one in gains if one > 0), Fraction())),
                "lost_kop": -floor(-sum((-one for one in gains if one < 0), Fraction())),
            },
            **{
                f"by_{axis}": [{axis: name, **found[name].to_json()} for name in sorted(found)]
                for axis, found in self.by.items()
            },
        }
