"""What is recorded while the program's rules are missing or cannot be read: documents that move nobody's points.

A sale at list price is one of them, so selling goes on. What names a customer waits for the rules (ADR 0003).
"""

from __future__ import annotations

from dataclasses import dataclass

from pos_agent.checkout.evidence import armed_when_unread, identify, original_event
from pos_agent.checkout.own import OwnSale
from pos_agent.checkout.recording import is_return, is_sale
from pos_agent.model.receipt import FiscalDocument
from pos_agent.store.repositories import View


@dataclass(frozen=True)
class Names:
    """Requisites of a receipt by which its customer is known, and the register whose armed card it may use up."""

    card: str
    original: str
    register: str


def moves_no_points(view: View, document: FiscalDocument, own: OwnSale | None, names: Names) -> bool:
    """Shifts and reports; a sale of nobody; the return of a receipt whose points nobody has, claimed ones included."""
    if document.receipt is None or not (is_sale(document) or is_return(document)):
        return True
    if own is not None:
        return own.customer is None and not _claimed(view, own.plan.original)
    if view.arming.current(names.register) is not None or armed_when_unread(view, document.id) is not None:
        return False
    sold = original_event(view, document, names.original) if is_return(document) else None
    if identify(view, document.receipt, names.card, None, sold) is not None:
        return False
    return sold is None or not _claimed(view, str(sold.document))


def _claimed(view: View, receipt: str) -> bool:
    """Somebody got points for this receipt of nobody; "" is no receipt."""
    return view.ledger.get(f"gift:claim-{receipt.replace('/', '-')}") is not None
