"""Returns: which sold line a returned one is, how much of it can still come back, and that any order ends alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.agent.checkout_story import ANNA, FN, PLACE, UNIT, back, document, evening, goods, part, program

from pos_agent.checkout.recording import Recording, sale
from pos_agent.checkout.returning import Back, match, sale_return
from pos_agent.model.events import EntryKind, LedgerEvent, Purchase
from pos_agent.model.receipt import DocumentId, ReceiptLine
from pos_agent.rules.values import Rules

TEN = program("bp = 1000")
A, B = "04601234567893", "04607654321098"


def sold(*lines: tuple[str, int, int], gtins: tuple[str, ...] = (), rules: Rules = TEN) -> LedgerEvent:
    return sale(document(7, goods(*lines, gtins=gtins)), ANNA, [], rules, PLACE).event


def returned(original: LedgerEvent | None, history: list[LedgerEvent], fd: int, *lines: ReceiptLine) -> Recording:
    numbered = [replace(line, number=number) for number, line in enumerate(lines, 1)]
    return sale_return(back(fd, numbered), ANNA, original, history, TEN, PLACE)


def test_a_whole_line_takes_all_its_points() -> None:
    event = sold(("Кофе", 10000, 2 * UNIT), ("Чай", 5000, UNIT))
    assert match(goods(("Чай", 5000, UNIT)), event, [event]) == ([Back(2, UNIT, 500)], False)
    assert match(goods(("Кофе", 10000, 2 * UNIT)), event, [event]) == ([Back(1, 2 * UNIT, 2000)], False)


@pytest.mark.parametrize("name", ["КОФЕ  в зёрнах", " кофе в зёрнах ", "Кофе\tв зёрнах"])
def test_names_are_compared_without_case_and_spaces(name: str) -> None:
    event = sold(("Кофе в зёрнах", 10000, UNIT))
    assert match(goods((name, 10000, UNIT)), event, [event]) == ([Back(1, UNIT, 1000)], False)


def test_a_gtin_is_enough_whatever_the_name() -> None:
    event = sold(("Вода", 10000, UNIT), ("Сок", 20000, UNIT), gtins=(A, B))
    assert match(goods(("Сок 1 л", 20000, UNIT), gtins=(B,)), event, [event]) == ([Back(2, UNIT, 2000)], False)


def test_a_gtin_beats_a_name_that_two_goods_share() -> None:
    event = sold(("Вода", 10000, UNIT), ("Вода", 10000, UNIT), gtins=(A, B))
    assert match(goods(("Вода", 10000, UNIT), gtins=(B,)), event, [event]) == ([Back(2, UNIT, 1000)], False)


def test_a_line_that_was_split_comes_back_at_its_own_price() -> None:
    """3 for 234.71 were printed as 1 x 78.23 and 2 x 78.24."""
    event = sold(("Круассан", 7823, UNIT), ("Круассан", 7824, 2 * UNIT))
    assert match(goods(("Круассан", 7824, UNIT)), event, [event])[0][0].line == 2
    assert match(goods(("Круассан", 7823, UNIT)), event, [event])[0][0].line == 1
    backs, unmatched = match(goods(("Круассан", 7824, 3 * UNIT)), event, [event])
    assert ([(one.line, one.quantity_micro) for one in backs], unmatched) == ([(2, 2 * UNIT), (1, UNIT)], False)


def test_two_returned_lines_do_not_take_the_same_piece() -> None:
    event = sold(("Кофе", 10000, 2 * UNIT))
    lines = goods(("Кофе", 10000, UNIT), ("Кофе", 10000, UNIT))
    assert match(lines, event, [event]) == ([Back(1, UNIT, 1000), Back(1, UNIT, 1000)], False)


def test_more_than_was_sold_moves_no_points_and_is_told() -> None:
    event = sold(("Кофе", 10000, 2 * UNIT))
    assert match(goods(("Кофе", 10000, 5 * UNIT)), event, [event]) == ([Back(1, 2 * UNIT, 2000)], True)
    assert match(goods(("Торт", 10000, UNIT)), event, [event]) == ([], True)
    assert match((), event, [event]) == ([], False)


def test_what_earlier_documents_took_back_is_counted() -> None:
    event = sold(("Кофе", 1999, 3 * UNIT))
    first = returned(event, [event], 8, part(goods(("Кофе", 1999, UNIT))[0], UNIT)).event
    backs, unmatched = match(goods(("Кофе", 1999, 3 * UNIT)), event, [event, first])
    assert ([(one.line, one.quantity_micro) for one in backs], unmatched) == ([(1, 2 * UNIT)], True)
    assert backs[0].points_pt + first.facts["returned"][0]["points_pt"] == event.facts["lines"][0]["accrued_pt"]
    other = replace(first, facts={**first.facts, "original": f"{FN}/6"})
    assert match(goods(("Кофе", 1999, 3 * UNIT)), event, [event, other])[1] is False, "a return of another sale"


def test_the_event_of_a_return() -> None:
    event = sold(("Кофе", 10000, 2 * UNIT))
    made = returned(event, [event], 8, *goods(("Кофе", 10000, UNIT)))
    assert (made.event.id, made.event.customer) == (f"receipt:{FN}:8", "c-1")
    assert made.event.purchase == Purchase(-10000, DocumentId(FN, 7))
    assert made.event.facts["returned"] == [{"number": 1, "quantity_micro": UNIT, "points_pt": 1000}]
    assert "flags" not in made.event.facts
    (entry,) = made.event.entries
    assert (entry.kind, entry.amount_pt, entry.lot) == (EntryKind.REVERSE, None, event.entries[0].lot)
    slip = made.slip
    assert slip is not None
    assert (slip.original_at, slip.before_pt, slip.cancelled_pt, slip.available_pt) == (
        "2026-11-21T18:05",
        2000,
        1000,
        1000,
    )


def test_a_return_without_its_sale_is_reversed_and_flagged() -> None:
    event = sold(("Кофе", 10000, 2 * UNIT))
    made = returned(None, [event], 8, *goods(("Кофе", 10000, UNIT)))
    assert made.event.facts["flags"] == ["no_original"]
    assert made.event.purchase == Purchase(-10000)
    assert [entry.amount_pt for entry in made.event.entries] == [1000]
    assert evening([event, made.event], TEN).active_pt == 1000


def test_a_foreign_line_in_a_return_is_flagged() -> None:
    event = sold(("Кофе", 10000, UNIT))
    made = returned(event, [event], 8, *goods(("Кофе", 10000, UNIT), ("Торт", 5000, UNIT)))
    assert made.event.facts["flags"] == ["unmatched"]
    assert evening([event, made.event], TEN).active_pt == 0


def test_goods_that_earned_nothing_take_nothing_back() -> None:
    rules = program("bp = 1000", '[[blacklist]]\nid = "t"\nnames = ["*табак*"]\nflags = ["no_accrue"]')
    event = sold(("Табак", 10000, UNIT), ("Кофе", 10000, UNIT), rules=rules)
    made = returned(event, [event], 8, *goods(("Табак", 10000, UNIT)))
    assert made.event.facts["returned"] == [{"number": 1, "quantity_micro": UNIT, "points_pt": 0}]
    assert evening([event, made.event], rules).active_pt == 1000


PIECES = st.lists(st.tuples(st.integers(1, 99_999), st.integers(1, 6)), min_size=1, max_size=3)


@given(PIECES, st.randoms(use_true_random=False))
def test_any_order_and_partition_of_returns_ends_at_nothing(pieces: list[tuple[int, int]], chance) -> None:
    lines = goods(*((f"Товар {number}", price, count * UNIT) for number, (price, count) in enumerate(pieces)))
    event = sale(document(7, lines), ANNA, [], TEN, PLACE).event
    units = [line for line, (_, count) in zip(lines, pieces, strict=True) for _ in range(count)]
    chance.shuffle(units)
    history = [event]
    while units:
        count = chance.randint(1, len(units))
        now, units = units[:count], units[count:]
        made = returned(event, history, 7 + len(history), *(part(line, UNIT) for line in now))
        assert "flags" not in made.event.facts
        before = evening(history, TEN).active_pt
        history.append(made.event)
        taken = sum(piece["points_pt"] for piece in made.event.facts["returned"])
        assert made.slip is not None
        assert made.slip.cancelled_pt == taken == before - evening(history, TEN).active_pt
    parts = [piece for one in history[1:] for piece in one.facts["returned"]]
    for line in event.facts["lines"]:
        mine = [piece for piece in parts if piece["number"] == line["number"]]
        assert sum(piece["points_pt"] for piece in mine) == line["accrued_pt"]
        assert sum(piece["quantity_micro"] for piece in mine) == line["quantity_micro"]
    assert (evening(history, TEN).active_pt, evening(history, TEN).debt_pt) == (0, 0)
