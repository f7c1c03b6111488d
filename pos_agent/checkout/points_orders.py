"""Orders about points, carried out once: written down under their id, then appended to the ledger.

A kill between the two is finished by `finish` at the next start; the same id asked for again gets the same event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from pos_agent.checkout.figures import balance_on
from pos_agent.errors import UsageError
from pos_agent.model.canonical import canonical_json, sha256_hex
from pos_agent.model.events import LedgerEvent, survivor
from pos_agent.rules.values import Rules
from pos_agent.store.balances import CachedBalance
from pos_agent.store.points import DONE, PointsOrder
from pos_agent.store.repositories import Txn, View
from pos_agent.store.store import Store

Check = Callable[[View], None]


def place(
    store: Store, rules: Rules, event: LedgerEvent, asked: Mapping[str, Any], check: Check
) -> tuple[LedgerEvent, bool]:
    """Carry out one order: its event as the ledger has it, and whether it was done before.

    `asked`: what the caller wants, without the time; `check` raises when the ledger does not allow it now.
    UsageError PTS-04: the id belongs to another order.
    """
    wanted = sha256_hex(canonical_json(asked))
    with store.writing("points order asked") as txn:
        known = txn.points_orders.get(event.id)
        if known is not None and known.content_hash != wanted:
            raise UsageError("PTS-04", id=event.id)
        if known is None:
            check(txn)
            txn.points_orders.ask(event, wanted)
    if known is not None and known.state == DONE:
        return known.event, True
    with store.writing("points order done") as txn:
        order = txn.points_orders.get(event.id)
        assert order is not None, "written down a moment ago, and never forgotten"
        _carry_out(txn, rules, order)
    return order.event, False


def finish(store: Store, rules: Rules) -> int:
    """Orders that a kill left written down and not done. Their number."""
    with store.reading() as view:
        left = view.points_orders.asked()
    for order in left:
        with store.writing("points order done") as txn:
            _carry_out(txn, rules, order)
    return len(left)


def _carry_out(txn: Txn, rules: Rules, order: PointsOrder) -> None:
    event = order.event
    txn.ledger.append(event)
    txn.points_orders.done(event.id)
    into = survivor(event)
    if into:
        txn.balances.drop(event.customer or "", rules.program.id)
    _cache(txn, rules, into or event.customer or "")


def _cache(txn: Txn, rules: Rules, customer: str) -> None:
    history = [chained.event for chained in txn.ledger.by_customer(customer)]
    as_of = max(one.business_date for one in history)
    now = balance_on(history, date.fromisoformat(as_of), rules)
    txn.balances.drop(customer, rules.program.id)
    txn.balances.put(CachedBalance(customer, rules.program.id, now, as_of=as_of, through_seq=txn.ledger.head().seq))
