"""Worked examples of the loyalty rules that the ledger must give exactly: E25 to E27, and debts around them."""

from dataclasses import replace
from datetime import date

import pytest

from pos_agent.ledger.audit import check
from pos_agent.ledger.balance import balance, due
from pos_agent.ledger.calendar import lot_dates
from pos_agent.ledger.fold import fold
from pos_agent.ledger.state import CustomerState, FoldPolicy
from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent, Purchase
from pos_agent.model.receipt import DocumentId

FN = "9999078902001234"
BURN = FoldPolicy("p")
GRACE = FoldPolicy("p", grace_days=14)


def day(text: str) -> date:
    return date.fromisoformat(text)


def document(number: int, on: str, *entries: Entry, net_kop: int = 0, of: int | None = None) -> LedgerEvent:
    """A receipt (or, with `of`, a return of that receipt) registered at noon."""
    original = None if of is None else DocumentId(FN, of)
    return LedgerEvent(
        id=f"receipt/{FN}/{number}",
        kind=EventKind.RECEIPT,
        register="till-1",
        at=f"{on}T12:00:00+03:00",
        business_date=on,
        customer="c-1",
        document=DocumentId(FN, number),
        purchase=Purchase(net_kop, original),
        entries=entries,
    )


def entry(kind: EntryKind, amount_pt: int | None, name: str, **more) -> Entry:
    return Entry(name, kind, "p", amount_pt, **more)


def accrued(amount_pt: int, name: str, on: str, **life) -> Entry:
    dates = lot_dates(day(on), **life)
    expires = dates.expires.isoformat() if dates.expires else ""
    more = {"earned": on, "active_from": dates.active_from.isoformat(), "expires": expires}
    return entry(EntryKind.ACCRUE, amount_pt, name, **more)


def points(state: CustomerState) -> tuple[int, int, int]:
    assert check(state) == []
    return state.active_pt, state.pending_pt, state.debt_pt


E25 = [
    document(1, "2026-05-01", accrued(3000, "lot", "2026-05-01", life_days=10)),
    document(2, "2026-05-05", entry(EntryKind.SPEND, 2000, "s2")),
    document(3, "2026-05-20", entry(EntryKind.RESTORE, 2000, "r3"), of=2),
]


@pytest.mark.parametrize(
    ("on", "active"),
    [
        ("2026-05-04", 3000),
        ("2026-05-11", 1000),
        ("2026-05-12", 0),
        ("2026-05-20", 2000),
        ("2026-06-03", 2000),
        ("2026-06-04", 0),
    ],
)
def test_e25_restored_points_of_an_expired_lot_with_grace(on, active):
    assert points(fold(E25, day(on), GRACE)) == (active, 0, 0)


def test_e25_shows_the_last_usable_day_and_keeps_when_it_was_earned():
    state = fold(E25, day("2026-05-20"), GRACE)
    assert balance(state, day("2026-05-20")).next_expiry == ("2026-06-03", 2000)
    assert {lot.earned for lot in state.lots} == {day("2026-05-01")}


def test_e25_without_grace_the_points_are_burned():
    state = fold(E25, day("2026-05-20"), BURN)
    assert points(state) == (0, 0, 0)
    assert state.lots[0].expired_pt == 3000


E26 = [
    document(1, "2026-01-15", accrued(10000, "A", "2026-01-15", life_months=12)),
    LedgerEvent(
        "gift/1", EventKind.GIFT, "till-1", "2026-02-10T09:00:00+03:00", "2026-02-10", "c-1",
        entries=(entry(EntryKind.GIFT, 4000, "G", earned="2026-02-10", expires="2026-02-25"),),
    ),
    document(2, "2026-02-20", accrued(5000, "C", "2026-02-20", delay_days=7, life_months=12)),
    document(3, "2026-02-24", entry(EntryKind.SPEND, 6000, "s3")),
]  # fmt: skip


def test_e26_nearest_expiry_first_and_pending_lots_are_not_usable():
    state = fold(E26, day("2026-02-24"), BURN)
    assert {lot.id: lot.left_pt for lot in state.lots} == {"A": 8000, "G": 0, "C": 5000}
    on_25 = balance(state, day("2026-02-25"))
    assert (on_25.active_pt, on_25.pending_pt, on_25.pending_from) == (8000, 5000, "2026-02-27")
    on_27 = balance(state, day("2026-02-27"))
    assert (on_27.active_pt, on_27.pending_pt, on_27.pending_from) == (13000, 0, "")
    assert on_27.next_expiry == ("2027-01-15", 8000)


def test_the_spent_gift_lot_would_have_been_lost_a_day_later():
    assert points(fold(E26[:3], day("2026-02-24"), BURN)) == (14000, 5000, 0)
    assert points(fold(E26[:3], day("2026-02-25"), BURN)) == (10000, 5000, 0)


