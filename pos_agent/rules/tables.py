"""`[program]`, `[accrue]`, `[spend]`, `[[programs]]`, `[slip]`, scopes and tiers: tables -> values."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from pos_agent.model.loyalty import Overdraft, Span, Window
from pos_agent.money import ROUNDINGS
from pos_agent.rules.levels import LevelSettings, Metric, Need, Op, Policy, Review, Tier, sorted_tiers
from pos_agent.rules.quantities import micro_of
from pos_agent.rules.reader import Reader
from pos_agent.rules.scope import EVERYTHING, Scope
from pos_agent.rules.values import AccrueRule, Further, Multiplier, Program, SpendRule, made

MAX_BP = 1_000_000  # 10 000 %: a rate above that is a slip of the pen
MAX_DAYS = 36_500
SLIP_TEXTS = ("heading", "invitation", "qr_prefix", "footer")


def program(reader: Reader, tiers: tuple[Tier, ...]) -> Program:
    """`[program]`; `tiers` are those of `[accrue]`, whose thresholds say what a level measures."""
    kop_per_pt = reader.integers("kop_per_pt", least=1, most=1_000_000, count=2)
    found = Program(
        id=reader.text("id", required=True, limit=64),
        name=reader.text("name", required=True),
        kop_per_pt=(kop_per_pt[0], kop_per_pt[1]) if len(kop_per_pt) == 2 else (1, 1),
        max_discount_bp=reader.maybe_integer("max_discount_bp", most=10_000),
        min_unit_kop=reader.integer("min_unit_kop"),
        grace_days=reader.integer("grace_days", most=MAX_DAYS),
        gift_lines=reader.flag("gift_lines"),
        level=_level(reader, tiers),
    )
    reader.done()
    return found


def _level(reader: Reader, tiers: tuple[Tier, ...]) -> LevelSettings:
    default = tiers[0].metric if tiers else Metric.MONEY
    level = reader.table_at("level")
    if level is None:
        return LevelSettings(metric=default)
    metric = Metric(level.choice("metric", tuple(Metric), default))
    if tiers and metric is not default:
        keys = "from_visits" if default is Metric.VISITS else "from_kop"
        level.report("level_metric", level.at("metric"), keys=keys, value=metric.value)
    span = Span(level.choice("window", tuple(Span), Span.ALL))
    days = level.integer("days", least=1, most=MAX_DAYS, required=span is Span.DAYS)
    if days and span is not Span.DAYS:
        level.report("needs", level.at("days"), keys='window = "days"')
    window = Window(span, days if span is Span.DAYS else 0)
    found = LevelSettings(metric, window, *_level_policy(level))
    level.done()
    return found


def _level_policy(level: Reader) -> tuple[Policy, int, Review]:
    """`policy`, with `hold_days` for hold and `review` for one_step."""
    policy = Policy(level.choice("policy", tuple(Policy), Policy.IMMEDIATE))
    hold_days = level.integer("hold_days", least=1, most=MAX_DAYS, required=policy is Policy.HOLD)
    for key, wanted in (("hold_days", Policy.HOLD), ("review", Policy.ONE_STEP)):
        if level.has(key) and policy is not wanted:
            level.report("needs", level.at(key), keys=f'policy = "{wanted}"')
    review = Review(level.choice("review", tuple(Review), Review.MONTH))
    return policy, hold_days if policy is Policy.HOLD else 0, review


def accrue(reader: Reader) -> AccrueRule:
    """`[accrue]`."""
    if reader.has("bp") == reader.has("tiers"):
        reader.report("both" if reader.has("bp") else "one_of", reader.path, keys="bp, tiers")
    if reader.has("life_days") and reader.has("life_months"):
        reader.report("both", reader.at("life_months"), keys="life_days, life_months")
    start, end = reader.period()
    found = AccrueRule(
        start=start,
        end=end,
        accrue_on_sale=reader.choice("accrue_on", ("use", "sale"), "use") == "sale",
        bp=reader.integer("bp", most=MAX_BP),
        tiers=tiers(reader),
        multipliers=tuple(_multiplier(item) for item in reader.tables_at("multipliers")),
        per_full_kop=reader.maybe_integer("per_full_kop", least=1),
        round=reader.choice("round", tuple(ROUNDINGS), "floor"),
        step_pt=reader.integer("step_pt", 1, least=1),
        max_pt=reader.maybe_integer("max_pt"),
        when_spent_all=reader.choice("when_spent", ("all", "none"), "all") == "all",
        delay_days=reader.integer("delay_days", most=MAX_DAYS),
        life_days=reader.maybe_integer("life_days", most=MAX_DAYS),
        life_months=reader.maybe_integer("life_months", least=1, most=1_200),
        scope=scope(reader, "scope"),
    )
    reader.done()
    return found


def tiers(reader: Reader) -> tuple[Tier, ...]:
    """`tiers = [{name, from_kop or from_visits, op, bp}]`, sorted; one list, one metric, no threshold twice."""
    items = reader.tables_at("tiers")
    if reader.has("tiers") and reader.table["tiers"] == []:
        reader.report("missing", reader.at("tiers"))
    found = [_tier(item) for item in items]
    if len({tier.metric for tier in found}) > 1:
        reader.report("mixed_tiers", reader.at("tiers"))
    for said in ([tier.name for tier in found], [f"{tier.op} {tier.threshold}" for tier in found]):
        for twice in sorted(word for word, count in Counter(said).items() if word and count > 1):
            reader.report("duplicate", reader.at("tiers"), value=twice)
    return sorted_tiers(found)


def _tier(reader: Reader) -> Tier:
    need = reader.choice("need", ("", *Need), "")
    by_visits = reader.has("from_visits") and not need
    if need and not (reader.has("from_visits") and reader.has("from_kop")):
        reader.report("needs", reader.at("need"), keys="from_kop, from_visits")
    elif not need and by_visits == reader.has("from_kop"):
        reader.report("both" if by_visits else "one_of", reader.path, keys="from_kop, from_visits")
    from_kop, from_visits = reader.integer("from_kop"), reader.integer("from_visits")
    found = Tier(
        name=reader.text("name", required=True, limit=64),
        threshold=from_visits if by_visits else from_kop,
        bp=reader.integer("bp", most=MAX_BP, required=True),
        op=Op(reader.choice("op", tuple(Op), Op.GE)),
        metric=Metric.VISITS if by_visits else Metric.MONEY,
        need=Need(need) if need else None,
        visits=from_visits if need else 0,
    )
    reader.done()
    return found


def _multiplier(reader: Reader) -> Multiplier:
    num, den = reader.integer("num", 1, most=MAX_BP, required=True), reader.integer("den", 1, least=1, most=MAX_BP)
    found = Multiplier(Fraction(num, den), scope(reader, "scope"))
    reader.done()
    return found


def spend(reader: Reader) -> SpendRule:
    """`[spend]`; an empty table still allows spending."""
    start, end = reader.period()
    found = SpendRule(
        start=start,
        end=end,
        cap_bp=reader.integer("cap_bp", 10_000, most=10_000),
        step_pt=reader.integer("step_pt", 1, least=1),
        min_money_kop=reader.integer("min_money_kop"),
        not_on_discounted=reader.flag("not_on_discounted"),
        no_spend_after=reader.flag("no_spend_after"),
        confirm_above_pt=reader.maybe_integer("confirm_above_pt"),
        offline=_offline(reader),
        scope=scope(reader, "scope"),
    )
    reader.done()
    return found


def _offline(reader: Reader) -> Overdraft | None:
    """`offline`: what may be spent without a connection beyond the allowance; all 0 = nothing."""
    table = reader.table_at("offline")
    if table is None:
        return None
    found = Overdraft(
        customer_pt=table.integer("customer_pt"),
        register_pt=table.integer("register_pt"),
        day_pt=table.integer("day_pt"),
        max_age_hours=table.integer("max_age_hours", 24, most=8_760),
    )
    table.done()
    return found


def scope(reader: Reader, key: str) -> Scope:
    """A scope table; absent = all lines."""
    table = reader.table_at(key)
    if table is None:
        return EVERYTHING
    table.known(LISTS)
    lists = {key: table.texts(key) for key in table.table if key in LISTS}
    found = made(
        Scope, **lists, only_undiscounted=table.flag("only_undiscounted"), min_micro=_quantity(table, "min_qty")
    )
    table.done()
    return found


LISTS = frozenset(("ids", "skus", "categories", "not_categories", "names", "gtins", "barcodes"))  # of a scope


def _quantity(reader: Reader, key: str) -> int:
    value = reader.take(key)
    micro = None if value is None else micro_of(value)
    if value is not None and micro is None:
        reader.report("quantity", reader.at(key))
    return micro or 0


def further(reader: Reader) -> Further:
    """One `[[programs]]`: keys of `[program]` that make sense for a second currency, `accrue`, `spend`."""
    kop_per_pt = reader.integers("kop_per_pt", least=1, most=1_000_000, count=2)
    head = Program(
        id=reader.text("id", required=True, limit=64),
        name=reader.text("name", required=True),
        kop_per_pt=(kop_per_pt[0], kop_per_pt[1]) if len(kop_per_pt) == 2 else (1, 1),
    )
    earned, spent = reader.table_at("accrue"), reader.table_at("spend")
    found = Further(head, accrue(earned) if earned else None, spend(spent) if spent else None)
    reader.done()
    return found


def slip(reader: Reader) -> dict[str, str]:
    """`[slip]`: texts as they are, only the known ones."""
    found = {key: reader.text(key) for key in SLIP_TEXTS}
    reader.done()
    return {key: text for key, text in found.items() if text}
