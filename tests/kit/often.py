"""What every run checks on one printer or port and `make kills` on all of them: `POS_AGENT_TESTS=all`."""

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def often(every: Sequence[T], day: int = 1) -> Sequence[T]:
    """All of them where everything was asked for, else the first `day`."""
    return every if os.environ.get("POS_AGENT_TESTS") == "all" else every[:day]
