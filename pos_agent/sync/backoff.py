"""How long to wait after a failure: full jitter, 1 s to 5 min (reliability targets, section 4). Pure."""

from __future__ import annotations

SHORTEST_S = 1.0
LONGEST_S = 300.0
LONGEST_ASKED_S = 3600.0  # a Retry-After beyond this is not believed: nobody wants a register silent for a day


def delay_s(failures: int, chance: float, retry_after: float | None = None) -> float:
    """Seconds until the next attempt after `failures` >= 1 in a row.

    `chance` from 0 to 1 places it between 1 s and 2^failures s, at most 5 min, so that registers which lost the cloud
    together do not come back together. The cloud's own `retry_after` (seconds) is a lower bound, up to an hour.
    ValueError for values out of range.
    """
    if failures < 1 or not 0.0 <= chance <= 1.0:
        raise ValueError(f"failures {failures}, chance {chance}")
    ceiling = min(LONGEST_S, 2.0 ** min(failures, 16))
    jittered = SHORTEST_S + chance * (ceiling - SHORTEST_S)
    asked = min(max(retry_after or 0.0, 0.0), LONGEST_ASKED_S)
    return max(jittered, asked)
