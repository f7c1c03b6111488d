"""Allowances, overdrafts, merged cards and settlements by hand (loyalty rules, section 10; example E29)."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from kit.ledger_facts import day_of, event_of
from oracle.plain_ledger import Fact

from pos_agent.ledger.allowance import Beyond, Offline, beyond_holds_pt, spendable_pt
from pos_agent.ledger.audit import audit, check
from pos_agent.ledger.balance import balance, due
from pos_agent.ledger.fold import fold, fold_all
from pos_agent.ledger.metric import metric_before
from pos_agent.ledger.settlement import Settlement, settlements
from pos_agent.ledger.state import CustomerState, FoldPolicy, Holding
from pos_agent.model.loyalty import Overdraft

P = FoldPolicy("p")


def folded(*facts: Fact, through: int = 9, customer: str = "", policy: FoldPolicy = P) -> CustomerState:
    events = [event_of(fact) for fact in facts]
    state = fold(events, day_of(through), policy, customer)
    assert audit(events, day_of(through), policy) == []
    return state


def points(state: CustomerState) -> tuple[int, int, int, int]:
    return state.active_pt, state.pending_pt, state.held_pt, state.debt_pt


GIVEN = Fact("f001", "gift", 0, "c-a", amount=50_000)
E29 = [
    GIVEN,
    Fact("f002", "hold", 0, "c-a", "A", 20_000),
    Fact("f003", "hold", 0, "c-a", "B", 15_000),
]
SPENT = [
    Fact("f004", "sale", 1, "c-a", "A", 18_000),
    Fact("f005", "sale", 1, "c-a", "B", 15_000),
    Fact("f006", "sale", 1, "c-a", "C", 15_000),
]


def test_e29_what_each_register_may_take_with_and_without_a_connection():
    state = folded(*E29, through=1)
    gone = Offline(timedelta(0))
    assert [spendable_pt(state, one, gone) for one in "ABC"] == [20_000, 15_000, 0]  # B refuses 151.00 at once
    assert [spendable_pt(state, one) for one in "ABC"] == [35_000, 30_000, 15_000]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_e29_any_order_of_synchronisation_ends_with_the_unused_hold(order):
    known = [*E29, *(SPENT[index] for index in order)]
    for count in range(3, 7):
        assert folded(*known[:count], through=1).debt_pt == 0
    end = folded(*known, through=1)
    assert (points(end), end.holds) == ((0, 0, 2_000, 0), (Holding("A", "c-a", 2_000),))
    assert points(folded(*known, Fact("f007", "unhold", 1, "c-a", "A", 99_999), through=1)) == (2_000, 0, 0, 0)


def test_a_hold_takes_the_nearest_expiry_and_what_is_kept_expires_too():
    facts = [
        Fact("f001", "gift", 0, "c-a", amount=10, life=5),
        Fact("f002", "gift", 0, "c-a", amount=10, life=3),
        Fact("f003", "hold", 1, "c-a", "A", 14),
    ]
    assert points(folded(*facts, through=2)) == (6, 0, 14, 0)
    state = folded(*facts, through=3)
    assert (points(state), [lot.expired_pt for lot in state.lots]) == ((6, 0, 4, 0), [0, 10])
    assert points(folded(*facts, Fact("f004", "unhold", 2, "c-a", "A", 4), through=3)) == (10, 0, 0, 0)


def test_a_poorer_fold_holds_what_is_there_and_a_return_leaves_holds_alone():
    assert points(folded(Fact("f001", "gift", 0, "c-a", amount=5), Fact("f002", "hold", 0, "c-a", amount=9))) == (
        0, 0, 5, 0,
    )  # fmt: skip
    sale = Fact("f001", "sale", 0, "c-a", earned=9)
    kept = [sale, Fact("f002", "hold", 1, "c-a", amount=6), Fact("f003", "back", 2, "c-a", of="f001")]
    assert points(folded(*kept)) == (0, 0, 6, 6)
    assert points(folded(*kept, Fact("f004", "unhold", 3, "c-a", amount=6))) == (0, 0, 0, 0)


RULE = Overdraft(customer_pt=300, register_pt=500, day_pt=400, max_age_hours=24)


@pytest.mark.parametrize(
    ("age", "beyond", "may"),
    [
        (timedelta(hours=24), Beyond(), 400),
        (timedelta(hours=24, seconds=1), Beyond(), 100),
        (timedelta(0), Beyond(customer_pt=250, register_pt=250, day_pt=250), 150),
        (timedelta(0), Beyond(register_pt=480), 120),
        (timedelta(0), Beyond(day_pt=399), 101),
        (timedelta(0), Beyond(customer_pt=999), 100),
    ],
)
def test_an_overdraft_is_bounded_by_customer_register_day_and_age(age, beyond, may):
    state = folded(Fact("f001", "gift", 0, "c-a", amount=900), Fact("f002", "hold", 0, "c-a", "A", 100))
    assert spendable_pt(state, "A", Offline(age, RULE, beyond)) == may
    assert spendable_pt(state, "A", Offline(age, None, beyond)) == 100


def test_an_overdraft_never_goes_beyond_the_balance_that_is_known_and_its_shortfall_is_a_debt():
    known = folded(Fact("f001", "gift", 0, "c-a", amount=200))
    assert spendable_pt(known, "A", Offline(timedelta(0), RULE)) == 200
    both = folded(
        Fact("f001", "gift", 0, "c-a", amount=200),
        Fact("f002", "sale", 1, "c-a", "A", 200),
        Fact("f003", "sale", 1, "c-a", "B", 150),
    )
    assert (points(both), beyond_holds_pt(both, {"f003"})) == ((0, 0, 0, 150), 150)
    assert beyond_holds_pt(folded(*E29, *SPENT), {"f004", "f005", "f006"}) == 15_000


TWO = [
    Fact("f001", "gift", 0, "c-a", amount=40, life=20),
    Fact("f002", "sale", 0, "c-b", amount=0, earned=30, delay=4, net=100),
    Fact("f003", "hold", 0, "c-a", "A", 15),
    Fact("f004", "merge", 2, "c-a", into="c-b"),
]


def test_a_merge_moves_everything_but_holds_and_what_comes_back_goes_to_the_survivor():
    before = [folded(*TWO, through=1, customer=one) for one in ("c-a", "c-b")]
    assert [points(one) for one in before] == [(25, 0, 15, 0), (0, 30, 0, 0)]
    after = folded(*TWO, through=3)
    assert (after.customer, after.cards, points(after)) == ("c-b", ("c-a", "c-b"), (25, 30, 15, 0))
    assert after.holds == (Holding("A", "c-a", 15),)
    assert folded(*TWO, through=3, customer="c-a") == after
    back = folded(*TWO, Fact("f005", "unhold", 3, "c-a", "A", 15), through=3)
    assert points(back) == (40, 30, 0, 0)
    late = folded(*TWO, Fact("f005", "sale", 3, "c-a", "A", 45, earned=7), through=3)  # the old card still works
    assert points(late) == (2, 30, 0, 0)  # 15 held and 25 active are spent, 5 owed are paid out of the 7 earned


def test_a_debt_goes_with_its_card_and_is_paid_from_what_the_survivor_has():
    owing = Fact("f001", "sale", 0, "c-a", amount=10)
    rich = Fact("f002", "gift", 0, "c-b", amount=4)
    merged = Fact("f003", "merge", 1, "c-a", into="c-b")
    assert points(folded(owing, rich, merged)) == (0, 0, 0, 6)
    assert points(folded(owing, replace(rich, amount=12), merged)) == (2, 0, 0, 0)
    assert points(folded(owing, rich, replace(merged, customer="c-b", into="c-a"))) == (0, 0, 0, 6)


def test_cards_merge_in_chains_once_and_never_in_a_circle():
    gifts = [Fact(f"f00{n}", "gift", 0, card, amount=n) for n, card in enumerate(("c-a", "c-b", "c-c"), 1)]
    chain = [Fact("f004", "merge", 1, "c-a", into="c-b"), Fact("f005", "merge", 2, "c-a", into="c-c")]
    circle = Fact("f006", "merge", 3, "c-c", into="c-a")
    state = folded(*gifts, *chain, circle)
    assert (state.customer, state.active_pt) == ("c-c", 6)
    assert [(one.event, one.reason) for one in state.quarantined] == [("f006", "merge")]
    through_the_old_card = Fact("f005", "merge", 2, "c-c", into="c-a")
    events = [event_of(fact) for fact in (*gifts, chain[0], through_the_old_card)]
    assert [(fold(events, day_of(on), P).customer, fold(events, day_of(on), P).active_pt) for on in (0, 1, 2)] == [
        ("c-b", 2), ("c-b", 3), ("c-b", 6),
    ]  # fmt: skip
    nobody = replace(event_of(circle), facts={})
    assert fold([event_of(gifts[2]), nobody], day_of(9), P).quarantined[0].reason == "merge"


def test_a_date_event_is_the_same_on_a_register_that_knows_of_no_merge():
    alone = [event_of(TWO[0])]
    knowing = [event_of(fact) for fact in TWO]
    on = day_of(20)
    told = [one.event() for one in due(fold(alone, on, P), on)]
    assert [one for one in (item.event() for item in due(fold(knowing, on, P), on)) if "f001" in one.id] == told
    assert due(fold([*knowing, *told], on, P), on) == [
        item for item in due(fold(knowing, on, P), on) if item.id != told[0].id
    ]


def test_purchases_of_both_cards_count_from_the_day_they_are_one():
    facts = [Fact("f001", "sale", 0, "c-a", net=100), Fact("f002", "sale", 0, "c-b", net=70)]
    events = [event_of(fact) for fact in (*facts, Fact("f003", "merge", 5, "c-a", into="c-b"))]
    assert [metric_before(events, day_of(4), customer=one) for one in ("c-a", "c-b")] == [(100, 1), (70, 1)]
    assert [metric_before(events, day_of(5), customer=one) for one in ("c-a", "c-b")] == [(170, 2), (170, 2)]
    assert balance(fold(events, day_of(4), P, "c-a"), day_of(6)).metric_kop == 100


MIXED = [
    Fact("f001", "gift", 0, "c-a", amount=5, merchant="north", life=9),
    Fact("f002", "gift", 0, "c-a", amount=5, merchant="south"),
    Fact("f003", "sale", 1, "c-a", amount=12, merchant="south", pieces=3),
]


def test_points_of_one_merchant_spent_at_another_are_settled_by_the_exchange_pair():
    people = [fold_all([event_of(fact) for fact in MIXED], day_of(3), P)]
    first, after = day_of(0), day_of(9)
    assert settlements(people, first, after, (1, 2)) == (Settlement("north", "south", 5, 3),)  # 2.5, half up
    assert settlements(people, day_of(2), after) == ()
    paid = [*MIXED, Fact("f004", "gift", 2, "c-a", amount=2, merchant="north")]  # pays the shortfall of the sale
    assert settlements([fold_all([event_of(one) for one in paid], day_of(3), P)], first, after)[0].amount_pt == 7
    back = [*MIXED, Fact("f004", "back", 3, "c-a", of="f003", pieces=3)]
    assert settlements([fold_all([event_of(one) for one in back], day_of(3), P)], first, after) == ()


def test_the_audit_tells_a_state_that_does_not_agree_with_its_postings():
    state = folded(*E29)
    assert check(state) == []
    assert {one.kind for one in check(replace(state, postings=state.postings[:-1]))} == {"unbalanced", "totals"}
    assert {one.kind for one in check(replace(state, holds=()))} == {"totals"}
    backwards = tuple(reversed(state.postings))
    assert "negative" in {one.kind for one in check(replace(state, postings=backwards))}


def test_a_customer_without_events_has_nothing():
    state = fold([event_of(GIVEN)], date(2026, 1, 1), P, "c-z")
    assert (state.customer, points(state), state.lots) == ("c-z", (0, 0, 0, 0), ())
