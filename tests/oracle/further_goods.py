"""Random goods with limits, sums and quantities, several programs and everything that comes after the sale."""

import random

from oracle.further_rule import Made, Topic, add
from oracle.random_receipts import CATEGORIES, spend
from oracle.random_receipts import accrue as earning


def listed(chance: random.Random, rules: Made, basket: Made) -> None:
    """Black lists: presets, masks, dates, floors, highest prices."""
    for line in basket["lines"]:
        if chance.random() < 0.4:
            line["name"] = chance.choice(["Водка 0,5", "Игристое брют", "Сигареты", "Лотерейный билет", "Коньяк 5 лет"])
        if chance.random() < 0.5:
            line["volume_ml"] = chance.choice([250, 333, 500, 1000])
        if chance.random() < 0.4:
            line["barcode"] = chance.choice(["2000012345678", "4601"])
        if chance.random() < 0.3:
            line["gtin"] = "04606209900000"
    pool: list[Made] = [
        {"preset": "tobacco"}, {"preset": "vodka"}, {"preset": "cognac", "flags": ["no_accrue"]},
        {"preset": "sparkling", "floor_per_litre_kop": chance.choice([1, 33_333, 80_001])},
        {"preset": "lottery", "flags": [chance.choice(["no_discount", "no_spend", "no_accrue"])]},
        {"preset": "vodka", "id": "own", "names": ["*чай*"], "floor_per_litre_kop": 12_345, "from": "2026-12-01"},
        {"id": "b", "barcodes": ["20*"], "flags": ["no_spend"], "floor_kop": 500},
        {"id": "g", "gtins": ["0460620990*"], "flags": ["no_discount", "no_accrue"]},
        {"id": "d", "skus": ["46*"], "flags": ["no_discount"], "to": chance.choice(["2026-11-21", "2027-01-01"])},
        {"id": "c", "categories": ["tea", "other"], "floor_kop": chance.choice([1, 4_321])},
        {"id": "m", "names": ["к*"], "max_kop": chance.choice([45_989, 45_990, 200_000]), "flags": ["no_spend"]},
    ]  # fmt: skip
    rules["blacklist"] = chance.sample(pool, chance.randrange(1, 6))
    names = [one.get("id", one.get("preset")) for one in rules["blacklist"]]
    rules["blacklist"] = [one for n, one in enumerate(rules["blacklist"]) if names.index(names[n]) == n]


def bounds(chance: random.Random, rules: Made, basket: Made) -> None:
    """The least and the most of sums and quantities, of a line and of the lines together; masks of goods."""
    for line in basket["lines"]:
        line |= chance.choice([{}, {"barcode": "4601"}, {"barcode": "2000012345678"}, {"gtin": "04606209900000"}])
    said: list[tuple[Made, Made]] = [
        ({"max_total_kop": chance.choice([20_000, 100_000, 400_000])}, {}),
        ({"min_qty": chance.choice(["1", "3", "4.847"])}, {}),
        ({"max_qty": chance.choice(["4", "9.5", "20"])}, {}), ({}, {"min_qty": chance.choice(["1", "2", "2.5"])}),
        ({"min_total_kop": 30_000, "max_total_kop": 300_000}, {"categories": chance.sample(CATEGORIES, 3)}),
        ({}, {"ids": ["1", "3"]}), ({}, {"barcodes": ["46*", "20*"]}), ({}, {"gtins": ["046*"]}),
    ]  # fmt: skip
    for when, scope in chance.sample(said, 3):
        add(chance, rules, when, scope)


def currencies(chance: random.Random, rules: Made, basket: Made) -> None:
    """One or two programs more, with cashback of their own."""
    told: Made = {}
    for name in chance.sample(["q", "a"], chance.randrange(1, 3)):
        made: Made = {"id": name, "name": name.upper(), "kop_per_pt": chance.choice([[1, 1], [10, 1], [3, 2], [1, 3]])}
        if chance.random() < 0.85:
            made["spend"] = spend(chance)
            _confirm(chance, made["spend"])
        if chance.random() < 0.85:
            made["accrue"] = earning(chance)
        if chance.random() < 0.2:
            made.setdefault("accrue", {"bp": 100})["from"] = chance.choice(["2026-11-21", "2027-03-01"])
        rules.setdefault("programs", []).append(made)
        told[name] = {
            "balance_pt": chance.choice([0, 501, 100_000]),
            "spend": chance.choice(["max", "max", "none", "exact"]),
        }
        if told[name]["spend"] == "exact":
            told[name]["spend_pt"] = chance.choice([1, 350, 99_999])
    if "customer" in basket and chance.random() < 0.9:
        basket["customer"]["programs"] = told
    rules.setdefault("accrue", {"bp": 100})
    _cashback(chance, rules, "cc", [None, *told])