E27 = [
    document(1, "2026-03-01", accrued(9000, "L", "2026-03-01")),
    document(2, "2026-03-02", entry(EntryKind.SPEND, 8500, "s2")),
    document(3, "2026-03-03", entry(EntryKind.REVERSE, 9000, "r3", lot="L"), of=1),
    document(4, "2026-03-04", accrued(3000, "M", "2026-03-04", delay_days=5)),
]


def test_e27_debt_and_the_next_accrual_goes_to_it():
    assert points(fold(E27[:3], day("2026-03-03"), BURN)) == (0, 0, 8500)
    assert points(fold(E27, day("2026-03-04"), BURN)) == (0, 0, 5500)


def test_e27_returning_the_spend_as_well_ends_where_it_began():
    events = [*E27, document(5, "2026-03-05", entry(EntryKind.RESTORE, 8500, "r5"), of=2)]
    assert points(fold(events, day("2026-03-05"), BURN)) == (3000, 0, 0)


def test_expired_points_are_not_owed_when_their_receipt_comes_back():
    events = [
        document(1, "2026-03-01", accrued(9000, "L", "2026-03-01", life_days=3)),
        document(2, "2026-03-02", entry(EntryKind.SPEND, 2000, "s")),
        document(3, "2026-03-10", accrued(500, "M", "2026-03-10")),
        document(4, "2026-03-11", entry(EntryKind.REVERSE, 9000, "r", lot="L"), of=1),
    ]
    assert points(fold(events, day("2026-03-11"), BURN)) == (0, 0, 1500)


def test_reversal_does_not_touch_other_pending_lots_until_they_become_active():
    events = [
        document(1, "2026-03-01", accrued(1000, "L", "2026-03-01")),
        document(2, "2026-03-01", accrued(700, "P", "2026-03-01", delay_days=9)),
        document(3, "2026-03-02", entry(EntryKind.SPEND, 1000, "s")),
        document(4, "2026-03-03", entry(EntryKind.REVERSE, 1000, "r"), of=1),
    ]
    assert points(fold(events, day("2026-03-09"), BURN)) == (0, 700, 1000)
    assert points(fold(events, day("2026-03-10"), BURN)) == (0, 0, 300)


def test_a_spend_that_finds_too_little_owes_the_rest_and_its_return_forgives_it():
    events = [
        document(1, "2026-03-01", accrued(600, "L", "2026-03-01")),
        document(2, "2026-03-02", entry(EntryKind.SPEND, 1000, "s")),
        document(3, "2026-03-03", accrued(150, "M", "2026-03-03")),
        document(4, "2026-03-04", entry(EntryKind.RESTORE, 1000, "r"), of=2),
    ]
    assert points(fold(events[:3], day("2026-03-03"), BURN)) == (0, 0, 250)
    state = fold(events, day("2026-03-04"), BURN)
    assert points(state) == (750, 0, 0)
    assert {lot.id: lot.left_pt for lot in state.lots} == {"L": 600, "M": 150}


def test_last_consumed_lot_gets_back_first():
    events = [
        document(1, "2026-03-01", accrued(300, "L", "2026-03-01", life_days=20)),
        document(2, "2026-03-01", accrued(300, "M", "2026-03-01", life_days=30)),
        document(3, "2026-03-02", entry(EntryKind.SPEND, 500, "s")),
        document(4, "2026-03-04", entry(EntryKind.RESTORE, 250, "r"), of=3),
    ]
    state = fold(events, day("2026-03-04"), BURN)
    assert {lot.id: lot.left_pt for lot in state.lots} == {"L": 50, "M": 300}


def test_stated_amounts_above_the_sale_are_set_aside():
    more = document(5, "2026-03-04", entry(EntryKind.RESTORE, 2001, "r"), of=2)
    state = fold([*E25[:2], more], day("2026-05-06"), BURN)
    assert [item.reason for item in state.quarantined] == ["too much returned"]
    more = document(5, "2026-05-04", entry(EntryKind.REVERSE, 3001, "r"), of=1)
    assert fold([*E25[:2], more], day("2026-05-06"), BURN).quarantined[0].reason == "too much returned"


def test_a_return_waits_for_its_sale():
    state = fold([*E27[1:3]], day("2026-03-03"), BURN)
    assert (state.waiting, points(state)) == ((f"receipt/{FN}/3",), (0, 0, 8500))
    assert fold(E27[:3], day("2026-03-03"), BURN).waiting == ()


def test_a_return_dated_before_its_sale_by_another_clock_comes_right_after_it():
    early = document(3, "2026-02-27", entry(EntryKind.REVERSE, 9000, "r3", lot="L"), of=1)
    state = fold([*E27[:2], early], day("2026-03-02"), BURN)
    assert points(state) == (0, 0, 8500)
    assert [posting.day for posting in state.postings] == sorted(posting.day for posting in state.postings)
    assert points(fold([E27[0], early], day("2026-03-02"), BURN)) == (0, 0, 0)


