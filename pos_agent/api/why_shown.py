"""Why this sum, for a screen: the figures of the slip «why», of a receipt that is made and of a draft before that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_agent.api.customers import find_one
from pos_agent.api.operation import Json, Parts, text
from pos_agent.api.receipts import document_id
from pos_agent.checkout.slip_asked import why_asked
from pos_agent.checkout.slip_why import Figures, price_figures
from pos_agent.errors import AgentError, PrinterError
from pos_agent.model.events import EventKind
from pos_agent.printing.slip_why import reasons
from pos_agent.store.repositories import View

NOTHING: Figures = {"lines": [], "spent": [], "earned": [], "lost": [], "rules_day": "", "check": ""}
NOBODY = ("CUS-01", "CUS-07")  # as in a quote: then it is the price without a card


def of_receipt(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{document: "FN/FD"}` -> `{document, at, slip, lines, spent, earned, lost, rules_day, check}`, see `slip_why`.

    `slip`: there is something to print of it. `lost` are sentences. AgentError DOC-02: not here; UsageError DOC-02.
    """
    number = document_id(text(args, "document"))
    with parts.views.reading() as view:
        known = view.documents.get(number)
        if known is None:
            raise AgentError("DOC-02", document=number)
        told = [one for one in view.ledger.by_document(number) if one.event.kind is EventKind.RECEIPT]
        kept = bool(told and told[-1].event.facts.get("trace"))
        figures = why_asked(view, told[-1], told[-1].event.customer or "").why if kept else NOTHING
    return {"document": str(number), "at": known.at, "slip": kept, **_said(parts, figures)}


def of_draft(parts: Parts, sale_id: str, content: Mapping[str, Any], choice: Mapping[str, Any]) -> Json:
    """The same of a basket as it is priced now. `choice`: `spend`, `spend_pt`. UsageError: the basket's, the choice's.

    PrinterError PRN-03: no printer is set up; RUL-..: the rules cannot be read.
    """
    if parts.orders is None:
        raise PrinterError("PRN-03")
    with parts.views.reading() as view:
        who = _who(view, content.get("who"))
    look = parts.orders.look(sale_id, {**content["basket"], **choice}, who)
    figures = price_figures(look.known.basket, look.priced, look.rules)
    return {"document": "", "at": "", "slip": False, **_said(parts, {**NOTHING, **figures})}


def _who(view: View, wanted: str | None) -> str | None:
    try:
        return find_one(view, wanted).id if wanted else None
    except AgentError as error:
        if error.code not in NOBODY:
            raise
        return None


def _said(parts: Parts, figures: Mapping[str, Any]) -> Json:
    return {**figures, "lost": reasons(figures.get("lost", ()), parts.config.agent.language)}
