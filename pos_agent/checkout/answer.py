"""What the caller is told of a registered sale or return. Pure; the same document always gives the same answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pos_agent.checkout.lifecycle import SaleState
from pos_agent.checkout.marks import told
from pos_agent.checkout.plan import Plan
from pos_agent.checkout.prepaid import shown
from pos_agent.model.receipt import DocumentId
from pos_agent.store.intents import Intent
from pos_agent.store.splits import Split


def answer(intent: Intent, number: DocumentId, fpd: int | None, change_kop: int) -> dict[str, Any]:
    """Of one document."""
    plan = Plan.from_json(intent.plan)
    one = {"document": str(number), "fpd": fpd, "total_kop": plan.total_kop, "change_kop": change_kop}
    return _answer(intent.sale_id, one, plan, intent.customer_id)


def split_answer(split: Split, parts: Sequence[Intent]) -> dict[str, Any]:
    """Of a sale in parts: the figures of the whole, and every document."""
    plan = Plan.from_json(split.plan)
    documents = [
        {
            "part": one.plan["part"]["name"],
            **{name: one.answer[name] for name in ("document", "fpd", "total_kop", "change_kop")},
        }
        for one in parts
    ]
    whole = {"document": documents[0]["document"], "fpd": documents[0]["fpd"], "total_kop": plan.total_kop}
    whole["change_kop"] = sum(one["change_kop"] for one in documents)
    return {**_answer(split.sale_id, whole, plan, split.customer_id), "documents": documents}


def change(intent: Intent) -> int:
    """Kopecks of change we reckon with."""
    plan = Plan.from_json(intent.plan)
    return plan.paid.cash_kop - plan.content.payments_kop[0]


def _answer(sale_id: str, document: Mapping[str, Any], plan: Plan, customer: str | None) -> dict[str, Any]:
    return {
        "sale": sale_id,
        "state": SaleState.REGISTERED.value,
        **document,
        "spent_pt": plan.spent_pt,
        "accrued_pt": plan.accrued_pt,
        "restored_pt": plan.restored_pt,
        "cancelled_pt": plan.cancelled_pt,
        "customer": customer,
        **({"codes": {one["code"]: one["applied"] for one in plan.codes}} if plan.codes else {}),
        **({"coupons": [_coupon(one) for one in plan.coupons]} if plan.coupons else {}),
        **({"stamps": {name: card["after"] for name, card in plan.stamps.items()}} if plan.stamps else {}),
        **({"marks": told(plan)} if plan.marks and not plan.parts else {}),
        **({"offsets": [_moved(one) for one in plan.offsets]} if plan.offsets else {}),
        **({"sells": [_sold(one) for one in plan.sells]} if plan.sells else {}),
        **({"back": [_moved(one) for one in plan.back]} if plan.back else {}),
        **({"flags": [*plan.flags]} if plan.flags else {}),
    }


def _coupon(one: Mapping[str, str]) -> dict[str, str]:
    return {name: one[name] for name in ("code", "rule", "kind", "valid_from", "valid_to")}


def _moved(one: Mapping[str, Any]) -> dict[str, Any]:
    figures = {name: one[name] for name in ("kind", "sum_kop", "units_micro")}
    return {"account": shown(one["account"]), **figures}


def _sold(one: Mapping[str, Any]) -> dict[str, Any]:
    figures = {name: one[name] for name in ("kind", "line", "value_kop", "units_micro", "to")}
    return {"account": shown(one["account"]), **figures}
