"""kill -9 at every commit point between "document read" and "slip printed": one event set per document afterwards."""

import signal

import pytest
from kit.register import OPEN, PHONE, Register, sale
from kit.waiting import until

POINTS = [f"{when}:{name}" for name in ("document", "slip claimed", "slip printed") for when in ("before", "after")]


@pytest.mark.parametrize("point", POINTS)
def test_killed_there_and_started_again(register: Register, point: str) -> None:
    register.start_printer()
    register.prepare()
    register.till(OPEN)
    register.start_agent("--from", "1")
    register.wait_for_agent()
    register.settled()
    assert register.stop_agent() == 0

    register.start_agent(kill_at=point)
    register.till(sale("a", ("Кофе", 10000, "1"), contact=PHONE))
    assert until(lambda: register.agent.poll() is not None)
    assert register.agent.returncode == -signal.SIGKILL
    register.start_agent()
    register.wait_for_agent()
    register.settled()

    documents, events = register.documents(), register.events()
    assert [one["fd_number"] for one in events] == [one["fd_number"] for one in documents]
    assert [entry["amount_pt"] for one in events for entry in one.get("entries", [])] == [1000]
    assert register.active_pt() == 1000
    slips = register.tape().count("НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ")
    assert slips in ((1, 2) if point in ("after:slip claimed", "before:slip printed") else (1,))
    assert register.ask("ledger.verify")["ok"]
