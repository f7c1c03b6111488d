"""The scripted till against a running printer, and the command line around both."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from emulator.cli import app
from emulator.till import ScriptError, run_script
from emulator.till_client import PrinterError

DAY = Path(__file__).parents[3] / "config" / "examples" / "till-day.toml"
PROGRAM = [sys.executable, "-c", "from emulator.cli import main; main()"]


def write(folder: Path, text: str) -> Path:
    script = folder / "script.toml"
    script.write_text(text, "utf-8")
    return script


@pytest.mark.parametrize("endpoint", [0, 1], ids=["pty", "tcp"])
def test_a_whole_day(run_printer, tmp_path, endpoint):
    state = tmp_path / "state"
    printer = run_printer(state=state)
    results = list(run_script(printer.addresses[endpoint], DAY))
    assert [result["step"] for result in results] == [
        "morning", "float", "coffee", "by card", "marked", "brought back", "noon", "collection", "evening",
    ]  # fmt: skip
    assert all(result["ok"] for result in results)
    coffee = results[2]
    assert (coffee["total_kop"], coffee["change_kop"], coffee["fd"]) == (38_000, 12_000, 3)
    listed = CliRunner().invoke(app, ["documents", "--state", str(state), "--json"])
    documents = json.loads(listed.stdout)
    assert [each["form"] for each in documents] == [1, 2, 3, 3, 3, 3, 5]
    assert [each["total_kop"] for each in documents[2:6]] == [38_000, 61_350, 4_500, 8_000]
    assert [each["operation"] for each in documents[2:6]] == [1, 1, 1, 2]
    assert {each["fpd"] for each in documents} >= {each["fpd"] for each in results if "fpd" in each}
    tags = {each["tag"]: each for each in documents[3]["tags"]}
    assert tags[1008]["value"] == "anna@example.org"
    assert [(tag["tag"], tag["value"]) for tag in tags[1084]["tags"]] == [(1085, "карта"), (1086, "2000000000015")]
    marked = next(tag for tag in documents[4]["tags"] if tag["tag"] == 1059)
    assert next(tag for tag in marked["tags"] if tag["tag"] == 1162)["value"].startswith("444d")
    assert documents[4]["tags"][-1]["tag"] or documents[4]["body"]


def test_one_step_by_name(run_printer):
    address = run_printer().addresses[0]
    assert [result["do"] for result in run_script(address, DAY, "morning")] == ["open_shift"]
    assert [result["fd"] for result in run_script(address, DAY, "coffee")] == [3]
    with pytest.raises(ScriptError, match="no step"):
        list(run_script(address, DAY, "night"))


def test_a_refused_step_cancels_its_receipt(run_printer, tmp_path):
    printer = run_printer()
    script = write(tmp_path, '[[step]]\ndo = "sale"\ncash_kop = 1\nlines = [{ name = "Чай", price_kop = 100 }]\n')
    with pytest.raises(PrinterError) as caught:
        list(run_script(printer.addresses[0], script))
    assert caught.value.code == 0x3D
    list(run_script(printer.addresses[0], DAY, "morning"))
    with pytest.raises(PrinterError) as caught:
        list(run_script(printer.addresses[0], script))
    assert caught.value.code == 0x45
    assert printer.device.receipt_kind is None


def test_the_till_waits_for_paper(run_printer):
    printer = run_printer()
    address = printer.addresses[0]
    list(run_script(address, DAY, "morning"))
    printer.device.paper_out(after_lines=4)
    printed = threading.Timer(0.3, printer.device.paper_in)
    printed.start()
    results = list(run_script(address, DAY, "coffee"))
    printed.join()
    assert results[0]["ok"]
    assert printer.device.paper.name == "PRESENT"


@pytest.mark.parametrize(
    "text",
    ["", "step = 3", "step = [3]", "[[step]]\ndo = 'dance'", "x =", "[[step]]\ndo = 'sale'",
     "[[step]]\ndo = 'sale'\nlines = [{ name = 'x', price_kop = 1, qty = 'two' }]",
     "[[step]]\ndo = 'sale'\nlines = [{ name = 'x', price_kop = 1, vat = 'vat33' }]"],
)  # fmt: skip
def test_wrong_scripts(run_printer, tmp_path, text):
    printer = run_printer()
    list(run_script(printer.addresses[0], DAY, "morning"))
    with pytest.raises(ScriptError):
        list(run_script(printer.addresses[0], write(tmp_path, text)))
    assert printer.device.receipt_kind is None


def test_command_line_of_the_till_has_exit_codes(run_printer, tmp_path):
    runner = CliRunner()
    address = run_printer().addresses[1]
    done = runner.invoke(app, ["till", "--port", address, "--script", str(DAY), "--step", "morning"])
    assert (done.exit_code, json.loads(done.stdout)["do"]) == (0, "open_shift")
    assert runner.invoke(app, ["till", "--port", address, "--script", "nowhere.toml"]).exit_code == 2
    assert runner.invoke(app, ["till", "--port", "/nowhere", "--script", str(DAY)]).exit_code == 3
    again = runner.invoke(app, ["till", "--port", address, "--script", str(DAY), "--step", "morning"])
    assert again.exit_code == 3
    assert "73h" in again.stderr


def test_paper_is_shown(run_printer, tmp_path):
    state = tmp_path / "state"
    list(run_script(run_printer(state=state).addresses[0], DAY, "morning"))
    runner = CliRunner()
    shown = runner.invoke(app, ["tape", "--state", str(state)])
    assert shown.exit_code == 0
    assert "РОМАШКА" in shown.stdout.upper()
    drawn = runner.invoke(app, ["tape", "--state", str(state), "--png", str(tmp_path / "paper.png")])
    assert drawn.exit_code == 0
    assert (tmp_path / "paper.png").read_bytes().startswith(b"\x89PNG")
    assert runner.invoke(app, ["tape", "--state", str(tmp_path / "other")]).exit_code == 2
    assert runner.invoke(app, ["documents", "--state", str(tmp_path / "other")]).exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [["--model", "nonsense"], ["--profile", "nobody"], ["--ffd", "1.1"], ["--listen", "usb:1"]],
)
def test_wrong_orders(arguments):
    result = CliRunner().invoke(app, ["printer", "--listen", "tcp:127.0.0.1:0", *arguments])
    assert result.exit_code == 2


def test_a_taken_port_is_a_usage_error():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"tcp:127.0.0.1:{taken.getsockname()[1]}"
        assert CliRunner().invoke(app, ["printer", "--listen", address]).exit_code == 2


def test_program_runs_obeys_its_console_and_stops(tmp_path):
    link, state = tmp_path / "kkt", tmp_path / "state"
    command = [*PROGRAM, "printer", "--listen", f"pty:{link}", "--state", str(state), "--ffd", "1.2", "--console"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        ready = json.loads(program.stdout.readline())
        assert ready == {"ready": True, "endpoints": [f"pty:{link}"], "endpoint": f"pty:{link}"}
        program.stdin.write("status\nnonsense\n")
        program.stdin.flush()
        assert json.loads(program.stdout.readline())["mode"] == "SHIFT_CLOSED"
        assert json.loads(program.stdout.readline())["ok"] is False
        assert [result["fd"] for result in run_script(str(link), DAY, "morning")] == [2]
        program.send_signal(signal.SIGTERM)
        assert program.wait(10) == 0
    assert not link.is_symlink()
    documents = json.loads(CliRunner().invoke(app, ["documents", "--state", str(state), "--json"]).stdout)
    assert [each["form"] for each in documents] == [1, 2]


def test_a_killed_program_goes_on_where_it_was(tmp_path):
    link, state = tmp_path / "kkt", tmp_path / "state"
    command = [*PROGRAM, "printer", "--listen", f"pty:{link}", "--state", str(state)]
    for steps, wanted in ((("morning", "coffee"), [2, 3]), (("by card", "evening"), [4, 5])):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
            assert json.loads(program.stdout.readline())["ready"]
            found = [result["fd"] for step in steps for result in run_script(str(link), DAY, step)]
            os.kill(program.pid, signal.SIGKILL)
        assert found == wanted
