"""Who earns points. Personal data is here only in memory; at rest the store keeps it encrypted."""

from __future__ import annotations

from dataclasses import dataclass

CARD_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no O I 0 1: they are mistaken for each other
CARD_LENGTH = 10  # 50 bits: nobody guesses one


@dataclass(frozen=True)
class Customer:
    """One participant. `phone` is E.164 (`+79161234567`) or "", `email` lower case or ""."""

    id: str
    name: str = ""
    phone: str = ""
    email: str = ""
    card: str = ""  # card code: letters and digits without O I 0 1, no dashes

    @property
    def masked_name(self) -> str:
        """`Анна Козлова` -> `Анна К.`: what slips and screens may show."""
        first, *rest = self.name.split(None, 1) or [""]
        return f"{first} {rest[0][0]}." if rest else first

    @property
    def masked_card(self) -> str:
        """`**** 8052`."""
        return f"**** {self.card[-4:]}" if self.card else ""


@dataclass(frozen=True)
class Balance:
    """A customer's points on one date, in hundredths, and the level that this date gives.

    `next_expiry` is (last usable day ISO, amount_pt) of the lot that goes first, None when nothing expires.
    `metric_kop` is what the level is computed from, before today's purchases.
    """

    active_pt: int = 0
    pending_pt: int = 0
    debt_pt: int = 0
    next_expiry: tuple[str, int] | None = None
    pending_from: str = ""  # date the nearest pending lot becomes usable, "" when none
    metric_kop: int = 0
    visits: int = 0
