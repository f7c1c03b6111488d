"""A priced basket as the JSON object other programs read, with its hash."""

from __future__ import annotations

from typing import Any

from pos_agent.model.canonical import canonical_json, sha256_hex
from pos_agent.money import MICRO
from pos_agent.rules.items import FiscalItem
from pos_agent.rules.price import Priced, PricedLine


def to_json(priced: Priced) -> dict[str, Any]:
    """The answer. `hash`: SHA-256 (hex) of the rest as canonical JSON."""
    totals = priced.totals
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
        "coupons": [],  # no kind of rule issues a code for the next receipt
        "trace": [dict(entry) for entry in priced.trace],
    }
    return {**answer, "hash": sha256_hex(canonical_json(answer))}


def quantity(micro: int) -> str:
    """Millionths as the till writes them: at least three digits after the point, `1.000`, `0.333333`."""
    whole, fraction = divmod(micro, MICRO)
    digits = f"{fraction:06d}"
    return f"{whole}.{digits[:3]}{digits[3:].rstrip('0')}"


def _line(line: PricedLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "gross_kop": line.gross_kop,
        "discounts": dict(line.discounts),
        "points_pt": line.points_pt,
        "net_kop": line.net_kop,
        "accrued_pt": line.accrued_pt,
        "items": [_item(item) for item in line.items],
    }


def _item(item: FiscalItem) -> dict[str, Any]:
    return {"price_kop": item.price_kop, "qty": quantity(item.quantity_micro), "sum_kop": item.sum_kop}
