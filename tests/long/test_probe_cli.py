"""`pos-agent probe` as a child process, the emulator as another: pty at any speed, TCP, rivals, the report."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.waiting import until

from drivers.shtrih.frame import encode_frame
from drivers.streams.serial_port import SerialPort

BIN = Path(sys.executable).parent
SECRETS = ("00106712345678", "12345678", "7707083893", "0000000123041677", "9999078902001234")


class Bench:
    def __init__(self, folder: Path) -> None:
        self.pty = f"{folder}/kkt"
        command = [
            str(BIN / "fiscal-emulator"),
            "printer",
            "--listen",
            f"pty:{self.pty}",
            "--listen",
            "tcp:127.0.0.1:0",
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.tcp = json.loads(self.process.stdout.readline())["endpoints"][1]

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()

    def set_speed(self, code: int) -> None:
        """14h over the pty at 115200: port 0, speed by its code, byte time-out 100 ms."""
        port = SerialPort(self.pty, 115200)
        port.open()
        frame = encode_frame(bytes.fromhex("14 1E 00 00 00") + bytes((0, code, 100)))
        for said in (b"\x05", frame):
            port.write(said)
            assert until(lambda: port.read(64, 0.1))
        port.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def probe(*args: str, lang: str = "ru") -> subprocess.CompletedProcess:
    around = {**os.environ, "POS_AGENT_AGENT__LANGUAGE": lang}
    return subprocess.run(
        [str(BIN / "pos-agent"), "probe", *args], capture_output=True, text=True, timeout=90, env=around
    )


def test_found_at_its_speed_with_lines_for_the_settings(bench: Bench) -> None:
    done = probe("--port", bench.pty)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["Порт", "Скорость", "Что", "ответило", "Вывод"]
    assert "115200" in lines[1]
    assert "ШТРИХ-М-01Ф" in lines[1]
    assert lines[1].endswith("готов")
    assert lines[-4:] == ["[printer]", 'vendor = "shtrih"', f'port = "{bench.pty}"', "baud = 115200"]
    assert not any(secret in done.stdout for secret in SECRETS)


def test_a_printer_at_4800_is_found_at_4800(bench: Bench) -> None:
    bench.set_speed(1)
    done = probe("--port", bench.pty, "--json")
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)["ports"]
    assert (found["verdict"], found["baud"], found["speeds_tried"]) == ("ready", 4800, 2)
    assert found["settings"] == {"vendor": "shtrih", "port": bench.pty, "baud": 4800}


def test_tcp_open_and_closed(bench: Bench) -> None:
    done = probe("--port", bench.tcp, "--port", "tcp:127.0.0.1:9", lang="en")
    assert done.returncode == 0, done.stderr
    assert f'port = "{bench.tcp}"' in done.stdout
    assert "connection refused" in done.stdout
    assert "The address answers, the port is closed. Enable TCP. [INS-06]" in done.stdout
    assert probe("--port", "tcp:127.0.0.1:9").returncode == 3


def test_a_port_that_another_program_holds(bench: Bench) -> None:
    holder = SerialPort(bench.pty)
    holder.open()
    done = probe("--port", bench.pty)
    holder.close()
    assert done.returncode == 3
    name = Path("/proc/self/comm").read_text().strip()
    assert f"Порт держит программа {name}. Закройте её или выберите режим 2. [INS-03]" in done.stdout


def test_a_wrong_password_and_wrong_ports(bench: Bench) -> None:
    done = probe("--port", bench.pty, "--password", "4711")
    assert done.returncode == 3
    assert "Неверный пароль оператора. Возьмите его из таблицы принтера. [INS-05]" in done.stdout
    assert "[printer]" not in done.stdout
    gone = probe("--port", "/dev/no-such-port")
    assert gone.returncode == 1
    assert "[PRN-07]" in gone.stdout
    odd = probe("--port", "usb:12")
    assert odd.returncode == 2
    assert "[INS-16]" in odd.stderr


def test_the_report_decides_and_holds_nothing_personal(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "report.toml"
    done = probe("--port", bench.pty, "--report", str(path), "--json")
    assert done.returncode == 0, done.stderr
    text = path.read_text(encoding="utf-8")
    report = tomllib.loads(text)
    told = json.loads(done.stdout)["report"]
    assert told == {"path": str(path), "decided": sum(bool(f["reading"]) for f in report["fact"]), "count": 33}
    assert told["decided"] >= 25
    readings = {fact["name"]: fact["reading"] for fact in report["fact"]}
    assert readings["stored-answer"] == "given again"
    assert readings["answer-after-reconnect"] == "survives"
    assert readings["FF3Bh-interrupted"] in ("position lost", "position kept")
    assert re.fullmatch(r"…\d{4}", report["device"]["serial"])
    assert not any(secret in text for secret in SECRETS)
    assert bench.pty not in text, "where a port is called what says something about the shop"


def test_a_report_needs_one_printer_and_a_place(bench: Bench, tmp_path: Path) -> None:
    both = probe("--port", bench.pty, "--port", bench.tcp, "--report", str(tmp_path / "r.toml"))
    assert both.returncode == 2
    assert "готовых сейчас 2" in both.stderr
    assert not (tmp_path / "r.toml").exists()
    nowhere = probe("--port", bench.pty, "--report", str(tmp_path / "no" / "r.toml"))
    assert nowhere.returncode == 2
    assert "[INS-17]" in nowhere.stderr
