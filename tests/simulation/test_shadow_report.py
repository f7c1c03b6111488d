"""`rules shadow`: sums of what differs, and the answers when there is nothing to tell."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from kit.gateway_register import COFFEE, GatewayRegister

from pos_agent.api import shadow as api
from pos_agent.cli import shadow as cli
from pos_agent.errors import AgentError
from pos_agent.shadow.pricing import beside

RULES = """
[program]
id = "test"
name = "Тест"
[accrue]
bp = 1000
[spend]
[[rule]]
id = "ten"
kind = "item_percent"
bp = 1000
"""


def parts(register: GatewayRegister, file: Path | None) -> SimpleNamespace:
    config = SimpleNamespace(loyalty=SimpleNamespace(shadow_rules=file))
    return SimpleNamespace(config=config, views=register.store)


@pytest.fixture
def told(tmp_path: Path):
    """The report after three sales, one of a customer who spends points."""
    register, file = GatewayRegister(tmp_path), tmp_path / "shadow.toml"
    file.write_text(RULES, encoding="utf-8")
    shadow = beside(register.orders, register.store, file, "store-1")
    shadow.turn()
    register.give(5000)
    register.sale("s-1")
    register.sale("s-2", customer=register.customer, spend=2000)
    register.sale("s-3", lines=[{**COFFEE, "qty": "2"}], customer=register.customer)
    assert shadow.turn() == 3
    shadow.close()
    yield api.report(parts(register, file), {})
    register.store.close()


def test_sums_by_hand(told: dict) -> None:
    """100, 100 and 200 roubles less a tenth; the second pays 20 by points either way, so it earns 7.00, not 8.00."""
    assert told["sales"] == {"priced": 3, "differing": 3, "failed": 0}
    assert told["difference"] == {
        "discount_kop": 4000,
        "paid_kop": -4000,
        "spent_pt": 0,
        "issued_pt": -300,
        "coupons": 0,
    }
    assert told["sources"] == {"basket": 3}
    assert [day["sales"] for day in told["by_day"]] == [3]
    assert [one["shadow"]["applied"] for one in told["last"]] == [["ten"]] * 3


def test_a_person_reads_it(told: dict, monkeypatch, capsys) -> None:
    monkeypatch.setattr(cli, "call", lambda *_: told)
    cli.shadow()
    out = capsys.readouterr().out
    assert "Посчитано продаж 3, отличаются 3, не посчитались 0" in out
    assert "Скидок больше на 40.00, к оплате больше на -40.00" in out


def test_nothing_to_tell(tmp_path: Path) -> None:
    register, file = GatewayRegister(tmp_path), tmp_path / "shadow.toml"
    for text, code in ((None, "SHD-01"), ("", "SHD-02"), ("[program", "SHD-02")):
        if text is not None:
            file.write_text(text, encoding="utf-8")
        with pytest.raises(AgentError) as error:
            api.report(parts(register, None if text is None else file), {})
        assert (error.value.code, error.value.exit_code) == (code, 1)
    file.write_text(RULES, encoding="utf-8")
    assert api.report(parts(register, file), {})["sales"] == {"priced": 0, "differing": 0, "failed": 0}
    register.store.close()
