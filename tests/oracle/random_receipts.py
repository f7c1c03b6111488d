"""Random rules and baskets over all kinds that the plain implementation knows. The same seed, the same case."""

import random
from typing import Any

DAYS = [
    "2026-11-21T18:05:00+03:00",
    "2026-02-28T09:30:00+03:00",
    "2026-12-31T23:59:00+03:00",
    "2027-03-01T00:00:00+03:00",
]
CATEGORIES = ["drinks", "bakery", "other", "tea"]
NAMES = ["Кофе латте", "Булочка", "Чай", "Сыр весовой"]
FLAGS = ["no_discount", "no_spend", "no_accrue"]
KINDS = [
    "item_percent", "item_amount", "item_price", "receipt_percent", "receipt_amount", "n_plus_m", "buy_x_get_y",
    "cheapest_percent", "free_units", "punch_card", "card_percent", "tier_percent", "round_total",
]  # fmt: skip


def case(seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """(rules, basket), JSON values."""
    chance = random.Random(seed)
    made, offered = rules(chance), basket(chance)
    if "customer" in offered and chance.random() < 0.8:
        cards = [one for one in made["rule"] if one["kind"] == "punch_card"]
        offered["customer"]["stamps"] = {one["counter"]: chance.randrange(-1, one["every"]) for one in cards}
    return made, offered


def rules(chance: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = {"program": {"id": "p", "name": "P"}}
    if chance.random() < 0.25:
        made["program"]["max_discount_bp"] = chance.choice([500, 1500, 3000, 5000])
    if chance.random() < 0.2:
        made["program"]["kop_per_pt"] = chance.choice([[1, 2], [3, 2], [2, 1], [1, 3]])
    if chance.random() < 0.1:
        made["program"]["min_unit_kop"] = 1
    made["rule"] = [rule(chance, number) for number in range(chance.randrange(0, 8))]
    _groups(chance, made["rule"])
    if chance.random() < 0.7:
        made["spend"] = spend(chance)
    if chance.random() < 0.8:
        made["accrue"] = accrue(chance)
    return made


def rule(chance: random.Random, number: int) -> dict[str, Any]:
    kind = chance.choice(KINDS)
    made: dict[str, Any] = {"id": f"{chance.choice('abcxyz')}{number}", "kind": kind}
    if kind in ("item_percent", "card_percent", "receipt_percent"):
        made["bp"] = chance.choice([1, 333, 500, 1000, 2500, 10000])
    if kind in ("cheapest_percent", "n_plus_m", "buy_x_get_y", "free_units", "punch_card") and chance.random() < 0.5:
        made["bp"] = chance.choice([1, 5000, 3333, 10000])
    if kind == "cheapest_percent":
        made.setdefault("bp", 5000)
    if kind in ("item_amount", "receipt_amount"):
        made["kop"] = chance.choice([1, 99, 1000, 9999, 500000])
    if kind == "item_price":
        made["kop"] = chance.choice([0, 100, 5555])
    if kind == "receipt_percent" and chance.random() < 0.4:
        made["max_kop"] = chance.choice([1, 500, 5000])
    if kind == "n_plus_m":
        made |= {"buy": chance.randrange(1, 4), "free": chance.randrange(1, 3)}
    if kind == "buy_x_get_y":
        made |= {"buy": chance.randrange(1, 4), "get": chance.randrange(1, 3)}
        for name in ("buy_scope", "get_scope"):
            if chance.random() < 0.5:
                made[name] = {"categories": chance.sample(CATEGORIES, chance.randrange(1, 3))}
    if kind == "free_units":
        made["units"] = chance.randrange(1, 4)
    if kind == "punch_card":
        made |= {"every": chance.randrange(2, 7), "counter": f"c{number}"}
    if kind == "tier_percent":
        made["tiers"] = tiers(chance)
    if kind == "round_total":
        made["to_kop"] = chance.choice([100, 500, 1000])
    if kind not in ("item_price", "round_total") and chance.random() < 0.25:
        made["base"] = "gross"
    if chance.random() < 0.3:
        made["priority"] = chance.choice([10, 100, 200])
    if kind != "round_total" and chance.random() < 0.1:
        made["phase"] = chance.randrange(1, 6)
    if chance.random() < 0.12:
        made["exclusive"] = True
    if chance.random() < 0.4:
        made["scope"] = scope(chance)
    if chance.random() < 0.4:
        made["when"] = when(chance)
    return made


def _groups(chance: random.Random, made: list[dict[str, Any]]) -> None:
    """Members of one group agree in policy and phase, as the reader demands."""
    if len(made) < 2 or chance.random() < 0.5:
        return
    policy = chance.choice(["best", "first", "all"])
    phase = chance.randrange(1, 6)
    for one in chance.sample(made, chance.randrange(2, min(4, len(made)) + 1)):
        if one["kind"] != "round_total":
            one |= {"group": "g", "group_policy": policy, "phase": phase}


def tiers(chance: random.Random) -> list[dict[str, Any]]:
    key = chance.choice(["from_kop", "from_visits"])
    steps = sorted(chance.sample([0, 1, 5, 7, 100000, 1250000], 3))
    return [
        {"name": f"T{n}", key: step, "op": chance.choice(["ge", "gt"]), "bp": 100 * (n + 3)}
        for n, step in enumerate(steps)
    ]


def scope(chance: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if chance.random() < 0.5:
        made["categories"] = chance.sample(CATEGORIES, chance.randrange(1, 4))
    if chance.random() < 0.2:
        made["not_categories"] = [chance.choice(CATEGORIES)]
    if chance.random() < 0.2:
        made["names"] = [chance.choice(["*кофе*", "ч?й", "БУЛ*", "*"])]
    if chance.random() < 0.2:
        made["skus"] = [chance.choice(["46*", "4601", "?602"])]
    if chance.random() < 0.2:
        made["only_undiscounted"] = True
    return made


def when(chance: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if chance.random() < 0.3:
        made["min_total_kop"] = chance.choice([1000, 20000, 60000])
    if chance.random() < 0.2:
        made["weekdays"] = chance.sample(range(1, 8), 4)
    if chance.random() < 0.2:
        made["hours"] = chance.choice([["08:00", "10:00"], ["18:00", "19:00"], ["22:00", "02:00"]])
    if chance.random() < 0.2:
        made["from"] = chance.choice(["2026-11-21", "2026-12-01"])
    if chance.random() < 0.2:
        made["to"] = chance.choice(["2026-12-31", "2027-03-01"])
    if chance.random() < 0.2:
        made["segments"] = ["vip"]
    if chance.random() < 0.2:
        made["codes"] = ["SPRING"]
    if chance.random() < 0.2:
        made["channels"] = ["till"]
    if chance.random() < 0.15:
        made["birthday"] = [3, 7]
    if chance.random() < 0.15:
        made["nth_visit"] = chance.choice([2, 4, 8])
    if chance.random() < 0.15:
        made["first_purchase"] = True
    return made


def spend(chance: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if chance.random() < 0.7:
        made["cap_bp"] = chance.choice([3000, 5000, 9999, 10000])
    if chance.random() < 0.5:
        made["step_pt"] = chance.choice([1, 7, 100])
    if chance.random() < 0.3:
        made["min_money_kop"] = chance.choice([1, 100, 5000])
    for key in ("not_on_discounted", "no_spend_after"):
        if chance.random() < 0.2:
            made[key] = True
    if chance.random() < 0.2:
        made["scope"] = scope(chance)
    return made


def accrue(chance: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = (
        {"tiers": tiers(chance)} if chance.random() < 0.3 else {"bp": chance.choice([225, 500, 1000])}
    )
    if chance.random() < 0.3:
        made["multipliers"] = [
            {"scope": {"categories": ["drinks"]}, "num": 3, "den": 2},
            {"scope": {}, "num": 2, "den": 3},
        ]
    if chance.random() < 0.3:
        made["per_full_kop"] = chance.choice([100, 5000])
    if chance.random() < 0.5:
        made["round"] = chance.choice(["floor", "half_up", "half_even", "ceil"])
    if chance.random() < 0.4:
        made["step_pt"] = chance.choice([1, 10, 100])
    if chance.random() < 0.2:
        made["max_pt"] = chance.choice([100, 1000])
    if chance.random() < 0.2:
        made["when_spent"] = "none"
    if chance.random() < 0.2:
        made["scope"] = scope(chance)
    return made


def basket(chance: random.Random) -> dict[str, Any]:
    lines = []
    for number in range(chance.randrange(1, 8)):
        line: dict[str, Any] = {
            "id": str(number + 1),
            "name": chance.choice(NAMES),
            "sku": chance.choice(["4601", "4602", "5000"]),
            "price_kop": chance.choice([0, 1, 99, 1005, 9990, 19900, 45990, 129999]),
            "qty": chance.choice(["1", "1.000", "2", "3", "6", "0.347", "2.5", "0.000001", "4.5"]),
        }
        if chance.random() < 0.8:
            line["category"] = chance.choice(CATEGORIES)
        if chance.random() < 0.25:
            line["flags"] = chance.sample(FLAGS, chance.randrange(1, 3))
        if chance.random() < 0.15:
            line["floor_kop"] = chance.choice([1, 50, 9000])
        lines.append(line)
    made: dict[str, Any] = {"at": chance.choice(DAYS), "register": "till-1", "store": "msk-1", "lines": lines}
    if chance.random() < 0.8:
        made["channel"] = "till"
    if chance.random() < 0.85:
        made["customer"] = customer(chance)
    if chance.random() < 0.3:
        made["codes"] = ["SPRING"]
    if chance.random() < 0.4:
        made["spend"] = chance.choice(["max", "none", "exact"])
    if chance.random() < 0.5 or made.get("spend") == "exact":
        made["spend_pt"] = chance.choice([0, 100, 4999, 10000])
    return made


def customer(chance: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = {"id": "c-1", "balance_pt": chance.choice([0, 50, 10000, 123457])}
    if chance.random() < 0.8:
        made |= {"metric_kop": chance.choice([0, 100000, 1250000]), "visits": chance.choice([0, 1, 3, 7])}
    if chance.random() < 0.4:
        made["segments"] = ["vip"]
    if chance.random() < 0.4:
        made["birthday"] = chance.choice(["1990-02-28", "1992-02-29", "1985-11-25", "1999-01-02"])
    if chance.random() < 0.3:
        made["first_purchase"] = chance.choice([True, False])
    return made
