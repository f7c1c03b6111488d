"""Quantities as text: decimals of at most six digits after the point, whole millionths inside."""

from __future__ import annotations

import re

from pos_agent.money import MICRO

QUANTITY = re.compile(r"(\d{1,9})(?:\.(\d{1,6}))?", re.ASCII)


def micro_of(value: object) -> int | None:
    """Millionths (> 0) of a text like `1.250`; None for anything else."""
    found = QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    whole, fraction = found.groups()
    micro = int(whole) * MICRO + (int(fraction.ljust(6, "0")) if fraction else 0)
    return micro if micro > 0 else None


def quantity(micro: int) -> str:
    """Millionths as the till writes them: at least three digits after the point, `1.000`, `0.333333`."""
    whole, fraction = divmod(micro, MICRO)
    if not fraction:
        return f"{whole}.000"
    digits = f"{fraction:06d}"
    return f"{whole}.{digits[:3]}{digits[3:].rstrip('0')}"
