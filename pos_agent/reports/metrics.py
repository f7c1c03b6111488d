"""Every metric of section 12 by name: a cell's sums -> figures. Definitions for people: `texts/reports.toml`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from pos_agent.reports.figure import Exact, Figure, Unit, amount, mean_kop, over, share
from pos_agent.reports.points import Points
from pos_agent.reports.rfm import rfm
from pos_agent.reports.tally import Cell, Cohort
from pos_agent.simulate.holdout import BASIS, Design, holdout


@dataclass(frozen=True)
class Offer:
    """A receipt that an offer lifted, kopecks: without the offer, the extra money, and what the offer cost."""

    base_kop: int
    extra_kop: int
    gift_kop: int = 0
    delivery_kop: int = 0
    discount_kop: int = 0


@dataclass(frozen=True)
class Given:
    """What a ledger cannot know and the owner says. None: not said, so figures that need it are "no data".

    `margin_bp`: of net money; `cost_bp`: what a point of 100 costs the shop; `profit_kop`: brought by the program, else
    it is taken from the holdout; `scores`: answers 0..10. `kop_per_pt`: exchange pair of the program.
    """

    kop_per_pt: tuple[int, int] = (1, 1)
    design: Design | None = None
    offer: Offer | None = None
    margin_bp: int | None = None
    cost_bp: int | None = None
    fees_kop: int = 0
    profit_kop: int | None = None
    scores: Sequence[int] | None = None


@dataclass(frozen=True)
class Sums:
    """One slice of one period."""

    cell: Cell
    points: Points
    given: Given = field(default_factory=Given)
    cohorts: dict[str, Cohort] = field(default_factory=dict)


Metric = Callable[[Sums], Iterable[Figure]]


def retention(sums: Sums) -> Iterable[Figure]:
    """CRR (E - N) / S."""
    yield share("retention", "", sums.cell.end - sums.cell.fresh, sums.cell.start)


def churn(sums: Sums) -> Iterable[Figure]:
    """Of those active at the start, without a purchase."""
    yield share("churn", "", sums.cell.start - sums.cell.kept, sums.cell.start)


def redemption(sums: Sums) -> Iterable[Figure]:
    """Flow."""
    yield share("redemption", "", sums.points.spent, sums.points.issued, Unit.PT)


def cohort(sums: Sums) -> Iterable[Figure]:
    """Where the lots of the period are: three shares of one number."""
    points = sums.points
    for part, value in (("spent", points.used), ("expired", points.lapsed), ("outstanding", points.left)):
        yield share("cohort", part, value, points.lots, Unit.PT)


def liability(sums: Sums) -> Iterable[Figure]:
    """Active and pending points at the program's rate; what registers hold stands beside it."""
    kop, pt = sums.given.kop_per_pt
    owed = sums.points.active + sums.points.pending
    yield amount("liability", "", Fraction(owed * kop, pt), Unit.KOP)
    yield amount("liability", "active", sums.points.active, Unit.PT)
    yield amount("liability", "pending", sums.points.pending, Unit.PT)
    yield amount("liability", "held", sums.points.held, Unit.PT)


def participation(sums: Sums) -> Iterable[Figure]:
    """Of customers, and of receipts."""
    yield share("participation", "customers", sums.cell.accounts, sums.cell.identified)
    yield share("participation", "receipts", sums.cell.card_receipts, sums.cell.receipts)


def member_revenue(sums: Sums) -> Iterable[Figure]:
    """Money with a card."""
    yield share("member_revenue", "", sums.cell.card_kop, sums.cell.kop, Unit.KOP)


def average_receipt(sums: Sums) -> Iterable[Figure]:
    """Net money of a receipt."""
    yield mean_kop("average_receipt", "", sums.cell.kop, sums.cell.receipts)


def arpu(sums: Sums) -> Iterable[Figure]:
    """All identified customers, members, the others."""
    cell = sums.cell
    yield mean_kop("arpu", "all", cell.member_kop + cell.other_kop, cell.member_buyers + cell.other_buyers)
    yield mean_kop("arpu", "members", cell.member_kop, cell.member_buyers)
    yield mean_kop("arpu", "others", cell.other_kop, cell.other_buyers)


def uplift(sums: Sums) -> Iterable[Figure]:
    """Relative and absolute; no proof of a cause."""
    cell = sums.cell
    ours, theirs = over(cell.member_kop, cell.member_buyers), over(cell.other_kop, cell.other_buyers)
    more = None if ours is None or theirs is None else ours - theirs
    relative = None if more is None or theirs is None else over(more, theirs)
    gain = None if more is None else more * cell.member_buyers
    yield Figure("uplift", "relative", Unit.PERCENT, relative, ours, theirs, (Unit.KOP, Unit.KOP))
    yield amount("uplift", "absolute", gain, Unit.KOP)


