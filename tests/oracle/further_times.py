"""Random conditions on the customer, the sale and the moment: zones, changing clocks, calendars, experiments, dates."""

import random

from oracle.further_rule import Made, Topic, add

# Berlin: 2026-03-29 02:00 is skipped, 2026-10-25 02:00 comes twice. Moscow: neither.
MOMENTS = [
    ("2026-03-29T01:59:00", "Europe/Berlin"), ("2026-03-29T02:30:00", "Europe/Berlin"),
    ("2026-03-29T03:00:00", "Europe/Berlin"), ("2026-10-25T02:30:00", "Europe/Berlin"),
    ("2026-10-25T02:30:00+02:00", "Europe/Berlin"), ("2026-10-25T02:30:00+01:00", "Europe/Berlin"),
    ("2026-10-25T02:30:00+03:00", "Europe/Berlin"), ("2026-10-25T03:00:00", "Europe/Berlin"),
    ("2026-11-21T21:30:00", "Europe/Moscow"), ("2026-11-21T21:30:00+03:00", "Europe/Moscow"),
    ("2026-12-31T23:59:00", "Asia/Vladivostok"), ("2027-01-01T00:00:00", "Asia/Vladivostok"),
]  # fmt: skip
HAPPY = [
    ["02:00", "03:00"],
    ["01:00", "02:30"],
    ["21:00", "24:00"],
    ["22:00", "02:31"],
    ["00:00", "04:00"],
    ["09:30", "18:06"],
]


def clocked(chance: random.Random, rules: Made, basket: Made) -> None:
    basket["at"], basket["zone"] = chance.choice(MOMENTS)
    add(chance, rules, {"hours": chance.choice(HAPPY)})
    if chance.random() < 0.5:
        add(chance, rules, {"hours": chance.choice(HAPPY), "weekdays": chance.sample(range(1, 8), 5)})


def timeless(_chance: random.Random, _rules: Made, basket: Made) -> None:
    basket.pop("at", None)
    basket.pop("zone", None)


def named_days(chance: random.Random, rules: Made, _basket: Made) -> None:
    rules["calendar"] = [
        {"id": "holidays", "dates": ["2026-12-31", "2026-11-20/2026-11-21", "2027-01-01/2027-01-08"]},
        {"id": "yearly", "yearly": ["03-01", "02-28", "12-31"], "weekdays": [chance.randrange(1, 8)]},
        {"id": "evening", "hours": chance.choice(HAPPY)},
        {"id": "both", "weekdays": [6, 7, 4], "hours": chance.choice(HAPPY)},
    ]
    for _ in range(chance.randrange(1, 4)):
        names = chance.sample(["holidays", "yearly", "evening", "both"], chance.randrange(1, 3))
        add(chance, rules, {chance.choice(["calendars", "calendars", "not_calendars"]): names})


def dated(chance: random.Random, rules: Made, _basket: Made) -> None:
    """Sections of the program that hold for some days, and a migration."""
    for section in ("spend", "accrue"):
        if section in rules and chance.random() < 0.5:
            rules[section]["from"] = chance.choice(["2026-01-01", "2026-11-21", "2026-11-22"])
        if section in rules and chance.random() < 0.3:
            rules[section]["to"] = chance.choice(["2026-11-23", "2027-03-01", "2028-01-01"])
    names = [one["id"] for one in rules["rule"]]
    for key, edges in (("from", ["2026-01-01", "2026-12-31"]), ("to", ["2026-12-31", "2028-01-01"])):
        add(chance, rules, chance.choice([{}, {key: chance.choice(edges)}]))
    move = {"on": chance.choice(["2026-11-21", "2026-12-31", "2027-01-01"]), "old": [rules["rule"][-1]["id"]]}
    move["new"] = [rules["rule"][-2]["id"]]
    if names and chance.random() < 0.5:
        move[chance.choice(["old", "new"])].append(names[0])
    if chance.random() < 0.5:
        move[chance.choice(["old", "new"])].append(rules["program"]["id"])
        if chance.random() < 0.5:
            move["parts"] = [chance.choice(["accrue", "spend"])]
    rules["migration"] = [move]


