"""Kinds of `[[rule]]`: the phase of each and the parameters it takes (loyalty rules, section 3). Tables -> values."""

from __future__ import annotations

from collections.abc import Callable

from pos_agent.rules.reader import MAX_INT, Reader
from pos_agent.rules.tables import MAX_BP, MAX_DAYS, scope, tiers
from pos_agent.rules.values import Terms, made

ITEM, SETS, CUSTOMER, RECEIPT, ROUNDING, AFTER = 1, 2, 3, 4, 5, 8  # phases, loyalty rules, section 3
FULL_BP = 10_000


def _percent(reader: Reader) -> Terms:
    return made(Terms, bp=reader.integer("bp", most=FULL_BP, required=True))


def _amount(reader: Reader) -> Terms:
    return made(Terms, kop=reader.integer("kop", required=True))


def _receipt_percent(reader: Reader) -> Terms:
    return made(Terms, bp=reader.integer("bp", most=FULL_BP, required=True), max_kop=reader.maybe_integer("max_kop"))


def _set_bp(reader: Reader) -> int:
    return reader.integer("bp", FULL_BP, most=FULL_BP)


def _count(reader: Reader, key: str, most: int = MAX_INT) -> int:
    return reader.integer(key, 1, least=1, most=most, required=True)


def _n_plus_m(reader: Reader) -> Terms:
    return made(Terms, buy=_count(reader, "buy"), free=_count(reader, "free"), bp=_set_bp(reader))


def _buy_x_get_y(reader: Reader) -> Terms:
    buy_scope, get_scope = scope(reader, "buy_scope"), scope(reader, "get_scope")
    return made(
        Terms,
        buy=_count(reader, "buy"),
        get=_count(reader, "get"),
        buy_scope=buy_scope if reader.has("buy_scope") else None,
        get_scope=get_scope if reader.has("get_scope") else None,
        bp=_set_bp(reader),
    )


def _cheapest_percent(reader: Reader) -> Terms:
    return made(Terms, bp=_set_bp(reader))


def _free_units(reader: Reader) -> Terms:
    return made(Terms, units=_count(reader, "units"), bp=_set_bp(reader))


def _punch_card(reader: Reader) -> Terms:
    counter = reader.text("counter", str(reader.table.get("id", "")), limit=64)
    return made(Terms, every=_count(reader, "every"), counter=counter, bp=_set_bp(reader))


def _tier_percent(reader: Reader) -> Terms:
    reader.take("tiers", required=True)
    return made(Terms, tiers=tiers(reader))


def _round_total(reader: Reader) -> Terms:
    return made(Terms, to_kop=reader.integer("to_kop", 1, least=1, required=True))


def _cashback(reader: Reader) -> Terms:
    return made(
        Terms,
        bp=reader.integer("bp", most=MAX_BP, required=True),
        program=reader.text("program", limit=64),
        replaces=reader.choice("mode", ("add", "replace"), "add") == "replace",
    )


def _points_per_full(reader: Reader) -> Terms:
    return made(Terms, points_pt=_count(reader, "pt"), per_kop=_count(reader, "per_kop"), program=_program(reader))


def _points_amount(reader: Reader) -> Terms:
    return made(Terms, points_pt=_count(reader, "pt"), program=_program(reader))


def _program(reader: Reader) -> str:
    return reader.text("program", limit=64)


def _coupon(reader: Reader) -> Terms:
    return made(
        Terms,
        batch=reader.text("batch", required=True, limit=64),
        from_days=reader.integer("from_days", most=MAX_DAYS),
        valid_days=reader.integer("valid_days", most=MAX_DAYS),
        text=reader.text("text"),
    )


def _privilege(reader: Reader) -> Terms:
    return made(Terms, text=reader.text("text", required=True))


def _hint(reader: Reader) -> Terms:
    return made(Terms, text=reader.text("text", required=True), up_to_kop=reader.integer("up_to_kop"))


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
    "cashback": (AFTER, _cashback),
    "points_per_full": (AFTER, _points_per_full),
    "points_amount": (AFTER, _points_amount),
    "coupon": (AFTER, _coupon),
    "privilege": (AFTER, _privilege),
    "hint": (AFTER, _hint),
}
POINTS = ("cashback", "points_per_full", "points_amount")
AFTER_SALE = tuple(kind for kind, (phase, _) in KINDS.items() if phase == AFTER)
