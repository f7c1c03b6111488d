"""Customers who would buy more because of the new rules: up to a threshold, or up to the next level (section 12).

Nobody knows how many would: the share is the reader's to give. Who of them does is told by a hash of the customer (of
the receipt, when nobody is known), so that the same input always raises the same receipts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from pos_agent.money import MICRO, half_up, line_sum_kop
from pos_agent.rules.basket_values import Basket, BasketLine
from pos_agent.rules.calendars import bucket_of
from pos_agent.rules.compiled import compiled
from pos_agent.rules.levels import Metric, Tier, next_level
from pos_agent.rules.opening import opened
from pos_agent.rules.price import Priced
from pos_agent.rules.values import Rules, SaleRule
from pos_agent.simulate.figures import worth
from pos_agent.simulate.past import Past
from pos_agent.simulate.world import World, with_line

EXTRA = "+"  # id of the line that was bought in addition
RULE, LEVEL = "threshold", "level"


@dataclass(frozen=True)
class Raising:
    """What the reader supposes. Shares in basis points of customers whose basket lacks at most `_kop`.

    `gift_kop` and `delivery_kop`: what one raised receipt costs besides its discounts and points.
    """

    upsell_bp: int = 0
    upsell_kop: int = 0
    level_bp: int = 0
    level_kop: int = 0
    gift_kop: int = 0
    delivery_kop: int = 0
    salt: str = "upsell"

    @property
    def wanted(self) -> bool:
        """Is anybody supposed to buy more?"""
        return bool((self.upsell_bp and self.upsell_kop) or (self.level_bp and self.level_kop))


@dataclass
class Uplift:
    """Receipt uplift of the raised ones: (extra money - gift - delivery - discount) / receipts without the offer."""

    near: int = 0
    raised: int = 0
    out_of_reach: int = 0  # bought more, but the rule did not hold even so: left as they were
    extra_kop: int = 0
    offer_kop: int = 0
    gift_kop: int = 0
    delivery_kop: int = 0
    without_kop: int = 0

    def to_json(self) -> dict[str, Any]:
        """`uplift_bp` None: no receipt was raised, there is nothing to divide by."""
        gain_kop = self.extra_kop - self.offer_kop - self.gift_kop - self.delivery_kop
        share = half_up(Fraction(gain_kop * 10_000, self.without_kop)) if self.without_kop else None
        return {**vars(self), "gain_kop": gain_kop, "uplift_bp": share}


@dataclass
class Raiser:
    """Raises receipts of the new world. `old`: rules whose thresholds are there already and move nobody any more."""

    settings: Raising
    rules: Rules
    old: Rules
    uplift: dict[str, Uplift] = field(default_factory=lambda: {RULE: Uplift(), LEVEL: Uplift()})

    def __post_init__(self) -> None:
        known = {(rule.id, rule.when.min_total_kop) for rule in self.old.sale_rules}
        self._thresholds = [
            rule
            for rule in self.rules.sale_rules
            if rule.when.min_total_kop and (rule.id, rule.when.min_total_kop) not in known
        ]
        tiers = [rule.terms.tiers for rule in self.rules.sale_rules if rule.terms.tiers]
        self._tiers = [*([self.rules.accrue.tiers] if self.rules.accrue and self.rules.accrue.tiers else []), *tiers]

    def raised(self, world: World, past: Past, basket: Basket, priced: Priced) -> tuple[Basket, Priced] | None:
        """The basket as this customer would make it, with its price; None: as it was."""
        for kind, share_bp, found in self._chances(past, basket, priced):
            tally = self.uplift[kind]
            tally.near += 1
            if bucket_of(past.customer or past.id, f"{self.settings.salt}:{kind}") >= share_bp:
                continue
            rule, line, missing_kop = found
            bought = with_line(basket, replace(line, id=EXTRA, price_kop=missing_kop, quantity_micro=MICRO))
            again = world.priced(bought)
            if again is None or not self._reached(rule, basket, priced, missing_kop, again):
                tally.out_of_reach += 1
                continue
            self._count(tally, missing_kop, priced, again)
            return bought, again
        return None

    def _chances(
        self, past: Past, basket: Basket, priced: Priced
    ) -> Iterator[tuple[str, int, tuple[SaleRule | None, BasketLine, int]]]:
        settings = self.settings
        if settings.upsell_bp and settings.upsell_kop and (rule := self._nearest(basket, priced)) is not None:
            yield RULE, settings.upsell_bp, rule
        if settings.level_bp and settings.level_kop and (level := self._near_level(basket, priced)) is not None:
            yield LEVEL, settings.level_bp, (None, *level)

    def _reached(self, rule: SaleRule | None, basket: Basket, priced: Priced, missing_kop: int, again: Priced) -> bool:
        """Does the rule hold now, or (None) is the level there in spite of what the larger receipt takes off?"""
        if rule is not None:
            return rule.id in again.applied
        return basket.customer is not None and again.totals.payable_kop >= priced.totals.payable_kop + missing_kop

    def _nearest(self, basket: Basket, priced: Priced) -> tuple[SaleRule, BasketLine, int] | None:
        """(rule, the dearest of its lines, what is missing): the threshold that the basket lacks least of."""
        most_kop = priced.totals.gross_kop + self.settings.upsell_kop
        waiting = [rule for rule in self._thresholds if rule.id not in priced.applied]
        close = [rule for rule in waiting if rule.when.min_total_kop <= most_kop]
        if not close:
            return None
        lines = opened(compiled(self.rules), self.rules, basket)
        net_kop = {line.id: line.gross_kop - sum(line.discounts.values()) for line in priced.lines}
        best: tuple[SaleRule, BasketLine, int] | None = None
        for rule in close:
            own = [line for line in lines if line.open_to_discounts and rule.scope.matches(line)]
            have_kop = sum(line.gross_kop if rule.gross else net_kop[line.id] for line in own)
            missing_kop = rule.when.min_total_kop - have_kop
            if own and 0 < missing_kop <= self.settings.upsell_kop and (best is None or missing_kop < best[2]):
                best = rule, max(own, key=lambda line: (line.gross_kop, -line.index)).line, missing_kop
        return best

    def _near_level(self, basket: Basket, priced: Priced) -> tuple[BasketLine, int] | None:
        """(the dearest line, what is missing) when this receipt leaves the customer just below a level of money."""
        customer = basket.customer
        if customer is None or not basket.lines:
            return None
        after = replace(customer, metric_kop=customer.metric_kop + priced.totals.payable_kop)
        ahead = [following for tiers in self._tiers if (following := next_level(_of_money(tiers), after)) is not None]
        missing_kop = min((kop for _, kop in ahead), default=0)
        if not 0 < missing_kop <= self.settings.level_kop:
            return None
        dearest = max(basket.lines, key=lambda line: line_sum_kop(line.price_kop, line.quantity_micro))
        return dearest, missing_kop

    def _count(self, tally: Uplift, extra_kop: int, without: Priced, raised: Priced) -> None:
        tally.raised += 1
        tally.extra_kop += extra_kop
        tally.offer_kop += self._given(raised) - self._given(without)
        tally.gift_kop += self.settings.gift_kop
        tally.delivery_kop += self.settings.delivery_kop
        tally.without_kop += without.totals.payable_kop

    def _given(self, priced: Priced) -> int:
        return priced.totals.discount_kop + worth(priced.totals.accrued_pt, self.rules.program.kop_per_pt)


def _of_money(tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
    return tuple(tier for tier in tiers if tier.metric is Metric.MONEY)
