"""What a rule would give at a moment: kopecks per line, or the reason why nothing (loyalty rules, section 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from pos_agent.rules.layout import lay_out

NOT_IN_SCOPE = "not in scope"
CONDITION = "condition"
NO_CUSTOMER = "no customer"
NO_ROOM = "no room"
NOTHING = "nothing to give"
CEILING = "cut by the ceiling"
LOST = "lost in group"
EXCLUDED = "excluded"


@dataclass(frozen=True)
class Offer:
    """`parts`: kopecks per line of the basket, in its order; `reason` says why they are all 0.

    `taken`: whole units given per line, None for kinds that are not set rules. `stamps`: counter and its value after
    the receipt, None when no counter moves. `facts`: JSON values for the trace, exact figures as texts `n/d`.
    """

    parts: tuple[int, ...]
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    taken: tuple[int, ...] | None = None
    stamps: tuple[str, int] | None = None

    @property
    def total_kop(self) -> int:
        """The whole discount."""
        return sum(self.parts)

    def within(self, left_kop: int) -> Offer:
        """Cut to what `max_discount_bp` leaves, the rule's own parts as weights and rooms."""
        if self.total_kop <= left_kop:
            return self
        parts = lay_out(left_kop, [Fraction(part) for part in self.parts], self.parts)
        facts = {**self.facts, "wanted_kop": self.total_kop, "ceiling_left_kop": left_kop}
        return replace(self, parts=parts, reason="" if left_kop else CEILING, facts=facts)


def nothing(lines: Sequence[object], reason: str, **facts: object) -> Offer:
    """An offer of zero and its reason."""
    return Offer((0,) * len(lines), reason, facts)


def why_zero(parts: Sequence[int], wanted_kop: int) -> str:
    """The reason of an offer whose amounts are known: "" when it gives something."""
    if any(parts):
        return ""
    return NO_ROOM if wanted_kop > 0 else NOTHING
