"""`ledger reconcile` as people run it: beside the service and without it."""

from kit.register import OPEN, PHONE, Register, sale
from kit.waiting import until

from emulator.state import StateFile


def test_with_the_service_and_without_it(register: Register) -> None:
    register.start_printer()
    register.prepare()
    register.till(OPEN, *(sale(f"s{number}", ("Кофе", 10000, "1"), contact=PHONE) for number in range(3)))
    register.console("damage 4")
    register.start_agent("--from", "1")
    register.wait_for_agent()
    register.settled()
    done = register.pos("ledger", "reconcile")
    assert done.returncode == 1  # one document cannot be read yet
    assert "Сверено документов 5, не хватало 1, дочитано 0." in done.stdout
    assert "[REC-02]" in done.stderr
    assert register.documents()[0]["fn_serial"] + "/4" in done.stderr
    told = register.status()["reconcile"]
    assert told["running"] is False
    last = told["last"]
    assert (last["checked"], last["missing"], last["healed"], last["alarms"]) == (5, 1, 0, [])
    assert register.stop_agent() == 0
    alone = register.answer("ledger", "reconcile")
    assert alone["done"] is True
    assert (alone["last"]["checked"], alone["last"]["missing"]) == (5, 1)


def test_a_contradiction_is_told_to_people(register: Register) -> None:
    register.start_printer()
    register.prepare()
    register.till(OPEN, sale("a", ("Кофе", 10000, "1"), contact=PHONE))
    register.start_agent("--from", "1")
    register.wait_for_agent()
    register.settled()
    assert register.stop_agent() == 0
    register.stop_printer()
    forge_sign(register, 3)
    register.start_printer()
    register.start_agent()  # compares by itself when it starts
    register.wait_for_agent()
    message = until(lambda: [one for one in register.status()["messages"] if one["code"] == "REC-01"])[0]
    assert register.documents()[0]["fn_serial"] + "/3" in message["what"]
    done = register.pos("ledger", "reconcile")
    assert done.returncode == 5
    assert "REC-01" in done.stderr
    assert "fpd" in done.stderr


def forge_sign(register: Register, fd: int) -> None:
    """The emulated storage tells another sign of a document from now on."""
    state = StateFile(register.folder / "kkt.state")
    for record in state.records:
        if "document" in record and record["document"]["fd"] == fd:
            record["document"]["sign"] ^= 1
    state.rewrite(state.records)
    state.close()
