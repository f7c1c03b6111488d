"""One short day on a port of each vendor, with real processes. Every other port: `make kills`."""

import pytest
from kit.conformance_ports import Port
from kit.short_day import EVERY_PORT, register_on, short_day

EVERY_DAY = [port for port in EVERY_PORT if port.name in ("shtrih-1.0-pty", "atol-v3-pty")]


@pytest.mark.parametrize("port", EVERY_DAY, ids=lambda port: port.name)
def test_a_short_day(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(EVERY_DAY) == 2
    with register_on(port, monkeypatch) as register:
        short_day(register)
