"""What a sale takes up, and what becomes of it: codes and prepaid accounts follow the intent, in its transaction.

Written with the intent, used or recorded with the document, free again after a proof that nothing was registered. A
sale in parts takes everything up once, under its own id, with the first part (see `split_sales`).
"""

from __future__ import annotations

from pos_agent.checkout import prepaid, sale_codes
from pos_agent.checkout.answer import split_answer
from pos_agent.checkout.lifecycle import UNSETTLED, SaleState
from pos_agent.checkout.plan import Plan
from pos_agent.errors import UsageError
from pos_agent.store.intents import Intent
from pos_agent.store.prepaid import FREE, RECORDED
from pos_agent.store.repositories import Txn
from pos_agent.store.splits import DROPPED, ENDED, MADE, OPEN, Split


def write(txn: Txn, new: Intent) -> Intent:
    """The intent, new or the next attempt, and what it takes up. StoreRefused, PAY-03: taken by another meanwhile.

    UsageError SAL-07: a part, and what was made of its sale has been taken back.
    """
    again = txn.intents.get(new.sale_id) is not None
    intent = txn.intents.again(new) if again else txn.intents.write(new)
    plan = Plan.from_json(intent.plan)
    split = txn.splits.get(plan.part["sale"]) if plan.part else None
    if split is not None and split.state == ENDED:
        raise UsageError("SAL-07")
    if not plan.part:
        _take(txn, intent.register, intent.sale_id, intent.customer_id, plan)
    return intent


def begin_split(txn: Txn, split: Split) -> None:
    """The sale that the first part's intent belongs to, and all that it takes up."""
    txn.splits.begin(split)
    _take(txn, split.register, split.sale_id, split.customer_id, Plan.from_json(split.plan))


def registered(txn: Txn, intent: Intent) -> None:
    """The intent is a document now. May be repeated."""
    plan = Plan.from_json(intent.plan)
    if plan.ends:
        _end_split(txn, plan.ends)
    if plan.part:
        _part_registered(txn, plan.part["sale"])
        return
    draft = sale_codes.draft_of(intent.register, intent.sale_id)
    sale_codes.registered(txn, draft, intent.customer_id or "", plan, intent.document)


def released(txn: Txn, intent: Intent) -> None:
    """The intent was not executed. Of a sale in parts: only when no other part is a document or may become one."""
    part = Plan.from_json(intent.plan).part
    if not part:
        _free(txn, intent.register, intent.sale_id, intent.customer_id)
        return
    split = txn.splits.get(part["sale"])
    assert split is not None, "a part is written with its sale"
    states = [one.state for one in txn.splits.intents(split) if one is not None]
    if split.state == OPEN and not any(one in (*UNSETTLED, SaleState.REGISTERED) for one in states):
        txn.splits.move(split.sale_id, DROPPED)
        _free(txn, split.register, split.sale_id, split.customer_id)


def recorded(txn: Txn, sale_id: str) -> None:
    """The event is in the ledger: what was held of accounts is in it."""
    txn.prepaid.end(sale_id, RECORDED)


def _take(txn: Txn, register: str, sale_id: str, customer: str | None, plan: Plan) -> None:
    sale_codes.reserve(txn, sale_codes.draft_of(register, sale_id), customer or "", plan)
    prepaid.hold(txn, sale_id, plan)


def _free(txn: Txn, register: str, sale_id: str, customer: str | None) -> None:
    sale_codes.released(txn, sale_codes.draft_of(register, sale_id), customer or "")
    txn.prepaid.end(sale_id, FREE)


def _part_registered(txn: Txn, sale_id: str) -> None:
    split = txn.splits.get(sale_id)
    assert split is not None, "a part is written with its sale"
    parts = [one for one in txn.splits.intents(split) if one is not None and one.state == SaleState.REGISTERED]
    if split.state != OPEN or len(parts) < split.parts:
        return
    txn.splits.move(sale_id, MADE, split_answer(split, parts))
    draft = sale_codes.draft_of(split.register, sale_id)
    plan = Plan.from_json(split.plan)
    sale_codes.registered(txn, draft, split.customer_id or "", plan, parts[-1].document)


def _end_split(txn: Txn, sale_id: str) -> None:
    """A made part of an unfinished sale is taken back: it is never finished, and nothing of it was used."""
    split = txn.splits.get(sale_id)
    if split is not None and split.state == OPEN:
        txn.splits.move(sale_id, ENDED)
        _free(txn, split.register, sale_id, split.customer_id)
