"""The rolling state of a simulated customer is the ledger's own fold of the same history, before every receipt."""

from __future__ import annotations

from datetime import date

import pytest
from kit.past_sales import history

from pos_agent.checkout.stamp_counts import stamp_counts
from pos_agent.checkout.standing import snapshot
from pos_agent.ledger.fold import fold
from pos_agent.ledger.metric import metric_before
from pos_agent.ledger.stamps import stamps
from pos_agent.ledger.state import FoldPolicy
from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent, Purchase
from pos_agent.model.receipt import DocumentId
from pos_agent.rules.parse import parse
from pos_agent.simulate.account import lot_name
from pos_agent.simulate.past import Past, PastKind
from pos_agent.simulate.world import World

LIVES = {"none": "", "days": "life_days = 12\ndelay_days = 3", "months": "life_months = 1"}
WINDOWS = {
    "all": "",
    "days": '[program.level]\nwindow = "days"\ndays = 14',
    "month": '[program.level]\nwindow = "month"',
    "hold": '[program.level]\nwindow = "days"\ndays = 9\npolicy = "hold"\nhold_days = 6',
    "one_step": '[program.level]\nwindow = "days"\ndays = 5\npolicy = "one_step"\nreview = "month"',
    "never": '[program.level]\nwindow = "month"\npolicy = "never"',
}


def rules(life: str, window: str, grace: int):
    return parse(f"""
[program]
id = "p"
name = "П"
grace_days = {grace}
{WINDOWS[window]}

[accrue]
tiers = [{{ name = "base", from_kop = 0, bp = 500 }}, {{ name = "plus", from_kop = 300000, bp = 1000 }}]
{LIVES[life]}

[spend]
cap_bp = 5000

[[rule]]
id = "cup"
kind = "punch_card"
every = 6
scope = {{ skus = ["cup*"] }}

[[rule]]
id = "big"
kind = "receipt_percent"
bp = 700
when = {{ min_total_kop = 100000 }}
""")


class Ledger:
    """The events that the agent would have written, by customer."""

    def __init__(self, program: str) -> None:
        self.program = program
        self.events: dict[str, list[LedgerEvent]] = {}

    def of(self, customer: str) -> list[LedgerEvent]:
        return self.events.setdefault(customer, [])

    def sale(self, past: Past, world: World) -> None:
        basket = world.basket(past)
        priced = world.priced(basket)
        sale = f"receipt:{past.id.replace('/', ':')}"
        lot = lot_name(past.id, self.program)
        entries = []
        if priced.totals.points_pt:
            entries.append(Entry(f"{sale}:SPEND:p", EntryKind.SPEND, self.program, priced.totals.points_pt))
        if priced.totals.accrued_pt:
            entries.append(self._accrue(lot, priced.totals.accrued_pt, past, world))
        lines = [
            {
                "number": n,
                "quantity_micro": line.quantity_micro,
                "accrued_pt": got.accrued_pt,
                "spent_pt": got.points_pt,
            }
            for n, (line, got) in enumerate(zip(basket.lines, priced.lines, strict=True), 1)
        ]
        facts = {"lines": lines, "stamps": stamp_counts(world.rules, basket, priced)}
        self._add(past, sale, EventKind.RECEIPT, Purchase(priced.totals.payable_kop), tuple(entries), facts)

    def _accrue(self, lot: str, amount_pt: int, past: Past, world: World) -> Entry:
        opened = world.account(past.customer)._lot(past.id, amount_pt, date.fromisoformat(past.day))
        expires = opened.expires.isoformat() if opened.expires else ""
        days = {"earned": past.day, "active_from": opened.active_from.isoformat(), "expires": expires}
        return Entry(lot, EntryKind.ACCRUE, self.program, amount_pt, lot=lot, **days)

    def sale_return(self, past: Past, paid_kop: int, issued_pt: int) -> None:
        name = f"receipt:{past.id.replace('/', ':')}"
        original = DocumentId.parse(past.original) if past.original else None
        sale = next((one for one in self.of(past.customer) if original and one.document == original), None)
        kinds = {entry.kind for entry in sale.entries} if sale else set()
        entries = []
        if EntryKind.SPEND in kinds:
            entries.append(Entry(f"{past.id}", EntryKind.RESTORE, self.program, None))
        if EntryKind.ACCRUE in kinds:
            lot = lot_name(past.original, self.program)
            entries.append(Entry(f"{name}:REVERSE:p", EntryKind.REVERSE, self.program, None, lot=lot))
        if original is None and issued_pt:
            entries.append(Entry(f"{name}:REVERSE:p", EntryKind.REVERSE, self.program, -issued_pt))
        facts = {"returned": [{"number": n, "quantity_micro": micro} for n, micro in past.pieces]}
        self._add(past, name, EventKind.RECEIPT, Purchase(paid_kop, original), tuple(entries), facts)

    def gift(self, past: Past) -> None:
        days = {"earned": past.day, "active_from": past.active_from, "expires": past.expires}
        entry = Entry(past.id, EntryKind.GIFT, self.program, past.points_pt, lot=past.id, **days)
        self._add(past, past.id, EventKind.GIFT, None, (entry,), {})

    def _add(self, past: Past, name: str, kind: EventKind, purchase, entries, facts) -> None:
        document = DocumentId.parse(past.id) if "/" in past.id else None
        event = LedgerEvent(name, kind, "t", past.at, past.day, past.customer, document, None, purchase, entries, facts)
        self.of(past.customer).append(event)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("life", "window", "grace"), [("none", "all", 0), ("days", "days", 5), ("months", "month", 0)])
