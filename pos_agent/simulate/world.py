"""Rules and the customers who live under them: every receipt priced as it would have been, states rolling forward."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pos_agent.checkout.stamp_counts import stamp_counts
from pos_agent.money import line_sum_kop
from pos_agent.rules.accrue import AccrualLine
from pos_agent.rules.basket_values import Basket, BasketCustomer, BasketError, BasketLine
from pos_agent.rules.levels import level_of
from pos_agent.rules.price import Priced, price
from pos_agent.rules.returns import reverse_without_sale
from pos_agent.rules.values import Rules
from pos_agent.simulate.account import Account, Sold, SoldLine, goods_name, lot_name
from pos_agent.simulate.past import Past

CHANNEL = "till"


class Spending(StrEnum):
    """How many points a customer asks to spend in a simulated receipt."""

    AS_WAS = "as-was"  # what was spent then
    MAX = "max"
    NONE = "none"


@dataclass(frozen=True)
class Effect:
    """What one document did in one world; of a return everything is below zero. `lines`: (net, spent, accrued) each.

    `refused`: the rules forbid the price (it counts as sold at that price, without a program).
    """

    gross_kop: int = 0
    discount_kop: int = 0
    points_kop: int = 0
    paid_kop: int = 0
    spent_pt: int = 0
    issued_pt: int = 0
    coupons: int = 0
    level: str = ""
    lines: tuple[tuple[int, int, int], ...] = ()
    applied: tuple[str, ...] = ()
    refused: bool = False


class World:
    """One set of rules and all its customers. `named`: ids of sales that returns name (their lines are kept)."""

    def __init__(self, rules: Rules, named: frozenset[str], spending: Spending = Spending.AS_WAS) -> None:
        self.rules, self.spending = rules, spending
        self._named = named
        self._named_lots = frozenset(lot_name(sale, rules.program.id) for sale in named)
        self._accounts: dict[str, Account] = {}
        self._sold: dict[str, Sold] = {}
        self._buyers: dict[str, str] = {}  # of the same sales
        self._today: dict[str, tuple[str, int]] = {}
        self._cards = any(rule.kind == "punch_card" for rule in rules.sale_rules)

    def account(self, customer: str) -> Account:
        """State of a customer, empty at first sight."""
        found = self._accounts.get(customer)
        if found is None:
            found = self._accounts[customer] = Account(self.rules, self._named, self._named_lots)
        return found

    def basket(self, past: Past) -> Basket:
        """What is offered: the goods of then, the customer of now in this world."""
        day = date.fromisoformat(past.day)
        register = f"{past.store}:{past.register}"
        seen = self._today.get(register)
        asked_pt = {Spending.AS_WAS: past.spent_pt, Spending.MAX: None, Spending.NONE: 0}[self.spending]
        return Basket(
            lines=past.lines,
            at=datetime.fromisoformat(past.at),
            register=past.register,
            store=past.store,
            channel=past.channel or CHANNEL,
            customer=self._customer(past.customer, day, past.segments) if past.customer else None,
            codes=past.codes,
            asked_pt=asked_pt,
            delivery=past.delivery,
            partner=past.partner,
            draft=past.id,
            receipts_today=seen[1] if seen and seen[0] == past.day else 0,
        )

    def _customer(self, customer: str, day: date, segments: Iterable[str] = ()) -> BasketCustomer:
        account = self.account(customer)
        account.lots.start_day(day)
        metric_kop, visits = account.purchases.before(day)
        return BasketCustomer(
            id=customer,
            metric_kop=metric_kop,
            visits=visits,
            level=account.level(customer, day),
            balance_pt=account.lots.active_pt,
            segments=frozenset(segments),
            stamps=account.stamps,
            visits_today=account.visits_today(day),
        )

    def priced(self, basket: Basket) -> Priced | None:
        """The price; None when the rules forbid one of its prices."""
        try:
            return price(self.rules, basket)
        except BasketError:
            return None

    def sale(self, past: Past, basket: Basket | None = None, priced: Priced | None = None) -> Effect:
        """Sell it and remember what the next receipts need. `basket`, `priced`: when they are known already."""
        basket = basket or self.basket(past)
        priced = priced or self.priced(basket)
        effect = self._effect(basket, priced)
        seen = self._today.get(f"{past.store}:{past.register}")
        self._today[f"{past.store}:{past.register}"] = (past.day, (seen[1] if seen and seen[0] == past.day else 0) + 1)
        named = past.id in self._named
        if not (past.customer or named):
            return effect
        cards = stamp_counts(self.rules, basket, priced) if self._cards and priced and past.customer else {}
        lines = _sold_lines(basket, priced) if named or cards else {}
        names = {number: goods_name(line) for number, line in enumerate(basket.lines, 1)} if named else {}
        sold = Sold(past.id, date.fromisoformat(past.day), effect.paid_kop, lines, cards, names)
        if named:
            self._sold[past.id] = sold
            self._buyers[past.id] = past.customer
        if past.customer:
            self.account(past.customer).sale(sold, effect.spent_pt, effect.issued_pt)
        return effect

    def sale_return(self, past: Past) -> Effect:
        """Take it back: by pieces of the sale as it was sold in this world, else by the money of the document."""
        sold = self._sold.get(past.original) if past.original else None
        day = date.fromisoformat(past.day)
        account = self.account(past.customer) if past.customer else None
        pieces = past.pieces or (sold.matched(past.lines) if sold is not None else ())
        if sold is not None and sold.fits(pieces):
            effect = _taken_back(sold, pieces)
            if account is not None:
                account.sale_return(past.id, day, sold, pieces, -effect.paid_kop)
            else:
                sold.give_back(pieces)
            return effect
        if sold is not None:
            if account is not None:
                account.sale_return(past.id, day, sold, (), past.paid_kop)
            return Effect(gross_kop=-past.paid_kop, paid_kop=-past.paid_kop)
        points_pt = self._loose_points(past, day) if account is not None and not past.original else 0
        if account is not None and not past.original:
            account.loose_return(day, past.paid_kop, points_pt)
        return Effect(gross_kop=-past.paid_kop, paid_kop=-past.paid_kop, issued_pt=-points_pt)

    def forget(self, sale: str) -> None:
        """No return will name this sale any more."""
        self._sold.pop(sale, None)
        buyer = self._buyers.pop(sale, "")
        if buyer:
            self.account(buyer).forget(sale)

    def gift(self, past: Past) -> None:
        """Points by hand."""
        account = self.account(past.customer)
        account.gift(past.id, date.fromisoformat(past.day), past.points_pt, past.active_from, past.expires)

    def _loose_points(self, past: Past, day: date) -> int:
        """The lowest rate of the customer's level on what was given back (loyalty rules, section 9)."""
        lines = [
            AccrualLine(line.id, line.name, line_sum_kop(line.price_kop, line.quantity_micro), gtin=line.gtin)
            for line in past.lines
        ]
        return reverse_without_sale(self.rules, lines, self._customer(past.customer, day), day).total_pt

    def _effect(self, basket: Basket, priced: Priced | None) -> Effect:
        if priced is None:
            gross_kop = sum(line_sum_kop(line.price_kop, line.quantity_micro) for line in basket.lines)
            return Effect(gross_kop=gross_kop, paid_kop=gross_kop, refused=True)
        totals = priced.totals
        tiers = self.rules.accrue.tiers if self.rules.accrue else ()
        level = level_of(tiers, basket.customer) if tiers and basket.customer else None
        return Effect(
            gross_kop=totals.gross_kop,
            discount_kop=totals.discount_kop,
            points_kop=totals.points_kop,
            paid_kop=totals.payable_kop,
            spent_pt=totals.points_pt,
            issued_pt=totals.accrued_pt,
            coupons=len(priced.coupons),
            level=level.name if level else "",
            lines=tuple([(line.net_kop, line.points_pt, line.accrued_pt) for line in priced.lines]),
            applied=priced.applied,
        )


