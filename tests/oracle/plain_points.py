"""Points of one program: what is spent (section 5), what is earned (section 6, the points kinds of section 3.1)."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import ceil, floor, gcd, lcm
from typing import Any

from oracle.plain_rules import Line, Receipt
from oracle.plain_sums import half_up, lay_out
from oracle.plain_when import Facts, holds, in_scope, tier_bp

POINTS_KINDS = ("cashback", "points_per_full", "points_amount")


@dataclass
class Program:
    """`asked`: keys `balance_pt`, `spend`, `spend_pt` of this program. `rules`: its kinds of phase 8, by rank."""

    id: str
    kop_per_pt: list[int]
    spend: dict[str, Any] | None
    accrue: dict[str, Any] | None
    asked: dict[str, Any]
    rules: list[dict[str, Any]]
    points: int = 0
    kop: int = 0
    confirm: bool = False
    spent: list[int] = field(default_factory=list)  # hundredths by line
    accrued: list[int] = field(default_factory=list)


def programs(facts: Facts) -> list[Program]:
    """The main one first, then by id."""
    rules, customer = facts.rules, facts.customer
    asked = {**facts.basket, "balance_pt": customer.get("balance_pt", 0)}
    main = rules.get("program", {"id": "p"})
    found = [_program(main, rules, asked, facts, True)]
    for said in sorted(rules.get("programs", []), key=lambda one: one["id"]):
        found.append(_program(said, said, customer.get("programs", {}).get(said["id"], {}), facts, False))
    return found


def _program(
    named: dict[str, Any], sections: dict[str, Any], asked: dict[str, Any], facts: Facts, main: bool
) -> Program:
    mine = [
        one
        for one in facts.rules.get("rule", [])
        if one["kind"] in POINTS_KINDS and (one["program"] == named["id"] if "program" in one else main)
    ]
    spend, accrue = _in_dates(sections.get("spend"), facts), _in_dates(sections.get("accrue"), facts)
    mine.sort(key=lambda one: (one.get("priority", 100), one["id"]))
    return Program(named["id"], named.get("kop_per_pt", [1, 1]), spend, accrue, asked, mine)


def _in_dates(section: dict[str, Any] | None, facts: Facts) -> dict[str, Any] | None:
    """The section holds for from <= date < to."""
    if section is None or not (section.get("from") or section.get("to")):
        return section
    if facts.day is None:
        return None
    begun = not section.get("from") or facts.day >= date.fromisoformat(section["from"])
    over = section.get("to") and facts.day >= date.fromisoformat(section["to"])
    return section if begun and not over else None


def spend_points(receipt: Receipt, program: Program) -> None:
    """Takes the points off the nets."""
    program.spent = [0] * len(receipt.lines)
    spend, asked = program.spend, program.asked
    how = asked.get("spend", "exact" if "spend_pt" in asked else "none")
    if spend is None or not receipt.facts.customer or how == "none":
        return
    if spend.get("no_spend_after") and receipt.exclusive:
        return
    allowed = [one for one in receipt.lines if _may_be_paid(one, spend)]
    limit = min(
        spend.get("cap_bp", 10_000) * sum(line.net for line in allowed) // 10_000,
        sum(line.room for line in allowed),
        sum(line.net for line in receipt.lines) - spend.get("min_money_kop", 0),
    )
    a, b = program.kop_per_pt
    points = min(floor(Fraction(max(limit, 0) * b, a)), asked.get("balance_pt", 0))
    if how == "exact":
        points = min(points, asked["spend_pt"])
    step = lcm(spend.get("step_pt", 1), b // gcd(a, b))
    program.points = max(points, 0) // step * step
    program.kop = program.points * a // b
    program.confirm = "confirm_above_pt" in spend and program.points > spend["confirm_above_pt"]
    by_kop = lay_out(program.kop, [line.net for line in allowed], [line.room for line in allowed])
    by_pt = by_kop if a == b else lay_out(program.points, list(by_kop), [None] * len(allowed))
    for line, kop, pt in zip(allowed, by_kop, by_pt, strict=True):
        line.net -= kop
        program.spent[_at(receipt, line)] = pt


def _may_be_paid(line: Line, spend: dict[str, Any]) -> bool:
    barred = "no_spend" in line.flags or (spend.get("not_on_discounted") and line.discounted)
    return not barred and in_scope(spend.get("scope"), line)


def _at(receipt: Receipt, line: Line) -> int:
    return [one is line for one in receipt.lines].index(True)


def accrue_points(receipt: Receipt, program: Program, base: list[int], barred: list[bool], any_spent: bool) -> None:
    """`base`: kopecks of each line that earn. `barred`: lines that earn nothing whatever the rules say."""
    program.accrued = [0] * len(receipt.lines)
    accrue, facts = program.accrue, receipt.facts
    if accrue is None or not facts.customer or (accrue.get("when_spent") == "none" and any_spent):
        return
    exact = _of_section(receipt, program, base, barred)
    for rule in program.rules:
        mine = [n for n, line in enumerate(receipt.lines) if not barred[n] and in_scope(rule.get("scope"), line)]
        if not _holds(receipt, rule, mine):
            continue
        whole = sum(base[n] for n in mine)
        receipt.held += [rule["id"]] if whole else []
        for n in mine:
            if rule["kind"] == "cashback":
                exact[n] += Fraction(base[n] * rule["bp"], 10_000) if rule.get("mode", "add") == "add" else 0
            elif whole:
                given = rule["pt"] * (whole // rule["per_kop"]) if rule["kind"] == "points_per_full" else rule["pt"]
                exact[n] += Fraction(given * base[n], whole)
    total = rounded(sum(exact, Fraction(0)), accrue.get("round", "floor"), accrue.get("step_pt", 1))
    total = min(total, accrue["max_pt"]) if "max_pt" in accrue else total
    program.accrued = lay_out(total, list(exact), [None] * len(exact))


def _holds(receipt: Receipt, rule: dict[str, Any], mine: list[int]) -> bool:
    """A condition looks at what the lines cost, whatever of it earns."""
    quantity = sum((receipt.lines[n].quantity for n in mine), Fraction(0))
    return holds(rule.get("when"), receipt.facts, sum(receipt.lines[n].net for n in mine), quantity)


def _of_section(receipt: Receipt, program: Program, base: list[int], barred: list[bool]) -> list[Fraction]:
    """Exact figures of `[accrue]`; a `replace` takes the place of its rate, where there is one."""
    accrue, facts = program.accrue or {}, receipt.facts
    own = tier_bp(accrue["tiers"], facts.customer) if "tiers" in accrue else accrue.get("bp", 0)
    exact, accruing = [], 0
    for n, line in enumerate(receipt.lines):
        if barred[n] or not in_scope(accrue.get("scope"), line):
            exact.append(Fraction(0))
            continue
        accruing += base[n]
        rate = max(_replacing(receipt, program, barred, n), default=own)
        figure = Fraction(base[n] * rate, 10_000)
        for one in accrue.get("multipliers", []):
            if in_scope(one.get("scope"), line):
                figure *= Fraction(one["num"], one.get("den", 1))
        exact.append(figure)
    if accrue.get("per_full_kop") and accruing:
        full = accrue["per_full_kop"]
        exact = [figure * Fraction(accruing // full * full, accruing) for figure in exact]
    return exact


def _replacing(receipt: Receipt, program: Program, barred: list[bool], n: int) -> list[int]:
    rates = []
    for rule in program.rules:
        if rule["kind"] == "cashback" and rule.get("mode") == "replace":
            mine = [i for i, one in enumerate(receipt.lines) if not barred[i] and in_scope(rule.get("scope"), one)]
            if n in mine and _holds(receipt, rule, mine):
                rates.append(rule["bp"])
    return rates


def rounded(x: Fraction, how: str, step: int) -> int:
    """To a multiple of `step`."""
    q = x / step
    low = floor(q)
    match how:
        case "floor":
            return low * step
        case "ceil":
            return ceil(q) * step
        case "half_up":
            return half_up(q) * step
    half_even = low if q - low < Fraction(1, 2) or (q - low == Fraction(1, 2) and low % 2 == 0) else low + 1
    return half_even * step
