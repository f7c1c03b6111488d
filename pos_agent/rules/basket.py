"""A basket to price: lines, the customer as the rules see them, codes, how many points to spend. Values and reading."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pos_agent.model.canonical import canonical_json
from pos_agent.model.loyalty import CustomerSnapshot
from pos_agent.money import MICRO
from pos_agent.rules.problems import Problem, problem
from pos_agent.rules.reader import MAX_INT, Reader
from pos_agent.rules.scope import BLACKLIST_FLAGS

MARKED = "marked"
MONEY = ("cash", "card", "cashless", "electronic", "credit")  # payments that change nothing in the answer
PREPAID = ("abonement", "certificate", "deposit")  # loyalty rules, section 3.4
OLDEST_YEAR = 1970  # an earlier moment is a clock that was never set
QUANTITY = re.compile(r"(\d{1,9})(?:\.(\d{1,6}))?", re.ASCII)


@dataclass(frozen=True)
class BasketLine:
    """One position as the till offers it. Unknown texts are ""; `floor_kop` is the lowest price of one unit."""

    id: str
    price_kop: int
    quantity_micro: int
    sku: str = ""
    name: str = ""
    category: str = ""
    gtin: str = ""
    flags: frozenset[str] = frozenset()
    floor_kop: int = 0
    vat: str = ""


@dataclass(frozen=True)
class BasketCustomer(CustomerSnapshot):
    """The customer before the receipt. `first_purchase` None = not said; a stamp counter may be below 0."""

    stamps: Mapping[str, int] = field(default_factory=dict)
    birthday: dt.date | None = None
    first_purchase: bool | None = None


@dataclass(frozen=True)
class Basket:
    """What is to be priced. `at` is the store's local time; without it no rule bound to time holds.

    `asked_pt`: points the customer wants to spend, None = as many as fit.
    """

    lines: tuple[BasketLine, ...]
    at: dt.datetime | None = None
    register: str = ""
    store: str = ""
    channel: str = ""
    customer: BasketCustomer | None = None
    codes: tuple[str, ...] = ()
    asked_pt: int | None = 0


class BasketError(ValueError):
    """The basket is refused; `problems` has everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{found.path or 'basket'}: {found.message_en}" for found in problems))


def read(mapping: Mapping[str, Any]) -> Basket:
    """The basket of a JSON object (keys of the till API). BasketError with every problem at once.

    Refused: fractional numbers, a price below 0, a quantity that is not text or not above 0 or finer than millionths,
    two lines with one id, unknown keys, payments that are not reckoned yet (loyalty rules, section 1).
    """
    problems: list[Problem] = []
    if not isinstance(mapping, dict):
        raise BasketError([problem("type", "", expected_ru="объект JSON", expected_en="a JSON object")])
    root = Reader(mapping, "", problems, lambda path: None)
    root.take("lines", required=True)
    lines = tuple(_line(item) for item in root.tables_at("lines"))
    _no_twins(root, [line.id for line in lines if line.id])
    customer = root.table_at("customer")
    basket = Basket(
        lines=lines,
        at=_moment(root, "at"),
        register=_words(root, "register"),
        store=_words(root, "store"),
        channel=_words(root, "channel"),
        customer=_customer(customer) if customer else None,
        codes=root.texts("codes"),
        asked_pt=_asked(root),
    )
    for payment in root.tables_at("payments"):
        _payment(payment)
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
        flags=frozenset(reader.texts("flags", allowed=(MARKED, *BLACKLIST_FLAGS))),
        floor_kop=reader.integer("floor_kop"),
        vat=_words(reader, "vat"),
    )
    if MARKED in found.flags and found.quantity_micro > MICRO:
        reader.report("marked", reader.at("qty"))
    reader.done()
    return found


def _quantity(reader: Reader) -> int:
    """Millionths of a unit."""
    text = reader.take("qty", required=True)
    if text is None:
        return MICRO
    found = QUANTITY.fullmatch(text) if isinstance(text, str) else None
    micro = int(found[1]) * MICRO + int((found[2] or "").ljust(6, "0")) if found else 0
    if micro <= 0:
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
        stamps=_stamps(reader),
        birthday=reader.date("birthday"),
        first_purchase=first if known else None,
    )
    reader.done()
    return found


def _stamps(reader: Reader) -> dict[str, int]:
    counters = reader.table_at("stamps")
    if counters is None:
        return {}
    return {name: counters.integer(name, least=-MAX_INT) for name in counters.table}


def _asked(root: Reader) -> int | None:
    spend, points_pt = root.choice("spend", ("max", "none", "exact"), ""), root.maybe_integer("spend_pt")
    if spend == "max":
        return None
    if spend == "exact" and root.table.get("spend_pt") is None:
        root.report("missing", "spend_pt")
    return 0 if spend == "none" else points_pt or 0


def _payment(reader: Reader) -> None:
    kind = reader.text("kind", required=True)
    if kind in PREPAID:
        reader.report("prepaid", reader.at("kind"), value=kind)
        return
    if kind:
        reader.choice("kind", MONEY, "")
    reader.integer("sum_kop", required=True)
    reader.done()


def _moment(reader: Reader, key: str) -> dt.datetime | None:
    value = reader.take(key)
    if value is None:
        return None
    if isinstance(value, str) and "T" in value:
        try:
            found = dt.datetime.fromisoformat(value)
            if found.year >= OLDEST_YEAR:
                return found
        except ValueError:  # 2026-02-30T10:00
            pass
    reader.report("moment", reader.at(key))
    return None


def _words(reader: Reader, key: str) -> str:
    """Optional text; tills send empty ones for what they do not know."""
    if reader.table.get(key) == "":
        reader.take(key)
        return ""
    return reader.text(key)


def _no_twins(root: Reader, ids: list[str]) -> None:
    for twice in sorted({found for found in ids if ids.count(found) > 1}):
        root.report("duplicate", "lines", value=twice)
