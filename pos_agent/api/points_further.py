"""Points for reported actions, exchange with partners, donations. Orders as in `points_orders`: once under one id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pos_agent.api.customers import find_one
from pos_agent.api.membership import occasion
from pos_agent.api.operation import Json, Parts, number, text
from pos_agent.api.points import active_rules
from pos_agent.api.points_orders import MOST_PT, asked_by, done, enough
from pos_agent.api.points_shown import points_json
from pos_agent.api.receipts import document_id
from pos_agent.checkout import donation
from pos_agent.checkout.actions import Occasion, reward
from pos_agent.errors import AgentError, UsageError
from pos_agent.ledger import asked
from pos_agent.rules.club_terms import OUTSIDE, ActionTerms
from pos_agent.rules.values import Rules

OUT, IN = "out", "in"


def action(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{action, customer, report, operator}` -> `{"event", "again", ...}`: the program's points for it.

    `report`: the id of what happened outside (a review, a visit); the same one is rewarded once. PTS-08: no such
    action, or it needs a report; CUS-13: the customer is blocked or provisional.
    """
    rules, terms, now = reported(parts, args)
    event, again = reward(parts.store, rules, terms, now)
    with parts.views.reading() as view:
        return {"event": event.id, "again": again, **points_json(parts, view, now.customer, rules)}


def reported(parts: Parts, args: Mapping[str, Any]) -> tuple[Rules, ActionTerms, Occasion]:
    """What `action` would reward, and for whom; its errors, nothing is given."""
    wanted, report = text(args, "action"), text(args, "report", "", limit=200)
    operator = text(args, "operator", "", limit=64) or "program"
    with parts.views.reading() as view:
        rules, customer = active_rules(view), find_one(view, text(args, "customer")).id
        marks = view.club.marks(customer)
    if rules is None:
        raise AgentError("RUL-03")
    if marks.blocked or marks.provisional:
        raise AgentError("CUS-13")
    terms = _action(rules, wanted)
    if terms.once == "report" and not report:
        raise UsageError("PTS-08", id=wanted)
    return rules, terms, occasion(parts, customer, report, operator)


def exchange(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{..., amount_pt, partner, way}`: `out` gives `amount_pt` of ours for theirs, `in` takes as many of ours in.

    Answers with `partner_pt`, hundredths of theirs at the program's rate. Only ours are moved here; the
    partner's are told to the partner. PTS-05, PTS-08.
    """
    amount_pt, way = number(args, "amount_pt", None, 1, MOST_PT), text(args, "way", OUT)
    desk = asked_by(parts, args)
    partner = next((one for one in desk.rules.club.partners if one.id == text(args, "partner")), None)
    if partner is None or not {OUT: partner.out, IN: partner.into}.get(way, False):
        raise UsageError("PTS-08", id=text(args, "partner"))
    ours, theirs = partner.rate
    # What the customer gets is rounded down, what the customer gives is rounded up.
    partner_pt = amount_pt * theirs // ours if way == OUT else -(-amount_pt * theirs // ours)
    if not partner_pt:
        raise UsageError("API-01", field="amount_pt")
    event = asked.adjust(desk.asked, -amount_pt if way == OUT else amount_pt)
    event = replace(event, facts={**event.facts, "partner": partner.id, "way": way, "partner_pt": partner_pt})
    check = enough(desk, amount_pt) if way == OUT else enough(desk, 0)
    return {"partner_pt": partner_pt, **done(parts, desk, event, check)}


def donate(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{..., amount_pt, fund}`: points that the customer gives away; a receipt is never touched. PTS-05, PTS-08."""
    amount_pt = number(args, "amount_pt", None, 1, MOST_PT)
    desk = asked_by(parts, args)
    fund = text(args, "fund")
    if desk.rules.club.donation.fund(fund) is None:
        raise UsageError("PTS-08", id=fund)
    event = asked.adjust(desk.asked, -amount_pt)
    event = replace(event, facts={**event.facts, "fund": fund})
    return done(parts, desk, event, enough(desk, amount_pt))


def round_up(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{receipt, fund, reason, operator}` -> `{"donated_pt", "fund", ...}`: a receipt rounded up in its customer's
    points.

    Once for a receipt: again, the first donation is told. PTS-05, PTS-08; PTS-09: there is nothing to round, why.
    """
    receipt, wanted = document_id(text(args, "receipt")), text(args, "fund")
    with parts.views.reading() as view:
        rules, sale = active_rules(view), donation.sale_of(view, receipt)
        if rules is not None and rules.club.donation.fund(wanted) is None:
            raise UsageError("PTS-08", id=wanted)
        done_before = donation.given(view, receipt)
    customer = donation.whose(done_before or sale)
    desk = asked_by(parts, {**args, "customer": customer, "id": donation.name_of(receipt)})
    if done_before is not None:
        event = done_before
        with parts.views.reading() as view:
            shown = {"event": event.id, "again": True, **points_json(parts, view, customer, desk.rules)}
    else:
        with parts.views.reading() as view:
            tail_pt = donation.tail_pt(view, desk.rules, sale)
        event = donation.event_of(desk.asked, -tail_pt, wanted, receipt)
        shown = done(parts, desk, event, enough(desk, tail_pt))
    return {"donated_pt": -(event.entries[0].amount_pt or 0), "fund": event.facts["fund"], **shown}


def _action(rules: Rules, wanted: str) -> ActionTerms:
    for one in rules.club.actions:
        if one.id == wanted and one.on == OUTSIDE:
            return one
    raise UsageError("PTS-08", id=wanted)
