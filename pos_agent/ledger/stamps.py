"""Stamp counters of a customer from the set of events (loyalty rules, section 9).

sale: facts["stamps"] = {"cup": {"every": 6, "lines": [{"number": 1, "units": 2, "free": 0}, ...], ...}, ...}
Stamps = units counted in the remaining purchases - every x free units given and not returned; it may fall below 0.
Returned units of a line count as its paid ones until all paid units of the line are back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from pos_agent.ledger.order import is_return, settle
from pos_agent.ledger.returned import Pieces, returned_pieces
from pos_agent.model.events import LedgerEvent
from pos_agent.model.receipt import DocumentId
from pos_agent.money import MICRO


def stamps(events: Iterable[LedgerEvent], through: date = date.max) -> dict[str, int]:
    """Counter -> stamps after the last event of `through`. Any order of arrival gives the same; sorted by counter.

    Unlike levels the day itself counts: the next cup of the same morning is the next stamp.
    """
    sales: dict[DocumentId, tuple[LedgerEvent, Pieces]] = {}
    for event in settle((one for one in events if one.customer is not None), through).events:
        original = event.purchase.original if event.purchase else None
        if original is not None:
            if original in sales:
                pieces, counted = returned_pieces(event), sales[original][1]
                if counted.fits(pieces):
                    counted.give_back(pieces)
        elif event.document is not None and not is_return(event) and event.facts.get("stamps"):
            sales[event.document] = event, Pieces(event)
    found: dict[str, int] = {}
    for event, counted in sales.values():
        for counter, card in event.facts["stamps"].items():
            found[counter] = found.get(counter, 0) + _left(card, counted)
    return dict(sorted(found.items()))


def _left(card: Mapping[str, Any], counted: Pieces) -> int:
    """What one sale still puts on the card."""
    total = 0
    for line in card["lines"]:
        sold = counted.lines[line["number"]].quantity_micro // MICRO
        back = counted.back_micro[line["number"]] // MICRO
        free_back = max(0, back - (sold - line["free"]))
        total += max(0, line["units"] - back) - card["every"] * (line["free"] - free_back)
    return total
