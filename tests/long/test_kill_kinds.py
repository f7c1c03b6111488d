"""kill -9 around the document's commit and in its slip, for what an ordinary sale does not touch.

An armed card (spent with the document, never on the next one), a return (points taken back once), a stranger (an
invitation): after the restart one event per document, one movement of points, at most one doubled slip.
"""

import signal

import pytest
from kit.register import CARD, OPEN, PHONE, Register, sale
from kit.waiting import until

TEA = ("Чай", 20000, "1")


def step(kind: str, fn_serial: str) -> str:
    if kind == "return":
        return sale("a", ("Кофе", 10000, "1"), requisite=("ИСХОДНЫЙ ЧЕК", f"{fn_serial}/3"), do="return")
    return sale("a", TEA)


@pytest.mark.parametrize("point", ["before:document", "after:document", "before:slip printed"])
@pytest.mark.parametrize(("kind", "active_pt"), [("armed", 3000), ("return", 0), ("stranger", 1000)])
def test_killed_and_started_again(register: Register, kind: str, active_pt: int, point: str) -> None:
    register.start_printer()
    register.prepare()
    register.extra = "[loyalty]\ninvitation = true\n"
    register.till(OPEN, sale("z", ("Кофе", 10000, "1"), contact=PHONE))  # 1000 points, document 3
    register.start_agent("--from", "1")
    register.wait_for_agent()
    register.settled()
    if kind == "armed":
        register.ask("card.arm", text=CARD)
    assert register.stop_agent() == 0

    register.start_agent(kill_at=point)
    register.till(step(kind, register.documents()[0]["fn_serial"]))
    assert until(lambda: register.agent.poll() is not None)
    assert register.agent.returncode == -signal.SIGKILL
    register.start_agent()
    register.wait_for_agent()
    register.settled()
    slips = register.tape().count("НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ")
    assert slips in ((1, 2) if point == "before:slip printed" else (1,))
    assert register.active_pt() == active_pt

    register.till(sale("b", TEA))  # nobody's: the card was spent with its own receipt
    register.settled()
    assert register.ask("card.show")["armed"] is None
    assert register.active_pt() == active_pt
    assert [one["fd_number"] for one in register.events()] == [one["fd_number"] for one in register.documents()]
    assert register.ask("ledger.verify")["ok"]
