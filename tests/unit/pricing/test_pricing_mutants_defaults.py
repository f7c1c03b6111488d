"""What a value is when nobody says otherwise: callers and readers lean on it, so it is written down a second time."""

import dataclasses
import datetime as dt

import pytest

from pos_agent.rules.accrue import AccrualLine, Earning, accrue
from pos_agent.rules.basket_values import Basket, BasketCustomer, BasketLine, Payment, Wish
from pos_agent.rules.code_form import Batch, code_of, codes_of
from pos_agent.rules.code_states import Asking, CodeEvent, CodeRecord, CodeState, Use, step
from pos_agent.rules.parse import parse
from pos_agent.rules.parts import Part
from pos_agent.rules.payment import Offset, Paid
from pos_agent.rules.ready_rule import ReadyRule, Scopes
from pos_agent.rules.scope import EVERYTHING, BlacklistEntry, Scope
from pos_agent.rules.values import AccrueRule, Further, Program, Rules, SaleRule, SpendRule, Terms, When

EMPTY = {(), "", 0, None, frozenset()}  # False is 0
PROGRAM = Program("p", "P")
KEY = b"0123456789abcdef"
NOW = dt.datetime.fromisoformat("2026-11-21T18:05:00")
SAID = [
    (Program("p", "P"), {"id": "p", "name": "P", "kop_per_pt": (1, 1)}),
    (AccrueRule(), {"round": "floor", "step_pt": 1, "when_spent_all": True}),
    (SpendRule(), {"cap_bp": 10_000, "step_pt": 1}),
    (Further(PROGRAM), {"program": PROGRAM}),
    (When(), {}),
    (Terms(), {}),
    (Scope(), {}),
    (SaleRule("r", "k", 1, 2), {"id": "r", "kind": "k", "phase": 1, "priority": 2, "group_policy": "all"}),
    (Rules("h", PROGRAM), {"hash": "h", "program": PROGRAM}),
    (BlacklistEntry("b", frozenset()), {"id": "b"}),
    (Batch("b"), {"id": "b", "kind": "unlimited", "times": 1, "body": 8, "check": 1, "offline": "bound"}),
    (Use("d", "c", CodeState.USED), {"draft": "d", "customer": "c", "state": CodeState.USED}),
    (CodeRecord(), {}),
    (Asking(None, None), {}),
    (BasketLine("1", 2, 3), {"id": "1", "price_kop": 2, "quantity_micro": 3}),
    (Payment("cash"), {"kind": "cash"}),
    (Wish(), {}),
    (Basket(()), {}),
    (Offset("certificate", "s", ()), {"kind": "certificate", "id": "s"}),
    (Paid(), {}),
    (Part("a", (), 0, 0, 0, 0, 0, 0, (), ()), {"name": "a"}),
    (Earning("1", 2, 3, False), {"id": "1", "base_kop": 2, "scopes": 3}),
    (AccrualLine("1", "n", 2), {"id": "1", "name": "n", "net_kop": 2}),
]  # fmt: skip
NOT_SAID_HERE = {"level", "slip", "code_records", "club", "limits"}  # of other modules, or a table


@pytest.mark.parametrize(
    ("made", "said"), SAID, ids=lambda one: type(one).__name__ if not isinstance(one, dict) else ""
)
def test_every_field_is_what_was_said_or_empty(made, said):
    for field in dataclasses.fields(made):
        found = getattr(made, field.name)
        if field.name in said:
            assert found == said[field.name], field.name
        elif field.name in ("scope", "when", "terms"):
            assert found == {"scope": EVERYTHING, "when": When(), "terms": Terms()}[field.name]
        elif field.name not in NOT_SAID_HERE:
            assert found in EMPTY, field.name


def test_what_is_off_and_what_is_nothing():
    """None is "no bound" where 0 would be a bound."""
    assert (When().max_total_kop, When().max_micro, When().hours, When().birthday) == (None,) * 4
    assert (When().min_total_kop, When().min_micro, When().nth_visit, When().nth_receipt) == (0,) * 4
    assert (Terms().max_kop, Terms().buy_scope, Terms().get_scope) == (None,) * 3
    rule = AccrueRule()
    assert (rule.max_pt, rule.per_full_kop, rule.life_days, rule.life_months, rule.start, rule.end) == (None,) * 6
    assert (SpendRule().confirm_above_pt, SpendRule().start, SpendRule().end) == (None,) * 3
    assert (PROGRAM.max_discount_bp, Basket(()).at, Basket(()).customer) == (None,) * 3
    assert (PROGRAM.min_unit_kop, PROGRAM.grace_days, PROGRAM.gift_lines) == (0, 0, False)
    assert (Batch("b").start, Batch("b").end, BlacklistEntry("b", frozenset()).max_kop) == (None,) * 3
    assert (Basket(()).asked_pt, Wish().asked_pt, Wish().balance_pt, Payment("cash").left_micro) == (0,) * 4
    customer = BasketCustomer("c")
    assert (customer.first_purchase, customer.birthday, customer.visits_today) == (None, None, 0)
    assert (dict(customer.stamps), dict(customer.programs), dict(Basket(()).code_records)) == ({}, {}, {})


def test_a_rule_alone_has_the_first_place():
    assert ReadyRule(SaleRule("r", "item_percent", 1, 100), Scopes()).index == 0


def test_without_a_word_nothing_was_spent():
    """A program that earns nothing when points were spent earns here."""
    rules = parse('[program]\nid = "p"\nname = "P"\n[accrue]\nbp = 100\nwhen_spent = "none"\n')
    lines, customer = [AccrualLine("1", "n", 10_000)], BasketCustomer("c")
    assert accrue(rules, lines, customer).total_pt == 100
    assert accrue(rules, lines, customer, 1).total_pt == 0


def test_a_batch_without_dates_is_in_force_on_any_day():
    assert Batch("b").in_force(None)
    assert Batch("b").in_force(dt.date(1900, 1, 1))


def test_codes_of_a_batch_begin_with_the_first_number():
    assert (
        codes_of(Batch("b"), KEY, 2) == codes_of(Batch("b"), KEY, 2, 0) == [code_of(Batch("b"), KEY, n) for n in (0, 1)]
    )


def test_a_code_given_back_is_free_unless_its_date_is_said_to_be_over():
    assert step(CodeState.RESERVED, CodeEvent.DROPPED) is CodeState.ISSUED
    held = CodeRecord((Use("d", "c", CodeState.RESERVED),))
    assert held.after(CodeEvent.DROPPED, "d", now=NOW) == CodeRecord()
