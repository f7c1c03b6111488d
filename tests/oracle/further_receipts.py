"""Random rules and baskets over the further kinds on top of the base ones. The same seed, the same case.

Every case takes several topics; values are chosen so that a condition holds about every other time.
"""

import random

from oracle.further_goods import TOPICS as GOODS
from oracle.further_rule import Made, Topic, add
from oracle.further_times import TOPICS as TIMES
from oracle.random_receipts import CATEGORIES, case

CODES = ["ЛЕТО", "A-1", "ONE", "FR3H7K2M9XA"]


def further_case(seed: int) -> tuple[Made, Made]:
    """(rules, basket), JSON values."""
    rules, basket = case(seed)
    chance = random.Random(f"further {seed}")
    del rules["rule"][chance.randrange(2, 5) :]
    if "customer" in basket:
        basket["customer"]["id"] = f"c-{chance.randrange(40)}"
    for topic in dict.fromkeys(chance.sample(ALL, chance.randrange(2, 6))):
        topic(chance, rules, basket)
    return rules, basket


def codes(chance: random.Random, rules: Made, basket: Made) -> None:
    """Every kind of batch, entered codes with uses, reservations, bounds, dates; texts of no batch."""
    batches: list[Made] = [
        {"id": "summer", "kind": "unlimited", "codes": ["ЛЕТО"]},
        {"id": "few", "kind": "times", "times": chance.randrange(1, 4), "codes": ["A-1"]},
        {"id": "one", "kind": "per_customer", "codes": ["ONE"]},
        {"id": "friend", "kind": "once", "prefix": "FR"},
    ]
    rules["codes"] = [*rules.get("codes", ()), *batches]
    for one in batches:
        if chance.random() < 0.3:
            one["offline"] = chance.choice(["allow", "allow", "refuse", "bound"])
        if chance.random() < 0.2:
            one["from"] = chance.choice(["2026-01-01", "2026-11-21", "2026-12-01"])
        if chance.random() < 0.2:
            one["to"] = chance.choice(["2026-12-02", "2027-03-01", "2028-01-01"])
    basket["draft"] = "a-17"
    basket["codes"] = [*basket.get("codes", ()), *chance.sample([*CODES, "НЕТ ТАКОГО"], chance.randrange(1, 4))]
    if "FR3H7K2M9XA" in basket["codes"] and chance.random() < 0.4:
        at = basket["codes"].index("FR3H7K2M9XA")
        basket["codes"][at] = chance.choice(
            ["fr3h-7k2m-9xa", "FR3H 7K2M 9XA", "FR3H7K2M9X", "FR3H7K2M9OA", "FR3H7K2M9XA1"]
        )
    basket["code_states"] = {code: state(chance, basket) for code in CODES if chance.random() < 0.7}
    for _ in range(chance.randrange(1, 3)):
        add(chance, rules, {"batches": chance.sample(["summer", "few", "one", "friend"], chance.randrange(1, 3))})
    if chance.random() < 0.4:
        add(chance, rules, {"codes": [chance.choice(["A-1", "НЕТ ТАКОГО", "ЛЕТО"])]})


def state(chance: random.Random, basket: Made) -> Made:
    """What is known of a code."""
    mine = basket.get("customer", {}).get("id", "c-0")
    made: Made = {"uses": []}
    for _ in range(chance.choice([0, 0, 1, 1, 2])):
        use: Made = {
            "draft": chance.choice(["till-1:a-17", "till-2:b-3", "till-1:z"]),
            "customer": chance.choice([mine, "c-x"]),
        }
        use["state"] = chance.choice(["used", "reserved", "reserved"])
        if use["state"] == "reserved" and chance.random() < 0.8:
            use["until"] = chance.choice(
                ["2026-11-21T18:10:00+03:00", "2026-11-21T15:05:00+00:00", "2025-01-01T00:00:00+03:00"]
            )
        made["uses"].append(use)
    if chance.random() < 0.6:
        made["online"] = True
    elif chance.random() < 0.5:
        made["register"] = chance.choice(["till-1", "till-1", "till-2"])
    elif chance.random() < 0.6:
        made["customer"] = chance.choice([mine, mine, "c-x"])
    if chance.random() < 0.1:
        made["revoked"] = True
    if chance.random() < 0.1:
        made["from"] = chance.choice(["2026-11-01", "2027-01-01"])
    if chance.random() < 0.1:
        made["to"] = chance.choice(["2027-02-01", "2028-01-01"])
    return made


def paid(chance: random.Random, rules: Made, basket: Made) -> None:
    """Conditions on payment; prepayments of every kind; the program that earns on their sale instead."""
    said: list[Made] = []
    for number in range(chance.randrange(1, 5)):
        kind = chance.choice(["card", "cash", "sbp", "certificate", "deposit", "abonement", "abonement"])
        one: Made = {"kind": kind}
        if kind == "abonement":
            one |= {"id": f"A{number}", "units": chance.choice(["1", "2", "3", "0.5", "10"])}
            if chance.random() < 0.6:
                one["scope"] = {"categories": chance.sample(CATEGORIES, 2)}
        else:
            one["sum_kop"] = chance.choice([1, 777, 5000, 150_000])
            if kind in ("certificate", "deposit"):
                one["id"] = f"S{number}"
        said.append(one)
    basket["payments"] = said
    for line in basket["lines"]:
        if chance.random() < 0.15:
            line["sells"] = chance.choice(["certificate", "abonement", "deposit"])
    if "accrue" in rules and chance.random() < 0.5:
        rules["accrue"]["accrue_on"] = chance.choice(["sale", "use"])
    kinds = chance.sample(["card", "cash", "sbp", "certificate", "abonement"], chance.randrange(1, 4))
    if chance.random() < 0.6:
        add(chance, rules, {chance.choice(["payments", "only_payments"]): kinds})


def parted(chance: random.Random, rules: Made, basket: Made) -> None:
    """Lines of several registers, mostly paid in several ways."""
    for line in basket["lines"]:
        line["part"] = chance.choice(["bar", "kitchen", "shop"])
    if chance.random() < 0.7:
        paid(chance, rules, basket)


def stacked(chance: random.Random, rules: Made, _basket: Made) -> None:
    """Further conditions in one group, or an exclusive one."""
    policy, phase = chance.choice(["best", "first", "all"]), chance.randrange(1, 5)
    for bp in chance.sample([100, 250, 400, 900], 3):
        add(chance, rules, {"min_qty": chance.choice(["1", "2", "3.5"])})
        rules["rule"][-1] |= {"kind": "item_percent", "bp": bp, "group": "h", "group_policy": policy, "phase": phase}
        rules["rule"][-1] = {key: said for key, said in rules["rule"][-1].items() if key in KEYS}
    if chance.random() < 0.2:
        rules["rule"][-1]["exclusive"] = True


KEYS = ("id", "kind", "bp", "group", "group_policy", "phase", "priority", "base", "scope", "when", "exclusive")
ALL: list[Topic] = [codes, codes, paid, paid, parted, stacked, *TIMES, *GOODS]
