"""Figures of slips that people ask for: read off the store, never written.

A balance tells every lot that will burn, the stamps, and without a connection what may be spent here; an invitation
tells the receipt it is for, and until when its points may be claimed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo

from pos_agent.checkout.figures import balance_slip, claim_figures, policy, terms_figures
from pos_agent.checkout.limits import is_sale
from pos_agent.checkout.offline import cut_off, may_spend_pt
from pos_agent.checkout.slip_why import why_figures
from pos_agent.checkout.stamp_counts import PUNCH_CARD, stamp_name
from pos_agent.ledger.fold import fold
from pos_agent.model.events import ChainedEvent, LedgerEvent
from pos_agent.model.loyalty import CustomerSnapshot
from pos_agent.model.receipt import DocumentId
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.rules.accrue import AccrualLine, accrue
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import RulesError
from pos_agent.rules.values import Rules
from pos_agent.store.repositories import View
from pos_agent.store.rules import RulesVersion

MOST_BURNS = 4  # lots told after the first


def balance_asked(view: View, rules: Rules, customer: str, register: str, now: datetime, zone: tzinfo) -> SlipFacts:
    """The balance of one customer. `now` is aware."""
    at = _minute(now, zone)
    events = [chained.event for chained in view.ledger.by_customer(customer)]
    day = date.fromisoformat(at[:10])
    state = fold(events, day, policy(rules), customer)
    lots = [(lot.expires, lot.left_pt) for lot in state.lots if lot.expires and lot.left_pt and not lot.pending]
    days = sorted({end for end, _ in lots})
    burns = [((end - timedelta(days=1)).isoformat(), sum(pt for one, pt in lots if one == end)) for end in days]
    every = {rule.terms.counter: rule.terms.every for rule in rules.sale_rules if rule.kind == PUNCH_CARD}
    stamps = [
        (stamp_name(rules, name), have, every[name])
        for name, have in state.stamps().items()
        if name in every and have > 0
    ]
    facts = balance_slip(events, customer, at, rules)
    facts = replace(facts, burns=tuple(burns[1 : 1 + MOST_BURNS]), stamps=tuple(stamps))
    if cut_off(view, rules, state, register, now) is None:
        return facts
    heard = view.sync.cursor(view.meta.epoch()).acked_at
    as_of = _minute(datetime.fromisoformat(heard), zone) if heard else at
    return replace(facts, as_of=as_of, here_pt=may_spend_pt(view, rules, state, register, now))


def invitation_asked(view: View, rules: Rules, number: DocumentId, at: str) -> SlipFacts:
    """An invitation after that receipt: its own time, what it would have earned, until when that may be claimed."""
    found = [chained.event for chained in view.ledger.by_document(number)]
    sale = next((event for event in found if is_sale(event) and event.customer is None), None)
    if sale is None:
        return SlipFacts(SlipKind.INVITATION, at=at[:16], document=str(number), **terms_figures(rules))
    day = date.fromisoformat(sale.business_date)
    earned = accrue(rules, _lines(sale), CustomerSnapshot(id=""), day=day)
    promise = {**terms_figures(rules), **claim_figures(rules, day, earned.total_pt), "fpd": sale.fpd or 0}
    return SlipFacts(SlipKind.INVITATION, at=sale.at[:16], document=str(number), earned_pt=earned.total_pt, **promise)


def why_asked(view: View, chained: ChainedEvent, customer: str) -> SlipFacts:
    """Why the price and the points of that receipt."""
    event = chained.event
    version = view.rules.by_hash(str(event.facts.get("rules", "")))
    figures = why_figures(chained, _parsed(version), version.imported_at if version else "")
    return SlipFacts(SlipKind.WHY, at=event.at[:16], customer=customer, document=str(event.document), why=figures)


def _lines(sale: LedgerEvent) -> list[AccrualLine]:
    return [
        AccrualLine(str(line["number"]), line["name"], line["sum_kop"], quantity_micro=line["quantity_micro"])
        for line in sale.facts["lines"]
    ]


def _parsed(version: RulesVersion | None) -> Rules | None:
    """None when it is not here, or was written for a newer agent."""
    if version is None:
        return None
    try:
        return parse(version.content, version.format)
    except RulesError:
        return None


def _minute(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).isoformat(timespec="minutes")[:16]
