"""How many examples a property gets that wants more than the profile's own number."""

import os

SHARE = {"long": 500}  # percent
EVERY_DAY = 40


def examples(whole: int) -> int:
    """`whole` is what the property deserves; every day it gets a part of it, in a long night a multiple."""
    return max(10, whole * SHARE.get(os.environ.get("HYPOTHESIS_PROFILE", ""), EVERY_DAY) // 100)
