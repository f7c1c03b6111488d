"""What happened, as a simulation replays it: sales, returns and gifts in business order. Values; JSON for the spool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pos_agent.rules.basket_values import BasketLine

LINE_FIELDS = tuple(one.name for one in fields(BasketLine) if one.name != "flags")


class PastKind(StrEnum):
    """What it was."""

    SALE = "sale"
    RETURN = "return"
    GIFT = "gift"  # points given or adjusted by hand


@dataclass(frozen=True)
class Past:
    """One thing that happened. `id` of a document is FN/FD; `at` is ISO local time with its offset.

    `lines`: the goods at the price they were offered at, as far as the source knows (a receipt of somebody else's till
    knows prices after discounts only). `paid_kop`: the registered total. `customer` "" = the source does not know.
    `spent_pt`: points that paid; `codes`: promo codes entered. Of a return: `original` FN/FD or "", `pieces` (line of
    the sale, millionths). Of a gift: `points_pt` (below 0: taken) and the days of its lot. `segments`: the customer's
    at that time; `channel`, `delivery`, `partner`: how it was sold. `lacks`: what the source does not know of a sale
    (see `needs.FACTS`): there an empty value says nothing.
    """

    kind: PastKind
    id: str
    at: str
    register: str = ""
    store: str = ""
    customer: str = ""
    lines: tuple[BasketLine, ...] = ()
    paid_kop: int = 0
    spent_pt: int = 0
    codes: tuple[str, ...] = ()
    original: str = ""
    pieces: tuple[tuple[int, int], ...] = ()
    points_pt: int = 0
    active_from: str = ""
    expires: str = ""
    channel: str = ""
    delivery: str = ""
    partner: str = ""
    segments: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    @property
    def day(self) -> str:
        """Business date, ISO."""
        return self.at[:10]

    @property
    def order(self) -> tuple[str, str, str]:
        """Business order: date, UTC instant, id (loyalty rules, section 10)."""
        instant = datetime.fromisoformat(self.at).astimezone(UTC)
        return self.day, instant.isoformat(), self.id

    def to_json(self) -> dict[str, Any]:
        """JSON values; `from_json` gives the same back. Empty fields are left out."""
        found = {name: value for name, value in vars(self).items() if value not in ("", 0, ())}
        if self.lines:
            found["lines"] = [_line_to_json(line) for line in self.lines]
        return {**found, "kind": self.kind.value}


def from_json(values: Mapping[str, Any]) -> Past:
    """Inverse of `Past.to_json`."""
    lines = tuple(BasketLine(**{**line, "flags": frozenset(line.get("flags", ()))}) for line in values.get("lines", ()))
    return Past(
        **{
            **values,
            "kind": PastKind(values["kind"]),
            "lines": lines,
            **{name: tuple(values.get(name, ())) for name in ("codes", "segments", "lacks")},
            "pieces": tuple((number, micro) for number, micro in values.get("pieces", ())),
        }
    )


def _line_to_json(line: BasketLine) -> dict[str, Any]:
    found = {name: value for name in LINE_FIELDS if (value := getattr(line, name)) not in ("", 0)}
    if line.flags:
        found["flags"] = sorted(line.flags)
    return found
