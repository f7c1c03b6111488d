"""Words and days as people write them in tables. Pure."""

from __future__ import annotations

import re
from datetime import date

RUSSIAN_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
YES = frozenset({"1", "yes", "true", "y", "да", "д", "+"})
NO = frozenset({"0", "no", "false", "n", "нет", "н", "-"})


def flag(text: str) -> bool | None:
    """`да`, `1`, `yes`; None when it is neither yes nor no."""
    word = text.strip().casefold()
    return True if word in YES else False if word in NO else None


def day(text: str) -> date | None:
    """`2026-11-30` or `30.11.2026`; None when it is no day."""
    russian = RUSSIAN_DAY.fullmatch(text.strip())
    try:
        if russian:
            return date(int(russian[3]), int(russian[2]), int(russian[1]))
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
