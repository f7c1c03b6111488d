"""Who owes whom when points of one merchant were spent at another (loyalty rules, section 10, SETTLE)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pos_agent.ledger.accounts import SETTLE
from pos_agent.ledger.state import CustomerState
from pos_agent.money import half_up


@dataclass(frozen=True)
class Settlement:
    """`issuer` gave the points, `spent_at` took them for goods: it gets `sum_kop` for `amount_pt` hundredths.

    Below 0: more came back by returns than was spent in these days.
    """

    issuer: str
    spent_at: str
    amount_pt: int
    sum_kop: int


def settlements(
    people: Iterable[Sequence[CustomerState]], start: date, end: date, kop_per_pt: tuple[int, int] = (1, 1)
) -> tuple[Settlement, ...]:
    """Of business dates start <= d < end, one row a pair of merchants, sorted; pairs that come to 0 are left out.

    `people`: the states of every person, as `fold_all` gives them. `kop_per_pt` = (a, b), the exchange pair: a kopecks
    for b hundredths; the sum of a pair of merchants is rounded once, half up.
    """
    sums: dict[tuple[str, str], int] = {}
    for states in people:
        issuers = {lot.id: lot.merchant for state in states for lot in state.lots}
        for posting in states[0].postings:
            if posting.kind == SETTLE and start <= posting.day < end and posting.account.startswith("partner/"):
                pair = issuers[posting.lot], posting.at
                sums[pair] = sums.get(pair, 0) + posting.amount_pt
    kop, pt = kop_per_pt
    return tuple(
        Settlement(*pair, amount_pt, half_up(Fraction(amount_pt * kop, pt)))
        for pair, amount_pt in sorted(sums.items())
        if amount_pt
    )
