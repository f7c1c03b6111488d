"""The ledger of a chain's past, made from a seed: events of sales, returns and gifts, and a database of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

from kit.past_sales import history
from pos_agent.checkout.figures import balance_on
from pos_agent.clock import SystemIds
from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent, Purchase
from pos_agent.model.receipt import DocumentId, Operation
from pos_agent.money import line_sum_kop
from pos_agent.rules.parse import parse
from pos_agent.simulate.past import Past, PastKind
from pos_agent.store.balances import CachedBalance
from pos_agent.store.keys import load_keys
from pos_agent.store.store import Store

RULES = """
[program]
id = "p"
name = "П"

[accrue]
tiers = [{ name = "Бронза", from_kop = 0, bp = 500 }, { name = "Золото", from_kop = 1_000_000, bp = 500 }]

[spend]
"""
PROGRAM, LIFE_DAYS, BATCH = "p", 120, 2000


class StillClock:
    """Nobody waits here."""

    def now(self) -> datetime:
        return datetime(2028, 1, 10, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0


def life(seed: int, count: int, customers: int, days: int = 60) -> Iterator[LedgerEvent]:
    """Events in business order: 5 % earned, points spent now and then beyond what is there, returns by pieces."""
    for past in history(seed, count, customers, days):
        if past.kind is PastKind.GIFT:
            yield _gift(past)
        else:
            yield _sale(past) if past.kind is PastKind.SALE else _return(past)


def _sale(past: Past) -> LedgerEvent:
    document = DocumentId.parse(past.id)
    name = f"receipt:{document.fn_serial}:{document.fd_number}"
    gross = [line_sum_kop(line.price_kop, line.quantity_micro) for line in past.lines]
    spent = min(past.spent_pt, sum(gross) // 2)
    spent_by = [spent * one // sum(gross) for one in gross]
    spent_by[0] += spent - sum(spent_by)
    lines = [
        {
            "number": number,
            "name": line.name,
            "sku": line.sku,
            "gtin": "",
            "price_kop": line.price_kop,
            "quantity_micro": line.quantity_micro,
            "gross_kop": gross[number - 1],
            "points_kop": spent_by[number - 1],
            "sum_kop": gross[number - 1] - spent_by[number - 1],
            "spent_pt": spent_by[number - 1],
            "accrued_pt": gross[number - 1] // 20 if past.customer else 0,
        }
        for number, line in enumerate(past.lines, 1)
    ]
    net_kop = sum(line["sum_kop"] for line in lines)
    entries: list[Entry] = []
    if past.customer:
        day = date.fromisoformat(past.day)
        lot = f"{name}:ACCRUE:{PROGRAM}"
        expires = (day + timedelta(days=LIFE_DAYS)).isoformat()
        accrued = sum(line["accrued_pt"] for line in lines)
        entries.append(Entry(lot, EntryKind.ACCRUE, PROGRAM, accrued, lot, past.day, past.day, expires))
        if spent:
            entries.append(Entry(f"{name}:SPEND:{PROGRAM}", EntryKind.SPEND, PROGRAM, spent))
    return LedgerEvent(
        id=name,
        kind=EventKind.RECEIPT,
        register=past.register,
        at=past.at,
        business_date=past.day,
        customer=past.customer or None,
        document=document,
        purchase=Purchase(net_kop) if past.customer else None,
        entries=tuple(entries),
        facts={"operation": int(Operation.SALE), "total_kop": net_kop, "lines": lines, "applied": []},
    )


def _return(past: Past) -> LedgerEvent:
    document = DocumentId.parse(past.id)
    name = f"receipt:{document.fn_serial}:{document.fd_number}"
    original = DocumentId.parse(past.original) if past.original else None
    entries = []
    if past.customer and original is not None:
        lot = f"receipt:{original.fn_serial}:{original.fd_number}:ACCRUE:{PROGRAM}"
        entries.append(Entry(f"{name}:REVERSE:{PROGRAM}", EntryKind.REVERSE, PROGRAM, None, lot))
    facts = {
        "operation": int(Operation.SALE_RETURN),
        "total_kop": past.paid_kop,
        "original": past.original,
        "returned": [{"number": number, "quantity_micro": micro} for number, micro in past.pieces],
    }
    return LedgerEvent(
        id=name,
        kind=EventKind.RECEIPT,
        register=past.register,
        at=past.at,
        business_date=past.day,
        customer=past.customer or None,
        document=document,
        purchase=Purchase(-past.paid_kop, original) if past.customer else None,
        entries=tuple(entries),
        facts=facts,
    )


def _gift(past: Past) -> LedgerEvent:
    lot = f"{past.id}:GIFT"
    entry = Entry(lot, EntryKind.GIFT, PROGRAM, past.points_pt, lot, past.day, past.active_from, past.expires)
    return LedgerEvent(past.id, EventKind.GIFT, "till-1", past.at, past.day, past.customer, entries=(entry,))


def write(folder: Path, events: Iterable[LedgerEvent]) -> Path:
    """A database with these events, made in `folder` as an agent has it: the store's own `append`, a batch a
    transaction, then the cached balance of every customer. No fiscal documents, slips or personal data.
    """
    ids, path = SystemIds(), folder / "agent.db"
    folder.mkdir(parents=True, exist_ok=True)
    keys = load_keys(folder / "keys" / "pii.key", ids, create=True)
    with Store.open(path, keys, StillClock(), ids) as store:
        with store.writing("rules") as txn:
            txn.rules.activate(txn.rules.add(RULES, "rules.toml", "toml").version)
        stream = iter(events)
        while batch := list(islice(stream, BATCH)):
            with store.writing("events") as txn:
                for event in batch:
                    txn.ledger.append(event)
        cache_balances(store)
    return path


def cache_balances(store: Store) -> int:
    """What the agent would have left beside its last event of every customer; how many they are."""
    rules, count = parse(RULES), 0
    with store.writing("balances") as txn:
        head = txn.ledger.head().seq
        for rows in txn.ledger.people():
            events = [row.event for row in rows]
            as_of = max(event.business_date for event in events)
            now = balance_on(events, date.fromisoformat(as_of), rules)
            txn.balances.put(CachedBalance(events[0].customer, PROGRAM, now, as_of=as_of, through_seq=head))
            count += 1
    return count
