"""Switches of a driver in the settings: they reach the driver, and a wrong one is refused with its place."""

import inspect
from dataclasses import fields
from pathlib import Path

import pytest

from drivers.atol.printer import AtolPrinter
from drivers.atol.switches import EVIDENCE, Switches
from drivers.atol.vat import vat_tables as atol_vat_tables
from drivers.shtrih.printer import ShtrihPrinter
from drivers.shtrih.vat import vat_tables
from pos_agent.clock import SystemClock
from pos_agent.config import Config, load
from pos_agent.config_printer import switches_of
from pos_agent.errors import UsageError
from pos_agent.printer_wiring import printer_side

SHTRIH_ARGUMENTS = {"enq", "mirrored_graphics", "trust_length", "vat_table", "old_operations"}
SHTRIH = 'port = "/dev/ttyACM0"\n'
ATOL = 'vendor = "atol"\nprotocol = "v3"\n' + SHTRIH


def config(folder: Path, printer: str, tap: str = "") -> Config:
    path = folder / "agent.toml"
    path.write_text(f'[agent]\ndata_dir = "{folder}"\n[printer]\n{printer}\n[tap]\nport = "{tap}"\n', encoding="utf-8")
    return load(path)


def test_every_switch_of_a_driver_can_be_set() -> None:
    shtrih, atol, plain = switches_of("shtrih"), switches_of("atol"), Switches()
    assert set(shtrih) == SHTRIH_ARGUMENTS
    assert set(shtrih) < set(inspect.signature(ShtrihPrinter.__init__).parameters)
    assert set(atol) == {field.name for field in fields(Switches)} == set(EVIDENCE)
    for name, kind in atol.items():
        default = getattr(plain, name)
        assert default is None or type(default).__name__ == kind, name
    assert (shtrih["vat_table"], atol["vat_table"]) == (list(vat_tables()), list(atol_vat_tables()))
    assert atol["archive_mode"] == "int"


def test_they_reach_the_driver(tmp_path: Path) -> None:
    clock = SystemClock()
    given = config(tmp_path, SHTRIH + 'switches = { old_operations = true, enq = false, vat_table = "nano-f" }')
    shtrih = printer_side(given, clock, clock.monotonic, tapped=False).printer
    assert isinstance(shtrih, ShtrihPrinter)
    assert shtrih._switches == {
        "mirrored_graphics": False,
        "trust_length": True,
        "old_operations": True,
        "vat_table": "nano-f",
    }
    for port in ("", "pty:/run/pos-agent/till"):
        given = config(tmp_path, ATOL + "switches = { archive_mode = 2, scale_byte = false }", port)
        atol = printer_side(given, clock, clock.monotonic, tapped=True).printer
        assert isinstance(atol, AtolPrinter)
        assert (atol._switches.archive_mode, atol._switches.scale_byte) == (2, False)
        assert atol._switches.abort_on_connect is not bool(port), "what the tap needs stays"


def test_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POS_AGENT_PRINTER__SWITCHES__OLD_OPERATIONS", "true")
    assert config(tmp_path, SHTRIH).printer.switches == {"old_operations": True}
    monkeypatch.setenv("POS_AGENT_PRINTER__SWITCHES__OLD_OPERATIONS", "yes")
    with pytest.raises(UsageError, match="CFG-02"):
        config(tmp_path, SHTRIH)


@pytest.mark.parametrize(
    ("printer", "says"),
    [
        (SHTRIH + "switches = { old_operation = true }", "имена в docs/printers.md"),
        (SHTRIH + "switches = { item_flags = 2 }", "имена в docs/printers.md"),
        (ATOL + "switches = { old_operations = true }", "имена в docs/printers.md"),
        (ATOL + 'backend = "fptr10"\nswitches = { item_flags = 2 }', "имена в docs/printers.md"),
        (SHTRIH + "switches = { old_operations = 1 }", "другого вида"),
        (ATOL + "switches = { item_flags = true }", "другого вида"),
        (SHTRIH + 'switches = { vat_table = "nobody" }', "другого вида"),
    ],
)
def test_a_wrong_one_is_refused_with_its_place(tmp_path: Path, printer: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        config(tmp_path, printer)
    (line,) = refused.value.lines
    assert says in line
    assert line.startswith("printer.switches (строка ")
