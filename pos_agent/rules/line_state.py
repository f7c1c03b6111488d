"""A line of the basket while rules run over it (loyalty rules, section 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from pos_agent.money import MICRO, ceil, line_sum_kop
from pos_agent.rules.basket import BasketLine
from pos_agent.rules.scope import BLACKLIST_FLAGS, NO_DISCOUNT, BlacklistEntry, barred_by


@dataclass(frozen=True)
class LineState:
    """Gross, floor, what was taken off so far.

    `barred`: flag -> who sets it. `discounted`: some rule other than `round_total` gave something. `set_off_kop` and
    `taken`: kopecks and whole units that set rules gave so far (section 3.2).
    """

    line: BasketLine
    gross_kop: int
    floor_kop: int
    barred: Mapping[str, str] = field(default_factory=dict)
    discounts: tuple[tuple[str, int], ...] = ()
    points_kop: int = 0
    discounted: bool = False
    set_off_kop: int = 0
    taken: int = 0

    @property
    def discount_kop(self) -> int:
        """All discounts together, without points."""
        return sum(kop for _, kop in self.discounts)

    @property
    def net_kop(self) -> int:
        """Gross less discounts and points."""
        return self.gross_kop - self.discount_kop - self.points_kop

    @property
    def room_kop(self) -> int:
        """How much more may be taken off."""
        return max(0, self.net_kop - self.floor_kop)

    @property
    def open_to_discounts(self) -> bool:
        """No `no_discount` on it: rules may see the line at all."""
        return NO_DISCOUNT not in self.barred

    @property
    def id(self) -> str:
        """Id in the basket."""
        return self.line.id

    @property
    def name(self) -> str:
        """Name of the goods."""
        return self.line.name

    @property
    def sku(self) -> str:
        """Stock keeping unit."""
        return self.line.sku

    @property
    def category(self) -> str:
        """Category of the goods."""
        return self.line.category

    @property
    def gtin(self) -> str:
        """Global trade item number."""
        return self.line.gtin

    @property
    def flags(self) -> frozenset[str]:
        """Flags of the line and of the blacklist."""
        return self.line.flags | self.barred.keys()

    def less(self, rule: str, kop: int, *, rounding: bool, set_units: int | None) -> LineState:
        """The line after a rule took `kop` off it; `set_units`: units given, None when it is no set rule."""
        if not kop and not set_units:
            return self
        return replace(
            self,
            discounts=(*self.discounts, (rule, kop)) if kop else self.discounts,
            discounted=self.discounted or (kop > 0 and not rounding),
            set_off_kop=self.set_off_kop + (kop if set_units is not None else 0),
            taken=self.taken + (set_units or 0),
        )


def opened(
    lines: Sequence[BasketLine], blacklist: Sequence[BlacklistEntry], min_unit_kop: int
) -> tuple[LineState, ...]:
    """Phase 0: gross, floors, blacklist flags."""
    return tuple(_opened(line, blacklist, min_unit_kop) for line in lines)


def _opened(line: BasketLine, blacklist: Sequence[BlacklistEntry], min_unit_kop: int) -> LineState:
    unit_kop = max(line.floor_kop, min_unit_kop)
    bare = LineState(
        line,
        gross_kop=line_sum_kop(line.price_kop, line.quantity_micro),
        floor_kop=ceil(Fraction(unit_kop * line.quantity_micro, MICRO)),
    )
    barred = {flag: who for flag in BLACKLIST_FLAGS if (who := barred_by(flag, bare, blacklist))}
    return replace(bare, barred=barred)
