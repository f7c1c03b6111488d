"""Does the ledger agree with itself: database, chain, invariants, and every cached balance rebuilt from event one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pos_agent.checkout.figures import balance_on, policy
from pos_agent.ledger.audit import audit_people
from pos_agent.ledger.persons import own_events
from pos_agent.model.events import ChainedEvent, LedgerEvent
from pos_agent.rules.parse import parse
from pos_agent.rules.values import Rules
from pos_agent.store.balances import CachedBalance
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
    """Person by person: memory is that of one of them and of the cached balances."""
    days = view.ledger.days()
    if days is None:
        return
    last = date.fromisoformat(days[1])
    cached: dict[str, CachedBalance] = {
        one.customer_id: one for one in view.balances.all() if one.program == rules.program.id
    }
    wrong: list[str] = []
    people = _rebuilt(view, rules, cached, wrong)
    yield from (f"{one.kind}: {one.where}: {one.detail}" for one in audit_people(people, last, policy(rules)))
    for left in cached.values():  # of customers without events
        wrong += _unlike(left, (), rules)
    yield from wrong


def _rebuilt(
    view: View, rules: Rules, cached: dict[str, CachedBalance], wrong: list[str]
) -> Iterator[Sequence[LedgerEvent]]:
    """Events of every person, once its balances are compared: these leave `cached`, what differs goes to `wrong`."""
    for rows in view.ledger.people():
        for card in sorted({row.event.customer or "" for row in rows} & cached.keys()):
            wrong += _unlike(cached.pop(card), rows, rules)
        yield [row.event for row in rows]


def _unlike(cached: CachedBalance, rows: Sequence[ChainedEvent], rules: Rules) -> list[str]:
    known = [row.event for row in rows if row.seq <= cached.through_seq]
    history = own_events(known, cached.customer_id, date.max)  # of cards that were merged by then
    if balance_on(history, date.fromisoformat(cached.as_of), rules) == cached.balance:
        return []
    return [f"balance of {cached.customer_id} on {cached.as_of} is not what its events give"]
