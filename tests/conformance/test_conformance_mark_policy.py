"""A code that does not pass its check: refused or sold as the shop has set it, told in words, never half done."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import standin.standin_marking as driver
from kit.conformance_plants import WirePlant
from kit.conformance_register import COFFEE, ConformanceRegister
from kit.often import often

import emulator.shtrih.commands.marking as device
from drivers.api import Done
from emulator.shtrih.marking import Marking
from pos_agent.checkout.marks import Mark
from pos_agent.errors import AgentError

CODE = "0104603934000793215uXqJx9aPb6YQ\x1d93abcd"
BOOTS = {"id": "7", "name": "Ботинки", "price_kop": 259_900, "qty": "1", "mark": CODE}
WRONG_KEY, WRONG_STATUS, RIGHT = 1, 7, 15  # tag 2106


class Shop:
    """A register whose printer's checks say what `says` was told."""

    def __init__(self, register: ConformanceRegister, monkeypatch: pytest.MonkeyPatch) -> None:
        self.register = register
        self.patch = monkeypatch
        plant = register.plant
        if isinstance(plant, WirePlant):
            plant.machine.variant = replace(plant.machine.variant, marking_server=True)

    def says(self, bits: int) -> None:
        self.patch.setattr(device, "ALL_POSITIVE", bits)
        self.patch.setattr(driver, "UNCHECKED", bits)

    def sells_refused(self) -> None:
        orders = self.register.orders
        orders.counter = replace(orders.counter, sell_refused_marks=True)

    def refused(self, **more: Any) -> AgentError:
        with pytest.raises(AgentError) as told:
            self.register.sale("a", BOOTS, COFFEE, customer=self.register.customer, **more)
        return told.value

    def accepted(self) -> int:
        """Codes that the device holds as accepted or waiting."""
        plant = self.register.plant
        if isinstance(plant, WirePlant):
            marking = plant.machine.marking
            return len(marking.accepted) + (marking.checked is not None)
        return len(plant.port.marks_accepted) + (plant.port.mark_checked is not None)


@pytest.fixture(params=often(["shtrih-1.0", "fptr10", "shtrih-2.0"]))
def shop(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    made = ConformanceRegister(tmp_path, request.param, ffd="1.2", kkt_version="003")
    yield Shop(made, monkeypatch)
    made.store.close()


@pytest.mark.parametrize(("bits", "why"), [(WRONG_KEY, "mark_key"), (WRONG_STATUS, "mark_status")])
def test_a_refused_code_is_not_sold(shop: Shop, bits: int, why: str) -> None:
    shop.says(bits)
    told = shop.refused()
    assert (told.code, told.params) == ("MRK-02", {"n": 1, "why": why})
    register = shop.register
    assert register.query("SELECT * FROM sale_intent") == []
    assert register.device.receipt is None
    assert shop.accepted() == 0, "declined"
    register.sale("b", COFFEE, customer=register.customer)
    shop.says(RIGHT)
    answer = register.sale("a", BOOTS, COFFEE, customer=register.customer)
    assert answer["marks"] == [{"line": 1, "verdict": "allowed", "result": RIGHT}]
    assert len(register.receipts()) == 2


def test_the_shop_may_sell_it_all_the_same(shop: Shop) -> None:
    shop.says(WRONG_STATUS)
    shop.sells_refused()
    answer = shop.register.sale("a", BOOTS, COFFEE)
    assert answer["marks"] == [{"line": 1, "verdict": "refused", "result": WRONG_STATUS}]


def test_a_return_is_taken_whatever_the_check_says(shop: Shop) -> None:
    shop.says(RIGHT)
    sold = shop.register.sale("a", BOOTS)
    shop.says(WRONG_STATUS)
    back = shop.register.take_back("b", sold["document"], marks={1: Mark(CODE.encode())})
    assert back["marks"] == [{"line": 1, "verdict": "refused", "result": WRONG_STATUS}]
    assert [one[1] for one in shop.register.receipts()] == [1, 2]


def test_every_check_is_told_what_is_planned(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tag 2003: a piece sold and returned, a part sold and returned."""
    planned: list[int] = []
    check = shop.register.printer.mark_check
    monkeypatch.setattr(
        shop.register.printer,
        "mark_check",
        lambda code, status, tlv: planned.append(status) or check(code, status, tlv),
    )
    for sale, mark in (("a", CODE), ("b", {"text": CODE, "part": "1/3"})):
        sold = shop.register.sale(sale, {**BOOTS, "mark": mark})
        shop.register.take_back(sale + "-back", sold["document"], marks={1: Mark(CODE.encode())})
    assert planned == [1, 3, 2, 4]


def test_checks_that_take_too_long_end_before_anything_is_begun(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    check = shop.register.printer.mark_check

    def slow(*given: Any) -> Any:
        shop.register.clock.advance(39.0)
        return check(*given)

    monkeypatch.setattr(shop.register.printer, "mark_check", slow)
    lines = [{**BOOTS, "id": str(n), "mark": CODE.replace("YQ", f"Y{n}")} for n in range(3)]
    with pytest.raises(AgentError) as told:
        shop.register.sale("a", *lines)
    assert told.value.code == "MRK-05"
    assert shop.register.query("SELECT * FROM sale_intent") == []
    monkeypatch.undo()
    assert isinstance(shop.register.printer.mark_clear(), Done)
    shop.register.sale("a", *lines)
    assert len(shop.register.receipts()) == 1


@pytest.mark.parametrize("kind", ["shtrih-1.0", "shtrih-2.0"])
def test_a_restart_nobody_noticed_is_a_refusal_and_no_receipt(kind: str, tmp_path: Path) -> None:
    """The device has forgotten the code between its check and its item: ACh, cancelled, sold by the repeat."""
    register = ConformanceRegister(tmp_path, kind, ffd="1.2", kkt_version="003")
    opened = register.printer.receipt_open

    def forgetful(what: Any) -> Any:
        register.plant.machine.marking = Marking()
        register.printer.receipt_open = opened
        return opened(what)

    register.printer.receipt_open = forgetful
    with pytest.raises(AgentError) as told:
        register.sale("a", BOOTS, customer=register.customer)
    assert told.value.code == "SAL-03"
    assert "FF67h refused with ACh" in told.value.lines
    assert register.device.receipt is None
    register.sale("a", BOOTS, customer=register.customer)
    assert register.receipts() == [(3, 1, 259_900)]
    register.store.close()


@pytest.mark.parametrize("kind", ["shtrih-1.0", "fptr10"])
def test_an_older_format_refuses_in_words(kind: str, tmp_path: Path) -> None:
    register = ConformanceRegister(tmp_path, kind)
    with pytest.raises(AgentError) as told:
        register.sale("a", BOOTS)
    assert told.value.code == "SAL-03"
    assert "ФФД" in told.value.lines[0]
    assert "1.2" in told.value.lines[0]
    assert register.query("SELECT * FROM sale_intent") == []
    register.sale("b", COFFEE)
    register.store.close()
