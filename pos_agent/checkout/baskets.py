"""Baskets of the last sales as they were priced, in memory: for those who look at them after the sale."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from pos_agent.rules.basket import Basket
from pos_agent.rules.price import Priced

KEPT = 200  # sales; more only gather when nobody takes them


@dataclass(frozen=True)
class PricedBasket:
    """A basket with codes and customer as the rules saw it, its price, and the keys of its code batches."""

    basket: Basket
    priced: Priced
    secrets: Mapping[str, bytes]


class RecentBaskets:
    """Put in by the thread that sells, taken by another. Nothing here waits or reckons."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._turn = threading.Lock()
        self._found: OrderedDict[str, PricedBasket] = OrderedDict()

    def put(self, sale_id: str, basket: Basket, priced: Priced, secrets: Mapping[str, bytes]) -> None:
        """The last price of a sale stands; the oldest is dropped when there are too many."""
        with self._turn:
            self._found.pop(sale_id, None)
            self._found[sale_id] = PricedBasket(basket, priced, secrets)
            if len(self._found) > self._kept:
                self._found.popitem(last=False)

    def take(self, sale_id: str) -> PricedBasket | None:
        """Once; None when it is not here (any more)."""
        with self._turn:
            return self._found.pop(sale_id, None)
