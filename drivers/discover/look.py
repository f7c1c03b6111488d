"""Which printer is on which port. Asks only, prints nothing, changes nothing.

A `Prober` knows one vendor's way to be greeted; the rest is the same for all: try the speeds, tell apart a port that is
silent, busy, forbidden, closed or soiled.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Protocol

from drivers.api import LinkFault
from drivers.discover.address import Address, SerialAddress, TcpAddress
from drivers.streams.byte_stream import ByteStream, StreamError
from drivers.streams.usb_holder import is_pty, programs_holding
from drivers.streams.usb_library import NoLibraryError


class Verdict(Enum):
    """What became of one port."""

    READY = "ready"  # a printer that lets itself be used
    PASSWORD = "password"  # a printer that refuses our password
    SILENT = "silent"  # open, nothing came at any speed
    GARBAGE = "garbage"  # open, something came that no prober understands
    PPP = "ppp"  # the printer speaks PPP on this line: its TCP server is to be used
    BUSY = "busy"  # another program holds the port
    FORBIDDEN = "forbidden"  # no permission
    CLOSED = "closed"  # the address answers, the port is closed
    UNREACHABLE = "unreachable"  # nobody at that address
    ABSENT = "absent"  # there is no such port
    NO_LIBRARY = "no_library"  # USB cannot be read: libusb is missing


@dataclass(frozen=True)
class Answer:
    """Who answered; "" = not told. `fn_until`: last day of the fiscal storage, ISO. `low_level`: the word for
    `[printer] protocol` where a vendor has several and one of them answered."""

    vendor: str  # the word for `[printer] vendor`
    protocol: str
    model: str
    firmware: str = ""
    serial: str = ""
    fn_until: str = ""
    fn_serial: str = ""
    low_level: str = ""


@dataclass(frozen=True)
class Hearing:
    """What a prober got at one speed: READY, PASSWORD, PPP, GARBAGE or SILENT; of several the first so named counts."""

    verdict: Verdict
    answer: Answer | None = None


@dataclass(frozen=True)
class Candidate:
    """A port to look at. `label` is for people: `COM 0403:6001`."""

    address: Address
    label: str


@dataclass(frozen=True)
class Finding:
    """What a port turned out to be. `baud` None: speed means nothing there; `speeds`: how many were tried."""

    candidate: Candidate
    verdict: Verdict
    baud: int | None = None
    answer: Answer | None = None
    speeds: int = 0
    holder: str = ""
    detail: str = ""


class Prober(Protocol):
    """One vendor's protocol. Sends nothing that could change a printer's state."""

    @property
    def bauds(self) -> Sequence[int]:
        """Speeds worth trying, the likely ones first."""

    def probe(self, stream: ByteStream, monotonic: Callable[[], float]) -> Hearing:
        """Greet the device on an open stream. Raises StreamError when the port dies meanwhile."""


_PORT_FAULTS = {
    LinkFault.NO_PERMISSION: Verdict.FORBIDDEN,
    LinkFault.BUSY: Verdict.BUSY,
    LinkFault.SILENT: Verdict.UNREACHABLE,
}
_RANK = (Verdict.READY, Verdict.PASSWORD, Verdict.PPP, Verdict.GARBAGE, Verdict.SILENT)
_NOTHING = Hearing(Verdict.SILENT)

Opener = Callable[[Address, int], ByteStream]


def look(candidate: Candidate, probers: Sequence[Prober], opener: Opener, monotonic: Callable[[], float]) -> Finding:
    """Greet whatever is on one port, in every protocol and at every speed, until one answers.

    A port that a program has open is left alone: our bytes would land in the middle of its exchange.
    """
    address = candidate.address
    holders = _rivals(address)
    if holders and not _is_pty(address):
        return Finding(candidate, Verdict.BUSY, holder=holders[0])
    has_speed = isinstance(address, SerialAddress)
    best, best_baud, tried = _NOTHING, None, 0
    for baud in _speeds(probers) if has_speed else _speeds(probers)[:1]:
        try:
            heard = _greet(opener(address, baud), probers, monotonic)
        except StreamError as error:
            if tried:  # a speed this port does not have, or a device that went away
                continue
            holder = holders[0] if holders else ""
            return Finding(candidate, _port_verdict(error, address), holder=holder, detail=error.detail)
        tried += 1
        if _RANK.index(heard.verdict) < _RANK.index(best.verdict):
            best, best_baud = heard, baud
        if best.answer is not None:
            break
    found = Finding(candidate, best.verdict, answer=best.answer, speeds=tried)
    return replace(found, baud=best_baud) if has_speed and best.answer is not None else found


def _speeds(probers: Iterable[Prober]) -> list[int]:
    """Every prober's first choice, then the second ones and so on, each speed once."""
    ranked = [(rank, baud) for prober in probers for rank, baud in enumerate(prober.bauds)]
    return list(dict.fromkeys(baud for _, baud in sorted(ranked, key=lambda pair: pair[0])))


def _greet(stream: ByteStream, probers: Iterable[Prober], monotonic: Callable[[], float]) -> Hearing:
    stream.open()
    try:
        heard = []
        for prober in probers:
            stream.drain_input()
            heard.append(prober.probe(stream, monotonic))
            if heard[-1].answer is not None:
                return heard[-1]
        return min(heard, key=lambda each: _RANK.index(each.verdict), default=_NOTHING)
    finally:
        stream.close()


def _port_verdict(error: StreamError, address: Address) -> Verdict:
    if isinstance(error, NoLibraryError):
        return Verdict.NO_LIBRARY
    if isinstance(address, TcpAddress) and error.fault is LinkFault.NO_PORT:
        refused = getattr(error.__cause__, "errno", None) == errno.ECONNREFUSED
        return Verdict.CLOSED if refused else Verdict.UNREACHABLE
    return _PORT_FAULTS.get(error.fault, Verdict.ABSENT)


def _rivals(address: Address) -> list[str]:
    return programs_holding(Path(address.path)) if isinstance(address, SerialAddress) else []


def _is_pty(address: Address) -> bool:
    return isinstance(address, SerialAddress) and is_pty(Path(address.path))
