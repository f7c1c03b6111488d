"""`python -m oracle.compare COUNT [FIRST]` (from tests/): random receipts, the product beside the plain hand.

The further kinds lie on top of the base ones. A table tells in how many receipts each kind and key gave something.
"""

import json
import sys
from collections import Counter
from fractions import Fraction
from typing import Any

from oracle.further_receipts import further_case
from oracle.plain_price import plain_price
from oracle.random_receipts import case
from oracle.tally import tally
from pos_agent.rules import answer
from pos_agent.rules.basket import read
from pos_agent.rules.basket_values import BasketError
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price

TOTALS = ("gross_kop", "discount_kop", "points_pt", "payable_kop", "accrued_pt")
LINE = ("id", "gross_kop", "discounts", "points_pt", "net_kop", "accrued_pt")
AFTER = ("coupons", "notes", "programs", "parts")
VISITS = 3  # receipts of one customer, one after the other, where there are punch cards


def differences(seed: int) -> list[str]:
    """What the two answers to one case of the base kinds do not agree on."""
    rules, basket = case(seed)
    return compared(rules, basket, plain_price(rules, basket))


def further_differences(seed: int, count: Counter[str] | None = None) -> list[str]:
    """The same over all kinds. With punch cards the customer comes again, with the stamps that the plain hand gave."""
    rules, basket = further_case(seed)
    cards = "customer" in basket and any(one["kind"] == "punch_card" for one in rules["rule"])
    for visit in range(VISITS if cards else 1):
        plain = plain_price(rules, basket)
        if count is not None:
            count.update(tally(rules, basket, plain, visit))
        if found := compared(rules, basket, plain):
            return [f"visit {visit + 1}", *found] if visit else found
        if plain.get("refused"):
            break
        basket = again(basket, plain, further_case(seed + (visit + 1) * 1_000_003)[1]["lines"])
    return []


def again(basket: dict[str, Any], plain: dict[str, Any], lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The next receipt of the same customer: other goods, the stamps and the visits moved on."""
    customer = basket.get("customer")
    if customer:
        moved = {**customer.get("stamps", {}), **plain["stamps_after"]}
        customer = {"customer": {**customer, "stamps": moved, "visits": customer.get("visits", 0) + 1}}
    return {**basket, **(customer or {}), "lines": lines}


def compared(rules: dict[str, Any], basket: dict[str, Any], plain: dict[str, Any]) -> list[str]:
    """`plain`: what the other hand says."""
    parsed = parse(json.dumps(rules), "json")
    try:
        priced = price(parsed, read(basket))
    except BasketError as refused:
        return [] if plain.get("refused") else [f"refused: {refused.problems}"]
    if plain.get("refused"):
        return ["the plain hand refuses"]
    ours = answer.to_json(priced)
    found = [
        f"{key}: {ours['totals'][key]} / {plain['totals'][key]}"
        for key in TOTALS
        if ours["totals"][key] != plain["totals"][key]
    ]
    if ours["applied"] != plain["applied"]:
        found.append(f"applied: {ours['applied']} / {plain['applied']}")
    for mine, other in zip(ours["lines"], plain["lines"], strict=True):
        found += [f"line {other['id']} {key}: {mine[key]} / {other[key]}" for key in LINE if mine[key] != other[key]]
        if _items(mine) != _items(other):
            found.append(f"line {other['id']} items: {_items(mine)} / {_items(other)}")
    before = (basket.get("customer") or {}).get("stamps", {})  # a counter that did not move may be left out
    stamps = {name: ours["stamps_after"].get(name, before.get(name, 0)) for name in plain["stamps_after"]}
    if stamps != plain["stamps_after"]:
        found.append(f"stamps: {ours['stamps_after']} / {plain['stamps_after']}")
    payment = ours.get("payment", {"offsets": [], "due_kop": plain["due_kop"]})
    theirs = {"offsets": plain["offsets"], "due_kop": plain["due_kop"]}
    payment.pop("offset_kop", None)
    if payment != theirs:
        found.append(f"payment: {payment} / {theirs}")
    if priced.confirm != plain["confirm"]:
        found.append(f"confirm: {priced.confirm} / {plain['confirm']}")
    return found + [f"{key}: {ours.get(key, [])} / {plain[key]}" for key in AFTER if ours.get(key, []) != plain[key]]


def _items(line: dict[str, Any]) -> list[tuple[int, Fraction, int]]:
    return [(one["price_kop"], Fraction(one["qty"]), one["sum_kop"]) for one in line["items"]]


def main(count: int, first: int = 0) -> int:
    """Prints how often each kind gave something and the first seeds that differ; 1 when there are any."""
    wrong, kinds = 0, Counter[str]()
    for seed in range(first, first + count):
        if found := further_differences(seed, kinds):
            wrong += 1
            if wrong <= 10:
                print(seed, *found, sep="\n  ")
    width = max(map(len, kinds), default=0)
    for name, times in sorted(kinds.items()):
        print(f"{name:{width}} {times:7}")
    print(f"receipts {count}, different {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
