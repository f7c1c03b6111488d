"""A registered document -> the ledger event that follows from it, and the figures of its slip. Pure.

State is always the one before the receipt: level and counters do not see the receipt they rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pos_agent.checkout.figures import (
    claim_figures,
    level_figures,
    points_figures,
    points_on,
    snapshot_before,
    terms_figures,
)
from pos_agent.checkout.identify import Identified
from pos_agent.ledger.calendar import lot_dates
from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent, Purchase
from pos_agent.model.loyalty import CustomerSnapshot
from pos_agent.model.receipt import DocumentId, FiscalDocument, Operation, Receipt, ReceiptLine
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.rules.accrue import Accrual, AccrualLine, accrue
from pos_agent.rules.values import AccrueRule, Rules

KINDS = {
    1: EventKind.REGISTRATION,
    11: EventKind.REGISTRATION,
    2: EventKind.SHIFT_OPEN,
    3: EventKind.RECEIPT,
    4: EventKind.RECEIPT,
    5: EventKind.SHIFT_CLOSE,
    31: EventKind.CORRECTION,
    41: EventKind.CORRECTION,
}


@dataclass(frozen=True)
class Place:
    """Which register saw the document, the zone its clock shows, and whose it is ("" = the program's only merchant).

    `printer`: of a further printer at the counter its own name, `till-1/ip`; "" = the register's own printer.
    """

    register: str
    zone: ZoneInfo
    merchant: str = ""
    printer: str = ""

    @property
    def station(self) -> str:
        """The name of the printer's storages and of sales in doubt on it."""
        return self.printer or self.register


@dataclass(frozen=True)
class Recording:
    """One event, and its slip when the customer gets one."""

    event: LedgerEvent
    slip: SlipFacts | None = None


def event_id(kind: EventKind, document: DocumentId) -> str:
    """`receipt:9999078902001234:102`: the same document always gives the same id."""
    return f"{kind.value}:{document.fn_serial}:{document.fd_number}"


def bare_event(document: FiscalDocument, place: Place) -> LedgerEvent:
    """The event of a document that moves no points: shift, registration, report, receipt of nobody."""
    kind = KINDS.get(document.form, EventKind.REPORT)
    at = document.at.replace(tzinfo=place.zone)
    facts: dict[str, Any] = {"form": document.form}
    if document.shift is not None:
        facts["shift"] = document.shift
    if document.receipt is not None:
        facts |= _receipt_facts(document.receipt)
    return LedgerEvent(
        id=event_id(kind, document.id),
        kind=kind,
        register=place.register,
        at=at.isoformat(),
        business_date=at.date().isoformat(),
        document=document.id,
        fpd=document.fpd,
        facts=facts,
    )


def sale(
    document: FiscalDocument, who: Identified, history: Sequence[LedgerEvent], rules: Rules, place: Place
) -> Recording:
    """A sale of a known customer: points by the state before it, one lot, the slip."""
    event, receipt = bare_event(document, place), _receipt_of(document)
    day = date.fromisoformat(event.business_date)
    before = snapshot_before(history, who.customer, day, rules)
    earned = accrue(rules, accrual_lines(receipt.lines), before, day=day)
    event = replace(
        event,
        customer=who.customer,
        purchase=Purchase(receipt.total_kop),
        entries=accrue_entry(event.id, earned.total_pt, rules, day),
        facts={**event.facts, **_identity(who), **_accrual_facts(earned, rules, receipt)},
    )
    was, now = points_on(history, day, rules), points_on([*history, event], day, rules)
    lot_from = event.entries[0].active_from if event.entries else ""
    slip = SlipFacts(
        kind=SlipKind.RECEIPT,
        at=_minute(document.at),
        customer=who.customer,
        document=str(document.id),
        before_pt=was.active_pt,
        earned_pt=earned.total_pt,
        earned_from=lot_from if lot_from > event.business_date else "",
        **points_figures(now),
        **level_figures([*history, event], who.customer, day, rules, history),
    )
    return Recording(event, slip)


def invitation(document: FiscalDocument, rules: Rules, place: Place, wanted: bool) -> Recording:
    """A sale of nobody: the bare event, and what it would have earned when the shop invites."""
    event, receipt = bare_event(document, place), _receipt_of(document)
    if not wanted:
        return Recording(event)
    day = date.fromisoformat(event.business_date)
    earned = accrue(rules, accrual_lines(receipt.lines), CustomerSnapshot(id=""), day=day)
    slip = SlipFacts(
        SlipKind.INVITATION,
        at=_minute(document.at),
        document=str(document.id),
        fpd=event.fpd or 0,
        earned_pt=earned.total_pt,
        **terms_figures(rules),
        **claim_figures(rules, day, earned.total_pt),
    )
    return Recording(event, slip)


def unreadable(document: DocumentId, place: Place, seen: datetime, facts: dict[str, Any]) -> LedgerEvent:
    """A document that exists but cannot be decoded. `seen`: its own time if the short form tells, else now (aware)."""
    at = seen if seen.tzinfo else seen.replace(tzinfo=place.zone)
    at = at.astimezone(place.zone)
    return LedgerEvent(
        id=event_id(EventKind.UNREADABLE, document),
        kind=EventKind.UNREADABLE,
        register=place.register,
        at=at.isoformat(timespec="seconds"),
        business_date=at.date().isoformat(),
        document=document,
        fpd=facts.get("fpd"),
        facts=facts,
    )


def of_merchant(made: Recording, merchant: str) -> Recording:
    """The same with the merchant on every entry: whose points they are, or where they are spent."""
    named = tuple(replace(entry, merchant=merchant) for entry in made.event.entries)
    return replace(made, event=replace(made.event, entries=named)) if merchant else made


def by_cashier(made: Recording, code: str) -> Recording:
    """The same with the code of who registered the receipt ("" = the document does not say)."""
    if not code or made.event.kind is not EventKind.RECEIPT:
        return made
    return replace(made, event=replace(made.event, facts={**made.event.facts, "cashier": code}))


def accrual_lines(lines: Sequence[ReceiptLine]) -> list[AccrualLine]:
    """Fiscal items as accrual sees them: a receipt tells only the name and, for marked goods, the GTIN."""
    return [
        AccrualLine(str(line.number), line.name, line.sum_kop, gtin=line.gtin, quantity_micro=line.quantity_micro)
        for line in lines
    ]


def accrue_entry(event: str, total_pt: int, rules: Rules, day: date) -> tuple[Entry, ...]:
    """The lot that a sale opens; a total of 0 opens none."""
    if not total_pt:
        return ()
    rule = rules.accrue or AccrueRule()
    dates = lot_dates(day, rule.delay_days, rule.life_days, rule.life_months)
    name = f"{event}:{EntryKind.ACCRUE.value}:{rules.program.id}"
    return (
        Entry(
            id=name,
            kind=EntryKind.ACCRUE,
            program=rules.program.id,
            amount_pt=total_pt,
            lot=name,
            earned=dates.earned.isoformat(),
            active_from=dates.active_from.isoformat(),
            expires=dates.expires.isoformat() if dates.expires else "",
        ),
    )


def _receipt_facts(receipt: Receipt) -> dict[str, Any]:
    return {
        "operation": int(receipt.operation),
        "total_kop": receipt.total_kop,
        "number": receipt.number_in_shift,
        "lines": [_line_facts(line) for line in receipt.lines],
    }


def _line_facts(line: ReceiptLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "name": line.name,
        "price_kop": line.price_kop,
        "quantity_micro": line.quantity_micro,
        "sum_kop": line.sum_kop,
        "gtin": line.gtin,
    }


def _accrual_facts(earned: Accrual, rules: Rules, receipt: Receipt) -> dict[str, Any]:
    lines = [
        {**_line_facts(line), "accrued_pt": points} for line, points in zip(receipt.lines, earned.by_line, strict=True)
    ]
    return {"lines": lines, "rules": rules.hash, "trace": earned.trace}


def _identity(who: Identified) -> dict[str, Any]:
    return {"by": who.by, **({"also": list(who.also)} if who.also else {})}


def _receipt_of(document: FiscalDocument) -> Receipt:
    assert document.receipt is not None, "only receipts come here"
    return document.receipt


def _minute(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


def is_sale(document: FiscalDocument) -> bool:
    """Does this document earn points?"""
    return document.receipt is not None and document.receipt.operation is Operation.SALE


def is_return(document: FiscalDocument) -> bool:
    """Does this document take points back?"""
    return document.receipt is not None and document.receipt.operation is Operation.SALE_RETURN
