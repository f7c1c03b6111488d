"""Returns that say which pieces came back: amounts are computed from the set of them (section 9; examples E23, E24)."""

from datetime import date

import pytest

from pos_agent.ledger.audit import check
from pos_agent.ledger.fold import fold
from pos_agent.ledger.state import FoldPolicy
from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent, Purchase
from pos_agent.model.receipt import DocumentId

FN = "9999078902001234"


def document(number: int, on: str, *entries: Entry, of: int | None = None, **facts) -> LedgerEvent:
    """A receipt (or, with `of`, a return of that receipt) registered at noon."""
    made, original = DocumentId(FN, number), None if of is None else DocumentId(FN, of)
    base = (f"receipt/{made}", EventKind.RECEIPT, "till-1", f"{on}T12:00:00+03:00", on, "c-1", made)
    return LedgerEvent(*base, purchase=Purchase(0, original), entries=entries, facts=facts)


def entry(kind: EntryKind, amount_pt: int | None, name: str) -> Entry:
    return Entry(name, kind, "p", amount_pt)


def balances(events: list[LedgerEvent], *set_aside: int) -> tuple[int, int, int]:
    state = fold(events, date(2026, 3, 5), FoldPolicy("p"))
    assert check(state) == []
    expected = [(f"receipt/{FN}/{number}", "too much returned") for number in set_aside]
    assert [(item.event, item.reason) for item in state.quarantined] == expected
    return state.active_pt, state.pending_pt, state.debt_pt


SOLD = [{"number": 1, "quantity_micro": 3_000_000, "accrued_pt": 2347, "spent_pt": 5000}]
SALE = [
    document(1, "2026-03-01", entry(EntryKind.ACCRUE, 5000, "L")),
    document(2, "2026-03-02", entry(EntryKind.SPEND, 5000, "s"), entry(EntryKind.ACCRUE, 2347, "E"), lines=SOLD),
]


def back(number: int, pieces: int, line: int = 1) -> LedgerEvent:
    entries = (entry(EntryKind.RESTORE, None, f"{number}/b"), entry(EntryKind.REVERSE, None, f"{number}/a"))
    returned = [{"number": line, "quantity_micro": pieces * 1_000_000}]
    return document(number, "2026-03-05", *entries, of=2, returned=returned)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((), 2347),
        ((1,), 2347 + 1666 - 782),
        ((1, 1), 2347 + 3333 - 1564),
        ((2,), 2347 + 3333 - 1564),
        ((1, 1, 1), 5000),
        ((2, 1), 5000),
        ((3,), 5000),
    ],
)
def test_e24_any_partition_of_returns(parts, expected):
    returns = [back(10 + index, pieces) for index, pieces in enumerate(parts)]
    assert balances([*returns, *SALE]) == (expected, 0, 0)


def test_two_registers_that_returned_too_much_the_later_is_set_aside():
    assert balances([*SALE, back(12, 1), back(11, 2), back(10, 2)], 11) == (5000, 0, 0)


def test_pieces_of_a_line_that_was_not_sold_are_set_aside():
    assert balances([*SALE, back(10, 1, line=2)], 10) == (2347, 0, 0)


@pytest.mark.parametrize("lines", [[], [{"number": 1}], [{"number": 1, "quantity_micro": 3.0}], "all", [SOLD[0]] * 2])
def test_amounts_that_cannot_be_computed_are_set_aside(lines):
    sale = document(2, "2026-03-02", entry(EntryKind.SPEND, 5000, "s"), lines=lines)
    state = fold([SALE[0], sale, back(10, 1)], date(2026, 3, 5), FoldPolicy("p"))
    assert [item.reason for item in state.quarantined] == ["amount"]
    assert state.active_pt == 0
