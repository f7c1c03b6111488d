"""Which of our own sales a document of the storage is: a whole one, or one part of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pos_agent.checkout.plan import Plan
from pos_agent.checkout.split_plan import joined
from pos_agent.model.events import EventKind, LedgerEvent
from pos_agent.model.receipt import DocumentId
from pos_agent.store.intents import Intent
from pos_agent.store.repositories import View


@dataclass(frozen=True)
class OwnSale:
    """`sale_id` is the caller's. `part` and `documents` of a sale in parts; `whole`: this document completes it.

    `plan` is the whole plan when it is complete, else the part's.
    """

    sale_id: str
    customer: str | None
    plan: Plan
    whole: bool = True
    part: Mapping[str, Any] | None = None
    documents: Sequence[Mapping[str, str]] = ()


def own_sale(view: View, document: DocumentId) -> OwnSale | None:
    """None: somebody else's document. A sale is complete when every other part has its event, whichever came last."""
    intent = view.intents.by_document(document)
    if intent is None:
        return None
    plan = Plan.from_json(intent.plan)
    if not plan.part:
        return OwnSale(intent.sale_id, intent.customer_id, plan)
    split = view.splits.get(plan.part["sale"])
    assert split is not None, "a part is written with its sale"
    parts = view.splits.intents(split)
    if not all(one is not None and _recorded(view, one, document) for one in parts):
        return OwnSale(split.sale_id, None, plan, whole=False, part=plan.part)
    made = [one for one in parts if one is not None]
    documents = [{"part": one.plan["part"]["name"], "document": str(one.document)} for one in made]
    whole = joined(Plan.from_json(split.plan), [one.plan for one in made])
    return OwnSale(split.sale_id, split.customer_id, whole, part=plan.part, documents=documents)


def whole_event(view: View, part: LedgerEvent) -> LedgerEvent | None:
    """The loyalty event of the sale that this part's event belongs to; None: not every part is in the ledger."""
    split = view.splits.get(part.facts["part"]["sale"]) if "part" in part.facts else None
    made = [one.document for one in view.splits.intents(split) if one and one.document] if split else []
    events = (chained.event for document in made for chained in view.ledger.by_document(document))
    return next((event for event in events if "documents" in event.facts), None)


def _recorded(view: View, intent: Intent, now: DocumentId) -> bool:
    """Is the part's document in the ledger, or is it the one being written?"""
    if intent.document is None:
        return False
    known = view.ledger.by_document(intent.document)
    return intent.document == now or any(one.event.kind is not EventKind.UNREADABLE for one in known)
