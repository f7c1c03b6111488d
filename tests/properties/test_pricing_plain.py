"""The engine against the plain implementation of another hand, on random receipts over the base and all further kinds.

`python -m oracle.compare 20000` (from tests/) is the long run; here as many as a quick run bears.
"""

from collections import Counter

import pytest
from oracle.compare import differences, further_differences

SLICES = 8
EACH = 60
FURTHER_EACH = 55
OFTEN = 2  # in so few receipts a kind gives something at least so often
KINDS = (
    "item_percent", "item_amount", "item_price", "n_plus_m", "buy_x_get_y", "cheapest_percent", "punch_card",
    "free_units", "card_percent", "tier_percent", "receipt_percent", "receipt_amount", "round_total", "cashback add",
    "cashback replace", "points_per_full", "points_amount", "coupon", "privilege", "hint",
)  # fmt: skip


@pytest.mark.parametrize("part", range(SLICES))
def test_both_agree(part: int) -> None:
    for seed in range(part * EACH, (part + 1) * EACH):
        assert differences(seed) == [], f"seed {seed}"


@pytest.mark.parametrize("part", range(SLICES))
def test_both_agree_over_all_kinds(part: int) -> None:
    for seed in range(part * FURTHER_EACH, (part + 1) * FURTHER_EACH):
        assert further_differences(seed) == [], f"seed {seed}"


def test_every_kind_is_hit() -> None:
    count: Counter[str] = Counter()
    for seed in range(150):
        further_differences(seed, count)
    assert [kind for kind in KINDS if count[f"kind {kind}"] < OFTEN] == []
