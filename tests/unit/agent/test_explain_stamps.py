"""Stamps per line against the price that told the counters, and the fold of sales and returns against both."""

from __future__ import annotations

from random import Random

from pos_agent.checkout.stamp_counts import stamp_counts
from pos_agent.ledger.stamps import stamps
from pos_agent.model.events import EventKind, LedgerEvent, Purchase
from pos_agent.model.receipt import DocumentId
from pos_agent.rules.basket import read
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price

RULES = """
[program]
id = "test"
name = "Тест"
[[blacklist]]
id = "no"
names = ["*сигарет*"]
flags = ["no_discount"]
[[rule]]
id = "off"
kind = "item_percent"
bp = 1000
scope = { names = ["Чай*"] }
[[rule]]
id = "set"
kind = "n_plus_m"
buy = 2
free = 1
priority = 10
scope = { categories = ["set"] }
[[rule]]
id = "sixth"
kind = "punch_card"
every = 6
counter = "cup"
scope = { names = ["Кофе*", "Какао", "*сигарет*"] }
[[rule]]
id = "tenth"
kind = "punch_card"
every = 4
counter = "tea"
scope = { names = ["Чай*"], only_undiscounted = true }
[[rule]]
id = "half"
kind = "punch_card"
every = 3
counter = "soup"
bp = 5000
scope = { names = ["Суп"] }
"""
NAMES = ["Кофе", "Кофе большой", "Какао", "Чай", "Чай зелёный", "Суп", "Сигареты", "Хлеб"]
FN = "9999078902001234"


def basket_of(chance: Random, counters: dict[str, int]) -> dict:
    lines = [
        {
            "id": str(number),
            "name": chance.choice(NAMES),
            "category": chance.choice(["set", "", "other"]),
            "price_kop": chance.choice([0, 99, 10_000, 15_050]),
            "qty": chance.choice(["1", "2", "5", "7", "0.5"]),
        }
        for number in range(chance.randint(1, 4))
    ]
    for line in lines:
        if not line["category"]:
            del line["category"]
    return {"lines": lines, "customer": {"id": "c", "stamps": dict(counters)}}


def event(number: int, facts: dict, net_kop: int, original: DocumentId | None = None) -> LedgerEvent:
    day = "2026-11-21"
    return LedgerEvent(
        id=f"receipt:{FN}:{number}",
        kind=EventKind.RECEIPT,
        register="till-1",
        at=f"{day}T12:{number // 60:02d}:{number % 60:02d}+03:00",
        business_date=day,
        customer="c",
        document=DocumentId(FN, number),
        purchase=Purchase(net_kop, original),
        facts=facts,
    )


def test_counted_units_and_the_fold_agree_with_the_price() -> None:
    rules, moved = parse(RULES, "toml"), 0
    for seed in range(80):
        chance, events, counters = Random(seed), [], dict[str, int]()
        for number in range(1, 8):
            basket = read(basket_of(chance, counters))
            priced = price(rules, basket)
            counted = stamp_counts(rules, basket, priced)
            for entry in priced.trace:
                if "counter" in entry:
                    card = counted[entry["counter"]]
                    assert sum(line["units"] for line in card["lines"]) == entry["units_in_play"]
                    assert sum(line["free"] for line in card["lines"]) == sum(entry["units"].values())
                    moved += 1
            lines = [
                {"number": place, "quantity_micro": line.quantity_micro} for place, line in enumerate(basket.lines, 1)
            ]
            events.append(event(number, {"lines": lines, "stamps": counted}, priced.totals.payable_kop))
            counters = dict(priced.stamps_after)
            folded = stamps(events)
            assert {name: folded.get(name, 0) for name in counters} == counters
    assert moved > 500


def test_returns_take_stamps_back_in_any_order_and_by_any_parts() -> None:
    """Two cups, then five: the sixth is free. Paid ones come back first."""
    five = {"every": 6, "before": 2, "after": 1, "lines": [{"number": 1, "units": 5, "free": 1}]}
    two = {"every": 6, "before": 0, "after": 2, "lines": [{"number": 1, "units": 2, "free": 0}]}
    line = {"number": 1, "quantity_micro": 5_000_000}
    first = event(1, {"lines": [{**line, "quantity_micro": 2_000_000}], "stamps": {"cup": two}}, 20_000)
    sale = event(2, {"lines": [line], "stamps": {"cup": five}}, 40_000)

    def back(number: int, units: int) -> LedgerEvent:
        piece = [{"number": 1, "quantity_micro": units * 1_000_000}]
        return event(number, {"returned": piece}, -1, DocumentId(FN, 2))

    assert stamps([first, sale]) == {"cup": 1}
    assert stamps([first, sale, back(3, 1)]) == {"cup": 0}
    assert stamps([first, sale, back(3, 4)]) == {"cup": -3}  # all paid ones are back, the free one is kept
    parts = [first, sale, back(3, 4), back(4, 1)]
    assert stamps(parts) == stamps(list(reversed(parts))) == stamps([*parts, parts[2]]) == {"cup": 2}
    assert stamps([first, sale, back(3, 5)]) == {"cup": 2}
    assert stamps([first, sale, back(3, 9)]) == {"cup": 1}  # more than was sold moves nothing
    assert stamps([]) == {}
