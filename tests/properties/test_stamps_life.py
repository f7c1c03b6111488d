"""Stamps of a card through sales and returns by pieces, against cups that stand in a row (loyalty rules, section 9)."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from kit.ledger_facts import MICRO, day_of, document

from pos_agent.ledger.stamps import stamps
from pos_agent.model.events import EventKind, LedgerEvent, Purchase

EVERY = 6


@dataclass(frozen=True)
class Cups:
    """A sale line: so many cups, the last `free` of them for nothing."""

    day: int
    cups: int
    free: int


@dataclass(frozen=True)
class Back:
    """So many cups of the sale at this place come back, days later."""

    sale: int
    cups: int
    late: int


SALES = st.lists(
    st.integers(1, 8).flatmap(lambda cups: st.builds(Cups, st.integers(0, 9), st.just(cups), st.integers(0, cups))),
    min_size=1,
    max_size=5,
)
BACKS = st.lists(st.builds(Back, st.integers(0, 4), st.integers(1, 8), st.integers(0, 6)), max_size=8)


def receipt(number: int, day: int, purchase: Purchase, facts: dict) -> LedgerEvent:
    at = f"{day_of(day).isoformat()}T12:00:{number:02d}+03:00"
    name = f"f{number:03d}"
    where = (EventKind.RECEIPT, "t", at, at[:10], "c-a", document(name))
    return LedgerEvent(name, *where, purchase=purchase, facts=facts)


def told(sales: list[Cups], backs: list[Back]) -> list[LedgerEvent]:
    events = []
    for number, sale in enumerate(sales, 1):
        line = {"number": 1, "quantity_micro": sale.cups * MICRO, "accrued_pt": 0, "spent_pt": 0}
        card = {"every": EVERY, "lines": [{"number": 1, "units": sale.cups, "free": sale.free}]}
        events.append(receipt(number, sale.day, Purchase(100), {"lines": [line], "stamps": {"cup": card}}))
    for number, back in enumerate(backs, len(sales) + 1):
        sale = back.sale % len(sales)
        returned = [{"number": 1, "quantity_micro": back.cups * MICRO}]
        day = sales[sale].day + back.late
        events.append(receipt(number, day, Purchase(-10, document(f"f{sale + 1:03d}")), {"returned": returned}))
    return events


def stand_in_a_row(sales: list[Cups], backs: list[Back], through: int) -> int:
    """Every cup is a letter: p paid, f free. What comes back is taken from the left; too much takes nothing."""
    rows = ["p" * (sale.cups - sale.free) + "f" * sale.free for sale in sales]
    dated = [(sales[back.sale % len(sales)].day + back.late, number, back) for number, back in enumerate(backs)]
    for day, _, back in sorted(dated, key=lambda one: one[:2]):
        row = rows[back.sale % len(sales)]
        if day <= through and back.cups <= len(row):
            rows[back.sale % len(sales)] = row[back.cups :]
    known = [row for row, sale in zip(rows, sales, strict=True) if sale.day <= through]
    return sum(len(row) - EVERY * row.count("f") for row in known)


@given(SALES, BACKS, st.integers(0, 16), st.integers(0, 9999))
def test_any_order_repetition_and_parts_leave_the_cups_that_are_left(sales, backs, through, seed):
    events = told(sales, backs)
    again = [*events, *events[::2]]
    Random(seed).shuffle(again)
    wanted = stand_in_a_row(sales, backs, through)
    assert stamps(again, day_of(through)).get("cup", 0) == wanted


@given(SALES, st.data())
def test_a_sale_that_is_back_in_any_parts_leaves_no_stamp(sales, data):
    left, parts = sales[0].cups, []
    while left:
        parts.append(Back(0, data.draw(st.integers(1, left)), len(parts)))
        left -= parts[-1].cups
    assert stamps(told(sales, parts)).get("cup", 0) == stand_in_a_row(sales[1:], [], 99)
