"""Long seeded lives of a shop's customers: the fold against the model that lives every hundredth again.

The stateful test looks after every step and shrinks; here is the crowd, so that rare meetings (a hold that comes back
into a debt, a merge of two debts, a restored point of another merchant) happen in every run.
"""

from __future__ import annotations

from random import Random

import pytest
from kit.ledger_facts import day_of, event_of, random_fact, sold_and_back
from oracle.plain_ledger import Fact, lived

from pos_agent.ledger.audit import audit
from pos_agent.ledger.fold import fold, fold_all
from pos_agent.ledger.metric import metric_before
from pos_agent.ledger.persons import persons
from pos_agent.ledger.settlement import settlements
from pos_agent.ledger.state import FoldPolicy


def a_life(seed: int, length: int) -> tuple[list[Fact], int]:
    chance, facts, today = Random(seed), [], 0
    for _ in range(length):
        facts.append(random_fact(chance, facts, today))
        today += chance.choice([0, 0, 1, 2])
    return facts, today


@pytest.mark.parametrize("seed", range(200))
def test_a_long_life_agrees_with_the_model(seed):
    facts, today = a_life(seed, 45)
    policy = FoldPolicy("p", seed % 2 * 3)
    events, life = [*map(event_of, facts)], lived(facts, today, policy.grace_days)
    people = [
        fold_all([event for event in events if event.customer in person], day_of(today), policy)
        for person in persons(events)
    ]
    for state in (one for states in people for one in states):
        who = state.customer
        told = state.active_pt, state.pending_pt, state.held_pt, state.debt_pt
        assert told == (*(life.count(one, who) for one in ("active", "pending", "held")), life.debt(who))
    rows = settlements(people, day_of(0), day_of(today + 1))
    assert {(row.issuer, row.spent_at): row.amount_pt for row in rows} == life.settled()
    assert audit(events, day_of(today), policy) == []


@pytest.mark.parametrize("seed", range(20))
def test_any_order_and_repetition_of_a_life_is_the_same_life(seed):
    facts, today = a_life(seed, 40)
    events, chance = [*map(event_of, facts)], Random(seed)
    for person in persons(events):
        mine = [event for event in events if event.customer in person]
        again = [*mine, *chance.sample(mine, len(mine) // 2)]
        chance.shuffle(again)
        through = day_of(chance.randint(0, today + 9))
        assert fold_all(again, through, FoldPolicy("p", 3)) == fold_all(mine, through, FoldPolicy("p", 3))


@pytest.mark.parametrize("seed", range(20))
def test_a_sale_returned_whole_in_any_pieces_leaves_metric_and_points_as_without_it(seed):
    facts, today = a_life(seed, 20)
    more = sold_and_back(facts, today, Random(seed))
    without, whole = [*map(event_of, facts)], [*map(event_of, [*facts, *more])]
    assert metric_before(whole, day_of(today + 1), customer="c-a") == metric_before(
        without, day_of(today + 1), customer="c-a"
    )
    mine = next(person for person in persons(whole) if "c-a" in person)
    before = fold([one for one in without if one.customer in mine], day_of(today), FoldPolicy("p"), "c-a")
    after = fold([one for one in whole if one.customer in mine], day_of(today), FoldPolicy("p"), "c-a")
    assert owned(after) == owned(before)  # what a hold gave comes back to the active balance


def owned(state):
    return state.active_pt + state.pending_pt + state.held_pt - state.debt_pt
