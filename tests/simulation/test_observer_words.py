"""What `status` claims about receipts while the paper is out: only what the agent knows."""

from pathlib import Path

import pytest
from kit.memory_register import MemoryRegister

from emulator.terms import Reason, Refusal

RULES = '[program]\nid = "test"\nname = "Тест"\n[accrue]\nbp = 1000\n'
PHONE, CARD = "+79160000042", "7Q4M2XKD9W"
COFFEE = ("Кофе", 10000, 1_000_000)


@pytest.fixture
def register(tmp_path: Path) -> MemoryRegister:
    made = MemoryRegister(tmp_path, RULES)
    made.customer = made.add_customer(PHONE, CARD)
    made.step(3)
    yield made
    made.store.close()


def verdict(register: MemoryRegister) -> tuple[str, str | None]:
    problem = register.watch.line.state.problem
    assert problem is not None
    return problem.code, problem.safe


def test_paper_that_ended_between_receipts_says_nothing_of_the_refused_one(register: MemoryRegister) -> None:
    """The till's next receipt is refused for want of paper: "the sale is recorded" would be read as a word on it."""
    register.sell(COFFEE, contact=PHONE)
    register.step()
    register.device.paper_out()
    with pytest.raises(Refusal) as refused:
        register.sell(COFFEE, contact=PHONE)
    assert refused.value.reason is Reason.NO_PAPER
    register.step(3)
    assert verdict(register) == ("PRN-01", "W")
    register.device.cover(opened=True)
    register.step(3)
    assert verdict(register) == ("PRN-02", "W")


def test_paper_that_ended_in_our_slip_leaves_a_recorded_sale(register: MemoryRegister) -> None:
    register.sell(COFFEE, contact=PHONE)
    register.device.paper_out(3)
    register.step()
    assert verdict(register) == ("PRN-01", "R")
