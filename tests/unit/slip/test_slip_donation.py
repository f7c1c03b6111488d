"""A receipt rounded up for a fund: the slip says how much and for whom, and its figures still add up."""

from dataclasses import replace

import pytest
from unit.slip.slip_story import ANNA, SALE, STYLE, paper, seen

from pos_agent.model.slip import SlipFacts
from pos_agent.printing.slip import lay_out

GIVEN = replace(SALE, donated_pt=663, donated_to="Приют", available_pt=SALE.before_pt - SALE.spent_pt - 663)


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_it_stands_above_what_is_available(columns: int) -> None:
    lines = [text.rstrip() for text in seen(lay_out(GIVEN, ANNA, STYLE, paper(columns)), columns)]
    at = lines.index("Пожертвовано: Приют".ljust(columns - 5) + "-6.63")
    assert lines[at + 1].startswith("ДОСТУПНО")
    assert not any("Учтено" in line or "Погашен" in line for line in lines), "it is no repaid debt"


def test_a_long_name_is_wrapped_and_the_figure_is_whole() -> None:
    long = replace(GIVEN, donated_to="Фонд помощи бездомным животным города Примерска")
    lines = seen(lay_out(long, ANNA, STYLE, paper(32)), 32)
    first = next(number for number, line in enumerate(lines) if line.startswith("Пожертвовано"))
    last = next(number for number, line in enumerate(lines) if line.rstrip().endswith("-6.63"))
    assert 0 < last - first <= 2
    assert all(len(line) <= 32 for line in lines[first : last + 1])


def test_it_is_kept_with_the_slip() -> None:
    assert SlipFacts.from_json(GIVEN.to_json()) == GIVEN
    assert SlipFacts.from_json({key: one for key, one in SALE.to_json().items() if "donated" not in key}) == SALE
