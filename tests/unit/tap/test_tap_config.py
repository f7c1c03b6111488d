"""Tap mode in the settings: which printers and protocols it goes with, and what is wired then."""

from pathlib import Path

import pytest

from drivers.atol.printer import AtolPrinter
from drivers.atol.tap import GuestPrinter
from pos_agent.clock import SystemClock
from pos_agent.config import Config, load
from pos_agent.errors import UsageError
from pos_agent.printer_wiring import printer_side

ATOL = 'vendor = "atol"\n'


def config(folder: Path, printer: str, tap: str = "pty:/run/pos-agent/till") -> Config:
    path = folder / "agent.toml"
    path.write_text(f'[agent]\ndata_dir = "{folder}"\n[printer]\n{printer}\n[tap]\nport = "{tap}"\n', encoding="utf-8")
    return load(path)


@pytest.mark.parametrize(
    ("printer", "says"),
    [
        (ATOL + 'port = "/dev/ttyACM0"', "printer.protocol"),
        (ATOL + 'port = "/dev/ttyACM0"\nprotocol = "v3"\nsecond_port = true', "second_port"),
        (ATOL + 'port = "/dev/ttyACM0"\nbackend = "fptr10"', 'backend = "protocol"'),
    ],
)
def test_what_does_not_go_together_is_refused_with_the_reason(tmp_path: Path, printer: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        config(tmp_path, printer)
    assert says in " ".join(refused.value.lines)
    assert config(tmp_path, printer, tap="").tap.port == "", "without a tap it is allowed"


@pytest.mark.parametrize(
    ("printer", "protocol"),
    [
        (ATOL + 'port = "/dev/ttyACM0"\nprotocol = "v2"', "v2"),
        (ATOL + 'port = "/dev/ttyACM0"\nprotocol = "v3"', "v3"),
        (ATOL + 'port = "tcp:192.168.1.10:5555"', "v3"),
    ],
)
def test_the_daemon_gets_a_tap_and_a_guest_and_a_command_does_not(tmp_path: Path, printer: str, protocol: str) -> None:
    clock, made = SystemClock(), config(tmp_path, printer)
    side = printer_side(made, clock, clock.monotonic, tapped=True)
    assert side.tap is not None
    assert isinstance(side.printer, GuestPrinter)
    assert side.printer._guest.protocol == protocol
    alone = printer_side(made, clock, clock.monotonic, tapped=False)
    assert alone.tap is None
    assert type(alone.printer) is AtolPrinter
