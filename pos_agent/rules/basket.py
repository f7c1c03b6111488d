"""A basket of the till as JSON -> `Basket`, or everything that is wrong with it at once (loyalty rules, section 1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_agent.model.canonical import canonical_json
from pos_agent.money import MICRO, line_sum_kop
from pos_agent.rules.basket_values import (
    ABONEMENT,
    MARKED,
    MONEY,
    PREPAID,
    Basket,
    BasketCustomer,
    BasketError,
    BasketLine,
    Payment,
    Wish,
)
from pos_agent.rules.code_reading import code_records
from pos_agent.rules.moments import moment
from pos_agent.rules.problems import Problem, problem
from pos_agent.rules.quantities import micro_of
from pos_agent.rules.reader import MAX_INT, Reader
from pos_agent.rules.scope import BLACKLIST_FLAGS
from pos_agent.rules.tables import scope
from pos_agent.rules.when_table import quantity, repeated

__all__ = ["MARKED", "MONEY", "PREPAID", "Basket", "BasketCustomer", "BasketError", "BasketLine", "Payment", "read"]
FLAGS = (MARKED, *BLACKLIST_FLAGS)
MAX_VISITS = 10**6


def read(mapping: Mapping[str, Any]) -> Basket:
    """The basket of a JSON object (keys of the till API). BasketError with every problem at once.

    Refused: fractional numbers, a price below 0, a quantity that is not text or not above 0 or finer than millionths,
    two lines with one id, unknown keys, control characters, times that the store's clock skips.
    """
    problems: list[Problem] = []
    if not isinstance(mapping, dict):
        raise BasketError([problem("type", "", expected_ru="объект JSON", expected_en="a JSON object")])
    root = Reader(mapping, "", problems, lambda path: None)
    root.take("lines", required=True)
    lines = tuple(_line(item) for item in root.tables_at("lines"))
    for twice in repeated([line.id for line in lines]):
        root.report("duplicate", "lines", value=twice)
    customer = root.table_at("customer")
    basket = Basket(
        lines=lines,
        at=moment(root),
        register=_words(root, "register"),
        store=_words(root, "store"),
        channel=_words(root, "channel"),
        customer=_customer(customer) if customer else None,
        codes=tuple(dict.fromkeys(root.texts("codes", most=100))),
        asked_pt=_asked(root),
        delivery=_words(root, "delivery"),
        partner=_words(root, "partner"),
        draft=_words(root, "draft"),
        receipts_today=root.integer("receipts_today", most=MAX_VISITS),
        payments=tuple(_payment(item) for item in root.tables_at("payments")),
        code_records=code_records(root),
    )
    root.done()
    if problems:
        raise BasketError(problems)
    _spelled(mapping)
    return basket


def _spelled(mapping: Mapping[str, Any]) -> None:
    """JSON can spell half a surrogate pair, which no text is: the answer could not be written."""
    try:
        canonical_json(mapping)
    except ValueError as error:
        raise BasketError([problem("syntax", "", detail=error)]) from error


def _line(reader: Reader) -> BasketLine:
    found = BasketLine(
        id=reader.text("id", required=True),
        price_kop=reader.integer("price_kop", required=True),
        quantity_micro=_quantity(reader),
        sku=_words(reader, "sku"),
        name=_words(reader, "name"),
        category=_words(reader, "category"),
        gtin=_words(reader, "gtin"),
        flags=frozenset(reader.texts("flags", allowed=FLAGS)),
        floor_kop=reader.integer("floor_kop"),
        vat=_words(reader, "vat"),
        barcode=_words(reader, "barcode"),
        volume_ml=reader.integer("volume_ml", most=10**9),
        part=_words(reader, "part"),
        sells=reader.choice("sells", PREPAID, ""),
        account=_words(reader, "account"),
    )
    if MARKED in found.flags and found.quantity_micro > MICRO:
        reader.report("marked", reader.at("qty"))
    if line_sum_kop(found.price_kop, found.quantity_micro) > MAX_INT:
        reader.report("too_big", reader.at("qty"), limit=MAX_INT)
    reader.done()
    return found


def _quantity(reader: Reader) -> int:
    """Millionths of a unit."""
    said = reader.take("qty", required=True)
    micro = micro_of(said)
    if micro is None and said is not None:
        reader.report("quantity", reader.at("qty"))
    return micro or MICRO


def _customer(reader: Reader) -> BasketCustomer:
    known = reader.table.get("first_purchase") is not None
    first = reader.flag("first_purchase")
    found = BasketCustomer(
        id=reader.text("id", required=True),
        metric_kop=reader.integer("metric_kop", least=-MAX_INT),  # returns of the window may exceed its sales
        visits=reader.integer("visits"),
        balance_pt=reader.integer("balance_pt"),
        segments=frozenset(reader.texts("segments")),
        level=_words(reader, "level"),
        stamps=_stamps(reader),
        birthday=reader.date("birthday"),
        first_purchase=first if known else None,
        visits_today=reader.integer("visits_today", most=MAX_VISITS),
        programs=_wishes(reader),
    )
    reader.done()
    return found


def _stamps(reader: Reader) -> dict[str, int]:
    counters = reader.table_at("stamps")
    if counters is None:
        return {}
    return {name: counters.integer(name, least=-MAX_INT) for name in counters.table}


def _wishes(reader: Reader) -> dict[str, Wish]:
    """`programs = {"stars": {"balance_pt": 100, "spend": "max"}}`."""
    programs = reader.table_at("programs")
    found: dict[str, Wish] = {}
    for name in programs.table if programs else ():
        wish = programs.table_at(name) if programs else None
        if wish is not None:
            found[name] = Wish(wish.integer("balance_pt"), _asked(wish))
            wish.done()
    return found


def _asked(reader: Reader) -> int | None:
    spend, points_pt = reader.choice("spend", ("max", "none", "exact"), ""), reader.maybe_integer("spend_pt")
    if spend == "max":
        return None
    if spend == "exact" and reader.table.get("spend_pt") is None:
        reader.report("missing", reader.at("spend_pt"))
    return 0 if spend == "none" else points_pt or 0


def _payment(reader: Reader) -> Payment:
    kind = reader.text("kind", required=True)
    if kind:
        reader.choice("kind", (*MONEY, *PREPAID), "")
    name = _words(reader, "id")
    if kind == ABONEMENT:
        units = quantity(reader, "units")
        if not reader.has("units"):
            reader.report("missing", reader.at("units"))
        found = Payment(kind, id=name, left_micro=units or 0, scope=scope(reader, "scope"))
    else:
        found = Payment(kind, reader.integer("sum_kop", required=True), name)
    reader.done()
    return found


def _words(reader: Reader, key: str) -> str:
    """Optional text; tills send empty ones for what they do not know."""
    if reader.table.get(key) == "":
        reader.take(key)
        return ""
    return reader.text(key)
