"""RFM scores of customers (loyalty rules, section 12). Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence

from pos_agent.reports.tally import Buyer

SCORES = 5


def rfm(buyers: Mapping[str, Buyer]) -> dict[str, int]:
    """`5-4-3` (recency, frequency, money) -> customers, best first."""
    found = Counter("-".join(str(one) for one in scores) for scores in scores_of(buyers).values())
    return dict(sorted(found.items(), reverse=True))


def scores_of(buyers: Mapping[str, Buyer]) -> dict[str, tuple[int, int, int]]:
    """Customer -> scores 1..5 = 1 + floor(5 x customers strictly worse / customers); equal values score alike.

    Fewer days since the last purchase are better, so a later day is.
    """
    days = sorted(one.last.toordinal() for one in buyers.values())
    counts = sorted(one.receipts for one in buyers.values())
    money = sorted(one.kop for one in buyers.values())
    return {
        name: (_score(days, one.last.toordinal()), _score(counts, one.receipts), _score(money, one.kop))
        for name, one in buyers.items()
    }


def _score(ordered: Sequence[int], value: int) -> int:
    return 1 + SCORES * bisect_left(ordered, value) // len(ordered)
