"""The serial port on real pseudo-terminals, and what the operating system's errors become."""

from __future__ import annotations

import errno
import os
import threading
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import serial

from drivers.api import LinkFault
from drivers.streams.byte_stream import StreamError
from drivers.streams.serial_port import SerialPort, open_fault


class Pty:
    """A pseudo-terminal in raw mode; `master` is the device's side."""

    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        self.path = os.ttyname(self.slave)
        self.pulled = False

    def pull(self) -> None:
        """Pull the cable: nobody holds the device's side any more."""
        if not self.pulled:
            os.close(self.master)
            os.close(self.slave)
            self.pulled = True


@pytest.fixture
def pty() -> Iterator[Pty]:
    line = Pty()
    yield line
    line.pull()


@pytest.fixture
def port(pty: Pty) -> Iterator[SerialPort]:
    stream = SerialPort(pty.path)
    stream.open()
    yield stream
    stream.close()


def fault_of(action: Callable[[], object]) -> LinkFault:
    with pytest.raises(StreamError) as caught:
        action()
    return caught.value.fault


def test_bytes_go_both_ways_untouched(pty: Pty, port: SerialPort) -> None:
    everything = bytes(range(256))
    port.write(everything)
    assert os.read(pty.master, 512) == everything
    os.write(pty.master, everything)
    got = b""
    while len(got) < 256:
        piece = port.read(100, 2.0)
        assert piece
        got += piece
    assert got == everything


def test_silence_is_empty(port: SerialPort) -> None:
    assert port.read(10, 0.0) == b""
    assert port.read(10, 0.02) == b""


def test_read_wakes_up_as_soon_as_a_byte_comes(pty: Pty, port: SerialPort) -> None:
    writer = threading.Thread(target=os.write, args=(pty.master, b"\x15"))
    writer.start()
    assert port.read(10, 5.0) == b"\x15"
    writer.join()


def test_drain_throws_the_past_away(pty: Pty, port: SerialPort) -> None:
    os.write(pty.master, b"old answer")
    assert port.read(1, 2.0) == b"o"
    port.drain_input()
    os.write(pty.master, b"new")
    assert port.read(10, 2.0) == b"new"


def test_second_owner_is_told_it_is_busy(pty: Pty, port: SerialPort) -> None:
    assert fault_of(SerialPort(pty.path).open) is LinkFault.BUSY
    port.close()
    other = SerialPort(pty.path)
    other.open()
    other.close()


def test_busy_through_another_name(pty: Pty, port: SerialPort, tmp_path: Path) -> None:
    link = tmp_path / "printer"
    link.symlink_to(pty.path)
    assert fault_of(SerialPort(str(link)).open) is LinkFault.BUSY


def test_symlink_is_followed_anew_at_each_open(tmp_path: Path) -> None:
    first, second = Pty(), Pty()
    link = tmp_path / "printer"
    link.symlink_to(first.path)
    port = SerialPort(str(link))
    port.open()
    first.pull()
    assert fault_of(lambda: port.read(1, 1.0)) is LinkFault.LOST
    link.unlink()
    link.symlink_to(second.path)
    port.open()
    port.write(b"\x05")
    assert os.read(second.master, 1) == b"\x05"
    port.close()
    second.pull()


def test_missing_path(tmp_path: Path) -> None:
    assert fault_of(SerialPort(str(tmp_path / "nothing")).open) is LinkFault.NO_PORT


def test_a_file_is_no_port(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    assert fault_of(SerialPort(str(path)).open) is LinkFault.NO_PORT


def test_pulled_cable_is_lost(pty: Pty, port: SerialPort) -> None:
    pty.pull()
    assert fault_of(lambda: port.read(1, 1.0)) is LinkFault.LOST
    assert fault_of(lambda: port.write(b"\x05")) is LinkFault.LOST
    port.close()
    port.close()


def test_closed_port_is_lost(pty: Pty) -> None:
    stream = SerialPort(pty.path)
    stream.close()
    assert fault_of(lambda: stream.read(1, 0.0)) is LinkFault.LOST
    assert fault_of(lambda: stream.write(b"x")) is LinkFault.LOST


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (errno.EACCES, LinkFault.NO_PERMISSION),
        (errno.EPERM, LinkFault.NO_PERMISSION),
        (errno.EBUSY, LinkFault.BUSY),
        (errno.EAGAIN, LinkFault.BUSY),
        (errno.ENOENT, LinkFault.NO_PORT),
        (errno.ENXIO, LinkFault.NO_PORT),
        (None, LinkFault.NO_PORT),
    ],
)
def test_errors_of_opening(code: int | None, fault: LinkFault) -> None:
    """Root may open everything, so the refusals are given as pyserial raises them."""
    assert open_fault(serial.SerialException(code, "could not open port")) is fault
