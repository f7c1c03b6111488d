"""`[limits]`: what a program holds for too much, and what is done about it (loyalty rules, section 10). Values."""

from __future__ import annotations

from dataclasses import dataclass

REFUSE, CODE, SENIOR, FLAG = "refuse", "code", "senior", "flag"
ACTIONS = (REFUSE, CODE, SENIOR, FLAG)  # no points, ask for a code, ask for a supervisor, only say so
SLIP, FILE, OFF = "slip", "file", "off"
SENDERS = (SLIP, FILE, OFF)

COUNTED = ("accruals_day", "accruals_hour", "spends_day", "spends_hour", "receipts_hour")
SHARES = ("cashier_share", "manual_share")
LATE_CARD, QUICK_RETURN, CODE_ATTEMPTS = "late_card", "quick_return", "code_attempts"
NAMES = (*COUNTED, *SHARES, LATE_CARD, QUICK_RETURN, CODE_ATTEMPTS)
ONLY_EARNING, ONLY_SPENDING = ("accruals_day", "accruals_hour"), ("spends_day", "spends_hour")


@dataclass(frozen=True)
class Limit:
    """One limit. `most`: so many are allowed, the next is too many; of a share in basis points, from `least` receipts
    of the day on. `minutes` of a quick return and of code attempts."""

    name: str
    action: str = FLAG
    most: int = 0
    least: int = 0
    minutes: int = 0


@dataclass(frozen=True)
class Limits:
    """All limits of a program, in the order of NAMES. `sender`: how confirmation codes reach the customer."""

    all: tuple[Limit, ...] = ()
    sender: str = SLIP
    digits: int = 4

    def get(self, name: str) -> Limit | None:
        """None: the program has no such limit."""
        return next((one for one in self.all if one.name == name), None)
