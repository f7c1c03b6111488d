"""What a person's history comes to on a day, reckoned once for one history: a basket is priced anew at each scan.

Each answer hangs on the rows and on what is in its key, and on nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pos_agent.checkout.figures import policy
from pos_agent.checkout.standing import Standing, ladder, snapshot_of, standing_of
from pos_agent.ledger.fold import fold
from pos_agent.ledger.metric import Purchases
from pos_agent.ledger.stamps import stamps
from pos_agent.ledger.state import CustomerState
from pos_agent.model.loyalty import CustomerSnapshot
from pos_agent.rules.values import Rules
from pos_agent.store.histories import History


def state_on(history: History, customer: str, day: date, rules: Rules) -> CustomerState:
    """`ledger.fold.fold` through a day."""
    wanted = policy(rules)
    return history.once(("state", customer, day, wanted), lambda: fold(history.events, day, wanted, customer))


def snapshot_on(history: History, customer: str, day: date, rules: Rules) -> CustomerSnapshot:
    """`checkout.standing.snapshot`: as the rules of a receipt of the day see the customer."""
    key = ("snapshot", customer, day, rules.program.level, ladder(rules))
    return history.once(key, lambda: snapshot_of(_bought(history, customer, day), customer, day, rules))


def standing_on(history: History, customer: str, day: date, rules: Rules) -> Standing:
    """`checkout.standing.standing`."""
    key = ("standing", customer, day, rules.program.level, ladder(rules))
    return history.once(key, lambda: standing_of(_bought(history, customer, day), customer, day, rules))


def stamps_of(history: History) -> Mapping[str, int]:
    """`ledger.stamps.stamps` after the last event."""
    return history.once("stamps", lambda: stamps(history.events))


def _bought(history: History, customer: str, day: date) -> Purchases:
    return history.once(("bought", customer, day), lambda: Purchases(history.events, day, customer))
