"""Every kopeck of a priced basket reckoned again from its trace: base, rate, exact figure, rounding, remainder.

The trace keeps what cannot be derived; this derives the rest, with the same laying out as the price itself. JSON
values; exact figures are texts `n/d` in kopecks or hundredths of a point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pos_agent.money import MICRO, half_up_ratio
from pos_agent.rules.accrue import BP, ratio
from pos_agent.rules.basket_values import Basket
from pos_agent.rules.layout import told
from pos_agent.rules.price import Priced
from pos_agent.rules.quantities import quantity

Entry = Mapping[str, Any]
BY_RATE = ("item_percent", "card_percent", "tier_percent")
BY_UNIT = ("item_amount", "item_price")


class Replay:
    """The lines as they were at each step."""

    def __init__(self, basket: Basket, priced: Priced) -> None:
        opening = {entry["line"]: entry for entry in priced.trace if entry["step"] == "line"}
        self.lines = {line.id: line for line in basket.lines}
        self.gross: dict[str, int] = {name: entry["gross_kop"] for name, entry in opening.items()}
        self.floor: dict[str, int] = {name: entry["floor_kop"] for name, entry in opening.items()}
        self.net = dict(self.gross)
        self.set_off = dict.fromkeys(self.gross, 0)

    def room(self, name: str) -> int:
        """How much more may be taken off."""
        return max(0, self.net[name] - self.floor[name])

    def take(self, given: Mapping[str, int]) -> None:
        """Lower the nets."""
        for name, kop in given.items():
            self.net[name] -= kop


def detail(basket: Basket, priced: Priced) -> list[dict[str, Any]]:
    """Line by line, rule by rule, in the order in which it happened. Trace entries with the derived figures added."""
    replay = Replay(basket, priced)
    return [_detailed(replay, entry) for entry in priced.trace]


def _detailed(replay: Replay, entry: Entry) -> dict[str, Any]:
    if entry["step"] == "line":
        line = replay.lines[entry["line"]]
        exact = ratio(line.price_kop * line.quantity_micro, MICRO)
        return {**entry, "price_kop": line.price_kop, "qty": quantity(line.quantity_micro), "exact_kop": exact}
    if entry["step"] == "discount":
        return _discount(replay, entry)
    if entry["step"] == "spend" and entry["spent_pt"]:
        allowed = [name for name in replay.net if name not in entry["barred"]]
        shares = _shares(replay, allowed, entry["spent_kop"])
        replay.take(entry["lines"])
        return {**entry, "shares": shares}
    return dict(entry)


def _discount(replay: Replay, entry: Entry) -> dict[str, Any]:
    given: Mapping[str, int] = entry["lines"]
    kind, figures = entry["kind"], [_figure(replay, entry, name, kop) for name, kop in given.items()]
    found = {**entry, "by_line": figures}
    if "wanted_kop" in entry:
        found["cut"] = {"wanted_kop": entry["wanted_kop"], "left_kop": entry["ceiling_left_kop"]}
    elif "amount_kop" in entry:
        order = [name for name in replay.net if name in given or name in entry.get("too_small", ())]
        found["shares"] = _shares(replay, order, entry["amount_kop"])
        if kind == "receipt_percent":
            found["exact_kop"] = ratio(entry["base_kop"] * entry["bp"], BP)
    replay.take(given)
    if "units" in entry:
        for name, kop in given.items():
            replay.set_off[name] += kop
    for figure in figures:
        figure["net_kop"] = replay.net[figure["line"]]
    return found


def _figure(replay: Replay, entry: Entry, name: str, given_kop: int) -> dict[str, Any]:
    """What one rule gave one line: exact, rounded, cut to the room."""
    line, kind = replay.lines[name], entry["kind"]
    base_kop = replay.gross[name] if entry["base"] == "gross" else replay.net[name]
    num, den = given_kop, 1
    if kind in BY_RATE:
        num, den = base_kop * entry["bp"], BP
    elif kind in BY_UNIT:
        num, den = entry["kop"] * line.quantity_micro, MICRO
        if kind == "item_price":
            num, den = replay.net[name] - half_up_ratio(num, den), 1
    elif "units" in entry:
        base_kop = replay.gross[name] if entry["base"] == "gross" else replay.net[name] + replay.set_off[name]
        num = base_kop * entry["units"][name] * entry["bp"]
        den = line.quantity_micro // MICRO * BP
    figures = {"line": name, "base_kop": base_kop, "room_kop": replay.room(name)}
    if "amount_kop" not in entry:
        figures |= {"exact_kop": ratio(num, den), "rounded_kop": half_up_ratio(num, den)}
    return {**figures, "given_kop": given_kop}


def _shares(replay: Replay, names: Sequence[str], amount_kop: int) -> list[dict[str, Any]]:
    """How an amount was laid out: exact share, whole part, where the missing kopecks went, which rooms were full."""
    weights, rooms = [replay.net[name] for name in names], [replay.room(name) for name in names]
    found = zip(names, weights, rooms, told(amount_kop, weights, rooms), strict=True)
    return [
        {
            "line": name,
            "weight_kop": weight,
            "room_kop": room,
            "exact_kop": ratio(num, den),
            "given_kop": kop,
            "by": by,
        }
        for name, weight, room, (num, den, kop, by) in found
    ]
