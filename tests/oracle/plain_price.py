"""A whole receipt priced the slow way: goods, discounts, points, prepayments, what comes after (sections 2 to 6)."""

from copy import deepcopy
from datetime import timedelta
from fractions import Fraction
from typing import Any

from oracle.plain_codes import take
from oracle.plain_payment import offsets, parts, prepaid
from oracle.plain_points import accrue_points, programs, spend_points
from oracle.plain_rules import Receipt, opened, run
from oracle.plain_sums import items
from oracle.plain_when import Facts, RefusedError, holds, in_scope, moment


def plain_price(rules: dict[str, Any], basket: dict[str, Any]) -> dict[str, Any]:
    """`rules` and `basket` as JSON values. The answer in the words of the product's own, without trace and hash."""
    try:
        facts = Facts(rules, basket, moment(basket))
        facts.rules = _of_the_day(rules)
        take(facts)
        receipt = opened(facts)
    except RefusedError:
        return {"refused": True}
    run(receipt)
    before = [line.net for line in receipt.lines]
    currencies = programs(facts)
    for one in currencies:
        spend_points(receipt, one)
    found = offsets(receipt)
    accrue = {one.id: (one.accrue or {}).get("accrue_on", "use") for one in currencies}
    paid = prepaid(receipt, found)
    for one in currencies:
        base = [line.net for line in receipt.lines]
        barred = ["no_accrue" in line.flags for line in receipt.lines]
        if accrue[one.id] == "sale":
            base = [net - kop for net, kop in zip(base, paid, strict=True)]
        else:
            barred = [no or bool(line.raw.get("sells")) for no, line in zip(barred, receipt.lines, strict=True)]
        accrue_points(receipt, one, base, barred, one.points > 0)
    main = currencies[0]
    gross, payable = sum(line.gross for line in receipt.lines), sum(line.net for line in receipt.lines)
    return {
        "lines": _lines(receipt, main.spent, main.accrued),
        "totals": {
            "gross_kop": gross,
            "discount_kop": gross - sum(before),
            "points_pt": main.points,
            "payable_kop": payable,
            "accrued_pt": sum(main.accrued),
        },
        "applied": receipt.applied,
        "stamps_after": receipt.stamps,
        "confirm": any(one.confirm for one in currencies),
        "programs": [_told(receipt, one) for one in currencies[1:]],
        "offsets": found,
        "due_kop": payable - sum(paid),
        "parts": parts(receipt, found, main.spent, main.accrued),
        "coupons": _coupons(receipt),
        "notes": _notes(receipt),
        "held": receipt.held,
    }


def _of_the_day(rules: dict[str, Any]) -> dict[str, Any]:
    """Dated migrations as dates: of rules in their conditions, of programs in their sections."""
    made = deepcopy(rules)
    for move in made.get("migration", []):
        for names, edge, pick in ((move["old"], "to", min), (move["new"], "from", max)):
            dated = [one.setdefault("when", {}) for one in made.get("rule", []) if one["id"] in names]
            owners = [one for one in made.get("programs", []) if one["id"] in names]
            owners += [made] if made["program"]["id"] in names else []
            dated += [one[part] for one in owners for part in move.get("parts", ("accrue", "spend")) if part in one]
            for one in dated:
                one[edge] = pick(one.get(edge) or move["on"], move["on"])
    return made


def _lines(receipt: Receipt, spent: list[int], accrued: list[int]) -> list[dict[str, Any]]:
    return [
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
        for line, pt, earned in zip(receipt.lines, spent, accrued, strict=True)
    ]


def _told(receipt: Receipt, one: Any) -> dict[str, Any]:
    ids = [line.raw["id"] for line in receipt.lines]
    return {
        "id": one.id,
        "points_pt": one.points,
        "points_kop": one.kop,
        "accrued_pt": sum(one.accrued),
        "spent": {name: pt for name, pt in zip(ids, one.spent, strict=True) if pt},
        "accrued": {name: pt for name, pt in zip(ids, one.accrued, strict=True) if pt},
        "confirm": one.confirm,
    }


def _after(receipt: Receipt, *kinds: str) -> list[tuple[dict[str, Any], int]]:
    """Rules of these kinds that hold after points, by rank, with what their lines cost."""
    found = []
    rules = [one for one in receipt.rules.get("rule", []) if one["kind"] in kinds]
    for rule in sorted(rules, key=lambda one: (one.get("priority", 100), one["id"])):
        mine = [one for one in receipt.lines if "no_discount" not in one.flags and in_scope(rule.get("scope"), one)]
        x = sum(line.net for line in mine)
        if mine and holds(rule.get("when"), receipt.facts, x, sum((line.quantity for line in mine), Fraction(0))):
            found.append((rule, x))
            receipt.held.append(rule["id"])
    return found


def _coupons(receipt: Receipt) -> list[dict[str, Any]]:
    """Of batches with one listed code. Without a day nothing is reckoned from it."""
    batches = {one["id"]: one for one in receipt.rules.get("codes", [])}
    found = []
    for rule, _ in _after(receipt, "coupon"):
        batch, day = batches[rule["batch"]], receipt.facts.day
        begins = day + timedelta(days=rule.get("from_days", 0)) if day else None
        ends = batch.get("to", "")
        if begins and rule.get("valid_days"):
            ends = str(begins + timedelta(days=rule["valid_days"]))
        kind = batch.get("kind", "unlimited")
        told = {"code": batch["codes"][0], "rule": rule["id"], "kind": kind}
        found.append({**told, "valid_from": str(begins or ""), "valid_to": ends})
    return found


def _notes(receipt: Receipt) -> list[dict[str, Any]]:
    """Words for people; a hint with `up_to_kop` while its lines cost less."""
    found = []
    for rule, x in _after(receipt, "privilege", "hint"):
        text, up_to = rule["text"], rule.get("up_to_kop", 0)
        if rule["kind"] == "hint" and up_to:
            if x >= up_to:
                continue
            left = up_to - x
            text = text.replace("{left}", f"{left // 100}.{left % 100:02}")
        found.append({"rule": rule["id"], "kind": rule["kind"], "text": text})
    return found
