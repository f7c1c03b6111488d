"""One short day on every port, with real processes: the same ledger on all of them."""

import pytest
from kit.conformance_ports import Port
from kit.short_day import EVERY_PORT, register_on, short_day


@pytest.mark.parametrize("port", EVERY_PORT, ids=lambda port: port.name)
def test_a_short_day(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    with register_on(port, monkeypatch) as register:
        short_day(register)
