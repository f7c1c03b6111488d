"""What rules can take at most, whether they can give anything, and what else single figures decide."""

from __future__ import annotations

from typing import Any

import pytest

from pos_agent.rules.basket_values import BasketLine, Payment
from pos_agent.rules.check import inspect
from pos_agent.rules.levels import Tier
from pos_agent.rules.line_state import LineState
from pos_agent.rules.moments import local_moment
from pos_agent.rules.parse import parse
from pos_agent.rules.payment import paid
from pos_agent.rules.reader import Reader
from pos_agent.rules.scope import Scope
from pos_agent.rules.values import SaleRule, Terms
from pos_agent.rules.worst import may_cost, share_bp, worst_case

HEAD = '[program]\nid = "p"\nname = "P"\n'


def rule(kind: str, **terms: Any) -> SaleRule:
    return SaleRule("r", kind, 1, 100, terms=Terms(**terms))


def tiers(*rates: int) -> tuple[Tier, ...]:
    return tuple(Tier(f"t{rate}", number, rate) for number, rate in enumerate(rates))


def remarks(text: str) -> list[tuple[str, str]]:
    return [(one.code, one.path) for one in inspect(HEAD + text)[1]]


@pytest.mark.parametrize(
    ("one", "may"),
    [
        (rule("tier_percent", tiers=tiers(0, 100)), True),
        (rule("tier_percent", tiers=tiers(0)), False),
        (rule("tier_percent"), False),
        (rule("round_total", to_kop=1), False),
        (rule("round_total", to_kop=2), True),
        (rule("item_percent", bp=1), True),
        (rule("item_percent"), False),
        (rule("item_amount", kop=1), True),
        (rule("item_amount"), False),
        (rule("cashback"), False),
        (rule("cashback", bp=1), True),
        (rule("cashback", replaces=True), True),
    ],
)
def test_can_a_rule_give_anything(one: SaleRule, may: bool) -> None:
    assert may_cost(one) is may


def test_the_share_of_levels_is_the_highest() -> None:
    assert [share_bp(rule("tier_percent", tiers=tiers(*rates))) for rates in ((), (100, 300, 200), (20_000,))] == [
        0, 300, 10_000,
    ]  # fmt: skip


def test_the_least_share_is_a_share() -> None:
    found = worst_case([rule("item_percent", bp=1)])
    assert (found.bp, found.rules, found.amounts, found.partial) == (1, ("r",), (), False)
    assert worst_case([]).bp == 0


def test_a_hundredth_of_a_percent_is_always_something() -> None:
    always = '[[rule]]\nid = "a"\nkind = "item_percent"\nbp = 1\nexclusive = true\n'
    later = '[[rule]]\nid = "b"\nkind = "card_percent"\nbp = 1\n'
    assert remarks(always + later) == [("after exclusive", "rule[1]")]


def test_an_hour_that_asks_for_a_code_is_stricter_than_a_day_that_flags() -> None:
    text = "[accrue]\nbp = 1\n[limits]\nsender = 'file'\naccruals_day = {{ most = 5, action = '{}' }}\n"
    text += "accruals_hour = {{ most = 5, action = '{}' }}\n"
    idle = [("limit idle", "limits.accruals_hour")]
    order = ["flag", "code", "senior", "refuse"]
    for day, day_action in enumerate(order):
        for hour, hour_action in enumerate(order):
            assert remarks(text.format(day_action, hour_action)) == (idle if hour <= day else [])


def test_a_line_in_work_is_found_by_its_barcode() -> None:
    line = LineState(BasketLine("1", 100, 1_000_000, barcode="4600000000017"), 0, 0, (), 0)
    assert (line.barcode, line.line.barcode) == ("4600000000017",) * 2
    assert Scope(barcodes=("46*",)).matches(line)
    assert not Scope(barcodes=("47*",)).matches(line)


def test_only_lines_that_an_abonement_pays_lose_units() -> None:
    lines = [BasketLine(str(number), 100, 1_000_000, category=goods) for number, goods in enumerate("abca")]
    state = [LineState(line, index, 0, (), 0) for index, line in enumerate(lines)]
    found = paid([Payment("abonement", id="A", left_micro=1_500_000, scope=Scope(categories=("a",)))], state)
    (one,) = found.offsets
    assert one.units_by_line_micro == (1_000_000, 0, 0, 500_000)
    assert (one.by_line_kop, one.units_micro, found.due_kop) == ((100, 0, 0, 50), 1_500_000, 250)


def test_years_in_which_a_clock_is_set() -> None:
    for year, good in ((1969, False), (1970, True), (2199, True), (2200, False)):
        table = Reader({"at": f"{year}-06-01T10:00:00+03:00"}, "", [], lambda path: None)
        assert (local_moment(table, "at") is not None) is good
        assert [one.code for one in table.problems] == ([] if good else ["moment"])


def test_half_a_letter_is_no_text_of_a_rules_file() -> None:
    with pytest.raises(ValueError, match="control characters"):
        parse('{"program": {"id": "p", "name": "\\ud800"}}', "json")