def test_a_return_that_names_no_sale_takes_from_active_lots():
    loose = replace(document(5, "2026-03-01", entry(EntryKind.REVERSE, 9500, "r")), purchase=Purchase(-100))
    assert points(fold([E27[0], loose], day("2026-03-02"), BURN)) == (0, 0, 500)
    restoring = replace(loose, entries=(entry(EntryKind.RESTORE, 1, "r"),))
    assert fold([E27[0], restoring], day("2026-03-02"), BURN).quarantined[0].reason == "no sale named"


def test_adjustments_go_up_as_a_lot_and_down_through_lots_into_debt():
    def adjusted(number: int, amount_pt: int, lot: str = "") -> LedgerEvent:
        made = entry(EntryKind.ADJUST, amount_pt, f"adjust/{number}/ADJUST", lot=lot)
        at = f"2026-03-0{number}T10:00:00+03:00"
        return LedgerEvent(f"adjust/{number}", EventKind.ADJUST, "t", at, at[:10], "c-1", entries=(made,))

    events = [E27[0], adjusted(2, 500), adjusted(3, -400, "adjust/2/ADJUST")]
    state = fold(events, day("2026-03-03"), BURN)
    assert {lot.id: lot.left_pt for lot in state.lots} == {"L": 9000, "adjust/2/ADJUST": 100}
    assert points(fold([*events, adjusted(4, -9200)], day("2026-03-04"), BURN)) == (0, 0, 100)


def test_what_cannot_be_applied_is_named_and_the_rest_goes_on():
    twin_lot = document(2, "2026-03-01", accrued(100, "L", "2026-03-01"))
    nameless = document(3, "2026-03-01", entry(EntryKind.SPEND, None, "s"))
    bad_date = document(4, "2026-03-01", entry(EntryKind.ACCRUE, 1, "x", expires="soon"))
    other = document(1, "2026-03-01", accrued(9001, "L", "2026-03-01"))
    state = fold([E27[0], twin_lot, nameless, bad_date, other], day("2026-03-01"), BURN)
    reasons = sorted(item.reason for item in state.quarantined)
    assert reasons == ["amount", "date", "lot id", "other content"]
    assert state.active_pt == 9000
    assert [found.kind for found in check(state)] == ["conflict"]


@pytest.mark.parametrize("other_fpd", [1, 2])
def test_one_id_with_two_contents_folds_alike_in_any_order(other_fpd):
    one, two = replace(E27[0], fpd=3 - other_fpd), replace(E27[0], fpd=other_fpd)
    assert fold([one, two], day("2026-03-01"), BURN) == fold([two, one], day("2026-03-01"), BURN)


def test_a_lot_that_expires_on_the_day_it_would_become_active_pays_no_debt():
    events = [
        document(1, "2026-03-01", accrued(700, "P", "2026-03-01", delay_days=3, life_days=2)),
        document(2, "2026-03-02", entry(EntryKind.SPEND, 500, "s")),
    ]
    state = fold(events, day("2026-03-04"), BURN)
    assert points(state) == (0, 0, 500)
    assert [item.id for item in due(state, day("2026-03-04"))] == ["expire:P"]


def test_a_lot_whose_life_is_over_when_it_arrives_pays_no_debt():
    late = document(3, "2026-03-20", accrued(700, "P", "2026-03-01", life_days=2))
    events = [document(2, "2026-03-02", entry(EntryKind.SPEND, 500, "s")), late]
    assert points(fold(events, day("2026-03-20"), BURN)) == (0, 0, 500)


def test_events_of_two_customers_are_refused():
    with pytest.raises(ValueError, match="2 customers"):
        fold([E27[0], replace(E27[1], customer="c-2")], day("2026-03-01"), BURN)


def test_due_lists_what_dates_did_until_it_is_recorded():
    state = fold(E26[:3], day("2026-02-24"), BURN)
    listed = due(state, day("2026-02-27"))
    assert [(item.id, item.day.isoformat()) for item in listed] == [
        ("expire:G", "2026-02-25"),
        ("active:C", "2026-02-27"),
    ]
    recorded = fold([*E26[:3], *(item.event() for item in listed)], day("2026-02-27"), BURN)
    assert due(recorded, day("2026-02-27")) == []
    assert points(recorded) == points(fold(E26[:3], day("2026-02-27"), BURN))
    assert all(made.amount_pt is None for item in listed for made in item.event().entries)


def test_a_date_event_of_another_replica_is_no_conflict():
    item = due(fold(E26[:3], day("2026-02-25"), BURN), day("2026-02-25"))[0].event()
    twin = replace(item, register="till-2", at="2026-02-26T03:00:00+03:00")
    assert fold([*E26[:3], item, twin], day("2026-02-27"), BURN).quarantined == ()


def test_a_balance_before_the_state_is_refused():
    with pytest.raises(ValueError, match="own fold"):
        balance(fold(E26, day("2026-02-24"), BURN), day("2026-02-23"))
