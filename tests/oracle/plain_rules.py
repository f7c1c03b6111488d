"""What each discount rule would give, and in which order they run (sections 3 and 4). Exact fractions, no speed."""

from copy import deepcopy
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from oracle.plain_goods import limits
from oracle.plain_sums import half_up, lay_out
from oracle.plain_when import Facts, holds, in_scope, tier_bp

PHASES = {
    **dict.fromkeys(("item_price", "item_amount", "item_percent"), 1),
    **dict.fromkeys(("n_plus_m", "buy_x_get_y", "cheapest_percent", "punch_card", "free_units"), 2),
    **dict.fromkeys(("card_percent", "tier_percent"), 3),
    **dict.fromkeys(("receipt_percent", "receipt_amount"), 4),
    "round_total": 5,
}
NEEDS_CUSTOMER = {"card_percent", "tier_percent", "punch_card"}
SETS = {kind for kind, phase in PHASES.items() if phase == 2}


@dataclass
class Line:
    raw: dict[str, Any]
    quantity: Fraction
    gross: int
    flags: set[str]
    floor: int
    net: int
    discounts: dict[str, int] = field(default_factory=dict)
    discounted: bool = False
    taken: int = 0
    set_off: int = 0

    @property
    def room(self) -> int:
        return max(0, self.net - self.floor)


@dataclass
class Receipt:
    rules: dict[str, Any]
    basket: dict[str, Any]
    facts: Facts
    lines: list[Line]
    applied: list[str] = field(default_factory=list)
    stamps: dict[str, int] = field(default_factory=dict)
    exclusive: bool = False
    held: list[str] = field(default_factory=list)  # rules after the sale that gave something, for the count


@dataclass
class Given:
    """Amounts by line, units taken by line, the counter's new value."""

    parts: list[int]
    units: list[int]
    counter: tuple[str, int] | None = None


def opened(facts: Facts) -> Receipt:
    lines = []
    for raw in facts.basket["lines"]:
        quantity = Fraction(raw["qty"])
        gross = half_up(raw["price_kop"] * quantity)
        flags, least = limits(raw, quantity, facts)
        lines.append(Line(raw, quantity, gross, flags, least, gross))
    return Receipt(facts.rules, facts.basket, facts, lines)


def run(receipt: Receipt) -> None:
    """Phases 1 to 5."""
    rules = sorted(
        [one for one in receipt.rules.get("rule", []) if one["kind"] in PHASES],
        key=lambda r: (r.get("phase", PHASES[r["kind"]]), r.get("priority", 100), r["id"]),
    )
    lost: set[str] = set()
    tried: set[str] = set()
    for rule in rules:
        if rule["id"] in lost:
            continue
        if receipt.exclusive and rule["kind"] != "round_total":
            continue
        group, policy = rule.get("group"), rule.get("group_policy", "all")
        if group and policy == "best":
            if group in tried:
                continue
            tried.add(group)
            _best(receipt, [one for one in rules if one.get("group") == group], lost)
            continue
        gave = _apply(receipt, rule)
        if gave and group and policy == "first":
            lost |= {one["id"] for one in rules if one.get("group") == group}


def _best(receipt: Receipt, members: list[dict[str, Any]], lost: set[str]) -> None:
    allowed = [one for one in members if not receipt.exclusive or one["kind"] == "round_total"]
    trials = []
    for member in allowed:
        trial = deepcopy(receipt)
        before = sum(line.net for line in trial.lines)
        _apply(trial, member)
        trials.append(
            (sum(line.net for line in trial.lines) - before, member.get("priority", 100), member["id"], member)
        )
    if not trials:
        return
    least, _, _, winner = min(trials, key=lambda trial: trial[:3])
    if least == 0:
        for member in allowed:
            _apply(receipt, member)
        return
    _apply(receipt, winner)
    lost |= {one["id"] for one in members}


def _apply(receipt: Receipt, rule: dict[str, Any]) -> int:
    """Run one rule on the receipt; kopecks given."""
    given = _given(receipt, rule)
    if given is None:
        return 0
    parts = given.parts
    if rule["kind"] != "round_total":
        parts = _under_the_ceiling(receipt, parts)
    if given.counter:
        receipt.stamps[given.counter[0]] = given.counter[1]
    total = sum(parts)
    if total == 0:
        return 0
    for line, part, units in zip(receipt.lines, parts, given.units, strict=True):
        line.taken += units
        if part:
            line.net -= part
            line.discounts[rule["id"]] = part
            line.discounted |= rule["kind"] != "round_total"
            line.set_off += part if rule["kind"] in SETS else 0
    receipt.applied.append(rule["id"])
    receipt.exclusive |= bool(rule.get("exclusive"))
    return total


def _under_the_ceiling(receipt: Receipt, parts: list[int]) -> list[int]:
    bp = receipt.rules.get("program", {}).get("max_discount_bp")
    if bp is None:
        return parts
    kinds = {rule["id"]: rule["kind"] for rule in receipt.rules["rule"]}
    so_far = sum(kop for line in receipt.lines for rule, kop in line.discounts.items() if kinds[rule] != "round_total")
    left = bp * sum(line.gross for line in receipt.lines) // 10_000 - so_far
    return parts if sum(parts) <= left else lay_out(max(left, 0), list(parts), list(parts))


