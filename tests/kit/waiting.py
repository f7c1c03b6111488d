"""Waiting on conditions with deadlines; never for luck."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(probe: Callable[[], T], seconds: float = 20.0, every: float = 0.05) -> T:
    """The first true value of `probe`; AssertionError with its last value when the seconds are over."""
    deadline = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        assert time.monotonic() < deadline, f"still {value!r} after {seconds} s"
        time.sleep(every)
