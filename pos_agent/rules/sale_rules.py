"""`[[rule]]`: kinds, their parameters, common keys, conditions. Tables -> values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from pos_agent.rules.reader import TIME, Reader
from pos_agent.rules.tables import MAX_BP, scope, tiers
from pos_agent.rules.values import SaleRule, Terms, When

ITEM, SETS, CUSTOMER, RECEIPT, ROUNDING = 1, 2, 3, 4, 5  # phases, loyalty rules, section 3
DEFAULT_PRIORITY = 100
FULL_BP = 10_000


def _percent(reader: Reader) -> Terms:
    return Terms(bp=reader.integer("bp", most=FULL_BP, required=True))


def _amount(reader: Reader) -> Terms:
    return Terms(kop=reader.integer("kop", required=True))


def _receipt_percent(reader: Reader) -> Terms:
    return Terms(bp=_percent(reader).bp, max_kop=reader.maybe_integer("max_kop"))


def _set_bp(reader: Reader) -> int:
    return reader.integer("bp", FULL_BP, most=FULL_BP)


def _count(reader: Reader, key: str) -> int:
    return reader.integer(key, 1, least=1, required=True)


def _n_plus_m(reader: Reader) -> Terms:
    return Terms(buy=_count(reader, "buy"), free=_count(reader, "free"), bp=_set_bp(reader))


def _buy_x_get_y(reader: Reader) -> Terms:
    buy_scope, get_scope = scope(reader, "buy_scope"), scope(reader, "get_scope")
    return Terms(
        buy=_count(reader, "buy"),
        get=_count(reader, "get"),
        buy_scope=buy_scope if reader.has("buy_scope") else None,
        get_scope=get_scope if reader.has("get_scope") else None,
        bp=_set_bp(reader),
    )


def _cheapest_percent(reader: Reader) -> Terms:
    return Terms(bp=_set_bp(reader))


def _free_units(reader: Reader) -> Terms:
    return Terms(units=_count(reader, "units"), bp=_set_bp(reader))


def _punch_card(reader: Reader) -> Terms:
    counter = reader.text("counter", str(reader.table.get("id", "")), limit=64)
    return Terms(every=_count(reader, "every"), counter=counter, bp=_set_bp(reader))


def _tier_percent(reader: Reader) -> Terms:
    reader.take("tiers", required=True)
    return Terms(tiers=tiers(reader))


def _round_total(reader: Reader) -> Terms:
    return Terms(to_kop=reader.integer("to_kop", 1, least=1, required=True))


KINDS: dict[str, tuple[int, Callable[[Reader], Terms]]] = {
    "item_percent": (ITEM, _percent),
    "item_amount": (ITEM, _amount),
    "item_price": (ITEM, _amount),
    "n_plus_m": (SETS, _n_plus_m),
    "buy_x_get_y": (SETS, _buy_x_get_y),
    "cheapest_percent": (SETS, _cheapest_percent),
    "punch_card": (SETS, _punch_card),
    "free_units": (SETS, _free_units),
    "card_percent": (CUSTOMER, _percent),
    "tier_percent": (CUSTOMER, _tier_percent),
    "receipt_percent": (RECEIPT, _receipt_percent),
    "receipt_amount": (RECEIPT, _amount),
    "round_total": (ROUNDING, _round_total),
}


def sale_rule(reader: Reader) -> SaleRule | None:
    """One rule; None (and a problem) when its kind is unknown: its other keys cannot be judged then."""
    kind = reader.text("kind", required=True)
    if kind not in KINDS:
        if kind:
            reader.report("unknown_kind", reader.at("kind"), value=kind)
        return None
    phase, parameters = KINDS[kind]
    found = SaleRule(
        id=reader.text("id", required=True, limit=64),
        kind=kind,
        phase=reader.integer("phase", phase, least=ITEM, most=ROUNDING),
        priority=reader.integer("priority", DEFAULT_PRIORITY, least=-MAX_BP, most=MAX_BP),
        name=reader.text("name"),
        group=reader.text("group", limit=64),
        group_policy=reader.choice("group_policy", ("best", "first", "all"), "all"),
        exclusive=reader.flag("exclusive"),
        gross=reader.choice("base", ("net", "gross"), "net") == "gross",
        scope=scope(reader, "scope"),
        when=_when(reader),
        terms=parameters(reader),
    )
    reader.done()
    return found


def _when(reader: Reader) -> When:
    when = reader.table_at("when")
    if when is None:
        return When()
    start, end = _dates(when)
    birthday = when.integers("birthday", least=0, most=366, count=2)
    found = When(
        start=start,
        end=end,
        weekdays=when.integers("weekdays", least=1, most=7),
        hours=_hours(when),
        segments=when.texts("segments"),
        codes=when.texts("codes"),
        channels=when.texts("channels"),
        stores=when.texts("stores"),
        min_total_kop=when.integer("min_total_kop"),
        birthday=(birthday[0], birthday[1]) if len(birthday) == 2 else None,
        nth_visit=when.integer("nth_visit", least=1),
        first_purchase=when.flag("first_purchase"),
    )
    when.done()
    return found


def _dates(when: Reader) -> tuple[dt.date | None, dt.date | None]:
    start, end = when.date("from"), when.date("to")
    if start and end and start >= end:
        when.report("period", when.at("to"))
    return start, end


def _hours(when: Reader) -> tuple[int, int] | None:
    """`[start, end]` in minutes; start after end runs over midnight, equal ones would be nothing or all."""
    hours = when.texts("hours")
    if not hours:
        return None
    if len(hours) != 2:
        when.report("type", when.at("hours"), expected_ru="[начало, конец]", expected_en="[start, end]")
    elif not all(TIME.fullmatch(text) for text in hours):
        when.report("time", when.at("hours"))
    elif hours[0] == hours[1]:
        when.report("period", when.at("hours"))
    else:
        return _minutes(hours[0]), _minutes(hours[1])
    return None


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def check_together(reader: Reader, rules: list[SaleRule]) -> None:
    """What concerns several rules: ids, groups, stamp counters (loyalty rules, section 1)."""
    _twice(reader, "duplicate", [rule.id for rule in rules if rule.id])
    _twice(reader, "punch_cards", [rule.terms.counter for rule in rules if rule.kind == "punch_card"])
    groups: dict[str, set[tuple[int, str]]] = {}
    for rule in rules:
        if rule.group:
            groups.setdefault(rule.group, set()).add((rule.phase, rule.group_policy))
    for group, settings in groups.items():
        if len(settings) > 1:
            reader.report("group", reader.at("rule"), value=group)


def _twice(reader: Reader, code: str, ids: list[str]) -> None:
    for twice in sorted({found for found in ids if ids.count(found) > 1}):
        reader.report(code, reader.at("rule"), value=twice)
