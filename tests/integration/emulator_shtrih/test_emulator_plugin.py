"""The pytest plugin, by the example of docs/emulator.md run as a till vendor would run it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

ROOT = Path(__file__).parents[3]


def example() -> str:
    """The block of docs/emulator.md that begins with the name of its file."""
    text = (ROOT / "docs" / "emulator.md").read_text("utf-8")
    found = re.search(r"```python\n(# test_my_till\.py\n.*?)```", text, re.DOTALL)
    assert found, "docs/emulator.md shows test_my_till.py"
    return found[1]


def run(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_my_till.py").write_text(text, "utf-8")
    known = any(each.value == "emulator.pytest_plugin" for each in entry_points(group="pytest11"))
    plugin = [] if known else ["-p", "emulator.pytest_plugin"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--strict-markers", *plugin, "."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_example_of_the_docs_passes(tmp_path):
    text = example()
    done = run(tmp_path, text)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{text.count('def test_')} passed" in done.stdout


def test_a_till_that_sells_twice_is_caught(tmp_path):
    """The example's own check fails when its till sends the close again after a lost answer."""
    broken = example().replace("def settle(", "def unused(") + ("\n\ndef settle(client, before):\n    close(client)\n")
    done = run(tmp_path, broken)
    assert done.returncode == 1, done.stdout
    assert "failed" in done.stdout


HANDS = """
from emulator.till_client import Client, PrinterError, open_line
import pytest

def command(printer, code, rest=b""):
    line = open_line(printer.port)
    try:
        return Client(line, patience=0.1).command(bytes.fromhex(code), rest)
    finally:
        line.close()

def test_hands(fiscal_printer, tmp_path):
    printer = fiscal_printer
    command(printer, "E0")
    printer.paper_out()
    with pytest.raises(PrinterError, match="6B"):
        command(printer, "40")
    printer.paper_in()
    printer.cover(True)
    printer.cover(False)
    printer.lose_answer("40", kept=True)
    command(printer, "40")
    printer.power(False)
    with pytest.raises(PrinterError):
        command(printer, "10")
    printer.power(True)
    printer.pull_cable()
    old = printer.port
    printer.plug_cable(renamed=True)
    assert printer.port != old
    printer.pass_hours(25)
    assert printer.status()["mode"] == "SHIFT_OVER"
    printer.cut_power("after")
    with pytest.raises(PrinterError):
        command(printer, "41")
    printer.power(True)
    assert [document["form"] for document in printer.documents()] == [1, 2, 5]
    assert printer.ofd_confirms() == 3
    printer.busy(0)
    assert "X-ОТЧЕТ" in printer.tape()
    printer.picture(tmp_path / "paper.png")
    assert (tmp_path / "paper.png").stat().st_size
    with pytest.raises(ValueError, match="usage"):
        printer.console("paper sideways")

@pytest.mark.fiscal_printer(profile="shtrih-nano-f", faults="nak-storm", seed=7)
def test_marker(fiscal_printer):
    for _ in range(40):
        command(fiscal_printer, "10")
    assert fiscal_printer.faults
    assert fiscal_printer.receipts() == []

def test_several(make_fiscal_printer):
    one, other = make_fiscal_printer(), make_fiscal_printer(ffd="1.2")
    assert one.tcp != other.tcp and one.port != other.port
"""


def test_hands_marker_and_several_printers(tmp_path):
    done = run(tmp_path, HANDS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
