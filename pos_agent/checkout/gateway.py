"""A document that we registered ourselves -> its ledger event. Pure.

The fiscal storage proves that it happened; the plan says which points paid and were earned, and to whom they belong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from pos_agent.checkout.figures import cancelled_figures, level_figures, points_figures, points_on
from pos_agent.checkout.own import OwnSale
from pos_agent.checkout.plan import Plan
from pos_agent.checkout.recording import Place, Recording, accrue_entry, bare_event
from pos_agent.checkout.returning import piece_entries, reverse_amount
from pos_agent.checkout.stamp_counts import stamps_taken, stamps_told
from pos_agent.model.events import Entry, EntryKind, LedgerEvent, Purchase
from pos_agent.model.receipt import DocumentId, FiscalDocument, Operation
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.rules.values import Rules

BY_GATEWAY = "gateway"


def recording(
    document: FiscalDocument, own: OwnSale, history: Sequence[LedgerEvent], rules: Rules, place: Place
) -> Recording:
    """The event of our own sale or return, and its slip when there is a customer.

    Of a sale in parts the document that completes it carries the loyalty of all; the others only say whose they are.
    """
    event, plan, customer = bare_event(document, place), own.plan, own.customer
    facts: dict[str, Any] = {**event.facts, "sale": own.sale_id, "rules": plan.rules, "lines": [*plan.lines]}
    if own.part is not None:
        facts |= {"part": dict(own.part)}
    if not own.whole:
        return Recording(replace(event, facts=facts))
    facts |= {"applied": [*plan.applied], "trace": [*plan.trace], **_extras(plan)}
    if own.documents:
        facts |= {"documents": [dict(one) for one in own.documents]}
    is_sale = plan.operation == Operation.SALE
    original = DocumentId.parse(plan.original) if plan.original else None
    if original is not None:
        facts |= {"original": plan.original, "returned": [*plan.returned]}
    if customer is None:
        return Recording(replace(event, facts=facts), _coupons_alone(document, plan))
    facts |= {"by": BY_GATEWAY}
    day = date.fromisoformat(event.business_date)
    event = replace(
        event,
        customer=customer,
        purchase=Purchase(plan.total_kop if is_sale else -plan.total_kop, original),
        entries=_sale_entries(event.id, plan, rules, day)
        if is_sale
        else _return_entries(event.id, plan, history, rules),
        facts=facts,
    )
    return Recording(event, _slip(document, event, plan, history, rules, day))


def _extras(plan: Plan) -> dict[str, Any]:
    """What codes, coupons, counters and the explanation need later; absent when there is nothing of it."""
    extras = {
        "codes": [{key: one[key] for key in ("batch", "code", "applied")} for one in plan.codes],
        "coupons": [dict(one) for one in plan.coupons],
        "stamps": dict(plan.stamps),
        "offsets": [dict(one) for one in plan.offsets],
        "sells": [dict(one) for one in plan.sells],
        "back": [dict(one) for one in plan.back],
        "before": dict(plan.before),
        "hash": plan.answer,
        "flags": [*plan.flags],
        "at_register": dict(plan.at_register),
        "offered": dict(plan.offered),
    }
    return {name: value for name, value in extras.items() if value}


def _coupons_alone(document: FiscalDocument, plan: Plan) -> SlipFacts | None:
    """Nobody is named, but the receipt earned a coupon: that is printed, and nothing of points."""
    if not plan.coupons:
        return None
    at = document.at.isoformat(timespec="minutes")
    return SlipFacts(SlipKind.RECEIPT, at=at, document=str(document.id), coupons=coupons_told(plan))


def coupons_told(plan: Plan) -> tuple[dict[str, str], ...]:
    """Slip figures: the codes, what they promise, from when and the last day."""
    return tuple(
        {
            "code": one["code"],
            "text": one.get("text", ""),
            "from": one["valid_from"],
            "last": (date.fromisoformat(one["valid_to"]) - timedelta(days=1)).isoformat() if one["valid_to"] else "",
        }
        for one in plan.coupons
    )


def _sale_entries(event: str, plan: Plan, rules: Rules, day: date) -> tuple[Entry, ...]:
    spent: tuple[Entry, ...] = ()
    if plan.spent_pt:
        name = f"{event}:{EntryKind.SPEND.value}:{rules.program.id}"
        spent = (Entry(name, EntryKind.SPEND, rules.program.id, plan.spent_pt),)
    return (*spent, *accrue_entry(event, plan.accrued_pt, rules, day))


def _return_entries(event: str, plan: Plan, history: Sequence[LedgerEvent], rules: Rules) -> tuple[Entry, ...]:
    if not plan.original:
        return reverse_amount(event, plan.cancelled_pt, rules)
    sales = [one for one in history if one.document is not None and str(one.document) == plan.original]
    return piece_entries(event, sales[0], rules.program.id) if sales else ()


def _slip(
    document: FiscalDocument, event: LedgerEvent, plan: Plan, history: Sequence[LedgerEvent], rules: Rules, day: date
) -> SlipFacts:
    was, now = points_on(history, day, rules), points_on([*history, event], day, rules)
    earned_from = next((entry.active_from for entry in event.entries if entry.kind is EntryKind.ACCRUE), "")
    is_sale = plan.operation == Operation.SALE
    return SlipFacts(
        kind=SlipKind.RECEIPT if is_sale else SlipKind.RETURN,
        at=document.at.isoformat(timespec="minutes"),
        customer=event.customer or "",
        document=str(document.id),
        original_at=next((one.at[:16] for one in history if plan.original and str(one.document) == plan.original), ""),
        before_pt=was.active_pt,
        spent_pt=plan.spent_pt,
        earned_pt=plan.accrued_pt,
        earned_from=earned_from if earned_from > event.business_date else "",
        restored_pt=plan.restored_pt,
        coupons=coupons_told(plan),
        stamps=stamps_told(rules, plan.stamps) or stamps_taken(rules, plan.original, history, event),
        **cancelled_figures(was, now, plan.cancelled_pt, plan.restored_pt),
        **points_figures(now),
        **level_figures([*history, event], event.customer or "", day, rules, history),
    )
