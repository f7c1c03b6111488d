"""A priced basket as the JSON object other programs read, with its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from pos_agent.rules import payment
from pos_agent.rules.parts import Part
from pos_agent.rules.price import Priced, PricedLine, ProgramPoints
from pos_agent.rules.quantities import quantity

__all__ = ["quantity", "to_json"]
CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False)


def to_json(priced: Priced) -> dict[str, Any]:
    """The answer. `hash`: SHA-256 (hex) of the rest as canonical JSON: sorted keys, no spaces, UTF-8.

    `notes`, `programs`, `payment` and `parts` are there only when the basket or the rules have them.
    """
    totals, ids = priced.totals, [line.id for line in priced.lines]
    answer: dict[str, Any] = {
        "lines": [_line(line) for line in priced.lines],
        "totals": {
            "gross_kop": totals.gross_kop,
            "discount_kop": totals.discount_kop,
            "points_pt": totals.points_pt,
            "payable_kop": totals.payable_kop,
            "accrued_pt": totals.accrued_pt,
        },
        "applied": list(priced.applied),
        "stamps_after": dict(priced.stamps_after),
        "coupons": [dict(one) for one in priced.coupons],
        "trace": list(priced.trace),
    }
    if priced.notes:
        answer["notes"] = [dict(one) for one in priced.notes]
    if priced.programs:
        answer["programs"] = [_program(one, ids) for one in priced.programs]
    if priced.paid.offsets:
        answer["payment"] = payment.told(priced.paid, ids)
    if priced.parts:
        answer["parts"] = [_part(one, ids) for one in priced.parts]
    answer["hash"] = hashlib.sha256(CANONICAL.encode(answer).encode()).hexdigest()
    return answer


def _line(line: PricedLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "gross_kop": line.gross_kop,
        "discounts": dict(line.discounts),
        "points_pt": line.points_pt,
        "net_kop": line.net_kop,
        "accrued_pt": line.accrued_pt,
        "items": [{"price_kop": kop, "qty": quantity(micro), "sum_kop": sum_kop} for kop, micro, sum_kop in line.items],
    }


def _program(one: ProgramPoints, ids: Sequence[str]) -> dict[str, Any]:
    return {
        "id": one.program,
        "points_pt": one.spent_pt,
        "points_kop": one.spent_kop,
        "accrued_pt": one.accrued_pt,
        "spent": {name: pt for name, pt in zip(ids, one.spent_by_line_pt, strict=True) if pt},
        "accrued": {name: pt for name, pt in zip(ids, one.accrued_by_line_pt, strict=True) if pt},
        "confirm": one.confirm,
    }


def _part(one: Part, ids: Sequence[str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "part": one.name,
        "lines": [ids[index] for index in one.lines],
        "gross_kop": one.gross_kop,
        "discount_kop": one.discount_kop,
        "points_pt": one.points_pt,
        "payable_kop": one.payable_kop,
        "accrued_pt": one.accrued_pt,
        "payments": [{"kind": kind, "sum_kop": kop} for kind, kop in (*one.offsets, *one.payments)],
    }
    return {**told, "short_kop": one.short_kop} if one.short_kop else told
