"""The main job on real parts: a receipt registered on one port becomes points and a slip on the other."""

import pytest
from kit.register import CARD, OPEN, PHONE, Register, sale
from kit.waiting import until


def one_to_one(register: Register) -> None:
    """The emulator's own list of documents against the exported ledger, compared field by field."""
    documents, events = register.documents(), register.events()
    assert [(one["fn_serial"], one["fd_number"], one["fpd"]) for one in documents] == [
        (one["fn_serial"], one["fd_number"], one["fpd"]) for one in events
    ]
    assert "unreadable" not in {one["kind"] for one in events}
    totals = [one["total_kop"] for one in documents if one["form"] == 3]
    assert totals == [one["facts"]["total_kop"] for one in events if one["kind"] == "receipt"]


@pytest.mark.parametrize("kind", ["pty", "tcp"])
def test_receipts_become_points_and_slips(register: Register, kind: str) -> None:
    register.kind = kind
    register.start_printer()
    customer = register.prepare()
    register.start_agent()
    register.wait_for_agent()
    until(lambda: register.status()["printer"]["connected"])
    until(lambda: register.status()["storage"]["recorded_fd"] == 1)  # first contact starts there

    register.till(OPEN, sale("a", ("Кофе", 10000, "2"), ("Сигареты", 25000, "1"), contact=PHONE))
    register.settled()
    register.till(sale("b", ("Чай", 5005, "1"), requisite=("КАРТА", CARD)))
    register.settled()
    assert register.pos("card", "arm", CARD).returncode == 0
    register.till(sale("c", ("Сыр", 45990, "0.347")), sale("d", ("Вода", 3000, "1")))
    register.settled()
    fn = register.documents()[0]["fn_serial"]
    original = ("ИСХОДНЫЙ ЧЕК", f"{fn}/3")
    register.till(sale("e", ("Кофе", 10000, "1"), requisite=original, do="return"))
    register.settled()

    earned = {one["fd_number"]: one for one in register.events() if one["kind"] == "receipt"}
    amounts = {fd: [entry.get("amount_pt") for entry in one.get("entries", [])] for fd, one in earned.items()}
    # 10 % of 200.00; of 50.05 down; of half_up(0.347 x 459.90) = 159.59 (E01's line is 159.59 for 459.90); nobody; back
    assert amounts == {3: [2000], 4: [500], 5: [1595], 6: [], 7: [None]}
    assert [earned[fd]["facts"].get("by") for fd in (3, 4, 5, 6, 7)] == ["contact", "card", "armed", None, "original"]
    assert [earned[fd]["customer"] for fd in (3, 4, 5, 6, 7)] == [customer, customer, customer, None, customer]
    balance = register.ask("customer.find", text=CARD)["customers"][0]["balance"]
    assert balance["active_pt"] == 2000 + 500 + 1595 - 1000

    tape = register.tape()
    assert tape.count("НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ") == 4
    assert tape.count("ВОЗВРАТ БАЛЛОВ") == 1
    documents, events = register.documents(), register.events()
    assert len(events) == len(documents) - 1  # the registration came before first contact
    assert register.ask("ledger.verify")["ok"]
    assert register.stop_agent() == 0


def test_whole_archive_from_the_first_document(register: Register) -> None:
    """`--from 1` on a used storage: everything is recorded, nothing old is printed."""
    register.start_printer()
    register.prepare()
    register.till(OPEN, sale("a", ("Кофе", 10000, "1"), contact=PHONE))
    register.start_agent("--from", "1")
    register.wait_for_agent()
    register.settled()
    one_to_one(register)
    assert "НЕ ЯВЛЯЕТСЯ" not in register.tape()
    assert register.active_pt() == 1000


def test_downtime_is_read_afterwards(register: Register) -> None:
    """Receipts made while the agent was down are accrued when it is back, with slips only because they are young."""
    register.start_printer()
    register.prepare()
    register.start_agent("--from", "1")
    register.wait_for_agent()
    register.settled()
    register.stop_agent()
    register.till(OPEN, *(sale(f"s{number}", ("Кофе", 10000, "1"), contact=PHONE) for number in range(3)))
    register.start_agent()
    register.wait_for_agent()
    register.settled()
    one_to_one(register)
    assert register.tape().count("НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ") == 3
    assert register.active_pt() == 3000
