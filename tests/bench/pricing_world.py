"""Baskets and rules of any size for the pricing benchmark, and two peers that are asked what holds."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import zen

CATEGORIES = [f"c{number}" for number in range(25)]
SEGMENTS = ("staff", "vip")
BASKETS = 12
Answer = list[tuple[list[str], int]]  # per line: the rules that hold in the order of the file, and the best bp or 0
Ask = Callable[[int], Answer]  # of the basket with this number
Rule = tuple[str, int, frozenset[str], int, frozenset[int] | None, tuple[int, int] | None, str, str]


@dataclass(frozen=True)
class World:
    """`rules` and `baskets` are JSON values of the product's own formats; the baskets fall on other days and hours."""

    rules: dict[str, Any]
    baskets: list[dict[str, Any]]


def world(lines: int, rules: int, seed: int = 1) -> World:
    """Percent rules by category, quantity, weekday, hour, channel and segment."""
    chance = random.Random(seed)
    return World(
        {
            "program": {"id": "p", "name": "P"},
            "rule": [_rule(chance, number) for number in range(rules)],
            "spend": {"cap_bp": 5000},
            "accrue": {"bp": 500},
        },
        [_basket(chance, lines) for _ in range(BASKETS)],
    )


def as_toml(rules: dict[str, Any]) -> str:
    """The same file, a table for each rule."""
    heads = [(f"[{name}]", table) for name, table in rules.items() if name != "rule"]
    tables = [*heads, *(("[[rule]]", one) for one in rules["rule"])]
    lines = [
        line for head, table in tables for line in (head, *(f"{key} = {_toml(said)}" for key, said in table.items()))
    ]
    return "\n".join(lines)


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(said)}" for key, said in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _rule(chance: random.Random, number: int) -> dict[str, Any]:
    scope: dict[str, Any] = {"categories": sorted(chance.sample(CATEGORIES, chance.randrange(1, 4)))}
    when: dict[str, Any] = {}
    if chance.random() < 0.3:
        scope["min_qty"] = str(chance.randrange(2, 4))
    if chance.random() < 0.4:
        when["weekdays"] = sorted(chance.sample(range(1, 8), 4))
    if chance.random() < 0.4:
        begin = chance.randrange(0, 22)
        when["hours"] = [f"{begin:02}:00", f"{chance.randrange(begin + 1, 24):02}:00"]
    if chance.random() < 0.3:
        when["channels"] = [chance.choice(["till", "web"])]
    if chance.random() < 0.3:
        when["segments"] = [chance.choice(["vip", "new"])]
    made = {"id": f"r{number:04}", "kind": "item_percent", "bp": chance.randrange(1, 500), "scope": scope}
    return {**made, "when": when} if when else made


def _basket(chance: random.Random, lines: int) -> dict[str, Any]:
    return {
        "at": f"2026-11-{chance.randrange(16, 23)}T{chance.randrange(8, 22):02}:{chance.randrange(60):02}:00+03:00",
        "channel": "till",
        "register": "till-1",
        "lines": [_line(chance, number) for number in range(1, lines + 1)],
        "customer": {"id": "c-1", "balance_pt": 500_000, "segments": list(SEGMENTS)},
        "spend": "max",
    }


def _line(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "id": str(number),
        "name": f"Товар {number}",
        "category": chance.choice(CATEGORIES),
        "price_kop": chance.randrange(1_000, 100_000),
        "qty": str(chance.randrange(1, 5)),
    }


def plain(made: World) -> Ask:
    """A loop over lines and rules; times, sets and quantities are unpacked beforehand, outside the measurement."""
    rules = [_unpacked(rule) for rule in made.rules["rule"]]
    baskets = [(*_moment(one), _goods(one)) for one in made.baskets]

    def ask(basket: int) -> Answer:
        weekday, minute, channel, lines = baskets[basket]
        found: Answer = []
        for category, quantity in lines:
            names, best_bp = [], 0
            for name, bp, categories, least, weekdays, hours, by_channel, segment in rules:
                if (
                    category in categories
                    and quantity >= least
                    and (weekdays is None or weekday in weekdays)
                    and (hours is None or hours[0] <= minute < hours[1])
                    and (not by_channel or channel == by_channel)
                    and (not segment or segment in SEGMENTS)
                ):
                    names.append(name)
                    best_bp = max(best_bp, bp)
            found.append((names, best_bp))
        return found

    return ask


def _moment(basket: dict[str, Any]) -> tuple[int, int, str]:
    """Weekday (2026-11-16 was a Monday), minute of the day, channel."""
    return int(basket["at"][8:10]) - 15, _minute(basket["at"][11:16]), basket["channel"]


def _goods(basket: dict[str, Any]) -> list[tuple[str, int]]:
    return [(line["category"], int(line["qty"])) for line in basket["lines"]]


def _unpacked(rule: dict[str, Any]) -> Rule:
    when, scope = rule.get("when", {}), rule["scope"]
    weekdays = frozenset(when["weekdays"]) if "weekdays" in when else None
    hours = (_minute(when["hours"][0]), _minute(when["hours"][1])) if "hours" in when else None
    channel, segment = when.get("channels", [""])[0], when.get("segments", [""])[0]
    least = int(scope.get("min_qty", "0"))
    return rule["id"], rule["bp"], frozenset(scope["categories"]), least, weekdays, hours, channel, segment


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def by_zen(made: World) -> Ask:
    """A decision table of zen-engine over all lines of the basket in one call; the best of its hits is taken here."""
    decision = zen.ZenEngine().create_decision(json.dumps(_table(made)))
    baskets = []
    for one in made.baskets:
        weekday, minute, channel = _moment(one)
        told = {"weekday": weekday, "minute": minute, "channel": channel, "segments": list(SEGMENTS)}
        baskets.append({"lines": [{**told, "category": name, "qty": qty} for name, qty in _goods(one)]})

    def ask(basket: int) -> Answer:
        found: Answer = []
        for hits in decision.evaluate(baskets[basket])["result"]["lines"]:
            found.append(([hit["rule"] for hit in hits], max([hit["bp"] for hit in hits], default=0)))
        return found

    return ask


def _table(made: World) -> dict[str, Any]:
    fields = ("category", "qty", "weekday", "minute", "channel", "segments")
    rows = []
    for rule in made.rules["rule"]:
        name, bp, categories, least, weekdays, hours, channel, segment = _unpacked(rule)
        rows.append({
            "_id": name, "rule": json.dumps(name), "bp": str(bp),
            "category": _any(categories), "qty": f">= {least}" if least else "",
            "weekday": _any(weekdays) if weekdays else "", "minute": f"[{hours[0]}..{hours[1]})" if hours else "",
            "channel": json.dumps(channel) if channel else "",
            "segments": f"contains($, {json.dumps(segment)})" if segment else "",
        })  # fmt: skip
    content = {
        "hitPolicy": "collect", "executionMode": "loop", "inputField": "lines", "outputPath": "lines",
        "inputs": [{"id": one, "name": one, "field": one} for one in fields],
        "outputs": [{"id": one, "name": one, "field": one} for one in ("rule", "bp")],
        "rules": rows,
    }  # fmt: skip
    return {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in"},
            {"id": "table", "type": "decisionTableNode", "name": "table", "content": content},
            {"id": "out", "type": "outputNode", "name": "out"},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    }


def _any(words: frozenset[Any]) -> str:
    return ", ".join(json.dumps(one) for one in sorted(words))