def persons(chance: random.Random, rules: Made, basket: Made) -> None:
    """Birthdays at the edges, visits of all and of the day, segments."""
    if "customer" in basket:
        basket["customer"]["birthday"] = chance.choice(
            ["1990-02-28", "1992-02-29", "1985-11-18", "1985-11-28", "1999-01-07", "2000-12-24", "1971-03-04"]
        )
        basket["customer"] |= {"visits": chance.randrange(6), "segments": chance.choice([["vip"], ["gold"], []])}
        if chance.random() < 0.7:
            basket["customer"]["visits_today"] = chance.randrange(3)
    add(chance, rules, {"birthday": [chance.randrange(8), chance.randrange(8)]})
    add(chance, rules, {"visit_numbers": chance.sample(range(1, 8), 3)})
    if chance.random() < 0.6:
        add(chance, rules, {"visits_today": chance.sample(range(1, 4), 2)})
    if chance.random() < 0.5:
        add(chance, rules, {"segments": chance.sample(["vip", "gold", "staff"], 2)})
    if chance.random() < 0.4:
        add(chance, rules, {"nth_visit": chance.randrange(1, 4)})


def places(chance: random.Random, rules: Made, basket: Made) -> None:
    """Register, store, channel, delivery, partner, receipt of the day."""
    basket["register"] = chance.choice(["till-1", "till-2"])
    basket["delivery"] = chance.choice(["pickup", "courier"])
    basket["store"] = chance.choice(["msk-1", "spb-1"])
    if chance.random() < 0.7:
        basket["partner"] = chance.choice(["gym", "bank"])
    if chance.random() < 0.8:
        basket["receipts_today"] = chance.randrange(6)
    said = [
        {"registers": ["till-1"]}, {"deliveries": ["pickup"]}, {"partners": ["gym", "club"]}, {"stores": ["msk-1"]},
        {"nth_receipt": chance.randrange(1, 4)}, {"channels": ["till", "web"]}, {"nth_receipt": 2, "stores": ["spb-1"]},
    ]  # fmt: skip
    for when in chance.sample(said, 3):
        add(chance, rules, when)


def groups(chance: random.Random, rules: Made, _basket: Made) -> None:
    """Groups by hash; the third part of the customers is in none."""
    salt = chance.choice(["2026-11", "s", "соль"])
    first, second = chance.choice([(3333, 3333), (5000, 5000), (1, 9000)])
    parts = [{"name": "control", "bp": first}, {"name": "treated", "bp": second}]
    rules["experiment"] = [{"id": "x", "salt": salt, "groups": parts}]
    add(chance, rules, {"variants": ["x:control"]})
    add(chance, rules, {"variants": ["x:treated"]})


def ladders(chance: random.Random, rules: Made, basket: Made) -> None:
    """Tiers with two thresholds, a level that is kept."""
    if "customer" in basket:
        basket["customer"] |= {
            "metric_kop": chance.choice([0, 99_999, 100_000, 700_000]),
            "visits": chance.randrange(9),
        }
        if chance.random() < 0.4:
            basket["customer"]["level"] = chance.choice(["L1", "L2", "gone"])
    need = chance.choice(["all", "any"])
    tiers = [
        {
            "name": f"L{n}",
            "from_kop": kop,
            "from_visits": visits,
            "need": need,
            "bp": bp,
            "op": chance.choice(["ge", "gt"]),
        }
        for n, (kop, visits, bp) in enumerate([(0, 1, 100), (100_000, 3, 350), (500_000, 7, 900)])
    ]
    rules["rule"].append({"id": f"l{len(rules['rule'])}", "kind": "tier_percent", "tiers": tiers})
    if chance.random() < 0.5:
        rules["accrue"] = {"tiers": tiers}


TOPICS: list[Topic] = [ladders, clocked, timeless, named_days, dated, persons, places, groups]
