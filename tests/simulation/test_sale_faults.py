"""Sales with seeded faults: none doubled, none lost, no wrong verdict. And the same eyes on agents that are broken."""

import random
from collections.abc import Callable

import pytest
from kit import sale_mutants
from kit.sale_register import SaleRegister
from kit.sale_troubles import Trouble
from simulation.sale_faults import SETTLE_S, live, main, summary


def plan(*kinds: str) -> Callable[[random.Random], list[Trouble]]:
    """These troubles while the receipt is made, nothing else."""

    def drawn(chance: random.Random) -> list[Trouble]:
        return [Trouble(kind, "host", chance.randint(14, 38), 1, chance.uniform(0.1, 2.0), 0) for kind in kinds]

    return drawn


def test_a_hundred_and_twenty_sales_with_faults() -> None:
    outcomes = [live(seed, 60) for seed in (11, 12)]
    assert [one.wrong for one in outcomes] == [[], []]
    figures = summary(outcomes)
    assert figures["sales"] == 120
    assert figures["longest_settling_s"] < SETTLE_S
    assert set(figures["first_answers"]) > {"registered", "SAL-01", "SAL-03", "PRN-03"}  # the faults did bite


def test_a_seed_gives_the_same_trace_again_and_another_seed_another() -> None:
    lines: list[str] = []
    first, again, other = live(5, 8), live(5, 8, lines=lines), live(6, 8)
    assert first == again
    assert first.trace == again.trace != other.trace
    assert len(lines) > 8 * 100


def test_the_command_line_replays_and_says_how_it_went(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["sale_faults", "--sales", "3", "--seed", "2"])
    assert main() == 0
    told = capsys.readouterr().out
    assert {"seed 2", "sales: 3", "doubled: 0", "lost: 0", "wrong: 0"} <= set(told.splitlines())


MUTANTS = {
    "the driver repeats a command after silence": (sale_mutants.Resending, ("power_before",), "doubled: ff45"),
    "the desk repeats close after silence": (sale_mutants.Repeating, ("power_before",), "doubled: ff45"),
    "silence means not executed": (sale_mutants.Hasty, ("power_after",), "doubled: documents"),
    "silence means executed": (sale_mutants.Trusting, ("power_before",), "lost: told registered"),
    "any newer document is ours": (sale_mutants.credulous, ("power_before", "foreign"), "lost: told registered"),
    "the intent is not committed": (sale_mutants.forgetful, ("kill",), "doubled: documents"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_agent_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, troubles, seen = MUTANTS[name]
    if not isinstance(kind, type):
        kind = kind(monkeypatch)
    found = live(1, 16, plan(*troubles), kind).wrong
    assert [one for one in found if seen in one], found[:5]


@pytest.mark.parametrize("troubles", [("power_before",), ("power_after",), ("power_before", "foreign"), ("kill",)])
def test_the_sound_agent_passes_where_the_broken_ones_fail(troubles: tuple[str, ...]) -> None:
    assert live(1, 6, plan(*troubles), SaleRegister).wrong == []
