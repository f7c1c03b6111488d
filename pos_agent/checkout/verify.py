"""Does the ledger agree with itself: database, chain, invariants, and every cached balance rebuilt from event one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pos_agent.checkout.figures import balance_on, policy
from pos_agent.ledger.audit import audit
from pos_agent.ledger.persons import own_events
from pos_agent.rules.parse import parse
from pos_agent.rules.values import Rules
from pos_agent.store.integrity import check_all
from pos_agent.store.repositories import View


@dataclass(frozen=True)
class Report:
    """`breaches` in English, one line each, without personal data; empty when all agrees."""

    events: int
    head: str
    breaches: tuple[str, ...]


def verify_ledger(view: View) -> Report:
    """Reads everything: minutes on a big database, never on the sale path."""
    head = view.ledger.head()
    breaches = [f"{finding.check}: {finding.what}" for finding in check_all(view)]
    active = view.rules.active()
    if active is not None and not breaches:
        breaches += _points(view, parse(active.content, active.format))
    return Report(head.seq, head.hash, tuple(breaches))


def _points(view: View, rules: Rules) -> Iterator[str]:
    events = [chained.event for chained in view.ledger.range()]
    if not events:
        return
    last = date.fromisoformat(max(event.business_date for event in events))
    yield from (f"{one.kind}: {one.where}: {one.detail}" for one in audit(events, last, policy(rules)))
    for cached in view.balances.all():
        if cached.program != rules.program.id:
            continue
        known = [row.event for row in view.ledger.by_customer(cached.customer_id) if row.seq <= cached.through_seq]
        history = own_events(known, cached.customer_id, date.max)  # of cards that were merged by then
        rebuilt = balance_on(history, date.fromisoformat(cached.as_of), rules)
        if rebuilt != cached.balance:
            yield f"balance of {cached.customer_id} on {cached.as_of} is not what its events give"
