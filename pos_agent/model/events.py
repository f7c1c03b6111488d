"""Ledger events: facts that are inserted once and never edited.

An event is one thing that happened (a fiscal document registered, points gifted, a lot expired). Its entries say what
it does to points; amounts that a fold must compute (which lots a spend took, how much of a lot expired) are not in it.
Ids come from nature, so seeing the same thing twice yields the same id (loyalty rules, section 10).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pos_agent.model.receipt import DocumentId

Facts = Mapping[str, Any]  # JSON values only: str, int, bool, None, list, dict with str keys; no float


class EventKind(StrEnum):
    """What happened."""

    RECEIPT = "receipt"  # forms 3, 4: sale, return, purchase
    CORRECTION = "correction"  # forms 31, 41
    SHIFT_OPEN = "shift_open"  # form 2
    SHIFT_CLOSE = "shift_close"  # form 5
    REGISTRATION = "registration"  # forms 1, 11
    REPORT = "report"  # forms 6, 21
    UNREADABLE = "unreadable"  # a document of the archive that could not be decoded
    LOT_ACTIVE = "lot_active"  # a pending lot became usable (date)
    LOT_EXPIRED = "lot_expired"  # a lot reached its last day (date)
    GIFT = "gift"
    ADJUST = "adjust"
    HOLD = "hold"  # an allowance: points kept for a register
    UNHOLD = "unhold"
    MERGE = "merge"  # two cards of one person become one; see `survivor`


class EntryKind(StrEnum):
    """What an event does to points (loyalty rules, section 10)."""

    ACCRUE = "ACCRUE"
    ACTIVATE = "ACTIVATE"
    SPEND = "SPEND"
    RESTORE = "RESTORE"
    REVERSE = "REVERSE"
    EXPIRE = "EXPIRE"
    GIFT = "GIFT"
    ADJUST = "ADJUST"
    HOLD = "HOLD"
    UNHOLD = "UNHOLD"


@dataclass(frozen=True)
class Entry:
    """One movement of points of one program.

    `amount_pt` >= 0 in hundredths, except ADJUST, which may be negative; None for EXPIRE and ACTIVATE (computed by the
    fold), and for RESTORE and REVERSE when sale and return say in `facts` which pieces came back (`ledger.returned`).
    `lot` names the lot the entry opens (ACCRUE, GIFT: lot id = entry id) or touches (others), "" when the fold
    chooses. Dates are ISO `YYYY-MM-DD`; `expires` is the first day the lot can no longer be used, "" = never.
    `merchant`: whose points a lot is of, or where they are spent; "" in a program of one merchant.
    """

    id: str
    kind: EntryKind
    program: str
    amount_pt: int | None
    lot: str = ""
    earned: str = ""
    active_from: str = ""
    expires: str = ""
    merchant: str = ""


@dataclass(frozen=True)
class Purchase:
    """What an event adds to a customer's history: levels and visits are computed from these.

    `net_kop` is positive for a sale and negative for a return; a return names its sale in `original` when it is known
    (its money counts on the date of that purchase).
    """

    net_kop: int
    original: DocumentId | None = None


@dataclass(frozen=True)
class LedgerEvent:
    """One fact. `at` is ISO local store time with offset; `business_date` its date `YYYY-MM-DD`.

    `customer` is the customer's id or None. `document` only for events of a fiscal document. `facts` is what explains
    the event: redacted lines, per-line accrual, rules hash, trace, findings. No personal data ever.
    """

    id: str
    kind: EventKind
    register: str
    at: str
    business_date: str
    customer: str | None = None
    document: DocumentId | None = None
    fpd: int | None = None
    purchase: Purchase | None = None
    entries: tuple[Entry, ...] = ()
    facts: Facts = field(default_factory=dict)


def survivor(event: LedgerEvent) -> str:
    """The customer to whom a MERGE sends all of `event.customer`, `facts["into"]`; "" for other events."""
    into = event.facts.get("into") if event.kind is EventKind.MERGE else None
    return into if isinstance(into, str) else ""


def allowed_register(event: LedgerEvent) -> str:
    """The register for which a HOLD or UNHOLD is: `facts["for"]`, else the one that wrote it."""
    named = event.facts.get("for")
    return named if isinstance(named, str) and named else event.register


@dataclass(frozen=True)
class ChainedEvent:
    """An event in its place in the register's chain. `seq` counts from 1 without gaps; hashes are hex SHA-256."""

    seq: int
    event: LedgerEvent
    prev_hash: str
    hash: str
