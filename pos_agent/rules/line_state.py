"""A line of the basket while rules run over it (loyalty rules, section 2). Mutable: one price() owns it."""

from __future__ import annotations

from collections.abc import Sequence

from pos_agent.money import MICRO, line_sum_kop
from pos_agent.rules.basket_values import BasketLine
from pos_agent.rules.scope import BLACKLIST_FLAGS, NO_ACCRUE, NO_DISCOUNT, BlacklistEntry


class LineState:
    """Gross, floor, what was taken off so far.

    `net_kop`: gross less discounts and points. `barred`: flag -> who sets it. `discounted`: some rule other than
    `round_total` gave something. `set_off_kop` and `taken`: kopecks and whole units that set rules gave so far
    (section 3.2), `gifts` those given free and whole. `scopes`: bits of the scopes in which the line lies.
    """

    __slots__ = (
        "barred", "discounted", "discounts", "floor_kop", "gifts", "gross_kop", "id", "index", "line", "net_kop",
        "points_kop", "quantity_micro", "scopes", "set_off_kop", "taken",
    )  # fmt: skip

    def __init__(
        self, line: BasketLine, index: int, scopes: int, entries: Sequence[BlacklistEntry], unit_kop: int
    ) -> None:
        self.line = line
        self.id = line.id
        self.index = index
        self.scopes = scopes
        self.quantity_micro = line.quantity_micro
        self.gross_kop = self.net_kop = line_sum_kop(line.price_kop, line.quantity_micro)
        self.floor_kop = floor_kop(line, entries, unit_kop)
        self.barred = barred(line, entries) if line.flags or entries else {}
        self.discounts: dict[str, int] = {}
        self.points_kop = 0
        self.discounted = False
        self.set_off_kop = 0
        self.taken = 0
        self.gifts = 0

    @property
    def room_kop(self) -> int:
        """How much more may be taken off."""
        return max(0, self.net_kop - self.floor_kop)

    @property
    def open_to_discounts(self) -> bool:
        """No `no_discount` on it: rules may see the line at all."""
        return NO_DISCOUNT not in self.barred

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
    def barcode(self) -> str:
        """What the scanner read."""
        return self.line.barcode


def barred(line: BasketLine, entries: Sequence[BlacklistEntry]) -> dict[str, str]:
    """Flag -> who sets it: the line itself, else the first entry that does."""
    found: dict[str, str] = {}
    for flag in BLACKLIST_FLAGS:
        if flag in line.flags:
            found[flag] = "line"
        elif entry := next((one for one in entries if flag in one.flags or _unknown_floor(one, line, flag)), None):
            found[flag] = f"blacklist:{entry.id}"
    return found


def _unknown_floor(entry: BlacklistEntry, line: BasketLine, flag: str) -> bool:
    """A minimum by volume whose volume the till does not tell: then the price on the shelf is the lowest."""
    return bool(entry.floor_per_litre_kop) and not line.volume_ml and flag != NO_ACCRUE


def floor_kop(line: BasketLine, entries: Sequence[BlacklistEntry], unit_kop: int) -> int:
    """Lowest sum of the line: the highest of all floors of a unit times the quantity, up to a whole kopeck."""
    unit_kop = max(line.floor_kop, unit_kop)
    if not unit_kop and not entries:
        return 0
    for entry in entries:
        by_volume = -(-entry.floor_per_litre_kop * line.volume_ml // 1000)
        unit_kop = max(unit_kop, entry.floor_kop, by_volume)
    return -(-unit_kop * line.quantity_micro // MICRO)
