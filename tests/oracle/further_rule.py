"""One random rule that hangs on a condition of the further kinds."""

import random
from collections.abc import Callable
from typing import Any

Made = dict[str, Any]
Topic = Callable[[random.Random, Made, Made], None]  # puts something of its own into rules and basket
AFTER_SALE = ("cashback", "privilege", "points_amount")


def add(chance: random.Random, rules: Made, when: Made, scope: Made | None = None) -> None:
    """A rule that hangs on a condition: a discount, or what comes after the sale."""
    made: Made = {"id": f"f{len(rules['rule'])}", "priority": chance.choice([1, 50, 100, 300])}
    match chance.randrange(7):
        case 0:
            made |= {"kind": "item_percent", "bp": chance.choice([1, 333, 1500])}
        case 1:
            made |= {"kind": "receipt_percent", "bp": chance.choice([101, 1000]), "max_kop": chance.choice([7, 9999])}
        case 2:
            made |= {"kind": "receipt_amount", "kop": chance.choice([1, 77, 10_001])}
        case 3:
            made |= {"kind": "free_units", "units": 1, "bp": chance.choice([10, 5000, 10000])}
        case 4:
            made |= {"kind": "n_plus_m", "buy": 1, "free": 1, "bp": 2500}
        case 5:
            made |= chance.choice([{"kind": "cashback", "bp": 250}, {"kind": "cashback", "bp": 700, "mode": "replace"}])
        case 6:
            made |= chance.choice([{"kind": "privilege", "text": "кофе"}, {"kind": "points_amount", "pt": 170}])
    if made["kind"] not in AFTER_SALE and chance.random() < 0.3:
        made["phase"] = 1
    if made["kind"] not in AFTER_SALE and chance.random() < 0.2:
        made["base"] = "gross"
    if scope:
        made["scope"] = scope
    rules["rule"].append({**made, "when": when} if when else made)