def test_the_rolling_state_is_the_fold(seed: int, life: str, window: str, grace: int) -> None:
    settings = rules(life, window, grace)
    past = list(history(seed, 120, customers=3))
    named = frozenset(one.original for one in past if one.original)
    world, ledger = World(settings, named), Ledger("p")
    compared = 0
    for one in past:
        if one.customer:
            compared += _same(world, ledger, one, settings, grace)
        if one.kind is PastKind.SALE:
            if one.customer:
                ledger.sale(one, world)
            world.sale(one)
        elif one.kind is PastKind.RETURN:
            effect = world.sale_return(one)
            if one.customer:
                ledger.sale_return(one, effect.paid_kop, effect.issued_pt)
        else:
            ledger.gift(one)
            world.gift(one)
    assert compared > 70
    assert any(
        entry.kind is EntryKind.SPEND for events in ledger.events.values() for e in events for entry in e.entries
    )


@pytest.mark.parametrize("policy", ["hold", "one_step", "never"])
def test_a_kept_level_is_the_ledgers(policy: str) -> None:
    settings = rules("none", policy, 0)
    past = list(history(7, 100, customers=2))
    world, ledger = World(settings, frozenset(one.original for one in past if one.original)), Ledger("p")
    levels, kept = set(), 0
    for one in past:
        if one.customer:
            account, day = world.account(one.customer), date.fromisoformat(one.day)
            level = account.level(one.customer, day)
            assert level == snapshot(ledger.of(one.customer), one.customer, day, settings).level, one
            levels.add(level)
            kept += level == "plus" and account.purchases.before(day)[0] < 300_000
        if one.kind is PastKind.SALE:
            if one.customer:
                ledger.sale(one, world)
            world.sale(one)
        elif one.kind is PastKind.RETURN:
            effect = world.sale_return(one)
            if one.customer:
                ledger.sale_return(one, effect.paid_kop, effect.issued_pt)
    assert "plus" in levels
    assert kept, "a level that the metric alone would not give"


def _same(world: World, ledger: Ledger, one: Past, settings, grace: int) -> bool:
    day, account = date.fromisoformat(one.day), world.account(one.customer)
    account.lots.start_day(day)
    state = fold(ledger.of(one.customer), day, FoldPolicy("p", grace))
    assert not state.quarantined
    assert (account.lots.active_pt, account.lots.pending_pt, account.lots.debt_pt) == (
        state.active_pt,
        state.pending_pt,
        state.debt_pt,
    ), one
    window = settings.program.level.window
    assert account.purchases.before(day) == metric_before(ledger.of(one.customer), day, window), one
    assert {k: v for k, v in account.stamps.items() if v} == {
        k: v for k, v in stamps(ledger.of(one.customer)).items() if v
    }
    return True
