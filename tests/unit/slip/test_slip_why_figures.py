"""What the slip "why" tells of receipts that the till priced itself, and of rates, multipliers and steps of points."""

from __future__ import annotations

from dataclasses import replace

import pytest
from unit.agent.checkout_story import ANNA, PLACE, UNIT, document, goods, program
from unit.slip.slip_story import STYLE, paper, seen

from pos_agent.checkout.recording import sale
from pos_agent.checkout.slip_why import why_figures
from pos_agent.model.events import ChainedEvent
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.printing.slip import lay_out
from pos_agent.rules.values import Rules

CHEESE = ("Сыр", 45_999, UNIT)


def told(rules: Rules, *lines: tuple[str, int, int], columns: int = 48, lang: str = "ru") -> list[str]:
    """The slip below its heading, for a receipt of the till."""
    event = sale(document(7, goods(*lines)), ANNA, [], rules, PLACE).event
    figures = why_figures(ChainedEvent(1, event, "", "9c47a7e3" + "0" * 56), rules, "2026-11-01T10:00:00+00:00")
    facts = SlipFacts(SlipKind.WHY, at=event.at[:16], customer="c-1", why=figures)
    parts = lay_out(facts, None, replace(STYLE, lang=lang), paper(columns))
    return [" ".join(line.split()) for line in seen(parts, columns)][4:]


@pytest.mark.parametrize(
    ("accrual", "reckoned"),
    [
        ("bp = 500\nstep_pt = 100", ["НАЧИСЛЕНО 22", "5 % от 459.99 = 22.9995, целых 22"]),
        ("bp = 500", ["НАЧИСЛЕНО 22.99", "5 % от 459.99 = 22.9995, до сотой 22.99"]),
        ("bp = 500\nstep_pt = 50", ["НАЧИСЛЕНО 22.50", "5 % от 459.99 = 22.9995, по 0.50: 22.50"]),
        ("bp = 1000", ["НАЧИСЛЕНО 45.99", "10 % от 459.99 = 45.999, до сотой 45.99"]),
        (
            "bp = 225\nmultipliers = [{num = 3, den = 2}]",
            ["НАЧИСЛЕНО 15.52", "по товарам вместе 15.5247, до сотой 15.52"],
        ),
        ("bp = 200\nper_full_kop = 5000", ["НАЧИСЛЕНО 9", "по товарам вместе 9.00"]),
    ],
    ids=["whole points", "hundredths", "halves", "a tenth", "a multiplier", "full parts"],
)
def test_what_a_receipt_of_the_till_earned(accrual: str, reckoned: list[str]) -> None:
    assert told(program(accrual), CHEESE) == [*reckoned, "Проверка 9C47-A7E3"]


def test_the_level_above_is_named() -> None:
    tiers = 'tiers = [{ name = "А", from_kop = 0, bp = 300 }, { name = "Б", from_kop = 100000, bp = 500 }]'
    lines = told(program(tiers), CHEESE)
    assert "Б 5 %: вы на уровне А" in lines
    first = 'tiers = [{ name = "Б", from_kop = 100000, bp = 500 }]'
    assert "Б 5 %: уровень ещё впереди" in told(program(first), CHEESE)
    assert "Б 5 %: the level is ahead" in told(program(first), CHEESE, lang="en")


def test_figures_survive_the_queue() -> None:
    """The job is kept as JSON between the asking and the printing."""
    event = sale(document(7, goods(CHEESE)), ANNA, [], program("bp = 500"), PLACE).event
    facts = SlipFacts(
        SlipKind.WHY,
        at="2026-11-21T18:05",
        why=why_figures(ChainedEvent(1, event, "", "ab" * 32), None),
        returned=(("Сыр", 1, 2),),
        burns=(("2027-01-01", 5),),
    )
    assert SlipFacts.from_json(facts.to_json()) == facts
