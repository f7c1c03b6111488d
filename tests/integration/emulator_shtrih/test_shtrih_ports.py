"""Raw bytes through real pseudo terminals and sockets."""

from __future__ import annotations

import contextlib
import os
import termios
import threading
import time
from pathlib import Path

import pytest

from emulator.appliance import Appliance, Order
from emulator.console import Console

ENQ, ACK, NAK = b"\x05", b"\x06", b"\x15"
STATUS = bytes.fromhex("02 05 10 1E 00 00 00 0B")
OPEN_SHIFT = bytes.fromhex("02 05 E0 1E 00 00 00 FB")
STATUS_SIZE = 20
"""Frame of the 17-byte answer."""
CLOSED = bytes.fromhex("02 11 10 00 1E 92 02 04 00 00 9D D7 00 00 00 00 00 00 00 C1")


def exchange(host, frame: bytes = STATUS, size: int = STATUS_SIZE) -> bytes:
    assert host.talk(ENQ, 1) == NAK
    answer = host.talk(frame, 1 + size)
    assert answer[:1] == ACK
    host.write(ACK)
    return answer[1:]


def test_pty(run_printer, connect):
    printer = run_printer()
    host = connect(printer.addresses[0])
    assert exchange(host) == CLOSED
    assert exchange(host) == CLOSED


def test_tcp_sends_the_filler(run_printer, connect):
    host = connect(run_printer().addresses[1])
    assert exchange(host) == CLOSED
    assert host.read(1) == b"\xff"
    assert exchange(host) == CLOSED


def test_pty_does_not_send_the_filler(run_printer, connect):
    host = connect(run_printer().addresses[0])
    exchange(host)
    assert host.silent()


def test_client_may_come_and_go(run_printer, connect):
    address = run_printer().addresses[0]
    for _ in range(3):
        host = connect(address)
        assert exchange(host) == CLOSED
        exchange(host)


def test_a_lost_answer_waits_for_the_next_client(run_printer, connect):
    address = run_printer().addresses[1]
    first = connect(address)
    assert first.talk(ENQ, 1) == NAK
    first.talk(STATUS, 2)
    first.close = lambda: None
    first._socket.close()
    second = connect(address)
    deadline = time.monotonic() + 5.0
    second.write(ENQ)
    while second.silent(0.1):
        assert time.monotonic() < deadline
        second.write(ENQ)
    assert second.read(1 + STATUS_SIZE) == ACK + CLOSED


def test_late_bytes_are_refused_in_real_time(run_printer, connect):
    host = connect(run_printer().addresses[0])
    assert host.talk(ENQ, 1) == NAK
    started = time.monotonic()
    assert host.talk(STATUS[:4], 1) == NAK
    assert 0.09 < time.monotonic() - started < 2.0


def test_wrong_speed_is_garbage_both_ways(run_printer, connect):
    address = run_printer().addresses[0]
    wrong = connect(address, termios.B9600)
    garbled = wrong.talk(ENQ + STATUS, 9)
    assert len(garbled) == 9
    assert not set(garbled) & set(ENQ + ACK + NAK + b"\x02")
    right = connect(address)
    assert exchange(right) == CLOSED


def test_the_speed_of_14h_counts_from_the_next_exchange(run_printer, connect):
    address = run_printer().addresses[0]
    host = connect(address)
    set_9600 = bytes.fromhex("02 08 14 1E 00 00 00 00 02 64 64")
    assert exchange(host, set_9600, 5) == bytes.fromhex("02 02 14 00 16")
    assert host.talk(ENQ, 1) not in (ACK, NAK, b"")
    assert exchange(connect(address, termios.B9600)) == CLOSED


def test_cable_pull_hangs_up_and_plugging_repoints_the_link(run_printer, connect):
    printer = run_printer()
    path = printer.addresses[0].removeprefix("pty:")
    host = connect(path)
    exchange(host)
    assert host.talk(ENQ, 1) == NAK
    before = Path(path).readlink()
    blocker = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
    console = Console(printer)
    assert console.run("cable pull 1")["ok"]
    with pytest.raises(OSError, match="error"):
        exchange(host)
    assert console.run("cable plug 1")["ok"]
    os.close(blocker)
    assert exchange(connect(path)) == CLOSED
    assert Path(path).is_symlink()
    assert before.parent == Path("/dev/pts")


