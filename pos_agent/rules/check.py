"""What a rules file says without being wrong, and its owner should know: unreachable rules, conflicts, worst cases.

A file that cannot be read is `parse`'s business; everything here is a warning with a suggestion. Bounds are from above:
rules that cannot meet in one basket (disjoint categories, segments, weekdays ...) are not added up, others are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from pos_agent.money import half_up, points
from pos_agent.rules.check_limits import limits_told
from pos_agent.rules.check_words import WORDS
from pos_agent.rules.conditions import asked
from pos_agent.rules.kinds import AFTER_SALE
from pos_agent.rules.parse import parse
from pos_agent.rules.scope import EVERYTHING, Scope
from pos_agent.rules.source import load
from pos_agent.rules.values import AccrueRule, Rules, SaleRule
from pos_agent.rules.worst import can_meet, may_cost, worst_case

BP = 10_000
COMPARED = ("item_percent", "card_percent", "item_amount", "receipt_percent", "receipt_amount")
MOST_NAMES = 20  # of rules in one remark
MOST_CARDS = 100  # of punch cards on the same goods that one is compared with
ALARMING_BP = 5_000  # half of the price: above it the owner is told


@dataclass(frozen=True)
class Finding:
    """One thing to look at. `path` as in problems; `line` from 1, None in JSON; texts in both languages."""

    code: str
    path: str
    line: int | None
    message_ru: str
    message_en: str
    advice_ru: str
    advice_en: str


Tell = Callable[..., Finding]


def inspect(text: str, fmt: str = "toml", on: date | None = None) -> tuple[Rules, list[Finding]]:
    """The rules and what is strange about them, in the file's order. `on`: the date for "is over". RulesError."""
    rules = parse(text, fmt)
    _, locate = load(text, fmt)

    def tell(code: str, path: str, **facts: object) -> Finding:
        return Finding(code, path, locate(path), *(words.format(**facts) for words in WORDS[code]))

    places = {rule.id: f"rule[{number}]" for number, rule in enumerate(rules.sale_rules)}
    queue = sorted(rules.sale_rules, key=lambda rule: (rule.phase, rule.priority, rule.id))
    found = [
        *(one for rule in queue for one in _alone(rule, places[rule.id], on, tell)),
        *_shadowed([rule for rule in queue if rule.kind not in AFTER_SALE], places, tell),
        *_together(queue, places, tell),
        *_worst(rules, queue, tell),
        *_points(rules, queue, places, tell),
        *_unused(rules, tell),
        *limits_told(rules, tell),
    ]
    return rules, sorted(found, key=lambda one: (one.line or 0, one.path, one.code))


def _alone(rule: SaleRule, path: str, on: date | None, tell: Tell) -> Iterator[Finding]:
    """A rule that cannot give anything, whatever the others are."""
    if not may_cost(rule):
        yield tell("gives nothing", path)
    if rule.scope.categories and set(rule.scope.categories) <= set(rule.scope.not_categories):
        yield tell("scope", f"{path}.scope")
    when = rule.when
    if when.start and when.end and when.weekdays:
        days = range(min(7, (when.end - when.start).days))
        if not any((when.start + timedelta(days=day)).isoweekday() in when.weekdays for day in days):
            yield tell("weekdays", f"{path}.when")
    for name in sorted(set(when.calendars) & set(when.not_calendars)):
        if len(when.calendars) == 1:
            yield tell("calendar", f"{path}.when", name=name)
    if when.payments and when.only_payments and not set(when.payments) & set(when.only_payments):
        yield tell("payments", f"{path}.when")
    if on is not None and when.end is not None and when.end <= on:
        yield tell("past", f"{path}.when.to", day=when.end.isoformat())


def _always(rule: SaleRule) -> bool:
    """Gives something on every basket that has a price: percent kinds and amounts without any condition."""
    return (
        rule.kind in ("item_percent", "receipt_percent", "item_amount", "receipt_amount")
        and rule.scope == EVERYTHING
        and not asked(rule.when)
        and max(rule.terms.bp, rule.terms.kop) > 0
        and rule.terms.max_kop != 0
    )


def _shadowed(queue: Sequence[SaleRule], places: dict[str, str], tell: Tell) -> Iterator[Finding]:
    """Rules that others keep from ever running or winning."""
    excluding = next((one for one in queue if one.exclusive and _always(one) and one.group_policy != "best"), None)
    first: dict[str, str] = {}
    last = queue.index(excluding) if excluding else len(queue)
    strongest = _strongest(queue)
    for number, rule in enumerate(queue):
        if excluding and rule.kind != "round_total" and number > last:
            yield tell("after exclusive", places[rule.id], other=excluding.id)
        elif rule.group and rule.group_policy == "first":
            if rule.group in first:
                yield tell("first", places[rule.id], other=first[rule.group])
            elif _always(rule):
                first[rule.group] = rule.id
        elif rule.group and rule.group_policy == "best":
            stronger = strongest.get(_rivals(rule), rule)
            if stronger is not rule:
                yield tell("beaten", places[rule.id], other=stronger.id)


