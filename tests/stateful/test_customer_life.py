"""A customer's life in the ledger: anything may happen in any order, late and twice, and the fold agrees with a model
that lives every hundredth of a point through again from the first day (loyalty rules, sections 7 to 11).
"""

from __future__ import annotations

from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from kit.examples import examples
from kit.ledger_facts import day_of, event_of, random_fact, sold_and_back
from oracle.plain_ledger import Fact, lived
from oracle.plain_levels import level, metric

from pos_agent.checkout.standing import ladder, snapshot
from pos_agent.ledger.accounts import account_sums, settlement_account
from pos_agent.ledger.audit import audit
from pos_agent.ledger.balance import due
from pos_agent.ledger.fold import fold, fold_all
from pos_agent.ledger.metric import metric_before
from pos_agent.ledger.persons import persons
from pos_agent.ledger.settlement import settlements
from pos_agent.ledger.state import FoldPolicy
from pos_agent.model.events import LedgerEvent
from pos_agent.rules.levels import level_of
from pos_agent.rules.parse import parse

WHO = st.sampled_from(["c-a", "c-a", "c-a", "c-b", "c-c"])  # mostly one person, so that facts meet
WHERE = st.sampled_from(["r1", "r1", "r2"])
SHOP = st.sampled_from(["", "north", "south"])
LEVELS = ["low", "middle", "high"]
PROGRAM = """
[program]
id = "p"
name = "P"
[accrue]
tiers = [{ name = "low", from_kop = 0, bp = 1 }, { name = "middle", from_kop = 250, bp = 2 },
         { name = "high", from_kop = 500, bp = 3 }]
[program.level]
window = "days"
days = 12
"""
LATE = st.sampled_from([0, 0, 0, 1, 3])  # days ago; what a register without a connection tells late
SOME = st.integers(1, 9)
LIFE = st.none() | st.integers(1, 9)


