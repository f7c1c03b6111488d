"""Receipts that the till printed itself, for the page: whose each is, and whether a customer may still claim it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pos_agent.api.customers import find_one
from pos_agent.api.operation import Json, Parts, text
from pos_agent.api.points import active_rules
from pos_agent.api.receipts import MAX_FD, document_id
from pos_agent.checkout.claim import worth
from pos_agent.checkout.limits import is_sale
from pos_agent.errors import AgentError, UsageError
from pos_agent.model.customer import Customer
from pos_agent.model.events import EntryKind, LedgerEvent
from pos_agent.model.receipt import DocumentId
from pos_agent.store.documents import StoredDocument
from pos_agent.store.repositories import View

SHOWN = 5
INVITED = re.compile(r"/(\d{16})-(\d{1,10})-(\d{1,10})", re.ASCII)  # see `slip_offers.join_address`


def whose(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{receipt: FN/FD}` -> `{customer: {id, name} or null, earned_pt}`; with `customer`: what a claim would give him.

    DOC-02: no such sale here; CUS-01, CUS-07, CUS-12, RUL-03: of the claim; API-01.
    """
    receipt, wanted = document_id(text(args, "receipt")), text(args, "customer", "")
    with parts.views.reading() as view:
        if wanted:
            return _offer(parts, view, receipt, wanted)
        sale = _sale(view, receipt)
        if sale is None:
            raise AgentError("DOC-02", document=str(receipt))
        known = view.customers.get(sale.customer) if sale.customer else None
        earned = sum(entry.amount_pt or 0 for entry in sale.entries if entry.kind is EntryKind.ACCRUE)
    return {"customer": _named(known), "earned_pt": earned}


def recent(view: View) -> list[Json]:
    """`[{document, at, total_kop, named, claim}]` of the last sales; `claim`: nobody's, and somebody may still get it.

    Nothing about the customer: everybody with a token hears it.
    """
    allowed = _allowed(view)
    sales = ((one, _sale(view, one.id)) for one in view.documents.recent(SHOWN))
    return [_told(one, sale, allowed) for one, sale in sales if sale is not None]


def _told(document: StoredDocument, sale: LedgerEvent, allowed: bool) -> Json:
    named = sale.customer is not None
    told = {"document": str(document.id), "at": document.at, "total_kop": document.total_kop, "named": named}
    return {**told, "claim": allowed and not named}


def invited(view: View, code: str, join_url: str) -> Json | None:
    """What the QR of an invitation is about, one of `recent`; None: it is none, or its fiscal sign is another's."""
    url = join_url.rstrip("/")
    written = INVITED.fullmatch(code[len(url) :]) if url and code.upper().startswith(url.upper()) else None
    if written is None or int(written[2]) > MAX_FD:
        return None
    number = DocumentId(written[1], int(written[2]))
    sale, document = _sale(view, number), view.documents.get(number)
    if sale is None or document is None or sale.fpd != int(written[3]):
        return None
    return _told(document, sale, _allowed(view))


def _offer(parts: Parts, view: View, receipt: DocumentId, wanted: str) -> Json:
    rules, who = active_rules(view), find_one(view, wanted)
    if rules is None:
        raise AgentError("RUL-03")
    if view.ledger.get(f"gift:claim-{receipt.fn_serial}-{receipt.fd_number}") is not None:
        raise UsageError("CUS-12", why="claimed already")
    today = parts.clock.now().astimezone(parts.config.zone).date()
    return {"customer": _named(who), "earned_pt": worth(view, rules, who.id, receipt, today)}


def _allowed(view: View) -> bool:
    """Without rules, or with rules that cannot be read, there is nothing to claim."""
    try:
        rules = active_rules(view)
    except AgentError:
        return False
    return rules is not None and rules.club.cards.claim_days > 0


def _sale(view: View, document: DocumentId) -> LedgerEvent | None:
    events = (chained.event for chained in view.ledger.by_document(document))
    return next((event for event in events if is_sale(event)), None)


def _named(customer: Customer | None) -> Json | None:
    return None if customer is None else {"id": customer.id, "name": customer.masked_name}