def with_line(basket: Basket, line: BasketLine) -> Basket:
    """The same basket with one more line at its end."""
    return replace(basket, lines=(*basket.lines, line))


def _sold_lines(basket: Basket, priced: Priced | None) -> Mapping[int, SoldLine]:
    if priced is None:
        plain = [line_sum_kop(line.price_kop, line.quantity_micro) for line in basket.lines]
        pairs = zip(basket.lines, plain, strict=True)
        return {n: SoldLine(line.quantity_micro, kop, 0, 0, kop, 0, 0) for n, (line, kop) in enumerate(pairs, 1)}
    return {
        number: SoldLine(
            quantity_micro=line.quantity_micro,
            gross_kop=sold.gross_kop,
            discount_kop=sum(sold.discounts.values()),
            points_kop=sold.points_kop,
            net_kop=sold.net_kop,
            spent_pt=sold.points_pt,
            accrued_pt=sold.accrued_pt,
        )
        for number, (line, sold) in enumerate(zip(basket.lines, priced.lines, strict=True), 1)
    }


def _taken_back(sold: Sold, pieces: Sequence[tuple[int, int]]) -> Effect:
    part: dict[str, Any] = {
        name: -sold.part(name, pieces)
        for name in ("gross_kop", "discount_kop", "points_kop", "net_kop", "spent_pt", "accrued_pt")
    }
    part["paid_kop"], part["issued_pt"] = part.pop("net_kop"), part.pop("accrued_pt")
    return Effect(**part)
