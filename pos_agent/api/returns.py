"""A return before it is printed: what of the receipt is left, what money and points go back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_agent.api.operation import Json, Parts, text
from pos_agent.api.points import active_rules
from pos_agent.api.receipts import document_id
from pos_agent.api.sales import return_wanted
from pos_agent.checkout.coming_back import coming_back, told
from pos_agent.checkout.marks import as_sold
from pos_agent.checkout.plan import Plan
from pos_agent.checkout.sale_codes import already_back
from pos_agent.checkout.taking_back import return_plan, sold
from pos_agent.model.events import LedgerEvent
from pos_agent.money import plain
from pos_agent.store.repositories import View


def quote(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{receipt, lines, payment, marks}` -> `{money_kop, restored_pt, lives, cancelled_pt, left}`. RET-.., MRK-..

    `lives`: `[{points_pt, last_day}]`, which of the points back are usable until when, see `checkout.coming_back`.
    `left`: lines of the receipt with what may still come back. Nothing is written, nothing is sent.
    """
    lines, payment, marks = return_wanted(args)
    with parts.views.reading() as view:
        named = sold(view, document_id(text(args, "receipt")))
        already = already_back(view, named.event)
        backs = as_sold(marks, named.lines)
        plan = return_plan(view, named, lines, payment, backs, parts.config.gateway.tax_system)
        lives = _lives(parts, view, named.event, plan)
    tender = dict(plan.tender)
    return {
        "receipt": str(named.document),
        "money_kop": plan.total_kop - tender.get("advance_kop", 0),
        "total_kop": plan.total_kop,
        "tender": tender,
        "restored_pt": plan.restored_pt,
        "lives": lives,
        "cancelled_pt": plan.cancelled_pt,
        "lines": [dict(one) for one in plan.lines],
        "left": [
            {
                "number": line["number"],
                "name": line["name"],
                "qty": plain(line["quantity_micro"]),
                "left": plain(line["quantity_micro"] - already.get(line["number"], 0)),
                "sum_kop": line["sum_kop"],
            }
            for line in named.lines
        ],
    }


def _lives(parts: Parts, view: View, original: LedgerEvent, plan: Plan) -> list[Mapping[str, object]]:
    """Nothing where no rules say how long points live."""
    rules = active_rules(view)
    if rules is None or original.customer is None:
        return []
    at = parts.clock.now().astimezone(parts.config.zone).isoformat(timespec="seconds")
    return told(coming_back(original, plan, view.ledger.history(original.customer).events, at, rules))
