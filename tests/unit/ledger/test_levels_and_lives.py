"""Levels by date: windows, returns in the metric, lives of lots (loyalty rules, sections 7 and 8; example E28)."""

from datetime import date

import pytest

from pos_agent.ledger.calendar import lot_dates
from pos_agent.ledger.metric import metric_before
from pos_agent.model.events import EventKind, LedgerEvent, Purchase
from pos_agent.model.loyalty import CustomerSnapshot, Span, Window
from pos_agent.model.receipt import DocumentId
from pos_agent.rules.levels import Tier, level_of

FN = "9999078902001234"
SOLD = [{"number": 1, "quantity_micro": 3_000_000, "accrued_pt": 0, "spent_pt": 5000}]


def day(text: str) -> date:
    return date.fromisoformat(text)


def document(number: int, on: str, net_kop: int, of: int | None = None, **facts) -> LedgerEvent:
    """A receipt (or, with `of`, a return of that receipt) registered at noon."""
    purchase = Purchase(net_kop, None if of is None else DocumentId(FN, of))
    number_id = DocumentId(FN, number)
    at = f"{on}T12:00:00+03:00"
    return LedgerEvent(
        f"receipt/{number_id}", EventKind.RECEIPT, "t", at, on, "c-1", number_id, purchase=purchase, facts=facts
    )


def back(number: int, pieces: int) -> LedgerEvent:
    return document(number, "2026-03-05", 0, 2, returned=[{"number": 1, "quantity_micro": pieces * 1_000_000}])


E28 = [document(1, "2026-01-10", 1_200_000), document(2, "2026-02-15", 800_000)]


@pytest.mark.parametrize(
    ("on", "bp"), [("2026-02-15", 300), ("2026-02-16", 500), ("2026-04-10", 500), ("2026-04-11", 300)]
)
def test_e28_level_with_a_90_day_window(on, bp):
    tiers = [Tier("base", 0, 300), Tier("plus", 2_000_000, 500)]
    net_kop, visits = metric_before(E28, day(on), Window(Span.DAYS, 90))
    level = level_of(tiers, CustomerSnapshot("c-1", net_kop, visits))
    assert level is not None
    assert level.bp == bp


@pytest.mark.parametrize(
    ("span", "on", "expected"),
    [
        (Span.ALL, "2026-04-11", (2_000_000, 2)),
        (Span.MONTH, "2026-02-20", (800_000, 1)),
        (Span.MONTH, "2026-03-01", (0, 0)),
        (Span.PREVIOUS_MONTH, "2026-02-01", (1_200_000, 1)),
        (Span.QUARTER, "2026-03-31", (2_000_000, 2)),
        (Span.PREVIOUS_QUARTER, "2026-05-20", (2_000_000, 2)),
        (Span.YEAR, "2026-01-10", (0, 0)),
        (Span.PREVIOUS_YEAR, "2027-12-31", (2_000_000, 2)),
    ],
)
def test_windows(span, on, expected):
    assert metric_before(E28, day(on), Window(span)) == expected


def test_a_return_lowers_the_date_of_its_sale_from_the_day_it_is_known():
    part = document(3, "2026-03-01", -200_000, of=1)
    rest = document(4, "2026-03-02", -1_000_000, of=1)
    events = [*E28, part, rest]
    january = Window(Span.PREVIOUS_MONTH)
    assert metric_before(events, day("2026-02-10"), january) == (1_200_000, 1)
    assert metric_before(events, day("2026-02-28")) == (2_000_000, 2)
    assert metric_before(events, day("2026-03-01")) == (1_800_000, 2)
    assert metric_before(events, day("2026-03-02")) == (800_000, 1)
    assert metric_before([*events, part, *E28], day("2026-03-02")) == (800_000, 1)


def test_a_return_without_its_sale_lowers_its_own_date():
    loose = document(3, "2026-03-01", -300_000)
    assert metric_before([*E28, loose], day("2026-03-01")) == (2_000_000, 2)
    assert metric_before([*E28, loose], day("2026-03-02")) == (1_700_000, 2)
    assert metric_before([loose], day("2026-03-02")) == (0, 0)


def test_a_receipt_paid_by_points_is_a_visit_until_its_pieces_are_all_back():
    free = document(2, "2026-03-02", 0, lines=SOLD)
    assert metric_before([free], day("2026-03-06")) == (0, 1)
    assert metric_before([free, back(10, 2)], day("2026-03-06")) == (0, 1)
    assert metric_before([free, back(10, 2), back(11, 1)], day("2026-03-06")) == (0, 0)


@pytest.mark.parametrize(
    ("earned", "life", "expires"),
    [
        ("2026-05-01", {"life_days": 10}, "2026-05-12"),
        ("2026-01-31", {"life_months": 1}, "2026-03-01"),
        ("2028-01-31", {"life_months": 1}, "2028-03-01"),
        ("2026-11-30", {"life_months": 12}, "2027-12-01"),
        ("2026-12-15", {"life_months": 1, "delay_days": 14}, "2027-01-16"),
    ],
)
def test_lives_of_lots(earned, life, expires):
    assert lot_dates(day(earned), **life).expires == day(expires)


def test_a_lot_has_one_life_or_none():
    assert lot_dates(day("2026-01-01")).expires is None
    with pytest.raises(ValueError, match="one life"):
        lot_dates(day("2026-01-01"), 0, 1, 1)
