"""What `status` and the answers about a slip and a reconcile tell of documents not read, clocks and the printer."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from kit.memory_register import MemoryRegister
from kit.reconciling import CARD, COFFEE, PHONE, RULES, attach, reconciled

from pos_agent.api import receipts, reconcile, slips
from pos_agent.api.customers import find_one
from pos_agent.api.http import HttpServer
from pos_agent.api.operation import Parts
from pos_agent.api.status import status
from pos_agent.config import load
from pos_agent.errors import AgentError, UsageError
from pos_agent.printing.actor import PrinterActor


@pytest.fixture
def register(tmp_path: Path) -> Iterator[MemoryRegister]:
    made = MemoryRegister(tmp_path, RULES)
    made.customer = made.add_customer(PHONE, CARD)
    attach(made)
    yield made
    made.store.close()


def parts(register: MemoryRegister) -> Parts:
    settings = register.folder / "agent.toml"
    settings.write_text('[printer]\nport = "/dev/null"\n', encoding="utf-8")
    actor = cast(PrinterActor, SimpleNamespace(watch=register.watch))
    return Parts(load(settings), register.store, register.clock, register.ids, actor, reconciler=register.reconciler)


def codes(answer: dict[str, Any], kind: str = "messages") -> list[str]:
    return [one["code"] for one in answer[kind]]


def spoil(register: MemoryRegister, *numbers: int) -> None:
    for number in numbers:
        register.device.damage_document(number)


def test_every_document_that_is_not_read_is_counted(register: MemoryRegister) -> None:
    sold = [register.sell(COFFEE, contact=PHONE) for _ in range(3)]
    spoil(register, sold[0])
    register.step()
    assert codes(status(parts(register), {})) == ["DOC-01"]
    later = [register.sell(COFFEE, contact=PHONE) for _ in range(6)]
    spoil(register, *later)
    register.step()
    answer = status(parts(register), {})
    (message,) = answer["messages"]
    serial = register.profile.fn_serial
    assert message["code"] == "DOC-03"
    assert "всего 7: " in message["what"]
    newest = ", ".join(f"{serial}/{number}" for number in (*later[:0:-1],))
    assert message["what"].endswith(f": {newest}.")
    assert len(answer["unread"]) == 7


def test_clocks_that_differ_are_told_and_stop_nothing(register: MemoryRegister) -> None:
    register.step()
    answer = status(parts(register), {})
    assert (answer["ok"], answer["warnings"]) == (True, [])
    for minutes, wanted in ((5, []), (6, ["INS-09"]), (-180, ["INS-09"]), (0, [])):
        register.device.set_time(register.clock.local() + timedelta(minutes=minutes))
        register.step(70)
        answer = status(parts(register), {})
        assert (answer["ok"], codes(answer, "warnings")) == (True, wanted), minutes
        if wanted:
            assert f"{abs(minutes)} мин" in answer["warnings"][0]["what"]


def test_a_reconcile_names_what_it_could_not_read(register: MemoryRegister) -> None:
    sold = [register.sell(COFFEE, contact=PHONE) for _ in range(3)]
    spoil(register, sold[1])
    register.step()
    result = reconciled(register)
    assert result.unread == (f"{register.profile.fn_serial}/{sold[1]}",)
    last = reconcile.state(parts(register), {"run": 1})["last"]
    assert (last["missing"], last["healed"], last["unread"]) == (1, 0, list(result.unread))


def test_a_printer_that_is_off_is_the_reason(register: MemoryRegister) -> None:
    register.step()
    asked = slips.ask(parts_alone := parts_without_actor(register), {"customer": CARD})
    register.device.powered = False
    register.step(5)
    told = slips.state(parts(register), cast(dict[str, Any], asked))
    assert (told["state"], told["problem"]["code"], told["problem"]["connected"]) == ("pending", "PRN-03", False)
    assert told["minutes"] == 10
    assert slips.state(parts_alone, cast(dict[str, Any], asked))["problem"] is None
    run = register.reconciler.start()
    assert reconcile.state(parts(register), {"run": run})["problem"]["code"] == "PRN-03"
    register.device.powered = True
    register.step(120)
    assert slips.state(parts(register), cast(dict[str, Any], asked))["state"] == "printed"
    assert reconcile.state(parts(register), {"run": run})["done"] is True


def parts_without_actor(register: MemoryRegister) -> Parts:
    found = parts(register)
    return Parts(found.config, found.views, found.clock, found.ids)


def test_an_address_that_another_program_holds_is_told_and_selling_goes_on(register: MemoryRegister) -> None:
    found = parts(register)
    before = status(found, {})
    found.faces.append(cast(HttpServer, SimpleNamespace(listen="127.0.0.1:8734", port=0)))
    found.faces.append(cast(HttpServer, SimpleNamespace(listen="127.0.0.1:5893", port=5893)))
    answer = status(found, {})
    assert (codes(before, "warnings"), codes(answer, "warnings")) == ([], ["AGT-06"])
    assert "8734" in answer["warnings"][0]["what"]
    assert answer["ok"] is before["ok"]


def test_not_found_is_an_answer_and_not_a_wrong_command(register: MemoryRegister) -> None:
    alone = parts_without_actor(register)
    asked: list[tuple[Any, str]] = [
        (lambda: receipts.show(alone, {"document": "9999078902001234/77"}), "DOC-02"),
        (lambda: slips.ask(alone, {"document": "9999078902001234/77"}), "SLP-02"),
        (lambda: slips.state(alone, {"slip": "none"}), "SLP-02"),
        (lambda: slips.ask(alone, {"customer": "+79160000099"}), "CUS-01"),
    ]
    with register.store.reading() as view:
        asked.append((lambda: find_one(view, "+79160000099"), "CUS-01"))
        for question, code in asked:
            with pytest.raises(AgentError) as caught:
                question()
            assert (caught.value.code, caught.value.exit_code) == (code, 1)
    with pytest.raises(UsageError):
        receipts.show(alone, {"document": "seven"})