def _rivals(rule: SaleRule) -> object:
    """Equal for rules of one group with the same goods and conditions, of which one never gives less."""
    return rule.group, rule.kind, rule.scope, rule.when, rule.gross, rule.terms.max_kop


def _strongest(queue: Sequence[SaleRule]) -> dict[object, SaleRule]:
    """Of rivals the one that wins."""
    found: dict[object, SaleRule] = {}
    for rule in queue:
        if rule.kind in COMPARED and rule.group:
            best = found.setdefault(_rivals(rule), rule)
            mine, others = (rule.terms.bp, rule.terms.kop), (best.terms.bp, best.terms.kop)
            if mine > others or (mine == others and (rule.priority, rule.id) < (best.priority, best.id)):
                found[_rivals(rule)] = rule
    return found


def _together(queue: Sequence[SaleRule], places: dict[str, str], tell: Tell) -> Iterator[Finding]:
    """Pairs that always get in each other's way."""
    by_code: dict[str, SaleRule] = {}
    cards: dict[Scope, list[SaleRule]] = {}
    for rule in queue:
        for code in rule.when.codes:
            other = by_code.setdefault(code, rule)
            if other is not rule and not (rule.group and rule.group == other.group) and can_meet(rule, other):
                yield tell("same code", places[rule.id], name=code, other=other.id)
        if rule.kind == "punch_card":
            same = cards.setdefault(rule.scope, [])
            for other in same:
                if can_meet(rule, other):
                    yield tell("same stamps", places[rule.id], other=other.id)
            if len(same) < MOST_CARDS:
                same.append(rule)


def _worst(rules: Rules, queue: Sequence[SaleRule], tell: Tell) -> Iterator[Finding]:
    found = worst_case([rule for rule in queue if rule.kind not in AFTER_SALE])
    ceiling = rules.program.max_discount_bp
    if ceiling is None and found.bp > ALARMING_BP:
        amounts = f", {', '.join(found.amounts[:MOST_NAMES])}" if found.amounts else ""
        names = ", ".join(found.rules[:MOST_NAMES]) + (" …" if len(found.rules) > MOST_NAMES else "")
        yield tell("worst", "program", rate=points(found.bp), names=names, amounts=amounts)
    if ceiling is None and found.partial:
        yield tell("worst unknown", "program")


def _points(rules: Rules, queue: Sequence[SaleRule], places: dict[str, str], tell: Tell) -> Iterator[Finding]:
    """Points that are worth more than the money they were earned with, or pay for everything."""
    mains = [(rules.program, rules.accrue, rules.spend, "")]
    further = [
        (one.program, one.accrue, one.spend, f"programs[{number}].") for number, one in enumerate(rules.programs)
    ]
    for program, accrue, spend, head in (*mains, *further):
        if spend is not None and spend.cap_bp == BP and spend.min_money_kop == 0:
            yield tell("all by points", f"{head}spend" if head else "spend")
        mine = [rule for rule in queue if (rule.terms.program or rules.program.id) == program.id]
        worth = _rate(accrue, mine) * Fraction(*program.kop_per_pt)
        if accrue is not None and worth > BP:
            yield tell("too many points", f"{head}accrue", rate=points(half_up(worth)))
        for rule in mine:
            worth_kop = half_up(rule.terms.points_pt * Fraction(*program.kop_per_pt))
            if rule.kind == "points_amount" and rule.when.min_total_kop < worth_kop:
                yield tell("points of any receipt", places[rule.id], pt=points(rule.terms.points_pt), kop=worth_kop)


def _rate(accrue: AccrueRule | None, mine: Iterable[SaleRule]) -> Fraction:
    """The highest rate of a line in basis points."""
    if accrue is None:
        return Fraction(0)
    rate = Fraction(max([accrue.bp, *(tier.bp for tier in accrue.tiers)]))
    more = Fraction(0)
    for rule in mine:
        if rule.kind == "cashback" and rule.terms.replaces:
            rate = max(rate, Fraction(rule.terms.bp))
        elif rule.kind == "cashback":
            more += rule.terms.bp
        elif rule.kind == "points_per_full":
            more += Fraction(rule.terms.points_pt * BP, rule.terms.per_kop)
    for factor in accrue.multipliers:
        rate *= max(Fraction(1), factor.ratio)
    return rate + more


def _unused(rules: Rules, tell: Tell) -> Iterator[Finding]:
    """Definitions that no rule refers to."""
    whens = [rule.when for rule in rules.sale_rules]
    calendars = {name for when in whens for name in (*when.calendars, *when.not_calendars)}
    batches = {name for when in whens for name in when.batches} | {rule.terms.batch for rule in rules.sale_rules}
    codes = {code for when in whens for code in when.codes}
    experiments = {name.split(":")[0] for when in whens for name in when.variants}
    for table, ids, used in (
        ("calendar", [one.id for one in rules.calendars], calendars),
        ("experiment", [one.id for one in rules.experiments], experiments),
        ("codes", ["" if one.codes & codes else one.id for one in rules.batches], batches),
    ):
        for number, name in enumerate(ids):
            if name and name not in used:
                yield tell("unused", f"{table}[{number}]", name=name)