def holdout_uplift(sums: Sums) -> Iterable[Figure]:
    """Treated beside control; no data without a salt and a share."""
    found = _held_out(sums)
    interval = found["interval"] if found else None
    relative = found["uplift_bp"] if found else None
    yield amount("holdout", "relative", None if relative is None else Fraction(relative, BASIS), Unit.PERCENT)
    yield amount("holdout", "absolute", found["uplift_kop"] if found else None, Unit.KOP)
    yield amount("holdout", "low", interval["low_kop"] if interval else None, Unit.KOP)
    yield amount("holdout", "high", interval["high_kop"] if interval else None, Unit.KOP)
    yield amount("holdout", "treated", found["treated"]["customers"] if found else None, Unit.COUNT)
    yield amount("holdout", "control", found["control"]["customers"] if found else None, Unit.COUNT)


def receipt_uplift(sums: Sums) -> Iterable[Figure]:
    """The gain of the extra money, of the receipt without the offer."""
    offer = sums.given.offer
    if offer is None:
        yield amount("receipt_uplift", "", None, Unit.PERCENT)
        return
    gain = offer.extra_kop - offer.gift_kop - offer.delivery_kop - offer.discount_kop
    yield share("receipt_uplift", "", gain, offer.base_kop, Unit.KOP)


def roi(sums: Sums) -> Iterable[Figure]:
    """Profit that the program brought, of what it cost."""
    profit, cost = _profit_kop(sums), _cost_kop(sums)
    value = over(profit, cost) if profit is not None and cost is not None else None
    yield Figure("roi", "", Unit.PERCENT, value, profit, cost, (Unit.KOP, Unit.KOP))


def ltv(sums: Sums) -> Iterable[Figure]:
    """ARPU x margin x 1 / churn, in periods as long as the report's."""
    cell, margin = sums.cell, sums.given.margin_bp
    one = over(cell.member_kop + cell.other_kop, cell.member_buyers + cell.other_buyers)
    lost = over(cell.start - cell.kept, cell.start)
    value = one * Fraction(margin, BASIS) / lost if one is not None and margin is not None and lost else None
    yield Figure("ltv", "", Unit.KOP, value, one, lost, (Unit.KOP, Unit.PERCENT))


def ltv_cohorts(sums: Sums) -> Iterable[Figure]:
    """Cumulated margin of a customer by age in months, by the month of the first receipt."""
    margin = sums.given.margin_bp
    for month, found in sorted(sums.cohorts.items()):
        total = 0
        for age in range(max(found.kop, default=0) + 1):
            total += found.kop.get(age, 0)
            earned = None if margin is None else Fraction(total * margin, BASIS)
            value = None if earned is None else over(earned, found.customers)
            of = (Unit.KOP, Unit.COUNT)
            yield Figure("ltv_cohorts", f"{month}+{age}", Unit.KOP, value, earned, found.customers, of)


def nps(sums: Sums) -> Iterable[Figure]:
    """Share of 9 and 10 less share of 0 to 6."""
    scores = sums.given.scores or ()
    liked, disliked = sum(one >= 9 for one in scores), sum(one <= 6 for one in scores)
    value = over(100 * (liked - disliked), len(scores))
    yield Figure("nps", "", Unit.NUMBER, value, liked - disliked, len(scores))


def repeat(sums: Sums) -> Iterable[Figure]:
    """Customers with two receipts or more."""
    yield share("repeat", "", sums.cell.repeat, sums.cell.member_buyers + sums.cell.other_buyers)


def rfm_scores(sums: Sums) -> Iterable[Figure]:
    """How many customers have which scores."""
    for score, count in rfm(sums.cell.buyers).items():
        yield share("rfm", score, count, len(sums.cell.buyers))


def _held_out(sums: Sums) -> dict[str, Any] | None:
    if sums.given.design is None:
        return None
    return holdout({name: buyer.kop for name, buyer in sums.cell.buyers.items()}, sums.given.design)


def _profit_kop(sums: Sums) -> Exact | None:
    """As given; else what the treated brought more than the control would have, at the margin."""
    given = sums.given
    if given.profit_kop is not None:
        return given.profit_kop
    found = _held_out(sums)
    if found is None or found["uplift_kop"] is None or given.margin_bp is None:
        return None
    ours, theirs = found["treated"], found["control"]
    extra: Fraction = Fraction(ours["net_kop"]) - Fraction(theirs["net_kop"], theirs["customers"]) * ours["customers"]
    return extra * Fraction(given.margin_bp, BASIS)


def _cost_kop(sums: Sums) -> Exact | None:
    """Points spent at the rate and the cost share, discounts, fees."""
    given = sums.given
    if given.cost_bp is None:
        return None
    kop, pt = given.kop_per_pt
    return Fraction(sums.points.spent * kop * given.cost_bp, pt * BASIS) + sums.cell.discount_kop + given.fees_kop


METRICS: dict[str, Metric] = {
    "retention": retention,
    "churn": churn,
    "redemption": redemption,
    "cohort": cohort,
    "liability": liability,
    "participation": participation,
    "member_revenue": member_revenue,
    "average_receipt": average_receipt,
    "arpu": arpu,
    "uplift": uplift,
    "holdout": holdout_uplift,
    "receipt_uplift": receipt_uplift,
    "roi": roi,
    "ltv": ltv,
    "ltv_cohorts": ltv_cohorts,
    "rfm": rfm_scores,
    "nps": nps,
    "repeat": repeat,
}
