"""A basket to price: lines, the customer as the rules see them, codes, how many points to spend. Values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pos_agent.model.loyalty import CustomerSnapshot
from pos_agent.rules.code_states import NEW, CodeRecord
from pos_agent.rules.problems import Problem
from pos_agent.rules.scope import EVERYTHING, Scope

MARKED = "marked"
MONEY = ("cash", "card", "cashless", "electronic", "sbp", "advance", "credit", "other")  # change nothing in the answer
ABONEMENT, CERTIFICATE, DEPOSIT = "abonement", "certificate", "deposit"
PREPAID = (ABONEMENT, CERTIFICATE, DEPOSIT)  # in the order in which they pay (loyalty rules, section 3.4)


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One position as the till offers it. Unknown texts are ""; `floor_kop` is the lowest price of one unit.

    `part`: which register or taxation system registers the line ("" = the only one). `sells`: the line is itself a
    prepayment (one of PREPAID), `account` the code on it. `volume_ml` of one unit, 0 = unknown.
    """

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
    barcode: str = ""
    volume_ml: int = 0
    part: str = ""
    sells: str = ""
    account: str = ""


@dataclass(frozen=True)
class Wish:
    """Points of a further program: the balance, and how many are asked (None = as many as fit)."""

    balance_pt: int = 0
    asked_pt: int | None = 0


@dataclass(frozen=True)
class BasketCustomer(CustomerSnapshot):
    """The customer before the receipt. `first_purchase` None = not said; a stamp counter may be below 0.

    `visits_today`: earlier sale receipts of this day. `programs`: figures of further programs by id.
    """

    stamps: Mapping[str, int] = field(default_factory=dict)
    birthday: dt.date | None = None
    first_purchase: bool | None = None
    visits_today: int = 0
    programs: Mapping[str, Wish] = field(default_factory=dict)


@dataclass(frozen=True)
class Payment:
    """How the customer pays. `sum_kop`: money handed over, for certificate and deposit their rest.

    An abonement has `left_micro` units and pays for lines of its `scope`.
    """

    kind: str
    sum_kop: int = 0
    id: str = ""
    left_micro: int = 0
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Basket:
    """What is to be priced. `at` is the store's local time; without it no rule bound to time holds.

    `asked_pt`: points the customer wants to spend, None = as many as fit. `draft`: the till's id of the sale.
    `receipts_today`: earlier sale receipts of the day, for the n-th receipt. `code_records`: what is known of codes.
    """

    lines: tuple[BasketLine, ...]
    at: dt.datetime | None = None
    register: str = ""
    store: str = ""
    channel: str = ""
    customer: BasketCustomer | None = None
    codes: tuple[str, ...] = ()
    asked_pt: int | None = 0
    delivery: str = ""
    partner: str = ""
    draft: str = ""
    receipts_today: int = 0
    payments: tuple[Payment, ...] = ()
    code_records: Mapping[str, CodeRecord] = field(default_factory=dict)

    def record_of(self, code: str) -> CodeRecord:
        """What is known of a code; nothing known: never used."""
        return self.code_records.get(code, NEW)


class BasketError(ValueError):
    """The basket is refused; `problems` has everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{found.path or 'basket'}: {found.message_en}" for found in problems))
