"""The agent watches an ATOL register on its second port while a till sells on the first one."""

import tempfile
from pathlib import Path

import pytest
from kit.conformance_ports import environment
from kit.register import PHONE, Register
from kit.waiting import until

from pos_agent.cli.story.atol_till import AtolTill
from pos_agent.clock import SystemClock

SCRIPT = f"""
tax_system = 1
[[step]]
name = "open"
do = "open_shift"
[[step]]
name = "stranger"
do = "sale"
cash_kop = 50000
lines = [{{ name = "Кофе", price_kop = 10000, vat = "vat10" }}, {{ name = "Чай", price_kop = 5000, vat = "none" }}]
[[step]]
name = "anna"
do = "sale"
card_kop = 20000
contact = "{PHONE}"
lines = [{{ name = "Сыр", price_kop = 20000, vat = "vat10" }}]
"""


@pytest.mark.parametrize("protocol", ["v3", "v2"])
def test_the_tills_receipts_are_recorded_from_the_second_port(protocol: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = (("VENDOR", "atol"), ("PROTOCOL", protocol), ("SECOND_PORT", "true"))
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    with tempfile.TemporaryDirectory(prefix="pa-") as folder:
        register = Register(Path(folder))
        try:
            register.start_printer("--model", "atol", "--protocol", protocol)
            register.prepare()
            register.start_agent("--from", "1")
            register.wait_for_agent()
            until(lambda: register.status()["storage"]["recorded_fd"] == 1, 30)
            script = Path(folder) / "till.toml"
            script.write_text(SCRIPT, encoding="utf-8")
            told = AtolTill(Path(folder) / "till", SystemClock(), protocol).run(script)
            assert [one["fd"] for one in told] == [2, 3, 4]
            register.settled()
            events = register.events()
            assert [(one["kind"], one["facts"].get("total_kop")) for one in events] == [
                ("registration", None), ("shift_open", None), ("receipt", 15000), ("receipt", 20000),
            ]  # fmt: skip
            assert register.active_pt() == 2000, "the customer is known by the phone in the receipt"
            assert register.tape().count("НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ") == 1
            assert register.ask("ledger.verify")["ok"] is True
        finally:
            register.close()
