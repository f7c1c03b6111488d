"""A whole receipt priced the slow way: discounts, points spent, points earned, fiscal items (sections 2 to 6)."""

from fractions import Fraction
from math import ceil, floor, gcd, lcm
from typing import Any

from oracle.plain_rules import Receipt, opened, run
from oracle.plain_sums import half_up, in_scope, items, lay_out, tier_bp


def plain_price(rules: dict[str, Any], basket: dict[str, Any]) -> dict[str, Any]:
    """`rules` and `basket` as JSON values. The answer in the words of the product's own, without trace and hash."""
    receipt = opened(rules, basket)
    run(receipt)
    spent, spent_pt, paid = _spend(receipt)
    before = [line.net for line in receipt.lines]
    for line, kop in zip(receipt.lines, paid, strict=True):
        line.net -= kop
    accrued = _accrue(receipt, sum(spent_pt))
    lines = [
        {
            "id": line.raw["id"],
            "gross_kop": line.gross,
            "discounts": line.discounts,
            "points_pt": pt,
            "net_kop": line.net,
            "accrued_pt": earned,
            "items": [
                {"price_kop": price, "qty": quantity, "sum_kop": total}
                for price, quantity, total in items(line.net, line.quantity, line.raw["price_kop"])
            ],
        }
        for line, pt, earned in zip(receipt.lines, spent_pt, accrued, strict=True)
    ]
    gross = sum(line.gross for line in receipt.lines)
    totals = {
        "gross_kop": gross,
        "discount_kop": gross - sum(before),
        "points_pt": spent,
        "payable_kop": sum(line.net for line in receipt.lines),
        "accrued_pt": sum(accrued),
    }
    return {"lines": lines, "totals": totals, "applied": receipt.applied, "stamps_after": receipt.stamps}


def _spend(receipt: Receipt) -> tuple[int, list[int], list[int]]:
    """Section 5: points in all, by line, and their kopecks by line."""
    nothing = (0, [0] * len(receipt.lines), [0] * len(receipt.lines))
    spend, basket = receipt.rules.get("spend"), receipt.basket
    customer = basket.get("customer")
    if spend is None or not customer or (spend.get("no_spend_after") and receipt.exclusive):
        return nothing
    how = basket.get("spend", "exact" if "spend_pt" in basket else "none")
    if how == "none":
        return nothing
    allowed = [
        line
        for line in receipt.lines
        if "no_spend" not in line.raw.get("flags", [])
        and in_scope(spend.get("scope"), line)
        and not (spend.get("not_on_discounted") and line.discounted)
    ]
    base = sum(line.net for line in allowed)
    limit = min(
        spend.get("cap_bp", 10_000) * base // 10_000,
        sum(line.room for line in allowed),
        sum(line.net for line in receipt.lines) - spend.get("min_money_kop", 0),
    )
    a, b = receipt.rules.get("program", {}).get("kop_per_pt", [1, 1])
    points = floor(Fraction(max(limit, 0) * b, a))
    points = min(points, customer.get("balance_pt", 0), basket.get("spend_pt", points) if how == "exact" else points)
    step = lcm(spend.get("step_pt", 1), b // gcd(a, b))
    points = max(points, 0) // step * step
    kop = points * a // b
    by_kop = lay_out(kop, [line.net for line in allowed], [line.room for line in allowed])
    by_pt = by_kop if a == b else lay_out(points, list(by_kop), [None] * len(allowed))
    where = {id(line): number for number, line in enumerate(allowed)}
    placed = [where.get(id(line)) for line in receipt.lines]
    return (
        points,
        [0 if at is None else by_pt[at] for at in placed],
        [0 if at is None else by_kop[at] for at in placed],
    )


def _accrue(receipt: Receipt, spent_pt: int) -> list[int]:
    """Section 6, by line."""
    accrue, customer = receipt.rules.get("accrue"), receipt.basket.get("customer")
    if accrue is None or not customer or (accrue.get("when_spent") == "none" and spent_pt > 0):
        return [0] * len(receipt.lines)
    bp = tier_bp(accrue["tiers"], customer) if "tiers" in accrue else accrue.get("bp", 0)
    exact, base = [], 0
    for line in receipt.lines:
        if "no_accrue" in line.raw.get("flags", []) or not in_scope(accrue.get("scope"), line):
            exact.append(Fraction(0))
            continue
        base += line.net
        figure = Fraction(line.net * bp, 10_000)
        for one in accrue.get("multipliers", []):
            if in_scope(one.get("scope"), line):
                figure *= Fraction(one["num"], one["den"])
        exact.append(figure)
    if accrue.get("per_full_kop") and base:
        full = accrue["per_full_kop"]
        exact = [figure * Fraction(base // full * full, base) for figure in exact]
    total = _rounded(sum(exact), accrue.get("round", "floor"), accrue.get("step_pt", 1))
    total = min(total, accrue["max_pt"]) if "max_pt" in accrue else total
    return lay_out(total, exact, [None] * len(exact))


def _rounded(x: Fraction, how: str, step: int) -> int:
    q = x / step
    match how:
        case "floor":
            n = floor(q)
        case "ceil":
            n = ceil(q)
        case "half_up":
            n = half_up(q)
        case _:
            low = floor(q)
            n = low if q - low < Fraction(1, 2) or (q - low == Fraction(1, 2) and low % 2 == 0) else low + 1
    return n * step
