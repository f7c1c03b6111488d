"""A ledger event as JSON for people and programs outside."""

from __future__ import annotations

import json
from typing import Any

from pos_agent.ledger.canonical import event_to_json
from pos_agent.model.events import ChainedEvent


def chained_json(chained: ChainedEvent) -> dict[str, Any]:
    """`seq`, `prev_hash`, `hash`, then the event's own keys (see `ledger.canonical`), those without a value as null.

    `fn_serial` and `fd_number` stand beside `document` (FN/FD) for programs that compare with the fiscal storage.
    """
    content: dict[str, Any] = json.loads(event_to_json(chained.event))
    document = chained.event.document
    return {
        "seq": chained.seq,
        "prev_hash": chained.prev_hash,
        "hash": chained.hash,
        "fn_serial": document.fn_serial if document else None,
        "fd_number": document.fd_number if document else None,
        "customer": None,
        "fpd": None,
        "purchase": None,
        **content,
        "document": str(document) if document else None,
    }
