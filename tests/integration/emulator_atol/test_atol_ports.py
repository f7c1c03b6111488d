"""A day over real ports with a scripted host: shift, the sale of the notes, reading back, a slip with QR, Z."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import zxingcpp
from kit.waiting import until
from PIL import Image

from emulator.appliance import Appliance, Order
from emulator.archive import documents_json
from emulator.console import Console

LINES = [
    "EB 00 00 00 00 00 04 49 55 00 00 00 20 00 00 00 00 00 08 99 10 06 00 00 00 00 00 00 00 00 01 04"
    " 00 00 00 00 00 00 00 00 00 00 8A AE E4 A5 20 32 35 30 20 A3",
    "EB 00 00 00 00 00 00 59 90 00 00 00 10 00 00 00 00 00 00 59 90 06 00 00 00 00 00 00 00 00 01 04"
    " 00 00 00 00 00 00 00 00 00 00 95 AB A5 A1",
]
QR = "C1 00 02 08 00 00 00 00 00 00 00 00 00 00 00"
LINK = "https://example.org/k/7"


def ok(host, command: str | bytes) -> bytes:
    data = bytes.fromhex(command) if isinstance(command, str) else command
    answer = host.ask(data)
    assert answer[:2] == b"\x55\x00", f"{data.hex(' ')} -> {answer.hex(' ')}"
    return answer[2:]


def sell(host) -> int:
    """The sale of two lines; returns the number of its document."""
    ok(host, "92 00 01")
    for line in LINES:
        ok(host, "EA 00 01 00")
        ok(host, line)
    ok(host, "4A 00 01 00 00 10 00 00")
    return int(ok(host, "91 33 00 00")[:5].hex())


def read_document(host, fd: int) -> bytes:
    size = int.from_bytes(ok(host, b"\xa4\x45" + fd.to_bytes(4, "little"))[2:4], "little")
    body = b""
    while len(body) < size:
        body += ok(host, "A4 46")
    assert host.ask(b"\xa4\x46") == b"\x55\xda\x00"
    return body


@pytest.mark.parametrize(("protocol", "network"), [("v2", False), ("v3", False), ("v3", True)])
def test_a_day(run_printer, connect, host_of, tmp_path: Path, protocol: str, network: bool):
    state = tmp_path / "kkt.state"
    listen = ["tcp:127.0.0.1:0" if network else f"pty:{tmp_path / 'kkt'}"]
    printer = run_printer(listen=listen, protocol=protocol, state=state, switches=["z_seconds=0.3"])
    host = host_of(connect(printer.addresses[0]), protocol)
    assert host.ask(b"\xa5")[3] == 82
    ok(host, "56 01 00 00 00 30")
    ok(host, "9A 00")
    fd = sell(host)
    body = read_document(host, fd)
    ok(host, "48")
    for line in ("НАЧИСЛЕНЫ БОНУСЫ", "Баланс: 120"):
        ok(host, b"\x4c" + line.encode("cp866"))
    ok(host, bytes.fromhex(QR) + LINK.encode())
    ok(host, "4C 20")
    ok(host, "75 01")
    ok(host, "56 03 00 00 00 30")
    ok(host, "5A")
    until(lambda: host.ask(b"\x45")[1] == 3, every=0.1)
    ok(host, "48")
    documents = documents_json(state)
    assert [one["form"] for one in documents] == [1, 2, 3, 5]
    assert (documents[2]["body_hex"], documents[2]["total_kop"]) == (body.hex(), 95900)
    printer.device.tape.png(tmp_path / "tape.png")
    codes = zxingcpp.read_barcodes(Image.open(tmp_path / "tape.png"))
    assert LINK in [code.text for code in codes]
    assert any(code.text.startswith("t=20") and f"&i={fd}&" in code.text for code in codes)
    assert "Баланс: 120" in printer.device.tape.text()


@pytest.mark.parametrize("protocol", ["v2", "v3"])
def test_two_ports_of_one_device_at_once(run_printer, connect, host_of, tmp_path: Path, protocol: str):
    listen = [f"pty:{tmp_path / 'till'}", f"pty:{tmp_path / 'agent'}" if protocol == "v2" else "tcp:127.0.0.1:0"]
    printer = run_printer(listen=listen, protocol=protocol)
    till, agent = (host_of(connect(address), protocol) for address in printer.addresses)
    ok(till, "56 01 00 00 00 30")
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(8):
                sell(till)
        except (AssertionError, TimeoutError, OSError) as error:
            failures.append(error)

    seller = threading.Thread(target=work)
    seller.start()
    seen = 0
    while seller.is_alive() or seen < printer.device.fn.last_fd:
        last = int.from_bytes(ok(agent, "A4 30")[-4:], "little")
        for fd in range(seen + 1, last + 1):
            assert read_document(agent, fd) == printer.device.fn.documents[fd].body
        seen = last
    seller.join()
    assert not failures
    assert seen == 10


def test_a_result_waits_for_the_client_that_comes_back(run_printer, connect, host_of):
    printer = run_printer(listen=["tcp:127.0.0.1:0"], switches=["z_seconds=0"])
    line = connect(printer.addresses[0])
    first = host_of(line, "v3")
    ok(first, "56 01 00 00 00 30")
    ok(first, "92 00 01")
    ok(first, "EA 00 01 00")
    ok(first, LINES[0])
    tid = first.start(bytes.fromhex("4A 00 01 00 00 10 00 00"))
    line.hang_up()
    second = reconnect(printer.addresses[0], connect, host_of)
    until(lambda: second.talk(bytes((0xC3, tid)))[0] == 0xA3, every=0.05)
    assert second.talk(bytes((0xC2, tid))) == b"\xa3"
    assert second.talk(bytes((0xC3, tid))) == b"\xb3"
    assert printer.device.fn.last_fd == 3


def reconnect(address: str, connect, host_of):
    """One client at a time: until the first is noticed to have gone the second is hung up on."""

    def attempt():
        line = connect(address)
        host = host_of(line, "v3")
        try:
            return host if host.talk(b"\xc3\xd9") == b"\xb3" else None
        except (AssertionError, OSError):
            line.hang_up()
            return None

    return until(attempt, every=0.05)


def test_pipelined_tasks_and_acks_in_any_order(run_printer, connect, host_of):
    host = host_of(connect(run_printer().addresses[0]), "v3")
    stream = b"".join(host.packet(bytes((0xC1, 3, tid, 0, 0, 0x4C, 0x41))) for tid in range(1, 21))
    for at in range(0, len(stream), 7):
        host.write(stream[at : at + 7])
    told = [host.read() for _ in range(40)]
    assert {data[1] for packet_id, data in told if packet_id == 0xF0} == set(range(1, 21))
    assert [data[1] for packet_id, data in told if packet_id == 0xF0] == list(range(1, 21))
    assert {data[0] for packet_id, data in told if packet_id != 0xF0} <= {0xA1, 0xA2}
    for tid in (7, 20, 1, 13):
        assert host.talk(bytes((0xC2, tid))) == b"\xa3"
    assert host.talk(b"\xc2\x07") == b"\xb3"


def test_console_hands(run_printer, connect, host_of):
    printer = run_printer(listen=["tcp:127.0.0.1:0"])
    host, console = host_of(connect(printer.addresses[0]), "v3"), Console(printer)
    assert console.run("paper out")["ok"]
    assert host.ask(b"\x4c\x41") == b"\x55\x67\x00"
    assert console.run("paper in")["ok"]
    assert console.run("cover open")["ok"]
    assert host.ask(b"\x4c\x41") == b"\x55\x67\x00"
    assert console.run("cover close")["ok"]
    ok(host, "4C 41")
    ok(host, "56 01 00 00 00 30")
    ok(host, "9A 00")
    assert console.run("lose answer 4C")["answers"] == {"4C": "lose 1"}
    tid = host.start(b"\x4c\x42")
    until(lambda: host.talk(bytes((0xC3, tid))) == b"\xb3", every=0.05)
    assert console.run("mute 4C")["ok"]
    tid = host.start(b"\x4c\x43")
    until(lambda: host.talk(bytes((0xC3, tid))) == b"\xa3\x55\x00\x00", every=0.05)
    assert not console.run("lose answer FF45")["ok"]
    assert console.run("cut power after")["ok"]
    ok(host, "92 00 01")
    ok(host, "EA 00 01 00")
    ok(host, LINES[0])
    host.start(bytes.fromhex("4A 00 01 00 00 10 00 00"))
    until(lambda: not printer.device.powered)
    assert console.run("power on")["ok"]
    assert printer.device.fn.last_fd == 3
    assert host.ask(b"\x45")[1] == 0
    assert host.ask(b"\x3f")[22] == 0


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"listen": ["tcp:127.0.0.1:0"], "protocol": "v2"}, "TCP"),
        ({"protocol": "2.0"}, "protocol"),
        ({"profile": "shtrih-m-01f"}, "shtrih-m-01f"),
        ({"ffd": "1.2"}, r"1\.2"),
        ({"switches": ["nothing=1"]}, "nothing"),
    ],
)
def test_wrong_orders_are_told(tmp_path: Path, order: dict, words: str):
    with pytest.raises(ValueError, match=words):
        Appliance(Order(**{"listen": [f"pty:{tmp_path / 'no'}"], **order}, model="atol"))


def test_the_command(tmp_path: Path, connect, host_of):
    path = tmp_path / "kkt"
    command = [sys.executable, "-c", "from emulator.cli import main; main()", "printer", "--model", "atol"]
    options = ["--protocol", "v2", "--listen", f"pty:{path}", "--profile", "atol-25f", "--ffd", "1.1"]
    running = subprocess.Popen([*command, *options, "--switch", "z_seconds=0"], stdout=subprocess.PIPE, text=True)
    try:
        assert json.loads(running.stdout.readline())["endpoint"] == f"pty:{path}"
        host = host_of(connect(f"pty:{path}"), "v2")
        assert host.ask(b"\xa5")[3] == 57
        assert ok(host, "91 36 00 00")[0] == 3
        assert ok(host, "91 18 00 00") == b"\x48"
    finally:
        os.kill(running.pid, signal.SIGTERM)
        assert running.wait(10) == 0
        running.stdout.close()
