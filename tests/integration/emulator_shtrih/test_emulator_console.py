"""The console: hands on the printer."""

from __future__ import annotations

import pytest

from emulator.console import HELP, Console


@pytest.fixture
def console(run_printer) -> Console:
    return Console(run_printer(listen=["tcp:127.0.0.1:0"]))


def test_paper_and_cover(console):
    assert console.run("paper out") == {"ok": True, "command": "paper out", "paper": "OUT"}
    assert console.run("paper in")["paper"] == "PRESENT"
    assert console.run("paper out after 3")["paper"] == "PRESENT"
    assert console.run("cover open")["cover_open"] is True
    assert console.run("cover close")["cover_open"] is False


def test_busy_and_status(console):
    assert console.run("status")["busy"] is False
    assert console.run("busy 60")["seconds"] == 60
    assert console.run("status")["busy"] is True
    assert console.run("busy 0")["ok"]
    assert console.run("status")["busy"] is False


def test_damage_and_ofd(console):
    body = console._device.fn.body(1)[1]
    assert console.run("damage 1") == {"ok": True, "command": "damage 1", "fd": 1}
    assert console._device.fn.body(1)[1] != body
    assert console.run("damage 9")["ok"] is False
    assert console.run("ofd")["confirmed"] == 1


@pytest.mark.parametrize(
    "line",
    ["", "dance", "paper", "paper sideways", "paper out after", "paper out after x", "paper out after -1", "cover",
     "power", "power maybe", "busy", "busy long", "damage", "damage 0", "cable", "cable pull 5", "cable pull 0",
     "ofd 0", "drawer open"],
)  # fmt: skip
def test_wrong_lines_are_refused_and_change_nothing(console, line):
    before = console.run("status")
    answer = console.run(line)
    assert answer["ok"] is False
    assert answer["error"]
    assert console.run("status") == before


def test_help_names_every_command(console):
    assert console.run("help")["help"] == HELP
    assert {usage.split()[0] for usage in HELP} == set(console._verbs)
