"""What a rule would give at a moment: kopecks per line, or the reason why nothing (loyalty rules, section 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pos_agent.rules.layout import shared
from pos_agent.rules.line_state import LineState

NOT_IN_SCOPE = "not in scope"
CONDITION = "condition"
NO_CUSTOMER = "no customer"
NO_ROOM = "no room"
NOTHING = "nothing to give"
CEILING = "cut by the ceiling"
LOST = "lost in group"
EXCLUDED = "excluded"
NO_FACTS: Mapping[str, Any] = {}


class Offer:
    """`parts`: lines and kopecks > 0; `reason` says why there are none.

    `taken`: whole units given per line, None for kinds that are not set rules. `stamps`: counter and its value after
    the receipt, None when no counter moves. `facts`: JSON values for the trace.
    """

    __slots__ = ("facts", "parts", "reason", "stamps", "taken", "total_kop")

    def __init__(
        self,
        parts: Sequence[tuple[LineState, int]],
        reason: str = "",
        facts: Mapping[str, Any] = NO_FACTS,
        taken: Sequence[tuple[LineState, int]] | None = None,
        stamps: tuple[str, int] | None = None,
    ) -> None:
        self.parts = parts
        self.total_kop = sum([kop for _, kop in parts])
        self.reason = reason
        self.facts = facts
        self.taken = taken
        self.stamps = stamps

    def within(self, left_kop: int) -> Offer:
        """Cut to what `max_discount_bp` leaves, the rule's own parts as weights and rooms."""
        if self.total_kop <= left_kop:
            return self
        own = [kop for _, kop in self.parts]
        cut = zip(self.parts, shared(left_kop, own, own), strict=True)
        facts = {**self.facts, "wanted_kop": self.total_kop, "ceiling_left_kop": left_kop}
        parts = [(line, kop) for (line, _), kop in cut if kop]
        return Offer(parts, "" if left_kop else CEILING, facts, self.taken, self.stamps)


def nothing(reason: str, facts: Mapping[str, Any] = NO_FACTS) -> Offer:
    """An offer of zero and its reason."""
    return Offer((), reason, facts)


def why_zero(parts: Sequence[object], wanted_kop: int) -> str:
    """The reason of an offer whose amounts are known: "" when it gives something."""
    if parts:
        return ""
    return NO_ROOM if wanted_kop > 0 else NOTHING
