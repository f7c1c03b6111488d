"""A shop's own slip that fails with the figures of a real receipt: the usual one is printed, and status says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.http_agent import BASKET
from kit.register import CARD, Register
from kit.waiting import until

SLIP = "Здравствуйте, {{ name }}\n@card\n"


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    made = Register(tmp_path)
    (tmp_path / "slips").mkdir()
    (tmp_path / "slips" / "receipt.j2").write_text(SLIP, encoding="utf-8")
    (tmp_path / "slips" / "reciept.j2").write_text("Баланс | {{ available }}", encoding="utf-8")
    made.extra = f'[loyalty]\nslip_templates = "{tmp_path}/slips"\n'
    made.start_printer()
    made.prepare()
    made.start_agent("--from", "1")
    made.wait_for_agent()
    until(lambda: made.status()["printer"]["connected"], 60)
    yield made
    made.close()


def told(register: Register) -> list[str]:
    return [one["what"] for one in register.status()["warnings"] if one["code"] == "SLP-05"]


def test_status_names_a_name_that_is_none_at_once_and_a_failure_when_it_happens(register: Register) -> None:
    (misspelt,) = told(register)
    assert "reciept.j2" in misspelt
    card = register.ask("customer.add", name="Итого", phone="+79160000043", consent=True)["card"]
    register.ask("sell", basket=BASKET, sale="one", customer=card)
    register.settled(60)
    assert "Здравствуйте" not in register.tape(), "the usual slip came out"
    assert [one for one in told(register) if "receipt.j2" in one], told(register)
    register.ask("sell", basket=BASKET, sale="two", customer=CARD)
    register.settled(60)
    assert told(register) == [misspelt], "the next one came out"
    assert "Здравствуйте" in register.tape()
