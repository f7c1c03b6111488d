"""How long one call to sell may take, whatever the printer does: then the answer is what is known by now."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.faulty_wire import command
from kit.sale_register import SaleRegister
from kit.sale_story import fresh

from pos_agent.checkout.desk import CALL_S
from pos_agent.errors import AgentError

LOOK_S = 15.0  # a look at a device that does not answer ends by itself
STEPS = (b"\x8d", b"\xff\x46", b"\xff\x0c", b"\xff\x4d")


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = SaleRegister(tmp_path)
    made.sale("first")
    made.wire.reset()
    yield made
    made.close()


def took(register: SaleRegister, sale: str, *lines: dict) -> tuple[float, str]:
    """Seconds on the virtual clock, and the state or the code of the error."""
    began = register.clock.seconds
    try:
        word = register.sale(sale, *lines, contact="a@b.ru")["state"]
    except AgentError as error:
        word = error.code
    return register.clock.seconds - began, word


def state(register: SaleRegister, sale: str) -> str:
    return str(register.query("SELECT state FROM sale_intent WHERE sale_id = ?", sale)[0]["state"])


def test_a_printer_that_takes_half_a_minute_a_step_is_left_alone_in_time(register: SaleRegister) -> None:
    register.wire.slow = lambda request: 34.0 if request.startswith(STEPS) else 0.0
    seconds, word = took(register, "a")
    assert seconds <= CALL_S + LOOK_S
    assert word == "PRN-03"
    assert register.sent("FF45") == 0, "nothing is registered for a caller who is about to be answered"
    assert (fresh(register), state(register, "a")) == ([], "not_executed")
    register.wire.reset()
    assert took(register, "a")[1] == "registered"


def test_the_mains_at_every_close_do_not_add_up(register: SaleRegister) -> None:
    """Two attempts of a minute's patience each were three minutes for one call."""

    def before(_number: int, message: bytes) -> None:
        if message[:1] == b"\x02" and command(message) == "FF45":
            register.cut_power_at("before-commit", 50.0)

    register.wire.before = before
    seconds, word = took(register, "a")
    assert seconds <= CALL_S + LOOK_S
    assert word == "SAL-01"
    assert fresh(register) == []
    register.calm()
    assert state(register, "a") == "not_executed"
    assert took(register, "a")[1] == "registered"
    assert len(fresh(register)) == 1


def test_very_many_lines_have_their_time(register: SaleRegister) -> None:
    lines = [{"id": str(n), "name": f"Товар {n}", "price_kop": 1000 + n, "qty": "1"} for n in range(160)]
    register.wire.slow = lambda request: 0.45 if request.startswith(STEPS) else 0.0
    seconds, word = took(register, "a", *lines)
    assert word == "registered"
    assert seconds > CALL_S - 20
