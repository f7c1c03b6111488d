"""The ledger: does it agree with itself, and every event of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_agent.api.event_json import chained_json
from pos_agent.api.operation import Json, Parts, number
from pos_agent.checkout.verify import verify_ledger

PAGE = 500


def verify(parts: Parts, args: Mapping[str, Any]) -> Json:
    """Rebuild everything from the first event and compare: `{"ok", "events", "head", "breaches": [...]}`."""
    with parts.views.reading() as view:
        report = verify_ledger(view)
    return {"ok": not report.breaches, "events": report.events, "head": report.head, "breaches": list(report.breaches)}


def export(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{after}`: up to 500 events with seq > after, in order, and whether there are more."""
    after = number(args, "after", 0, 0, 2**62)
    with parts.views.reading() as view:
        events = [chained_json(one) for one in view.ledger.range(after + 1, after + PAGE)]
        more = view.ledger.head().seq > after + len(events)
    return {"events": events, "more": more}
