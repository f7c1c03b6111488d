"""The program's limits against abuse, and what they caught today on this register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pos_agent.api.customers import find_one
from pos_agent.api.operation import Json, Parts, text
from pos_agent.api.points import active_rules
from pos_agent.checkout import member
from pos_agent.checkout.at_register import UNSAID
from pos_agent.errors import AgentError

MARK = "limit:"


def show(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{customer}` (may be "") -> `{"limits", "caught", "seniors", "now"}`.

    `limits`: as in the rules; `caught`: today's receipts with marks; `now`: what the customer's next receipt would
    break, `earns`, `spends`, `asks` (code, senior or ""). CUS-01, CUS-07, RUL-03.
    """
    wanted, register = text(args, "customer", ""), parts.config.agent.register_name
    at = parts.clock.now().astimezone(parts.config.zone)
    with parts.views.reading() as view:
        rules = active_rules(view)
        if rules is None:
            raise AgentError("RUL-03")
        events = [chained.event for chained in view.ledger.of_day(at.date().isoformat())]
        told: Json = {
            "limits": [asdict(one) for one in rules.limits.all],
            "sender": rules.limits.sender,
            "confirm_above_pt": rules.spend.confirm_above_pt if rules.spend else None,
            "caught": [
                {"document": str(one.document), "at": one.at[:16], "customer": one.customer, "flags": marks}
                for one in events
                if (marks := [flag for flag in one.facts.get("flags", ()) if flag.startswith(MARK)])
            ],
            "seniors": list(view.confirmations.seniors()),
        }
        if wanted:
            customer = find_one(view, wanted).id
            verdict = member.verdict(view, rules, customer, register, at, UNSAID)
            broken = [one.name for one in verdict.broken]
            told["now"] = {"broken": broken, "earns": verdict.earns, "spends": verdict.spends, "asks": verdict.asks}
    return told
