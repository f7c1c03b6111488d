"""kill -9 at each commit point while a certificate is sold, pays, or comes back: it is there once and spent once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kit.prepaid_story import CREAM, back, cash, certificate, holds, left, salon, sold
from kit.sale_register import Killed, SaleRegister
from kit.sale_story import answers_of, lost

from pos_agent.errors import AgentError

POINTS = [f"{when}:{what}" for what in ("intent", "closing", "document") for when in ("before", "after")]
NAME = "certificate:G1"


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = salon(tmp_path)
    yield made
    made.close()


def killed_at(register: SaleRegister, point: str, act: Callable[[], dict]) -> dict:
    """The answer to the repeat, after the agent was killed there and came back."""

    def kill(now: str) -> None:
        if now == point:
            raise Killed

    register.at_point = kill
    with pytest.raises(Killed):
        act()
    register.reborn()
    register.calm()
    answer = act()
    assert act() == answer
    register.calm()
    return answer


@pytest.mark.parametrize("point", POINTS)
def test_sold_once(register: SaleRegister, point: str) -> None:
    killed_at(register, point, lambda: sold(register, "sell", "G1"))
    assert (len(register.receipts(3)), left(register, NAME)) == (1, 10_000)
    with pytest.raises(AgentError) as error:
        sold(register, "again", "G1")
    assert error.value.code == "PAY-06"


@pytest.mark.parametrize("point", POINTS)
def test_spent_once(register: SaleRegister, point: str) -> None:
    sold(register, "sell", "G1")
    killed_at(register, point, lambda: register.sale("pay", CREAM, payments=[certificate("G1")]))
    assert (len(register.receipts(4)), left(register, NAME)) == (1, 4_000)
    assert holds(register)[0] == ("pay", NAME, 6_000, "recorded")


@pytest.mark.parametrize("point", POINTS)
def test_given_back_once(register: SaleRegister, point: str) -> None:
    sold(register, "sell", "G1")
    paid = register.sale("pay", {**CREAM, "qty": "2"}, payments=[certificate("G1"), cash(2_000)])
    answer = killed_at(register, point, lambda: back(register, paid, "back", {1: 1_000_000}))
    assert answer["back"][0]["sum_kop"] == 5_000
    assert (len(register.receipts(5)), left(register, NAME)) == (1, 5_000)


@pytest.mark.parametrize("point", POINTS)
def test_a_sold_one_comes_back_once_and_cannot_pay_meanwhile(register: SaleRegister, point: str) -> None:
    answer = sold(register, "sell", "G1")
    killed_at(register, point, lambda: back(register, answer, "back"))
    assert (len(register.receipts(4)), left(register, NAME)) == (1, 0)
    with pytest.raises(AgentError) as error:
        register.sale("pay", CREAM, payments=[certificate("G1"), cash(6_000)])
    assert error.value.code == "PAY-03"


def test_a_document_that_cannot_be_read_yet_keeps_the_sum_held(register: SaleRegister) -> None:
    """Registered by the printer's answer, unread: until its event is there nobody else may have the sum."""
    sold(register, "sell", "G1")
    patience = register.watch.read_up_to
    register.watch.read_up_to = lambda fn, fd, claim=None: True  # the archive does not answer now
    register.sale("pay", CREAM, payments=[certificate("G1")])
    register.watch.read_up_to = patience
    assert (left(register, NAME), holds(register)[0][3]) == (10_000, "held")
    with register.store.reading() as view:
        held = view.prepaid.held(NAME)
    assert held is not None
    assert held.sum_kop == 6_000
    register.calm()
    assert (left(register, NAME), holds(register)[0][3]) == (4_000, "recorded")


def test_silence_at_the_close_of_a_certificate_sale(register: SaleRegister) -> None:
    register.wire.reset(answers_of("FF45", lost, lost))
    answer = sold(register, "sell", "G1")
    assert sold(register, "sell", "G1") == answer
    assert (len(register.receipts(3)), left(register, NAME)) == (1, 10_000)
