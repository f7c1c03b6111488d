"""A sale in parts for people and programs: which receipts are made, which are not."""

from __future__ import annotations

from pos_agent.api.operation import Json
from pos_agent.store.repositories import View
from pos_agent.store.splits import OPEN, Split


def split_shown(view: View, split: Split) -> Json:
    """`state`: open, made, ended (taken back), dropped (nothing was made). `parts` in the order of their receipts."""
    intents = view.splits.intents(split)
    parts = [
        {
            "part": planned["name"],
            "total_kop": planned["total_kop"],
            "state": known.state if known else "not begun",
            "document": str(known.document) if known and known.document else None,
        }
        for planned, known in zip(split.plan["parts"], intents, strict=True)
    ]
    return {
        "sale": split.sale_id,
        "state": split.state,
        "unsettled": split.state == OPEN,
        "begun_at": split.created_at,
        "customer": split.customer_id,
        "reserved_pt": split.points_pt if split.state == OPEN else 0,
        "total_kop": split.plan["total_kop"],
        "parts": parts,
        "answer": dict(split.answer),
    }
