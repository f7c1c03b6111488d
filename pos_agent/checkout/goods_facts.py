"""What of a basket a sale keeps beside its sums, so that other rules can be tried on it later. Pure.

Everything a rule may ask of goods and of the occasion, and nothing that names a person: no birthday. A key that is
there with "" was known to be empty; a sale without the keys was written before they were kept, or by another till.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_agent.rules.basket_values import Basket, BasketLine

MARK = "category"  # always there on a line that this module described


def goods_facts(line: BasketLine) -> dict[str, Any]:
    """Facts of a line: `category` always, the rest when it says something.

    `flags` are those the line was priced with: the till's, and what a limit against abuse took away then.
    """
    more = {
        "barcode": line.barcode,
        "flags": sorted(line.flags),
        "floor_kop": line.floor_kop,
        "volume_ml": line.volume_ml,
        "sells": line.sells,
    }
    return {MARK: line.category, **{name: value for name, value in more.items() if value}}


def offered_facts(basket: Basket) -> dict[str, Any]:
    """Facts of the sale: `channel` always; `delivery`, `partner`, the customer's `segments` when there are any."""
    segments = sorted(basket.customer.segments) if basket.customer else []
    more = {"delivery": basket.delivery, "partner": basket.partner, "segments": segments}
    return {"channel": basket.channel, **{name: value for name, value in more.items() if value}}


def goods_known(line: Mapping[str, Any]) -> bool:
    """Were the facts of this line kept?"""
    return MARK in line
