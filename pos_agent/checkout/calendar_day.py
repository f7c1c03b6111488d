"""What a new business date does to points, written down: expired and activated lots become events of their own.

The fold does it by date anyway; the event is the record. Writing it late, twice or never changes no balance.
"""

from __future__ import annotations

from datetime import date

from pos_agent.checkout.figures import policy
from pos_agent.checkout.points_orders import finish
from pos_agent.ledger.balance import due
from pos_agent.ledger.fold import fold
from pos_agent.rules.values import Rules
from pos_agent.store.store import Store


def write_due(store: Store, rules: Rules, today: date) -> int:
    """Append the date events of every customer up to `today`, one small transaction a customer. Number of events.

    Orders about points that a kill left undone come first.
    """
    finish(store, rules)
    with store.reading() as view:
        customers = view.ledger.customers()
    return sum(_of_customer(store, rules, customer, today) for customer in customers)


def _of_customer(store: Store, rules: Rules, customer: str, today: date) -> int:
    with store.reading() as view:
        events = [chained.event for chained in view.ledger.by_customer(customer)]
    found = due(fold(events, today, policy(rules)), today)
    if not found:
        return 0
    with store.writing("calendar") as txn:
        for one in found:
            txn.ledger.append(one.event())
    return len(found)
