"""Which program holds a port, told by /proc."""

import os
from pathlib import Path

import pytest

from drivers.streams.serial_port import SerialPort
from drivers.streams.usb_holder import holder_of, is_locked, is_pty, programs_holding


class FakeProc:
    """Processes with open files; device files of this system stand for ports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, number: int, name: str, *targets: str) -> None:
        (self.folder / str(number) / "fd").mkdir(parents=True)
        (self.folder / str(number) / "comm").write_text(name + "\n")
        for at, target in enumerate(targets):
            (self.folder / str(number) / "fd" / str(at)).symlink_to(target)


@pytest.fixture
def proc(tmp_path: Path) -> FakeProc:
    return FakeProc(tmp_path / "proc")


def test_the_program_is_named(proc: FakeProc, tmp_path: Path) -> None:
    proc.add(20, "till", "/dev/zero", "/dev/null")
    proc.add(3, "other", "/dev/zero")
    proc.add(os.getpid(), "ourselves", "/dev/null")
    (proc.folder / "self").mkdir()
    link = tmp_path / "port"
    link.symlink_to("/dev/null")
    assert programs_holding(link, proc.folder) == ["till"]
    assert programs_holding(Path("/dev/zero"), proc.folder) == ["other", "till"]
    assert programs_holding(Path("/dev/full"), proc.folder) == []


def test_what_is_no_port_is_held_by_nobody(proc: FakeProc, tmp_path: Path) -> None:
    assert programs_holding(tmp_path / "missing", proc.folder) == []
    assert programs_holding(tmp_path, proc.folder) == []
    assert programs_holding(Path("/dev/null"), tmp_path / "no proc") == []


def test_the_maker_of_a_pseudo_terminal_is_no_rival(proc: FakeProc) -> None:
    master, slave = os.openpty()
    try:
        name = os.ttyname(slave)
        assert is_pty(Path(name))
        proc.add(7, "emulator", "/dev/ptmx", name)
        assert programs_holding(Path(name), proc.folder) == []
        proc.add(8, "till", name)
        assert programs_holding(Path(name), proc.folder) == ["till"]
    finally:
        os.close(master)
        os.close(slave)
    assert not is_pty(Path("/dev/null"))
    assert not is_pty(Path("/dev/no such thing"))


def test_the_tty_of_a_usb_device_is_found_by_its_place(proc: FakeProc, tmp_path: Path) -> None:
    (tmp_path / "sys/bus/usb/devices/1-2:1.0/tty/null").mkdir(parents=True)
    proc.add(20, "till", "/dev/null")
    assert holder_of("1-2", tmp_path / "sys", proc.folder) == "till"
    assert holder_of("1-3", tmp_path / "sys", proc.folder) == ""
    assert holder_of("", tmp_path / "sys", proc.folder) == ""


def test_a_program_that_cannot_be_seen_is_noticed_by_its_lock(tmp_path: Path) -> None:
    master, slave = os.openpty()
    name = Path(os.ttyname(slave))
    holder = SerialPort(str(name))
    try:
        assert not is_locked(name)
        holder.open()
        assert is_locked(name)
    finally:
        holder.close()
        os.close(master)
        os.close(slave)
    assert not is_locked(tmp_path / "missing")