def confirmed(chance: random.Random, rules: Made, basket: Made) -> None:
    rules["spend"] = rules.get("spend", {})
    _confirm(chance, rules["spend"], 1)
    if "customer" in basket:
        basket["customer"]["balance_pt"] = chance.choice([5000, 123_457])
        basket["spend"] = "max"


def earned(chance: random.Random, rules: Made, _basket: Made) -> None:
    """Category cashback, points for each full sum, points for the receipt, per_full_kop of the program."""
    rules.setdefault("accrue", earning(chance))
    if chance.random() < 0.4:
        rules["accrue"]["per_full_kop"] = chance.choice([100, 5_000, 33_333])
    _cashback(chance, rules, "pp", [None])


def told(chance: random.Random, rules: Made, _basket: Made) -> None:
    """Words for people and coupons for the next receipt."""
    scope = {"categories": chance.sample(CATEGORIES, 3)} if chance.random() < 0.5 else {}
    number = chance.randrange(30)
    pool: list[Made] = [
        {"id": "t1", "kind": "hint", "text": "ещё {left}", "up_to_kop": chance.choice([5_000, 300_000, 5_000_000])},
        {"id": "t2", "kind": "hint", "text": "не забудьте пакет", "priority": 5},
        {"id": "t3", "kind": "privilege", "text": "кофе", "when": {"min_total_kop": chance.choice([1, 50_000])}},
        {"id": "t4", "kind": "privilege", "text": "доставка", "when": {"segments": ["vip"]}, "scope": scope},
        {"id": "t5", "kind": "coupon", "batch": "next", "from_days": number % 3, "valid_days": number},
        {"id": "t6", "kind": "coupon", "batch": "next", "when": {"min_total_kop": 20_000}, "scope": scope},
    ]  # fmt: skip
    rules["rule"] += chance.sample(pool, chance.randrange(2, 6))
    batch = {"id": "next", "kind": chance.choice(["per_customer", "unlimited"]), "codes": ["ЕЩЁ10"]}
    rules["codes"] = [*rules.get("codes", ()), batch | ({"to": "2027-06-01"} if chance.random() < 0.5 else {})]


def stamped(chance: random.Random, rules: Made, basket: Made) -> None:
    """Punch cards under conditions and on gross prices, beside sets that take units."""
    for number in range(chance.randrange(1, 3)):
        one: Made = {"id": f"s{number}", "kind": "punch_card", "every": chance.randrange(2, 7), "counter": f"k{number}"}
        if chance.random() < 0.5:
            one["scope"] = {"categories": chance.sample(CATEGORIES, 2)}
        if chance.random() < 0.3:
            one["when"] = {"min_qty": "2"}
        rules["rule"].append(one | chance.choice([{}, {"bp": 5000}, {"base": "gross"}]))
        if "customer" in basket:
            basket["customer"].setdefault("stamps", {})[f"k{number}"] = chance.randrange(-2, one["every"])


TOPICS: list[Topic] = [listed, listed, bounds, currencies, currencies, confirmed, earned, earned, told, told, stamped]


def _confirm(chance: random.Random, section: Made, always: float = 0.4) -> None:
    if chance.random() < always:
        section["confirm_above_pt"] = chance.choice([1, 300, 5000, 50_000])


def _cashback(chance: random.Random, rules: Made, letter: str, names: list[str | None]) -> None:
    kinds = [
        {"kind": "cashback", "bp": chance.choice([77, 300, 2000]), "mode": "replace"},
        {"kind": "cashback", "bp": chance.choice([1, 350])},
        {"kind": "points_per_full", "pt": chance.choice([1, 250]), "per_kop": chance.choice([100, 10_000])},
        {"kind": "points_amount", "pt": chance.choice([1, 300])},
        {"kind": "cashback", "bp": chance.choice([10, 999]), "mode": "replace"},
    ]
    for number, one in enumerate(chance.sample(kinds, chance.randrange(1, 5))):
        made: Made = {"id": f"{letter}{number}", **one}
        if (name := chance.choice(names)) is not None:
            made["program"] = name
        if chance.random() < 0.6:
            made["scope"] = {"categories": chance.sample(CATEGORIES, chance.randrange(1, 4))}
        if chance.random() < 0.3:
            made["when"] = {"min_total_kop": chance.choice([1, 20_000])}
        rules["rule"].append(made)
