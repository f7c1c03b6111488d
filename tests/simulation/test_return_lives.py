"""Until when points live that a return gives back: told before it is printed, and so it is afterwards (section 9)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from kit.club_story import COFFEE, back, balance, next_days, opened, parts_of, sold
from kit.sale_register import SaleRegister

from pos_agent.api.returns import quote

RULES = """
[program]
id = "test"
name = "Тест"
grace_days = 14
[accrue]
bp = 1000
life_days = 30
[spend]
"""
DEAR = {**COFFEE, "price_kop": 100_000}


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = opened(tmp_path, program=RULES)
    yield made
    made.close()


def today(register: SaleRegister) -> date:
    return register.clock.local().date()


def lives(register: SaleRegister, receipt: str, **lines: str) -> list[tuple[int, str]]:
    told = quote(parts_of(register), {"receipt": receipt, "lines": lines})
    return [(one["points_pt"], one["last_day"]) for one in told["lives"]]


def spent_over_two_lots(register: SaleRegister) -> tuple[str, date, date]:
    """The receipt that took 150 of two lots of 100; their last days."""
    ends = []
    for number in range(2):
        sold(register, f"earn-{number}", DEAR)
        ends.append(today(register) + timedelta(days=30))
        next_days(register, 10)
    answer = sold(register, "spend", DEAR, spend="exact", spend_pt=15_000)
    assert answer["spent_pt"] == 15_000
    return answer["document"], ends[0], ends[1]


def test_each_part_lives_as_long_as_the_lot_it_goes_back_to(register: SaleRegister) -> None:
    receipt, first, second = spent_over_two_lots(register)
    assert lives(register, receipt) == [(10_000, first.isoformat()), (5_000, second.isoformat())]
    back(register, {"document": receipt}, "back")
    assert balance(register).next_expiry == (first.isoformat(), 10_000)


def test_what_goes_to_a_lot_that_is_over_lives_for_the_days_of_grace(register: SaleRegister) -> None:
    receipt, _, second = spent_over_two_lots(register)
    next_days(register, 15)
    grace = today(register) + timedelta(days=14)
    assert lives(register, receipt) == [(5_000, second.isoformat()), (10_000, grace.isoformat())]


def test_without_grace_it_is_lost_with_the_lot(tmp_path: Path) -> None:
    register = opened(tmp_path, program=RULES.replace("grace_days = 14", "grace_days = 0"))
    receipt, _, second = spent_over_two_lots(register)
    next_days(register, 15)
    assert lives(register, receipt) == [(5_000, second.isoformat())]
    register.close()


def test_points_that_never_end_have_no_day(tmp_path: Path) -> None:
    register = opened(tmp_path, program=RULES.replace("life_days = 30\n", ""))
    sold(register, "earn", DEAR)
    answer = sold(register, "spend", DEAR, spend="exact", spend_pt=5_000)
    assert lives(register, answer["document"]) == [(5_000, "")]
    register.close()


def test_nothing_spent_nothing_to_tell(register: SaleRegister) -> None:
    answer = sold(register, "earn", DEAR)
    assert lives(register, answer["document"]) == []
