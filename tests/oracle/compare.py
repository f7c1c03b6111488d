"""`python -m oracle.compare COUNT [FIRST]` (from tests/): random receipts, the product beside the plain hand."""

import json
import sys
from fractions import Fraction
from typing import Any

from oracle.plain_price import plain_price
from oracle.random_receipts import case
from pos_agent.rules import answer
from pos_agent.rules.basket import read
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price

TOTALS = ("gross_kop", "discount_kop", "points_pt", "payable_kop", "accrued_pt")
LINE = ("id", "gross_kop", "discounts", "points_pt", "net_kop", "accrued_pt")


def differences(seed: int) -> list[str]:
    """What the two answers to one case do not agree on."""
    rules, basket = case(seed)
    ours = answer.to_json(price(parse(json.dumps(rules), "json"), read(basket)))
    plain = plain_price(rules, basket)
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
    return found


def _items(line: dict[str, Any]) -> list[tuple[int, Fraction, int]]:
    return [(one["price_kop"], Fraction(one["qty"]), one["sum_kop"]) for one in line["items"]]


def main(count: int, first: int = 0) -> int:
    """Prints the first seeds that differ; 1 when there are any."""
    wrong = 0
    for seed in range(first, first + count):
        if found := differences(seed):
            wrong += 1
            if wrong <= 10:
                print(seed, *found, sep="\n  ")
    print(f"receipts {count}, different {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
