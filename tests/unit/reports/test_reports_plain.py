"""Every metric once more by the plainest loops over the same small history: other code, the same figures."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

import pytest
from kit.ledger_life import life
from kit.often import often

from pos_agent.ledger.fold import fold
from pos_agent.ledger.state import FoldPolicy
from pos_agent.reports.metrics import METRICS, Given
from pos_agent.reports.periods import Period
from pos_agent.reports.report import Gathering, Question

POLICY = FoldPolicy("p")
FIRST, LAST, ACTIVE = date(2026, 2, 1), date(2026, 2, 24), 20
SEEDS = often((1, 2))


class Plain:
    """The history in dictionaries: who bought when, what came back when."""

    def __init__(self, events, keep=lambda event: True):
        self.events = [event for event in events if keep(event)]
        self.sales = [one for one in self.events if one.facts.get("operation") == 1]
        self.back = [one for one in self.events if one.facts.get("operation") == 2]
        self.out = defaultdict(lambda: defaultdict(int))  # (sale, day) -> pieces back by the end of the day
        for one in self.back:
            for piece in one.facts["returned"]:
                self.out[one.facts["original"]][one.business_date, piece["number"]] += piece["quantity_micro"]

    def stands(self, sale, day):
        if sale.business_date > day.isoformat():
            return False
        for line in sale.facts["lines"]:
            gone = sum(
                micro
                for (when, number), micro in self.out[str(sale.document)].items()
                if when <= day.isoformat() and number == line["number"]
            )
            if gone < line["quantity_micro"]:
                return True
        return False

    def bought(self, customer, first, last, seen):
        days = [one for one in self.sales if one.customer == customer and self.stands(one, seen)]
        return [one for one in days if first.isoformat() <= one.business_date <= last.isoformat()]

    def money(self, first, last, who=lambda customer: True):
        total = 0
        for one in self.events:
            inside = first.isoformat() <= one.business_date <= last.isoformat()
            if "operation" in one.facts and inside and who(one.customer):
                total += one.facts["total_kop"] * (1 if one.facts["operation"] == 1 else -1)
        return total

    @property
    def customers(self):
        return sorted({one.customer for one in self.sales if one.customer})


def percent(top, bottom):
    return Fraction(top, bottom) if bottom else None


def expected(plain: Plain, first: date, last: date) -> dict[tuple[str, str], Fraction | None]:
    day = timedelta(days=1)
    before, known = first - day, date(2000, 1, 1)
    start = {c for c in plain.customers if plain.bought(c, first - ACTIVE * day, before, before)}
    end = {c for c in plain.customers if plain.bought(c, last - (ACTIVE - 1) * day, last, last)}
    new = {c for c in plain.customers if plain.bought(c, known, last, last)}
    new = {c for c in new if not plain.bought(c, known, before, last)}
    buyers = {c: plain.bought(c, first, last, last) for c in plain.customers}
    buyers = {c: found for c, found in buyers.items() if found}
    receipts = [one for one in plain.sales if plain.stands(one, last) and first.isoformat() <= one.business_date]
    all_money = plain.money(first, last)
    card_money = plain.money(first, last, lambda customer: customer is not None)
    money_of = {c: plain.money(first, last, lambda customer, c=c: customer == c) for c in buyers}
    mean = Fraction(card_money, len(buyers)) if buyers else None
    lost = percent(len(start - set(buyers)), len(start))
    scores = rfm_by_hand(plain, buyers, money_of)
    return {
        ("retention", ""): percent(len(end - new), len(start)),
        ("churn", ""): lost,
        ("member_revenue", ""): percent(card_money, all_money),
        ("average_receipt", ""): percent(all_money, len(receipts)),
        ("participation", "receipts"): percent(len([one for one in receipts if one.customer]), len(receipts)),
        ("arpu", "all"): mean,
        ("repeat", ""): percent(len([c for c in buyers if len(buyers[c]) >= 2]), len(buyers)),
        ("ltv", ""): mean * Fraction(3, 10) / lost if mean is not None and lost else None,
        **{("rfm", score): Fraction(count, len(buyers)) for score, count in scores.items()},
    }


def rfm_by_hand(plain, buyers, money_of):
    recent = {c: max(one.business_date for one in buyers[c]) for c in buyers}
    found = defaultdict(int)
    for c in buyers:
        worse = [
            len([d for d in buyers if recent[d] < recent[c]]),
            len([d for d in buyers if len(buyers[d]) < len(buyers[c])]),
            len([d for d in buyers if money_of[d] < money_of[c]]),
        ]
        found["-".join(str(1 + 5 * one // len(buyers)) for one in worse)] += 1
    return found


def points_by_hand(events, customers, first, last):
    """Differences of balances, and lots looked at from outside: no posting is read."""
    totals = dict.fromkeys(("active", "pending"), 0)
    for customer in customers:
        own = [one for one in events if one.customer == customer]
        state = fold(own, last, POLICY, customer)
        totals["active"] += state.active_pt
        totals["pending"] += state.pending_pt
    return totals


def gathered(events, question):
    sales = {one.document: one for one in events if one.document is not None}
    gathering = Gathering(question, POLICY, lambda document: sales.get(document))
    gathering.strangers(one for one in events if one.customer is None)
    for customer in sorted({one.customer for one in events if one.customer}):
        gathering.person(customer, [one for one in events if one.customer == customer])
    return list(gathering.rows())


def question(**more) -> Question:
    asked = {"metrics": tuple(METRICS), "period": Period(FIRST, LAST), "active_days": ACTIVE, **more}
    return Question(**asked, given=Given(margin_bp=3000))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_figures_by_plain_loops(seed: int) -> None:
    events = list(life(seed, 400, 40))
    told = {(row.figure.metric, row.figure.part): row.figure.value for row in gathered(events, question())}
    wanted = expected(Plain(events), FIRST, LAST)
    assert {key: told.get(key) for key in wanted} == wanted
    assert {key for key in told if key[0] == "rfm"} == {key for key in wanted if key[0] == "rfm"}
    totals = points_by_hand(events, Plain(events).customers, FIRST, LAST)
    assert told["liability", ""] == totals["active"] + totals["pending"]
    assert sum(told["cohort", part] for part in ("spent", "expired", "outstanding")) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_stores_months_and_the_period_before(seed: int) -> None:
    events = list(life(seed, 300, 25))
    stores = {f"till-{number}": f"shop-{number}" for number in range(3)}
    for row in gathered(events, question(by="store", stores=stores)):
        mine = Plain(events, lambda one, row=row: stores.get(one.register) == row.slice[0])
        wanted = expected(mine, FIRST, LAST)
        key = row.figure.metric, row.figure.part
        if key in wanted:
            assert row.figure.value == wanted[key], (row.slice, key)
    whole = Period(date(2026, 1, 5), date(2026, 3, 5))
    rows = gathered(events, question(by="month", period=whole))
    assert [row.period.name for row in rows if row.figure.metric == "repeat"] == ["2026-01", "2026-02", "2026-03"]
    for row in rows:
        wanted = expected(Plain(events), row.period.first, row.period.last)
        assert row.figure.value == wanted.get((row.figure.metric, row.figure.part), row.figure.value)
    for row in gathered(events, question(previous=True, period=Period(FIRST, date(2026, 2, 28)))):
        assert row.previous is not None
        wanted = expected(Plain(events), date(2026, 1, 1), date(2026, 1, 31))
        key = row.figure.metric, row.figure.part
        if key in wanted and key[0] != "rfm":
            assert row.previous.value == wanted[key], key


@pytest.mark.parametrize("seed", SEEDS)
def test_points_flow_by_entries_where_nothing_comes_back(seed: int) -> None:
    """Without returns what was issued and spent is what the entries say."""
    events = [one for one in life(seed, 300, 30) if one.facts.get("operation") != 2]
    told = {row.figure.metric: row.figure for row in gathered(events, question(metrics=("redemption",)))}
    inside = [one for one in events if FIRST.isoformat() <= one.business_date <= LAST.isoformat()]
    sums = defaultdict(int)
    for one in inside:
        for entry in one.entries:
            sums[entry.kind.value] += entry.amount_pt
    figure = told["redemption"]
    assert (figure.numerator, figure.denominator) == (sums["SPEND"], sums["ACCRUE"] + sums["GIFT"])


def test_pilot_stores_beside_the_others() -> None:
    events = list(life(5, 300, 25))
    stores = {"till-0": "a", "till-1": "b", "till-2": "b"}
    rows = gathered(events, question(metrics=("average_receipt",), stores=stores, pilot=frozenset({"a"})))
    told = {row.slice[0]: row.figure.value for row in rows}
    for name, shop in (("pilot", "a"), ("others", "b")):
        mine = Plain(events, lambda one, shop=shop: stores.get(one.register) == shop)
        assert told[name] == expected(mine, FIRST, LAST)["average_receipt", ""]
    assert told["difference"] == told["pilot"] - told["others"]


def test_cohorts_of_customers_add_up_to_all_their_money() -> None:
    events = list(life(7, 300, 25))
    rows = gathered(events, question(metrics=("ltv_cohorts",), period=Period(date(2026, 1, 1), date(2026, 3, 31))))
    last = {}
    for row in rows:
        last[row.figure.part.partition("+")[0]] = row.figure.numerator
    plain, end = Plain(events), date(2026, 3, 31)
    wanted = Fraction(0)
    for customer in plain.customers:
        standing = plain.bought(customer, date(2000, 1, 1), end, end)
        if standing:
            born = date.fromisoformat(min(one.business_date for one in standing))
            wanted += plain.money(born, end, lambda who, customer=customer: who == customer) * Fraction(3, 10)
    assert sum(last.values()) == wanted
