"""Events that no document proves: what an operator or a campaign does to points, with who and why in it. Pure.

The id is given before use; the same id always means the same event. `facts`: `reason`, `operator`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pos_agent.ledger.calendar import lot_dates
from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent


@dataclass(frozen=True)
class Asked:
    """Who asks for what, when (aware, in the store's zone), under which id. `merchant` "" = the program's only one."""

    id: str
    customer: str
    program: str
    register: str
    at: datetime
    reason: str
    operator: str
    merchant: str = ""


def gift(asked: Asked, amount_pt: int, life_days: int | None = None, delay_days: int = 0) -> LedgerEvent:
    """Points of a campaign: a lot of its own, earned today."""
    day = asked.at.date()
    dates = lot_dates(day, delay_days, life_days)
    return _event(
        asked,
        EventKind.GIFT,
        amount_pt,
        earned=day.isoformat(),
        active_from=dates.active_from.isoformat(),
        expires=dates.expires.isoformat() if dates.expires else "",
        merchant=asked.merchant,
    )


def adjust(asked: Asked, amount_pt: int) -> LedgerEvent:
    """Points put right by hand, above or below 0; what is added never expires."""
    more = {"earned": asked.at.date().isoformat(), "merchant": asked.merchant} if amount_pt > 0 else {}
    return _event(asked, EventKind.ADJUST, amount_pt, **more)


def hold(asked: Asked, amount_pt: int, register: str) -> LedgerEvent:
    """An allowance for a register."""
    return _with(_event(asked, EventKind.HOLD, amount_pt), "for", register)


def unhold(asked: Asked, amount_pt: int, register: str) -> LedgerEvent:
    """An allowance given back."""
    return _with(_event(asked, EventKind.UNHOLD, amount_pt), "for", register)


def merge(asked: Asked, into: str) -> LedgerEvent:
    """All of `asked.customer` goes to `into`, in every program."""
    return _with(_bare(asked, EventKind.MERGE), "into", into)


def _event(asked: Asked, kind: EventKind, amount_pt: int, **more: str) -> LedgerEvent:
    bare, name = _bare(asked, kind), EntryKind(kind.value.upper())
    entry = Entry(f"{bare.id}:{name.value}:{asked.program}", name, asked.program, amount_pt, **more)
    return _with(bare, entry=entry)


def _bare(asked: Asked, kind: EventKind) -> LedgerEvent:
    return LedgerEvent(
        id=f"{kind.value}:{asked.id}",
        kind=kind,
        register=asked.register,
        at=asked.at.isoformat(timespec="seconds"),
        business_date=asked.at.date().isoformat(),
        customer=asked.customer,
        facts={"reason": asked.reason, "operator": asked.operator},
    )


def _with(event: LedgerEvent, key: str = "", value: str = "", entry: Entry | None = None) -> LedgerEvent:
    facts = {**event.facts, key: value} if key else event.facts
    entries = (entry,) if entry else event.entries
    return replace(event, facts=facts, entries=entries)
