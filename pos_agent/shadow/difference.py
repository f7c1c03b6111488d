"""What other rules would have made of a sale. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pos_agent.checkout.figures import balance_on, snapshot_before
from pos_agent.ledger.stamps import stamps
from pos_agent.model.events import LedgerEvent
from pos_agent.rules.basket_values import Basket, BasketCustomer
from pos_agent.rules.code_usability import NO_SECRETS
from pos_agent.rules.price import Priced, PricedLine, price
from pos_agent.rules.values import Rules
from pos_agent.simulate.of_event import past_of_event
from pos_agent.simulate.past import Past

BY_BASKET, BY_LEDGER = "basket", "ledger"


@dataclass(frozen=True)
class Compared:
    """One sale under both rules. `source`: the basket itself, or what the ledger keeps of it. `body` {} = the same."""

    source: str
    body: Mapping[str, Any]


def of_basket(basket: Basket, live: Priced, shadow: Rules, secrets: Mapping[str, bytes] = NO_SECRETS) -> Compared:
    """The very basket that was sold. BasketError: the shadow rules forbid one of its prices."""
    return Compared(BY_BASKET, difference(live, price(shadow, basket, secrets)))


def of_event(event: LedgerEvent, history: Sequence[LedgerEvent], live: Rules, shadow: Rules, store: str) -> Compared:
    """What the ledger keeps of the sale, priced by both. `history`: the customer's events before it. BasketError."""
    past = past_of_event(event, store)
    assert past is not None, "only sales come here"
    basket = Basket(
        lines=past.lines,
        at=datetime.fromisoformat(past.at),
        register=past.register,
        store=past.store,
        channel=past.channel or "till",
        delivery=past.delivery,
        partner=past.partner,
        customer=_customer(event, history, live, frozenset(past.segments)),
        codes=past.codes,
        asked_pt=past.spent_pt,
        draft=past.id,
    )
    return Compared(BY_LEDGER, difference(price(live, basket), price(shadow, basket)))


def difference(live: Priced, shadow: Priced) -> dict[str, Any]:
    """`{"live", "shadow"}` with totals, rules applied and the lines that differ; {} when nothing does."""
    changed = {
        ours.id for ours, theirs in zip(live.lines, shadow.lines, strict=True) if _line(ours) != _line(theirs)
    }  # both have the lines of one basket
    if not changed and _totals(live) == _totals(shadow):
        return {}
    return {"live": _side(live, changed), "shadow": _side(shadow, changed)}


def sale_of(event: LedgerEvent) -> Past | None:
    """The sale that an event records; None for anything else."""
    past = past_of_event(event, "")
    return past if past is not None and past.kind.value == "sale" and past.lines else None


def _side(priced: Priced, changed: set[str]) -> dict[str, Any]:
    lines = {line.id: _line(line) for line in priced.lines if line.id in changed}
    return {**_totals(priced), "applied": list(priced.applied), "lines": lines}


def _line(line: PricedLine) -> dict[str, Any]:
    return {
        "discounts": dict(line.discounts),
        "net_kop": line.net_kop,
        "points_pt": line.points_pt,
        "accrued_pt": line.accrued_pt,
    }


def _totals(priced: Priced) -> dict[str, int]:
    totals = priced.totals
    return {
        "discount_kop": totals.discount_kop,
        "paid_kop": totals.payable_kop,
        "spent_pt": totals.points_pt,
        "issued_pt": totals.accrued_pt,
        "coupons": len(priced.coupons),
    }


def _customer(
    event: LedgerEvent, history: Sequence[LedgerEvent], live: Rules, segments: frozenset[str]
) -> BasketCustomer | None:
    """The customer's figures as the sale was priced by them, else as the ledger gives them."""
    if event.customer is None:
        return None
    before = event.facts.get("before")
    if isinstance(before, Mapping):
        figures = {name: before[name] for name in ("metric_kop", "visits", "balance_pt")}
        return BasketCustomer(id=event.customer, segments=segments, stamps=dict(before.get("stamps", {})), **figures)
    day = date.fromisoformat(event.business_date)
    was = snapshot_before(history, event.customer, day, live)
    return BasketCustomer(
        id=event.customer,
        metric_kop=was.metric_kop,
        visits=was.visits,
        balance_pt=balance_on(history, day, live).active_pt,
        segments=segments,
        stamps=stamps(history),
    )