class CustomerLife(RuleBasedStateMachine):
    """Facts are the only state; everything else is computed twice."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: list[Fact] = []
        self.written: list[LedgerEvent] = []
        self.today = 0

    @initialize(grace=st.sampled_from([0, 3]), level=st.sampled_from(["immediate", "hold", "one_step", "never"]))
    def program(self, grace: int, level: str) -> None:
        self.policy, self.level = FoldPolicy("p", grace), level
        self.rules = parse(PROGRAM + f"policy = '{level}'" + ("\nhold_days = 5" if level == "hold" else ""))

    def add(self, kind: str, late: int, **more: object) -> None:
        self.facts.append(Fact(f"f{len(self.facts) + 1:03d}", kind, max(0, self.today - late), **more))

    # ---------------------------------------------------------------- what happens

    @rule(late=LATE, who=WHO, where=WHERE, shop=SHOP, spent=st.integers(0, 9), earned=st.integers(0, 9),
          delay=st.integers(0, 4), life=LIFE, pieces=st.integers(1, 3))  # fmt: skip
    def buys(self, late, who, where, shop, spent, earned, delay, life, pieces):
        self.add("sale", late, customer=who, register=where, merchant=shop, amount=spent, earned=earned, delay=delay,
                 life=life, pieces=pieces, net=100)  # fmt: skip

    @precondition(lambda self: any(fact.kind == "sale" for fact in self.facts))
    @rule(data=st.data(), late=LATE, pieces=st.integers(1, 3))
    def returns(self, data, late, pieces):
        sale = data.draw(st.sampled_from([fact for fact in self.facts if fact.kind == "sale"]))
        late = min(late, self.today - sale.day)
        self.add("back", late, customer=sale.customer, of=sale.id, pieces=pieces, net=30)

    @rule(late=LATE, who=WHO, shop=SHOP, amount=SOME, life=LIFE)
    def is_given(self, late, who, shop, amount, life):
        self.add("gift", late, customer=who, merchant=shop, amount=amount, life=life)

    @rule(late=LATE, who=WHO, amount=st.integers(-9, 9))
    def is_adjusted(self, late, who, amount):
        self.add("adjust", late, customer=who, amount=amount)

    @rule(late=LATE, who=WHO, where=WHERE, amount=SOME)
    def is_held(self, late, who, where, amount):
        self.add("hold", late, customer=who, register=where, amount=amount)

    @precondition(lambda self: any(fact.kind == "hold" for fact in self.facts))
    @rule(data=st.data(), late=LATE, amount=SOME)
    def is_let_go(self, data, late, amount):
        hold = data.draw(st.sampled_from([fact for fact in self.facts if fact.kind == "hold"]))
        late = min(late, self.today - hold.day)
        self.add("unhold", late, customer=hold.customer, register=hold.register, amount=amount)

    @precondition(lambda self: len(self.facts) > 6)
    @rule(late=LATE, who=WHO, into=WHO)
    def cards_become_one(self, late, who, into):
        self.add("merge", late, customer=who, into=into)

    @rule(seed=st.integers(0, 9999))
    def a_busy_week(self, seed):
        chance = Random(seed)
        for _ in range(8):
            self.facts.append(random_fact(chance, self.facts, self.today))
            self.today += chance.choice([0, 0, 1, 2])

    @precondition(lambda self: self.facts)
    @rule(days=st.integers(1, 6))
    def days_pass(self, days):
        self.today += days

    @rule()
    def the_calendar_job_writes(self):
        day = day_of(self.today)
        for events in self.people():
            self.written += [one.event() for state in fold_all(events, day, self.policy) for one in due(state, day)]

    # ---------------------------------------------------------------- what must hold

    def people(self) -> list[list[LedgerEvent]]:
        events = [*map(event_of, self.facts), *self.written]
        return [[event for event in events if event.customer in person] for person in persons(events)]

    @invariant()
    def the_model_agrees(self):
        life = lived(self.facts, self.today, self.policy.grace_days)
        sums: dict[str, int] = {}
        all_states = []
        for events in self.people():
            states = fold_all(events, day_of(self.today), self.policy)
            for state in states:
                told = state.active_pt, state.pending_pt, state.held_pt, state.debt_pt
                who = state.customer
                assert told == (*(life.count(one, who) for one in ("active", "pending", "held")), life.debt(who))
                assert {(one.register, one.customer): one.amount_pt for one in state.holds} == {
                    key: left for key, left in life.holds().items() if life.root(key[1]) == who
                }
                assert fold(events, day_of(self.today), self.policy, state.cards[0]) == state
            assert {one.event for one in states[0].quarantined} <= life.refused
            for account, left in account_sums(states[0].postings).items():
                sums[account] = sums.get(account, 0) + left
            all_states.append(states)
        spent = sum(left for account, left in sums.items() if account.startswith(("partner/", "prog/p/redeemed")))
        assert (spent, sums.get("prog/p/breakage", 0)) == (life.redeemed(), life.dead())
        assert -sums.get("prog/p/issued", 0) == life.accrued
        rows = settlements(all_states, day_of(0), day_of(self.today + 1))
        assert {(row.issuer, row.spent_at): row.amount_pt for row in rows} == life.settled()
        for shop in ("north", "south"):
            owed = sum(left for (_, at), left in life.settled().items() if at == shop)
            assert sums.get(settlement_account(shop), 0) == owed

    @invariant()
    def the_level_is_what_the_table_of_its_policy_says(self):
        events = [*map(event_of, self.facts), *self.written]
        who = snapshot(events, "c-a", day_of(self.today), self.rules)
        tier = level_of(ladder(self.rules), who)
        assert (who.metric_kop, who.visits) == metric(self.facts, "c-a", self.today, self.today, 12)
        assert LEVELS.index(tier.name) == level(self.facts, "c-a", self.today, self.level, [0, 250, 500], 12, 5)

    @invariant()
    def any_order_and_repetition_of_arrival_is_the_same_state(self):  # section 11, item 7
        day, chance = day_of(self.today), Random(len(self.facts))
        for events in self.people():
            again = [*events, *events[::3]]
            chance.shuffle(again)
            assert fold_all(again, day, self.policy) == fold_all(events, day, self.policy)

    @invariant()
    def a_sale_that_comes_back_whole_in_any_pieces_leaves_nothing(self):  # section 11, item 8
        more = sold_and_back(self.facts, self.today, Random(len(self.facts)))
        without, whole = [*map(event_of, self.facts)], [*map(event_of, [*self.facts, *more])]
        mine = next(person for person in persons(whole) if "c-a" in person)
        told = []
        for events in (without, whole):
            own = [event for event in events if event.customer in mine]
            state = fold(own, day_of(self.today), self.policy, "c-a")
            points = state.active_pt + state.pending_pt + state.held_pt - state.debt_pt
            told.append((points, metric_before(own, day_of(self.today + 1), customer="c-a"), state.stamps()))
        assert told[0] == told[1]

    @invariant()
    def the_audit_finds_nothing(self):  # section 11, items 1 to 3
        assert audit([*map(event_of, self.facts), *self.written], day_of(self.today), self.policy) == []


CustomerLife.TestCase.settings = settings(max_examples=examples(30), stateful_step_count=20)
TestCustomerLife = CustomerLife.TestCase
