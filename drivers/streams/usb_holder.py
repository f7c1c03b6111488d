"""Who has a port open: Linux tells it in /proc, but only of processes that we may look into (our own, or all for root).

A program that cannot be seen there is noticed by its lock on the port, if it takes one.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from pathlib import Path

UNSEEN = "?"
PTY_MAJORS = range(136, 144)
PTY_MASTERS = frozenset({"/dev/ptmx", "/dev/pts/ptmx"})


def holder_of(place: str, sys: Path = Path("/sys"), proc: Path = Path("/proc")) -> str:
    """The program that has a tty of the USB device at `place` (`1-2.3`) open, "?" for one that only its lock betrays;
    "" = none that we can see."""
    if not place:
        return ""
    for tty in sorted((sys / "bus/usb/devices").glob(f"{place}:*/tty/*")):
        port = Path("/dev") / tty.name
        names = programs_holding(port, proc)
        if names:
            return names[0]
        if is_locked(port):
            return UNSEEN
    return ""


def is_locked(port: Path) -> bool:
    """True when somebody took the port for himself, by flock (pyserial) or TIOCEXCL. False when we may not try."""
    try:
        descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError as error:
        return error.errno == errno.EBUSY
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # no locks on this kind of file
        return False
    finally:
        os.close(descriptor)
    return False


def programs_holding(port: Path, proc: Path = Path("/proc")) -> list[str]:
    """Names of the programs that have `port` open, in order of their process numbers, this one left out.

    Of a pseudo terminal the program that made it is left out too: it is the device, not a rival.
    """
    try:
        found = port.resolve().stat()
    except OSError:
        return []
    if not stat.S_ISCHR(found.st_mode):
        return []
    is_pty = os.major(found.st_rdev) in PTY_MAJORS
    names = []
    for process in _others(proc):
        targets = list(_open_files(process))
        if is_pty and any(target in PTY_MASTERS for target, _ in targets):
            continue
        if any(device == found.st_rdev for _, device in targets):
            names.append(_name(process))
    return names


def is_pty(port: Path) -> bool:
    """True for a pseudo terminal: the other side is a program, and it keeps the port open itself."""
    try:
        found = port.resolve().stat()
    except OSError:
        return False
    return stat.S_ISCHR(found.st_mode) and os.major(found.st_rdev) in PTY_MAJORS


def _others(proc: Path) -> Iterator[Path]:
    numbers = sorted(int(each.name) for each in proc.iterdir() if each.name.isdigit()) if proc.is_dir() else []
    yield from (proc / str(number) for number in numbers if number != os.getpid())


def _open_files(process: Path) -> Iterator[tuple[str, int]]:
    """Where each descriptor leads, and the device number there; nothing when we may not look."""
    try:
        descriptors = list((process / "fd").iterdir())
    except OSError:
        return
    for descriptor in descriptors:
        try:
            target, found = str(descriptor.readlink()), descriptor.stat()
        except OSError:
            continue
        yield target, found.st_rdev if stat.S_ISCHR(found.st_mode) else -1


def _name(process: Path) -> str:
    try:
        return (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "?"
