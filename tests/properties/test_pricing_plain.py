"""The engine against the plain implementation of another hand, on random receipts over all kinds.

`python -m oracle.compare 20000` (from tests/) is the long run; here as many as a quick run bears.
"""

import pytest
from oracle.compare import differences

SLICES = 8
EACH = 60


@pytest.mark.parametrize("part", range(SLICES))
def test_both_agree(part: int) -> None:
    for seed in range(part * EACH, (part + 1) * EACH):
        assert differences(seed) == [], f"seed {seed}"