def test_tcp_cable(run_printer, connect):
    printer = run_printer()
    console = Console(printer)
    host = connect(printer.addresses[1])
    exchange(host)
    assert host.read(1) == b"\xff"
    console.run("cable pull 2")
    assert host.read(1) == b""
    with pytest.raises(ConnectionRefusedError):
        connect(printer.addresses[1])
    console.run("cable plug 2")
    assert exchange(connect(printer.addresses[1])) == CLOSED


def test_second_tcp_client_is_hung_up_on(run_printer, connect):
    address = run_printer().addresses[1]
    first = connect(address)
    exchange(first)
    assert connect(address).read(1) == b""
    assert first.read(1) == b"\xff"
    exchange(first)


def test_two_endpoints_at_once(run_printer, connect):
    printer = run_printer()
    answers: dict[str, list[bytes]] = {}

    def hammer(address: str) -> None:
        host = connect(address)
        answers[address] = []
        for _ in range(30):
            answers[address].append(exchange(host))
            if address.startswith("tcp:"):
                host.read(1)

    threads = [threading.Thread(target=hammer, args=(address,)) for address in printer.addresses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert list(answers.values()) == [[CLOSED] * 30] * 2


def test_enq_while_a_command_waits_for_the_device(run_printer, connect):
    printer = run_printer()
    host = connect(printer.addresses[0])
    assert host.talk(ENQ, 1) == NAK
    with printer.device.lock:
        assert host.talk(STATUS, 1) == ACK
        assert host.talk(ENQ, 1) == ACK
        assert host.silent()
    assert host.read(STATUS_SIZE) == CLOSED


def test_power_off_silences_every_port_and_loses_the_answer(run_printer, connect):
    printer = run_printer()
    console = Console(printer)
    host = connect(printer.addresses[0])
    assert host.talk(ENQ, 1) == NAK
    assert host.talk(STATUS, 1 + STATUS_SIZE) == ACK + CLOSED
    assert console.run("power off") == {"ok": True, "command": "power off", "powered": False}
    host.write(ENQ)
    assert host.silent()
    console.run("power on")
    assert exchange(host) == CLOSED


def test_power_cut_before_a_taken_command_runs(run_printer, connect):
    printer = run_printer()
    host = connect(printer.addresses[0])
    assert host.talk(ENQ, 1) == NAK
    with printer.device.lock:
        assert host.talk(OPEN_SHIFT, 1) == ACK
        printer.power(on=False)
        printer.power(on=True)
    assert host.silent()
    assert exchange(host) == CLOSED


def test_pace_takes_the_time_of_the_line(run_printer, connect, tmp_path):
    printer = run_printer(pace=4800)
    host = connect(printer.addresses[0])
    started = time.monotonic()
    exchange(host)
    took = time.monotonic() - started
    bytes_both_ways = 1 + 1 + len(STATUS) + 1 + STATUS_SIZE
    assert bytes_both_ways * 10 / 4800 <= took < 3.0


def test_stopping_takes_the_link_away(run_printer, tmp_path):
    printer = Appliance(Order([f"pty:{tmp_path / 'gone'}"]))
    assert (tmp_path / "gone").is_symlink()
    printer.stop()
    assert not (tmp_path / "gone").is_symlink()
    with contextlib.suppress(FileNotFoundError):
        os.open(tmp_path / "gone", os.O_RDWR)


def test_a_file_in_the_way_is_left_alone(run_printer, tmp_path):
    (tmp_path / "precious").write_text("mine")
    with pytest.raises(FileExistsError):
        run_printer(listen=[f"pty:{tmp_path / 'precious'}"])
    assert (tmp_path / "precious").read_text() == "mine"


@pytest.mark.parametrize("address", ["pty:", "tcp:7778", "tcp:host:x", "usb:1", "/dev/ttyS0"])
def test_wrong_addresses(run_printer, address):
    with pytest.raises(ValueError, match="neither"):
        run_printer(listen=[address])
