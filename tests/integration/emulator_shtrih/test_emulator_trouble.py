"""Protocol 2.0, faults, device time and the new hands on real ports."""

from __future__ import annotations

import json
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from kit.waiting import until

from emulator.console import Console
from emulator.shtrih.frame import pack
from emulator.shtrih.frame2 import pack as pack2
from emulator.till_client import Client, PrinterError, open_line

STATUS, SHIFT = b"\x10\x1e\0\0\0", b"\xe0\x1e\0\0\0"
SHIFT_2 = pack2(1, b"\xe0\0\x1e")


def till(appliance) -> Client:
    return Client(open_line(appliance.addresses[0]), patience=0.1)


def test_protocol_2_over_a_pty(run_printer, connect):
    appliance = run_printer(protocol="auto")
    host = connect(appliance.addresses[0])
    for _ in range(3):
        assert host.talk(pack2(1, SHIFT), len(SHIFT_2)) == SHIFT_2
    assert appliance.device.fn.last_fd == 2
    network = connect(appliance.addresses[1])
    assert network.talk(b"\x05", 1) == b"\x15", "another endpoint chooses for itself"


def test_14h_in_protocol_2_changes_the_speed_after_its_answer(run_printer, connect, tmp_path):
    appliance = run_printer(protocol="2.0", listen=[f"pty:{tmp_path / 'kkt'}"])
    host = connect(appliance.addresses[0])
    answer = pack2(1, b"\x14\0")
    assert host.talk(pack2(1, b"\x14\x1e\0\0\0\0\x02\x64"), len(answer)) == answer
    until(lambda: appliance.machine.ports.baud(0) == 9600)
    fresh = connect(appliance.addresses[0], termios.B9600)
    assert fresh.talk(pack2(1, b"\x14"), len(answer)) == answer, "a repeat of the number, at the new speed"


def test_a_slow_device_answers_in_its_time(run_printer, connect, tmp_path):
    times = tmp_path / "mine.toml"
    times.write_text('default = 0.0\n[seconds]\n"E0" = 0.7\n')
    host = connect(run_printer(device_time=str(times)).addresses[0])
    assert host.talk(b"\x05", 1) == b"\x15"
    began = time.monotonic()
    assert host.talk(pack(SHIFT), 1) == b"\x06"
    assert host.talk(b"\x05", 1) == b"\x06", "it is preparing an answer"
    assert host.read(6) == pack(b"\xe0\0\x1e")
    assert time.monotonic() - began >= 0.7


def test_a_plan_cuts_the_power_and_gives_it_back(run_printer, tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text('[[fault]]\nkind = "power"\nmoment = "after-commit"\ncommand = "E0"\nat = 1\nseconds = 0.5\n')
    appliance = run_printer(faults=str(plan))
    client = till(appliance)
    with pytest.raises(PrinterError):
        client.command(b"\xe0")
    assert appliance.device.fn.last_fd == 2
    until(lambda: appliance.device.powered)
    assert client.command(b"\x10")[3] == 2
    assert Console(appliance).run("faults")["faults"] == ["0 #1 E0 power 1"]


def test_a_plan_pulls_the_cable_and_renames_the_port(run_printer, tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text('[[fault]]\nkind = "cable"\nname = "new"\nat = 2\nseconds = 0.3\n')
    appliance = run_printer(faults=str(plan))
    client, name = till(appliance), appliance.addresses[0]
    client.command(b"\x10")
    with pytest.raises(PrinterError):
        client.command(b"\x10")
    until(lambda: appliance.addresses[0] != name)
    assert appliance.addresses[0] == f"{name}-2"
    assert not Path(name.removeprefix("pty:")).is_symlink()
    assert till(appliance).command(b"\x10")


def test_the_paper_of_a_plan_comes_back(run_printer, tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text('[[fault]]\nkind = "paper_out"\nlines = 3\nseconds = 0.3\ncommand = "E0"\n')
    appliance = run_printer(faults=str(plan))
    till(appliance).command(b"\xe0")
    until(lambda: appliance.device.paper.name == "BACK")
    till(appliance).command(b"\xb0")


def test_new_hands_of_the_console(run_printer):
    console = Console(run_printer(listen=["tcp:127.0.0.1:0"]))
    assert console.run("paper in 300")["paper"] == "PRESENT"
    assert console.run("fn documents 3")["documents_left"] == 3
    assert console.run("fn fail")["failed"] is True
    assert console.run("fn mend")["failed"] is False
    assert console.run("clock 24")["ok"]
    assert console.run("busy 1 report")["ok"]
    assert console.run("faults")["faults"] == []
    for wrong in ("fn", "fn documents -1", "fn days x", "clock", "clock soon", "busy 1 2", "faults 1", "paper in 0",
                  "cable plug 1 2", "cable plug renamed now", "cable pull 1 renamed"):  # fmt: skip
        assert console.run(wrong)["ok"] is False, wrong


@pytest.mark.parametrize(
    "options",
    [
        ["--faults", "nonsense"],
        ["--device-time", "nonsense"],
        ["--protocol", "3.0"],
        ["--paper", "0"],
        ["--model", "atol", "--protocol", "1.0"],
    ],
)
def test_wrong_options_are_exit_2(tmp_path, options):
    program = [str(Path(sys.executable).parent / "fiscal-emulator"), "printer", "--listen", f"pty:{tmp_path / 'kkt'}"]
    done = subprocess.run([*program, *options], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr


def test_the_command_line_takes_them_all(tmp_path):
    program = [str(Path(sys.executable).parent / "fiscal-emulator"), "printer", "--listen", f"pty:{tmp_path / 'kkt'}"]
    options = ["--faults", "bad-day", "--seed", "3", "--device-time", "real", "--protocol", "auto", "--paper", "9000"]
    running = subprocess.Popen([*program, *options], stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        assert json.loads(running.stdout.readline())["ready"] is True
    finally:
        running.terminate()
        running.wait(20)
        running.stdout.close()
    assert running.returncode == 0
