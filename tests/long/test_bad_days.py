"""What goes wrong at a register, and what people are told: one sentence what happened, one what to do; nothing lost."""

import subprocess
from pathlib import Path

from kit.register import BIN, CARD, OPEN, PHONE, Register, sale
from kit.waiting import until


def codes(register: Register) -> list[str]:
    return [one["code"] for one in register.status()["messages"]]


def running(register: Register) -> None:
    register.prepare()
    register.start_agent("--from", "1")
    register.wait_for_agent()


def test_no_printer_at_the_path(register: Register) -> None:
    register.agent_port = str(register.folder / "agent")
    running(register)
    until(lambda: codes(register) == ["PRN-07"])
    register.start_printer()  # plugged in later: found without help
    register.till(OPEN, sale("a", ("Кофе", 10000, "1"), contact=PHONE))
    register.settled()
    assert codes(register) == []


def test_wrong_baud_is_told_and_mended(register: Register) -> None:
    register.start_printer()
    register.prepare()
    config = register.config.read_text(encoding="utf-8")
    wrong = register.folder / "wrong.toml"
    wrong.write_text(config.replace("poll_s", "baud = 9600\npoll_s"), encoding="utf-8")
    command = [str(BIN / "pos-agent"), "run", "--config", str(wrong)]
    with open(register.folder / "agent.log", "ab") as log:
        register.agent = subprocess.Popen(command, stdout=log, stderr=log)
    register.wait_for_agent()
    until(lambda: codes(register) == ["PRN-06"])
    assert register.stop_agent() == 0
    register.start_agent("--from", "1")
    register.wait_for_agent()
    register.settled()
    assert codes(register) == []


def test_printer_switched_off_and_on(register: Register) -> None:
    register.start_printer()
    running(register)
    register.settled()
    register.console("power off")
    until(lambda: codes(register) == ["PRN-03"])
    register.console("power on")
    register.till(OPEN, sale("a", ("Кофе", 10000, "1"), contact=PHONE))
    register.settled()
    assert codes(register) == []
    assert register.active_pt() == 1000


def test_what_is_asked_of_a_printer_that_is_off_says_so(register: Register) -> None:
    register.start_printer()
    running(register)
    register.settled()
    register.console("power off")
    until(lambda: codes(register) == ["PRN-03"])
    asked = register.pos("slip", "print", "--customer", CARD)
    assert asked.returncode == 3
    assert "[SLP-03]" in asked.stderr
    assert "[PRN-03]" in asked.stderr
    assert "Продажа записана" not in asked.stderr, "a balance is no sale"
    compared = register.pos("ledger", "reconcile")
    assert compared.returncode == 3
    assert "[PRN-03]" in compared.stderr
    assert compared.stdout == ""
    register.console("power on")
    register.settled()
    until(lambda: "Покажите QR вместо карты" in register.tape())
    assert register.tape().count("БАЛАНС") == 1, "it came by itself, once"


def test_cable_out_and_back(register: Register) -> None:
    register.start_printer()
    running(register)
    register.settled()
    register.console("cable pull 2")
    until(lambda: codes(register) in (["PRN-03"], ["PRN-07"]))
    register.till(OPEN, sale("a", ("Кофе", 10000, "1"), contact=PHONE))
    register.console("cable plug 2")
    register.settled()
    assert len(register.events()) == len(register.documents())


def test_paper_out_keeps_the_slip(register: Register) -> None:
    register.start_printer()
    running(register)
    register.settled()
    register.till(OPEN, sale("a", ("Кофе", 10000, "1")))
    register.settled()
    register.console("paper out after 3")  # in the middle of the slip that is asked for now
    asked = register.pos("slip", "print", "--customer", CARD, "--seconds", "1")
    assert asked.returncode == 3
    assert "[SLP-03]" in asked.stderr
    assert "[PRN-01]" in asked.stderr
    until(lambda: codes(register) == ["PRN-01"])
    assert register.status()["slips"]["waiting"] == 1
    register.console("paper in")
    register.settled()
    assert codes(register) == []
    assert "Покажите QR вместо карты" in register.tape()


def test_unreadable_settings_are_told_all_at_once(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(
        '[agent]\nregister = "till 1"\ncolour = "red"\n[printer]\nport = "COM1"\nbaud = 1\n', encoding="utf-8"
    )
    done = subprocess.run([str(BIN / "pos-agent"), "run", "-c", str(bad)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    for told in ("CFG-02", "agent.register (строка 2)", "agent.colour (строка 3)", "printer.port", "printer.baud"):
        assert told in done.stderr
    missing = subprocess.run(
        [str(BIN / "pos-agent"), "run", "-c", "/nowhere"], capture_output=True, text=True, check=False
    )
    assert missing.returncode == 2
    assert "CFG-01" in missing.stderr


def test_broken_rules_change_nothing_and_no_rules_lose_nothing(register: Register) -> None:
    register.start_printer()
    register.start_agent("--from", "1")
    register.wait_for_agent()
    until(lambda: codes(register) == ["RUL-03"])
    register.answer("customer", "add", "--name", "Анна Козлова", "--phone", PHONE, "--card", CARD, "--consent")
    register.till(OPEN, sale("a", ("Кофе", 10000, "1"), contact=PHONE))
    for text, told in (("", "[program]"), ("[program]\nid = 5\n[accrue]\nbp = 1.5\n", "строка 4"), ("a = [", "")):
        broken = register.folder / "broken.toml"
        broken.write_text(text, encoding="utf-8")
        done = register.pos("rules", "import", str(broken))
        assert done.returncode == 2
        assert "RUL-02" in done.stderr
        assert told in done.stderr
    assert codes(register) == ["RUL-03"]
    good = register.folder / "good.toml"
    good.write_text('[program]\nid = "p"\nname = "П"\n[accrue]\nbp = 500\n', encoding="utf-8")
    assert register.pos("rules", "import", str(good)).returncode == 0
    register.settled()
    assert register.active_pt() == 500


def test_damaged_document_does_not_hold_up_the_others(register: Register) -> None:
    register.start_printer()
    register.prepare()
    receipts = [sale(f"s{number}", ("Кофе", 10000, "1"), contact=PHONE) for number in range(3)]
    register.till(OPEN, *receipts)
    register.console("damage 4")
    register.start_agent("--from", "1")
    register.wait_for_agent()
    register.settled()
    events = register.events()
    assert [one["kind"] for one in events if one["fd_number"] == 4] == ["unreadable"]
    assert len(events) == len(register.documents())
    assert register.active_pt() == 2000
    assert "DOC-01" in codes(register)


def test_second_agent_and_frozen_agent_are_told_apart(register: Register) -> None:
    register.start_printer()
    running(register)
    second = register.pos("run")
    assert second.returncode == 1
    assert "AGT-02" in second.stderr
    (register.folder / "s").unlink()  # it runs, but nobody can reach it
    asked = register.pos("customer", "add", "--phone", "+79160000043", "--consent")
    assert asked.returncode == 1
    assert "AGT-01" in asked.stderr
    assert register.pos("status").returncode == 1  # reading goes on beside it
