"""`pos-agent probe` beside a running ATOL: each protocol on a pty, both kinds of register at once, a dead port."""

import json
import os
import pty
import re
import subprocess
import sys
import termios
import time
import tomllib
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
DEAD_PORT_S = 30.0


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., list[str]]]:
    """Starts an emulator as a child process; returns its endpoints."""
    running: list[subprocess.Popen] = []

    def run(name: str, *args: str) -> list[str]:
        command = [str(BIN / "fiscal-emulator"), "printer", "--listen", f"pty:{tmp_path / name}", *args]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        return [each.removeprefix("pty:") for each in json.loads(running[-1].stdout.readline())["endpoints"]]

    yield run
    for process in running:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def probe(*args: str) -> subprocess.CompletedProcess:
    around = {**os.environ, "POS_AGENT_AGENT__LANGUAGE": "ru"}
    return subprocess.run(
        [str(BIN / "pos-agent"), "probe", *args], capture_output=True, text=True, timeout=100, env=around
    )


def test_each_kind_is_found_among_the_others(start: Callable[..., list[str]]) -> None:
    (second,) = start("a2", "--model", "atol", "--protocol", "v2")
    third, other = start("a3", "--model", "atol", "--listen", "tcp:127.0.0.1:0")
    (shtrih,) = start("s", "--model", "shtrih")
    ports = [second, third, other, shtrih]
    done = probe(*[word for port in ports for word in ("--port", port)], "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["ports"]
    assert [each["verdict"] for each in found] == ["ready"] * 4
    assert [each["settings"] for each in found] == [
        {"vendor": "atol", "protocol": "v2", "port": second, "baud": 115200},
        {"vendor": "atol", "protocol": "v3", "port": third, "baud": 115200},
        {"vendor": "atol", "protocol": "v3", "port": other},
        {"vendor": "shtrih", "port": shtrih, "baud": 115200},
    ]
    again = probe("--port", shtrih, "--port", second)
    assert again.returncode == 0, "neither was disturbed by the first round"
    assert again.stdout.count("[printer]") == 2


@pytest.mark.parametrize("protocol", ["v2", "v3"])
def test_the_report_decides_and_holds_nothing_personal(
    start: Callable[..., list[str]], tmp_path: Path, protocol: str
) -> None:
    (port,) = start("a", "--model", "atol", "--protocol", protocol)
    path = tmp_path / "report.toml"
    done = probe("--port", port, "--report", str(path), "--json")
    assert done.returncode == 0, done.stderr
    text = path.read_text(encoding="utf-8")
    report = tomllib.loads(text)
    told = json.loads(done.stdout)["report"]
    assert told["decided"] == sum(bool(fact["reading"]) for fact in report["fact"]) >= 20
    readings = {fact["name"]: fact["reading"] for fact in report["fact"]}
    assert readings["9D-offset"] == "at once"
    assert readings.get("add-answer", "") == ("a status, then F0h" if protocol == "v3" else "")
    assert (report["device"]["vendor"], report["device"]["protocol"]) == ("atol", f"АТОЛ {protocol[1]}")
    assert re.fullmatch(r"…\d{4}", report["device"]["serial"])
    assert not re.search(r"\d{9}", text)
    assert port not in text


def test_a_dead_port_ends_in_bounded_time() -> None:
    master, slave = pty.openpty()
    tty.setraw(slave, termios.TCSANOW)
    begun = time.monotonic()
    done = probe("--port", os.ttyname(slave))
    os.close(slave)
    os.close(master)
    assert done.returncode == 1
    assert "[INS-04]" in done.stdout
    assert time.monotonic() - begun < DEAD_PORT_S