def _given(receipt: Receipt, rule: dict[str, Any]) -> Given | None:
    """None: skipped (condition, no customer)."""
    kind, customer = rule["kind"], receipt.basket.get("customer")
    if kind in NEEDS_CUSTOMER and not customer:
        return None
    gross_base = rule.get("base") == "gross"
    mine = [line for line in receipt.lines if _plays(line, rule.get("scope"))]
    x = {id(line): line.gross if gross_base else line.net for line in mine}
    if not holds(rule.get("when"), receipt.facts, sum(x.values()), sum((one.quantity for one in mine), Fraction(0))):
        return None
    if kind in SETS:
        return _set(receipt, rule, mine)
    parts = {}
    if PHASES[kind] in (1, 3):
        for line in mine:
            parts[id(line)] = min(line.room, _of_line(rule, line, x[id(line)], customer or {}))
    else:
        amount = _of_receipt(receipt, rule, sum(x.values()))
        laid = lay_out(amount, [line.net for line in mine], [line.room for line in mine])
        parts = {id(line): part for line, part in zip(mine, laid, strict=True)}
    return Given([parts.get(id(line), 0) for line in receipt.lines], [0] * len(receipt.lines))


def _plays(line: Line, scope: dict[str, Any] | None) -> bool:
    return "no_discount" not in line.flags and in_scope(scope, line)


def _of_line(rule: dict[str, Any], line: Line, x: int, customer: dict[str, Any]) -> int:
    match rule["kind"]:
        case "item_percent" | "card_percent":
            return half_up(Fraction(x * rule["bp"], 10_000))
        case "tier_percent":
            return half_up(Fraction(x * tier_bp(rule["tiers"], customer), 10_000))
        case "item_amount":
            return half_up(rule["kop"] * line.quantity)
        case "item_price":
            return max(0, line.net - half_up(rule["kop"] * line.quantity))
    raise AssertionError(rule)


def _of_receipt(receipt: Receipt, rule: dict[str, Any], x: int) -> int:
    match rule["kind"]:
        case "receipt_percent":
            amount = half_up(Fraction(x * rule["bp"], 10_000))
            return min(amount, rule["max_kop"]) if "max_kop" in rule else amount
        case "receipt_amount":
            return rule["kop"]
        case "round_total":
            return sum(line.net for line in receipt.lines) % rule["to_kop"]
    raise AssertionError(rule)


# ---------------------------------------------------------------------- sets, section 3.2


def _set(receipt: Receipt, rule: dict[str, Any], mine: list[Line]) -> Given:
    worth = {id(one): one.gross if rule.get("base") == "gross" else one.net + one.set_off for one in receipt.lines}

    def units(lines: list[Line]) -> list[Line]:
        """One entry a unit in play, cheapest first, then by line."""
        found = [
            (Fraction(worth[id(line)]) / line.quantity, number, line)
            for number, line in enumerate(receipt.lines)
            if any(line is one for one in lines) and line.quantity.denominator == 1 and worth[id(line)] > 0
            for _ in range(int(line.quantity) - line.taken)
        ]
        return [line for _, _, line in sorted(found, key=lambda one: one[:2])]

    counter = None
    pool = units(mine)
    u = len(pool)
    if rule["kind"] == "n_plus_m":
        count = u // (rule["buy"] + rule["free"]) * rule["free"]
    elif rule["kind"] == "cheapest_percent":
        count = 1
    elif rule["kind"] == "free_units":
        count = rule["units"]
    elif rule["kind"] == "punch_card":
        name, every = rule.get("counter", rule["id"]), rule["every"]
        s = (receipt.basket["customer"].get("stamps") or {}).get(name, 0)
        count = max(0, (s + u) // every) - max(0, s // every)
        counter = (name, s + u - every * max(0, (s + u) // every))
    else:
        pool, count = _gifts(receipt, rule, units)
    chosen = pool[: min(count, len(pool))]
    given = [sum(1 for one in chosen if one is line) for line in receipt.lines]
    bp = rule.get("bp", 10_000)
    parts = [
        min(line.room, half_up(Fraction(worth[id(line)] * t * bp, 10_000) / line.quantity)) if t else 0
        for line, t in zip(receipt.lines, given, strict=True)
    ]
    return Given(parts, given, counter)


def _gifts(receipt: Receipt, rule: dict[str, Any], units: Any) -> tuple[list[Line], int]:
    """buy_x_get_y: the greatest g with g <= floor((b - o(g)) / X) * Y."""
    buy_scope = rule.get("buy_scope", rule.get("scope"))
    get_scope = rule.get("get_scope", buy_scope)
    bought = units([line for line in receipt.lines if _plays(line, buy_scope)])
    pool = units([line for line in receipt.lines if _plays(line, get_scope)])
    good = [
        g
        for g in range(len(pool) + 1)
        if g <= (len(bought) - sum(1 for one in pool[:g] if any(one is b for b in bought))) // rule["buy"] * rule["get"]
    ]
    return pool, max(good)
