"""Plain facts of `oracle.plain_ledger` as the events that the product records."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from oracle.plain_ledger import Fact

from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent, Purchase
from pos_agent.model.receipt import DocumentId

FN = "9999078902001234"
FIRST = date(2026, 1, 1)
MICRO = 1_000_000
_KINDS = {"sale": EventKind.RECEIPT, "back": EventKind.RECEIPT}


def day_of(number: int) -> date:
    return FIRST + timedelta(days=number)


def document(fact_id: str) -> DocumentId:
    """Fact ids are `f001`, `f002`, ...; a document's number is the fact's."""
    return DocumentId(FN, int(fact_id[1:]))


def event_of(fact: Fact) -> LedgerEvent:
    """One event; the instant follows the number, so facts of a day stand in the order of their ids."""
    base = LedgerEvent(
        id=fact.id,
        kind=_KINDS.get(fact.kind) or EventKind(fact.kind),
        register=fact.register,
        at=f"{day_of(fact.day)}T12:{int(fact.id[1:]) // 60:02d}:{int(fact.id[1:]) % 60:02d}+03:00",
        business_date=day_of(fact.day).isoformat(),
        customer=fact.customer,
    )
    if fact.kind == "sale":
        return _sale(base, fact)
    if fact.kind == "back":
        taken = _entry(fact, EntryKind.RESTORE, None), _entry(fact, EntryKind.REVERSE, None)
        returned = [{"number": 1, "quantity_micro": fact.pieces * MICRO}]
        purchase = Purchase(-fact.net, document(fact.of))
        return replace(base, document=document(fact.id), purchase=purchase, entries=taken, facts={"returned": returned})
    if fact.kind == "merge":
        return replace(base, facts={"into": fact.into})
    kind = EntryKind(fact.kind.upper())
    opened = _opened(fact) if kind in (EntryKind.GIFT, EntryKind.ADJUST) and fact.amount > 0 else {}
    return replace(base, entries=(_entry(fact, kind, fact.amount, **opened),))


def _sale(base: LedgerEvent, fact: Fact) -> LedgerEvent:
    accrual = _entry(fact, EntryKind.ACCRUE, fact.earned, **_opened(fact))
    spent = _entry(fact, EntryKind.SPEND, fact.amount, merchant=fact.merchant)
    line = {"number": 1, "quantity_micro": fact.pieces * MICRO, "accrued_pt": fact.earned, "spent_pt": fact.amount}
    facts = {"lines": [line]}
    return replace(base, document=document(fact.id), purchase=Purchase(fact.net), entries=(accrual, spent), facts=facts)


def _opened(fact: Fact) -> dict[str, str]:
    expires = "" if fact.life is None else day_of(fact.day + fact.life).isoformat()
    dates = {"earned": day_of(fact.day).isoformat(), "active_from": day_of(fact.day + fact.delay).isoformat()}
    return {**dates, "expires": expires, "merchant": fact.merchant}


def _entry(fact: Fact, kind: EntryKind, amount: int | None, **more: str) -> Entry:
    return Entry(f"{fact.id}/{kind}", kind, "p", amount, **more)


def sold_and_back(facts: list[Fact], today: int, chance: Random) -> list[Fact]:
    """A sale of `c-a` today and its whole return in pieces of any size: together they are as if nothing had been."""
    name = len(facts) + 1
    sale = Fact(f"f{name:03d}", "sale", today, "c-a", amount=chance.randint(0, 9), earned=9, pieces=3, net=90)
    parts = chance.choice([[3], [1, 2], [2, 1], [1, 1, 1]])
    backs = [
        Fact(f"f{name + number:03d}", "back", today, "c-a", pieces=pieces, of=sale.id, net=30 * pieces)
        for number, pieces in enumerate(parts, 1)
    ]
    return [sale, *backs]


def random_fact(chance: Random, facts: list[Fact], today: int) -> Fact:
    """One more fact of a busy shop: mostly of one person and one register, so that facts meet; now and then late."""
    name, day = f"f{len(facts) + 1:03d}", max(0, today - chance.choice([0, 0, 0, 0, 1, 3]))
    who, where = chance.choice(["c-a"] * 4 + ["c-b", "c-c"]), chance.choice(["r1", "r1", "r2"])
    shop, life = chance.choice(["", "north", "south"]), chance.choice([None, None, 1, 3, 6, 9])
    back = [fact.of for fact in facts if fact.kind == "back"]
    sales = [fact for fact in facts if fact.kind == "sale" and (fact.id not in back or chance.random() < 0.2)]
    holds = [fact for fact in facts if fact.kind == "hold"]
    kinds = (
        ["sale"] * 5 + ["gift", "adjust", "hold", "hold"] + ["back"] * 3 * bool(sales) + ["unhold"] * 3 * bool(holds)
    )
    kind = chance.choice(kinds + ["merge"] * (chance.random() < 0.2))
    if kind == "sale":
        pieces, delay = chance.randint(1, 3), chance.choice([0, 0, 0, 2, 4])
        return Fact(name, kind, day, who, where, chance.choice([0, 0, 3, 9, 15]), chance.randint(0, 9), delay, life,
                    pieces, merchant=shop, net=100)  # fmt: skip
    if kind == "back":
        sale = chance.choice(sales)
        pieces = chance.randint(1, sale.pieces)
        return Fact(name, kind, max(day, sale.day), sale.customer, pieces=pieces, of=sale.id, net=30)
    if kind == "unhold":
        hold = chance.choice(holds)
        return Fact(name, kind, max(day, hold.day), hold.customer, hold.register, chance.randint(1, 9))
    if kind == "merge":
        return Fact(name, kind, day, who, into=chance.choice(["c-a", "c-b", "c-c"]))
    amount = chance.randint(-9, 5) if kind == "adjust" else chance.randint(1, 12)
    return Fact(name, kind, day, who, where, amount, life=life if kind == "gift" else None, merchant=shop)
