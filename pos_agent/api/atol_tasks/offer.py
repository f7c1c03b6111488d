"""What a receipt costs with loyalty, found out in time; otherwise what the till asked for.

An offer is kept before the receipt is begun, so that the same request is the same sale after a restart.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass, replace
from typing import Any

from pos_agent.api.atol_tasks.buyer import Buyer, buyer
from pos_agent.api.atol_tasks.goods import line
from pos_agent.api.atol_tasks.receipt import TillReceipt, Wish
from pos_agent.api.atol_tasks.tender import as_basket, reduced, uncovered
from pos_agent.api.operation import Parts
from pos_agent.api.spending import Spending, priced
from pos_agent.errors import AgentError
from pos_agent.logs import logger

AT_ONCE = 2  # one that is late does not make the next one late
OK, LATE, OFF = "ok", "late", "off"
BARRED = ("no_discount", "no_spend")


@dataclass(frozen=True)
class Offer:
    """`basket` is for the desk, its payments fit `total_kop`. `list_price`: without loyalty, `loyalty` tells why.

    `refused`: the points that were asked for are not spent, and why.
    """

    basket: Mapping[str, Any]
    total_kop: int
    customer: str | None = None
    armed: str = ""
    list_price: bool = False
    loyalty: str = OK
    refused: str = ""

    def to_json(self) -> dict[str, Any]:
        """JSON values; `from_json` gives the same offer back."""
        return {**self.__dict__, "basket": dict(self.basket)}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Offer:
        """Inverse of `to_json`."""
        return cls(**given)


class Offers:
    """Makes offers; one for an agent. `box_s`: the longest that a receipt waits for loyalty."""

    def __init__(self, parts: Parts, box_s: float) -> None:
        self._parts, self._box_s = parts, box_s
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="atol-offer")
        self._log = logger("atol")

    def make(self, sale_id: str, asked: TillReceipt) -> Offer:
        """With loyalty when it answers in time and without error, else at the till's own price."""
        work = self._pool.submit(self._with_loyalty, sale_id, asked)
        try:
            return work.result(self._box_s)
        except LateError:
            work.cancel()
            return self._plain(asked, LATE, "late")
        except AgentError as error:
            return self._plain(asked, OFF, error.code)

    def plain(self, asked: TillReceipt, why: str) -> Offer:
        """The till's own price."""
        return self._plain(asked, OFF, why)

    def warm(self) -> None:
        """Read the rules once before the first receipt, which would wait for that longer than it may."""
        self._pool.submit(self._read_rules).add_done_callback(lambda done: done.cancelled() or done.exception())

    def close(self) -> None:
        """No more offers."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _read_rules(self) -> None:
        orders = self._parts.orders
        assert orders is not None, "the daemon sells"
        with orders.journal.store.reading() as view:
            orders.journal.rules(view)

    def _with_loyalty(self, sale_id: str, asked: TillReceipt) -> Offer:
        who, wish = buyer(self._parts, asked.wish.customer, asked.contact), asked.wish
        basket: dict[str, Any] = {**goods(asked), "spend": wish.spend}
        if wish.spend_pt is not None:
            basket["spend_pt"] = wish.spend_pt
        if wish.codes:
            basket["codes"] = list(wish.codes)
        found = self._priced(sale_id, basket, who, wish)
        if wish.card == "keep" and uncovered(asked.payments, _payable(found)):
            basket = {**goods(_undiscounted(asked)), "spend": "none"}
            found = replace(self._priced(sale_id, basket, who, wish), refused=found.refused)
        paid = as_basket(reduced(asked.payments, _payable(found)))
        sold = {**found.basket, "payments": paid}
        return Offer(sold, _payable(found), who.customer, who.armed, refused=found.refused)

    def _priced(self, sale_id: str, basket: Mapping[str, Any], who: Buyer, wish: Wish) -> Spending:
        orders = self._parts.orders
        assert orders is not None, "the daemon sells"
        return priced(self._parts, orders, sale_id, basket, who.customer, wish.said)

    def _plain(self, asked: TillReceipt, how: str, why: str) -> Offer:
        self._log.warning("sold without loyalty", reason=how, code=why)
        basket = {**goods(asked), "payments": as_basket(asked.payments)}
        return Offer(basket, asked.total_kop, list_price=True, loyalty=how)


def _payable(found: Spending) -> int:
    return found.look.priced.totals.payable_kop


def goods(asked: TillReceipt) -> dict[str, Any]:
    """The lines of a basket; ids are places from 1."""
    return {"lines": [line(one, str(number)) for number, one in enumerate(asked.positions, 1)]}


def _undiscounted(asked: TillReceipt) -> TillReceipt:
    barred = [replace(one, flags=tuple({*one.flags, *BARRED})) for one in asked.positions]
    return replace(asked, positions=tuple(barred))
